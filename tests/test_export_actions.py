"""`dynasaur export`: actions as Agent Skills, function schemas and Python packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import Draft202012Validator

from dynasaur.shipping import runner
from dynasaur.shipping.skills import LONGEST_NAME, skill_name
from tests.builders.cli import Done, dynasaur
from tests.builders.sources import action

OWN = '''
# /// script
# requires-python = ">=3.11"
# dependencies = ["openpyxl>=3.1"]
# ///
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from actions.stats.mean import mean


@dataclass
class Point:
    x: float
    y: float = 0.0


def mean_of_spread(
    points: list[Point],
    on: date,
    way: Literal["x", "y"] = "x",
    *extra: float,
    out: Path | None = None,
    loud: bool = False,
) -> dict[str, float]:
    """The mean of points: "one" | 'other' \\u202e.

    It has a --- line\\u00a0and a # mark.

    Args:
        points: The points.
        on: The day.
        way: Which part of them.
        extra: More numbers.
        out: A file to write it to.
        loud: Say so.

    Returns:
        The mean by year.

    Raises:
        ValueError: There are none.
    """
    found = mean([getattr(one, way) for one in points] + list(extra))
    if out:
        out.write_text(str(found))
    return {str(on.year): found}
'''

MODULE = '"""Ask."""\n\nfrom dynasaur import host\n\n\n'
ASKS = MODULE + 'def ask_host(x: str) -> str:\n    """Ask."""\n    return str(host.ask(x))\n'


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "shared-actions"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    own = folder / "actions" / "misc"
    own.mkdir()
    (own / "__init__.py").touch()
    text = OWN.lstrip().replace("actions.stats", "actions.vendor.base.stats")
    (own / "mean_of_spread.py").write_text(text, encoding="utf-8")
    (own / "ask_host.py").write_text(ASKS, encoding="utf-8")
    (folder / "LICENSE").write_text("SPDX-License-Identifier: MIT\nMine.\n")
    return folder


@pytest.fixture(scope="module")
def skills(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("skills") / "out"
    done = dynasaur("export", "skills", out, cwd=library)
    assert (done.code, done.out) == (1, f"exported: {out}/mean-of-spread\n")
    assert done.err == (
        "not exported: ask_host: it asks the host (actions.misc.ask_host imports dynasaur), "
        "which is not there elsewhere\n"
    )
    assert dynasaur("export", "skills", out, "mean", "list_files", cwd=library).code == 0
    return out


def script(folder: Path, *words: str) -> Done:
    """A skill's script, run by a Python that knows nothing of this program."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder), *words],
        cwd=folder.parent.parent,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_skills_keep_to_the_specification(skills: Path) -> None:
    validate = pytest.importorskip("skills_ref.validator").validate
    assert {one.name for one in skills.iterdir()} == {"mean", "list-files", "mean-of-spread"}
    for folder in skills.iterdir():
        assert validate(folder) == []


def test_a_skill_says_what_it_needs_and_may_do(skills: Path) -> None:
    said = (skills / "mean-of-spread" / "SKILL.md").read_text(encoding="utf-8")
    head, body = said.removeprefix("---\n").split("\n---\n", 1)
    assert 'license: "MIT AND Apache-2.0"' in head
    assert 'compatibility: "Needs Python >=3.11 and the packages openpyxl>=3.1"' in head
    assert "\u202e" not in said
    assert "a --- line\u00a0and a # mark." in said  # a blank of another kind is one, too
    assert "python scripts/mean_of_spread.py POINTS ON [WAY] [EXTRA]... [--out OUT]" in body
    assert '- `way` (`Literal["x", "y"]`): Which part of them. Default: `"x"`.' in body
    assert "- `ValueError`: There are none." in body
    assert "it writes files" in body
    assert (skills / "mean-of-spread" / "LICENSE").read_text().endswith("Mine.\n")
    vendored = skills / "mean-of-spread" / "scripts" / "lib" / "actions" / "vendor" / "base"
    assert "Apache License" in (vendored / "LICENSE").read_text()
    assert 'dependencies = ["openpyxl>=3.1"]' in (
        skills / "mean-of-spread" / "scripts" / "mean_of_spread.py"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (['[{"x": 1}, {"x": 2}]', "2026-01-02"], 0, '{"2026": 1.5}\n', ""),
        (['[{"x": 1, "y": 4}]', "2026-01-02", "y", "0", "--loud"], 0, '{"2026": 2.0}\n', ""),
        (["--on=2026-01-02", "--points", "[]", "--way", "x"], 1, "", "mean_of_spread: ValueErr"),
        (["[]"], 2, "", "mean_of_spread: on is missing; see --help\n"),
        (["[]", "2026-01-02", "z"], 2, "", "mean_of_spread: way: 'z' does not fit Literal"),
        (["[]", "soon"], 2, "", "mean_of_spread: on: 'soon' does not fit date"),
        (["--nothing", "1"], 2, "", "mean_of_spread: there is no --nothing; see --help\n"),
        (["[]", "--on"], 2, "", "mean_of_spread: --on needs a value; see --help\n"),
    ],
)
def test_a_script_runs_by_itself(
    skills: Path, words: list[str], code: int, out: str, err: str
) -> None:
    done = script(skills / "mean-of-spread" / "scripts" / "mean_of_spread.py", *words)
    assert (done.code, done.out) == (code, out), done.err
    assert done.err.startswith(err)
    assert len(done.err.splitlines()) <= 1


def test_a_script_writes_where_it_is_told(skills: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    words = ("[]", "2026-01-02", "--out", str(target), "--no-loud")
    place = skills / "mean-of-spread" / "scripts" / "mean_of_spread.py"
    assert script(place, *words[:2], "x", "7", *words[2:]).code == 0
    assert target.read_text() == "7.0"
    assert script(place, "--help").out.startswith("usage: mean_of_spread.py points on [way]")


def test_nothing_of_others_is_overwritten(library: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"

    def export(*names: str) -> Done:
        return dynasaur("export", "skills", out, *names, cwd=library)

    assert export("mean", "median").code == 0
    assert export("mean").code == 0
    (out / "mean" / "notes.txt").write_text("mine")
    refused = export("total", "mean")
    assert (refused.code, (out / "total").exists()) == (2, False)
    assert refused.err == (
        f"dynasaur: error: {out}/mean has a file that no export wrote: notes.txt; name another "
        "folder, or give --force\n"
    )
    (out / "mean" / "notes.txt").unlink()
    (out / "mean" / "SKILL.md").write_text("mine")
    assert "has a file that was changed: SKILL.md" in export("mean").err
    assert export("mean", "--force").code == 0
    (out / "total").symlink_to(out / "mean")
    assert "is there already, and is no folder" in export("total").err
    (out / "total").unlink()
    (out / "total").write_text("a file")
    assert export("total").code == 2
    assert [one.name for one in out.iterdir() if one.name.startswith(".")] == []


def test_a_file_in_the_way_is_told(library: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = dynasaur("export", "skills", tmp_path / "file" / "out", "mean", cwd=library)
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert "cannot be written: Not a directory" in done.err


def test_what_cannot_go_is_one_line(library: Path, tmp_path: Path) -> None:
    for words, code, said in (
        (("skills", "out", "ask_host"), 1, "nothing can be exported: ask_host: it asks the host"),
        (("skills", "out", "meen"), 1, "no action 'meen': did you mean"),
        (("package", "out", "mean", "--name", "json"), 2, "json would hide the module json"),
        (("package", "out", "mean", "--name", "a b"), 2, "cannot be a package's name"),
        (("package", "out", "mean", "--version", "new"), 2, "'new' is no version, such as 1.0.0"),
    ):
        done = dynasaur("export", *words, "--library", library, cwd=tmp_path)
        assert (done.code, done.out, said in done.err) == (code, "", True), done.err
        assert not (tmp_path / "out").exists()
    assert dynasaur("init", "empty", cwd=tmp_path).code == 0
    none = dynasaur("export", "skills", "out", "--library", "empty", cwd=tmp_path)
    assert (none.code, "has no actions of its own: name some" in none.err) == (2, True)


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_function_schemas_are_strict_where_they_can_be(library: Path, api: str) -> None:
    names = ("mean", "list_files", "most_common", "mean_of_spread")
    done = dynasaur("export", "openai-tools", *names, "--api", api, cwd=library)
    assert done.code == 0, done.err
    functions = [one["function"] if api == "chat" else one for one in done.json]
    assert [(one["name"], one["strict"]) for one in functions] == [
        ("mean", True),
        ("list_files", True),
        ("most_common", False),  # its items may be anything
        ("mean_of_spread", True),
    ]
    for one in functions:
        Draft202012Validator.check_schema(one["parameters"])
        if one["strict"]:
            _check_strict(one["parameters"])
    folder = functions[1]["parameters"]["properties"]["folder"]
    assert folder == {
        "description": "The folder. (null: '.')",
        "anyOf": [{"type": "string"}, {"type": "null"}],
    }


def _check_strict(schema: Any) -> None:
    """Every object is closed and needs all it has, and nothing is left open."""
    assert {"type", "anyOf", "enum"} & set(schema), schema
    assert not {"default", "prefixItems"} & set(schema)
    if schema.get("type") == "object":
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
    for inner in (
        *schema.get("properties", {}).values(),
        *schema.get("anyOf", []),
        *([schema["items"]] if schema.get("type") == "array" else []),
    ):
        _check_strict(inner)


def test_a_package_is_a_project_with_its_wheel(library: Path, tmp_path: Path) -> None:
    words = ("package", tmp_path / "out", "mean_of_spread", "median")
    done = dynasaur("export", *words, "--json", cwd=library)
    wheel = tmp_path / "out" / "dist" / "shared_actions-0.1.0-py3-none-any.whl"
    assert (done.code, done.json) == (0, {"written": [str(wheel)], "left_out": []})
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        info = "shared_actions-0.1.0.dist-info"
        about = message_from_bytes(archive.read(f"{info}/METADATA"))
        names = set(archive.namelist())
        text = archive.read("shared_actions/misc/mean_of_spread.py").decode()
    assert about["License-Expression"] == "MIT AND Apache-2.0"
    assert (about["Requires-Python"], about["Requires-Dist"]) == (">=3.11", "openpyxl>=3.1")
    assert f"{info}/licenses/LICENSE" in names
    assert "shared_actions/vendor/base/LICENSE" in names
    assert "from ..vendor.base.stats.mean import mean" in text
    before = wheel.read_bytes()
    assert dynasaur("export", *words, cwd=library).code == 0
    assert wheel.read_bytes() == before
    (tmp_path / "out" / "README.md").write_text("mine")
    refused = dynasaur("export", *words, cwd=library)
    assert (refused.code, "README.md" in refused.err) == (2, True)


def test_the_licences_of_parts_go_along(tmp_path: Path) -> None:
    """What a source has from elsewhere keeps its own licence, in a skill and in a package."""
    root, x = tmp_path / "library", "actions/vendor/acme/vendor/x"
    assert dynasaur("init", root, cwd=tmp_path).code == 0
    files = {
        "LICENSE": "SPDX-License-Identifier: MIT\n",
        "actions/vendor/acme/LICENSE": "SPDX-License-Identifier: Apache-2.0\n",
        f"{x}/LICENSE": "SPDX-License-Identifier: ISC OR MIT\n",
        f"{x}/trim.py": action("trim", "return text.strip()"),
        "actions/vendor/acme/vendor/y/LICENSE": "SPDX-License-Identifier: GPL-3.0-only\n",
        "actions/text/NOTICE": "Ours.\n",
        "actions/text/copyright.py": action("copyright"),
        "actions/text/tidy.py": action(
            "tidy", "return trim(text)", top="from actions.vendor.acme.vendor.x.trim import trim"
        ),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    assert dynasaur("export", "skills", tmp_path / "skills", "tidy", cwd=root).code == 0
    skill = tmp_path / "skills" / "tidy"
    found = {str(one.relative_to(skill)) for one in skill.rglob("*") if one.is_file()}
    lib = "scripts/lib"
    assert {f"{lib}/{x}/LICENSE", f"{lib}/actions/text/NOTICE", "LICENSE"} < found
    assert f"{lib}/actions/vendor/acme/LICENSE" in found
    assert not [path for path in found if "/y/" in path or path.endswith("copyright.py")]
    assert 'license: "MIT AND Apache-2.0 AND (ISC OR MIT)"' in (skill / "SKILL.md").read_text()
    assert dynasaur("export", "package", tmp_path / "out", "tidy", cwd=root).code == 0
    with zipfile.ZipFile(next((tmp_path / "out" / "dist").iterdir())) as wheel:
        assert wheel.read("library/vendor/acme/vendor/x/LICENSE").decode() == files[f"{x}/LICENSE"]
        about = next(name for name in wheel.namelist() if name.endswith("METADATA"))
        told = message_from_bytes(wheel.read(about))["License-Expression"]
    assert told == "MIT AND Apache-2.0 AND (ISC OR MIT)"


@pytest.mark.slow
def test_a_wheel_installs_and_its_commands_run(library: Path, tmp_path: Path) -> None:
    out, home = tmp_path / "out", tmp_path / "venv"
    names = ("mean", "greatest_common_divisor", "words")
    assert dynasaur("export", "package", out, *names, "--name", "Our-Tools", cwd=library).code == 0
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    (wheel,) = (out / "dist").iterdir()
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", str(wheel)], check=True)
    subprocess.run([*pip, "check"], check=True, capture_output=True)

    def said(name: str, *words: str) -> tuple[int, str]:
        command = [str(home / "bin" / name), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        return done.returncode, done.stdout

    assert said("Our-Tools-greatest-common-divisor", "12", "18") == (0, "6\n")
    assert said("Our-Tools", "mean", "--numbers", "1,2,6") == (0, "3.0\n")
    assert said("Our-Tools", "words", "a b") == (0, '["a", "b"]\n')
    assert said("Our-Tools", "nothing") == (2, "")
    assert said("Our-Tools", "--help")[0] == 0
    code = "from our_tools.vendor.base.stats.mean import mean; print(mean([1, 2]))"
    assert said("python", "-I", "-c", code) == (0, "1.5\n")


@pytest.mark.parametrize(
    ("name", "made"),
    [("mean", "mean"), ("_A__b2_", "a-b2"), ("x" * 80, "x" * LONGEST_NAME), ("äö", "action")],
)
def test_names_of_skills(name: str, made: str) -> None:
    assert skill_name(name) == made


def test_words_become_what_hints_say() -> None:
    def given(
        a: int,
        b: float | None = None,
        /,
        c: list[int] | None = None,
        d: tuple[int, ...] = (),
        e: set[str] | None = None,
        f: dict[int, str] | None = None,
        g: bytes = b"",
        **rest: int,
    ) -> None:
        pass

    words = ["3", "none", "--c", "1,2", "--d", "[1, 2]", "--e=a,b", "--f", '{"1": "x"}']
    places, named = runner.arguments(given, [*words, "--g", "ö", "--more", "7"])
    assert places == [3, None]
    assert named == {
        "c": [1, 2],
        "d": (1, 2),
        "e": {"a", "b"},
        "f": {1: "x"},
        "g": "ö".encode(),
        "more": 7,
    }
    for wrong in (["x"], ["1.5"], ["true"], ["1", "--c", "x"], ["1", "--more", "x"], []):
        with pytest.raises(runner.Usage):
            runner.arguments(given, wrong)


def test_json_is_what_other_programs_read(library: Path) -> None:
    done = dynasaur("export", "openai-tools", "mean", cwd=library)
    assert json.loads(done.out)[0]["type"] == "function"
