from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from dynasaur import config
from dynasaur.errors import ConfigError, UsageError
from dynasaur.types import Evidence


def project(folder: Path, table: str) -> Path:
    (folder / "pyproject.toml").write_text(f"[tool.dynasaur]\n{table}\n", encoding="utf-8")
    return folder


def test_each_source_wins_over_the_one_before(tmp_path: Path) -> None:
    root = project(tmp_path, "max-steps = 5\nk = 3\nmodel = 'planner'")
    settings = config.load(root, {"DYNASAUR_MAX_STEPS": "7", "DYNASAUR_K": "4"}, {"k": 6})
    assert settings == config.Settings(model="planner", max_steps=7, k=6)


def test_what_is_not_set_keeps_its_default(tmp_path: Path) -> None:
    flags = {"model": None, "max_steps": None}
    assert config.load(tmp_path, {"DYNASAUR_MODEL": ""}, flags) == config.Settings()


def test_values_get_their_types(tmp_path: Path) -> None:
    settings = config.load(
        project(tmp_path, "accept = 'called'\ncell_timeout = 3"), {}, {"max_steps": "9"}
    )
    assert settings.accept is Evidence.CALLED
    assert settings.cell_timeout == 3.0
    assert settings.max_steps == 9


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("max_stepz = 5", "unknown setting 'max_stepz': did you mean max_steps?"),
        ("qqq = 5", "unknown setting 'qqq': known are model, max_steps"),
        ("max_steps = 'many'", "max_steps = 'many': must be a whole number"),
        ("max_steps = 2.5", "max_steps = 2.5: must be a whole number"),
        ("max_steps = 0", "max_steps = 0: must be above zero"),
        ("max_steps = true", "max_steps = True: must be a whole number"),
        ("cell_timeout = -1", "cell_timeout = -1: must be above zero"),
        ("cell_timeout = nan", "cell_timeout = nan: must be above zero"),
        ("cell_timeout = inf", "cell_timeout = inf: must be above zero"),
        ("temperature = 3", "temperature = 3: must be from 0 to 2"),
        ("temperature = nan", "temperature = nan: must be from 0 to 2"),
        ("seed = -1", "seed = -1: must be from 0 to"),
        ("seed = 1.5", "seed = 1.5: must be a whole number"),
        ("max-output-tokens = 0", "max_output_tokens = 0: must be above zero"),
        ("reasoning-effort = 'very hard'", "must be a word, such as low or high"),
        ("api = 'soap'", "api = 'soap': must be one of auto, chat, responses"),
        ("model = 3", "model = 3: must be text"),
        ("accept = 'always'", "must be one of executed, called, solved, replayed"),
        ("memory = '4 apples'", "memory = '4 apples': must be like 4GiB or 512MiB"),
        ("memory = '1KiB'", "must be like"),
        ("sandbox = 'none'", "a library cannot set sandbox"),
        ("network = 'full'", "a library cannot set network"),
        ("gateway = 'http://elsewhere'", "a library cannot set gateway"),
        ("kernel-name = 'python3'", "a library cannot set kernel_name"),
        ("hooks = '~/actions'", "a library cannot set hooks"),
        ("deliver = 'mail'", "deliver = 'mail': must be one of merge, branch, pr, none"),
        ("= 5", "cannot be read"),
    ],
)
def test_a_setting_without_sense_is_named(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(project(tmp_path, table), {}, {})
    assert said in str(caught.value)
    assert "pyproject.toml" in str(caught.value)
    assert "\n" not in str(caught.value).strip()


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\ndynasaur = 3"])
def test_settings_that_are_no_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"write \[tool\.dynasaur\]"):
        config.load(tmp_path, {}, {})


def test_a_bad_variable_is_blamed_on_the_environment(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the environment: k = 'x'"):
        config.load(tmp_path, {"DYNASAUR_K": "x"}, {})


def library(folder: Path) -> Path:
    (folder / "actions").mkdir(parents=True)
    (folder / "actions" / "__init__.py").touch()
    return folder


def test_the_flag_wins(tmp_path: Path) -> None:
    here = library(tmp_path / "here")
    found = config.find_library(tmp_path / "there", here, {"DYNASAUR_LIBRARY": "/elsewhere"})
    assert found == tmp_path / "there"


def test_the_nearest_parent_wins_over_the_variable(tmp_path: Path) -> None:
    outer = library(tmp_path / "outer")
    inner = library(outer / "inner")
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    assert config.find_library(None, deep, {"DYNASAUR_LIBRARY": str(outer)}) == inner


def test_a_folder_called_actions_that_is_no_package_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "actions").mkdir()
    elsewhere = tmp_path / "elsewhere"
    found = config.find_library(None, tmp_path, {"DYNASAUR_LIBRARY": str(elsewhere)})
    assert found == elsewhere


def test_the_users_own_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    found = config.find_library(None, tmp_path, {})
    assert found.name == "library"
    assert tmp_path in found.parents


def test_a_file_is_no_library(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UsageError, match=r"--library: .*file is a file"):
        config.find_library(file, tmp_path, {})


@pytest.mark.parametrize(
    ("size", "count"),
    [("4GiB", 4 * 1024**3), ("512mib", 512 * 1024**2), ("1.5G", 3 * 512 * 1024**2)],
)
def test_memory_is_counted_in_bytes(tmp_path: Path, size: str, count: int) -> None:
    assert config.load(tmp_path, {}, {"memory": size}).memory_bytes == count


def test_data_lies_in_the_library(tmp_path: Path) -> None:
    assert config.data_folder(tmp_path) == tmp_path / ".dynasaur"


def test_data_of_a_library_that_cannot_be_written_lies_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    # A folder that is not there cannot be written either; a read-only mount needs more rights.
    one, other = (config.data_folder(tmp_path / name / "library") for name in ("a", "b"))
    assert tmp_path in one.parents
    assert one != other


def test_the_users_own_file_is_read_before_the_librarys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What guards against a library is the user's alone; the rest a library can set anew."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own = config.user_file()
    assert own.is_relative_to(tmp_path / "config") or sys.platform != "linux"
    own.parent.mkdir(parents=True)
    own.write_text('install = "deny"\npackages = "pandas"\nk = 3\nmax-steps = 7\n')
    library = tmp_path / "library"
    library.mkdir()
    text = '[tool.dynasaur]\ninstall = "ask"\npackages = ""\nk = 4\n'
    (library / "pyproject.toml").write_text(text)
    found = config.load(library, {}, {})
    assert (found.install, found.packages, found.k, found.max_steps) == ("deny", "pandas", 4, 7)
    assert config.load(library, {"DYNASAUR_INSTALL": "allow"}, {}).install == "allow"
    own.write_text("k = [")
    with pytest.raises(ConfigError, match=re.escape(str(own))):
        config.load(library, {}, {})


@pytest.mark.parametrize(
    ("name", "value"), [("install", "allow"), ("packages", "evil"), ("network", "allow=evil.test")]
)
def test_a_library_cannot_grant_itself(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[tool.dynasaur]\n{name} = "{value}"\n')
    with pytest.raises(ConfigError, match=f"a library cannot set {name}"):
        config.load(tmp_path, {}, {})
