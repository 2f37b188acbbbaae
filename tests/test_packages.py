"""Packages that code asks for: policy, installation by uv and by pip, conflicts, faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dynasaur.errors import UsageError
from dynasaur.kernel import tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.packages import Packages, Want, wants_of
from dynasaur.packages import installer as installers
from dynasaur.types import Module
from tests.builders.wheels import PREFIX, index, wheel

HEAD = '# /// script\n# dependencies = ["{0}"]\n# ///\n'


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    for version in ("1.0", "1.5", "2.0"):
        wheel(folder, "alpha", version)
    wheel(folder, "beta", "1.0", requires=["alpha<2"])
    wheel(folder, "gamma", "1.0", requires=["alpha>=2"])
    wheel(folder, "named", "3.1", module="dt_import_name")
    wheel(
        folder,
        "evil",
        "1.0",
        files={
            "evil.pth": "import os; open(os.environ['DECOY'], 'w').write('pth')\n",
            "sitecustomize.py": "import os; open(os.environ['DECOY'], 'w').write('site')\n",
            "INFO.data/scripts/ls": "#!/bin/sh\necho PWNED\n",
            "INFO.data/data/up/there": "data",
            "INFO.dist-info/entry_points.txt": "[pip.extra]\nx = evil\n[console_scripts]\nx=a:b\n",
        },
    )
    wheel(folder, "climber", "1.0", files={"../../../climbed.py": "1"})
    return folder


@pytest.fixture(autouse=True)
def only_ours(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    decoy = tmp_path / "decoy"
    for name, value in {**index(wheels), "DECOY": str(decoy)}.items():
        monkeypatch.setenv(name, value)
    return decoy


@pytest.fixture(params=["uv", "pip"])
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pip":
        monkeypatch.setattr(installers, "_uv", lambda target: None)
    elif installers._uv(Path()) is None:
        pytest.skip("uv is not installed")
    return str(request.param)


def w(text: str, by: str = "this step") -> Want:
    return Want(PREFIX + text, by)


def names(site: Path | None) -> list[str]:
    assert site is not None
    return sorted(path.name for path in site.glob(f"{PREFIX}*.py"))


@pytest.mark.usefixtures("installer")
def test_what_is_wanted_is_there_once_and_grows(tmp_path: Path) -> None:
    folder = tmp_path / "with spaces ü"
    first = Packages(folder, install="allow").ensure([w("alpha<2")])
    assert (first.problem, first.new) == ("", (f"{PREFIX.replace('_', '-')}alpha==1.5",))
    again = Packages(folder, install="deny").ensure([w("alpha")])
    assert (again.problem, again.new, again.site) == ("", (), first.site)
    more = Packages(folder, install="allow").ensure([w("beta")])
    assert len(more.new) == 1
    assert names(more.site) == [f"{PREFIX}alpha.py", f"{PREFIX}beta.py"]
    assert names(first.site) == [f"{PREFIX}alpha.py"]  # a run that uses it still can


@pytest.mark.usefixtures("installer")
def test_a_later_run_is_not_bound_by_earlier_ones(tmp_path: Path) -> None:
    """Where not all can be had together, what runs have asked for before gives way."""
    assert Packages(tmp_path, install="allow").ensure([w("beta")]).problem == ""
    other = Packages(tmp_path, install="allow").ensure([w("gamma")])
    assert other.problem == ""
    assert names(other.site) == [f"{PREFIX}alpha.py", f"{PREFIX}gamma.py"]
    assert Packages(tmp_path, install="allow").ensure([w("beta")]).problem == ""


@pytest.mark.usefixtures("installer")
def test_a_conflict_says_who_wants_what(tmp_path: Path) -> None:
    packages = Packages(tmp_path, install="allow")
    assert packages.ensure([w("alpha<2", "the action old")]).problem == ""
    before = packages.site
    plain = packages.ensure([w("alpha==2.0", "the action new")]).problem
    for part in ("the action old wants", "alpha<2", "the action new wants", "alpha==2.0"):
        assert part in plain
    assert "Traceback" not in plain
    deep = packages.ensure([w("gamma", "this step")]).problem
    for part in ("gamma (wanted by this step)", "beside", "alpha<2 (wanted by the action old)"):
        assert part in deep
    assert "\n" not in deep
    assert packages.site == before
    assert packages.ensure([w("beta")]).problem == ""  # what failed is forgotten


@pytest.mark.usefixtures("installer")
def test_what_the_index_does_not_have(tmp_path: Path) -> None:
    problem = Packages(tmp_path, install="allow").ensure([w("nowhere")]).problem
    assert f"{PREFIX}nowhere (wanted by this step) cannot be installed" in problem
    assert [path.name for path in tmp_path.rglob("new-*")] == []


@pytest.mark.usefixtures("installer")
def test_a_hostile_wheel_is_data_to_the_host(tmp_path: Path, only_ours: Path) -> None:
    """Nothing of it runs: no `.pth`, no sitecustomize, no entry point, no script on the path."""
    packages = Packages(tmp_path / "env", install="allow")
    supply = packages.ensure([w("evil")])
    assert supply.problem == ""
    assert packages.distribution_of(f"{PREFIX}evil") != ""
    assert packages.ensure([w("alpha")]).problem == ""  # the installer runs with it there
    assert not only_ours.exists()
    packages.ensure([w("climber")])
    assert list(tmp_path.rglob("climbed.py")) == []
    tier = next(t for t in (*tiers.STRONGEST_FIRST, "none") if not tiers.probe(t).problem)
    work = tmp_path / "work"
    work.mkdir()
    with JupyterKernel(work, sandbox=tier, packages=packages.folder) as kernel:
        assert packages.site is not None
        kernel.supply(packages.site)
        code = f"import {PREFIX}evil, shutil\nprint({PREFIX}evil.VERSION, shutil.which('ls'))"
        output = kernel.execute(code).output
    assert output.startswith("1.0 ")
    assert str(tmp_path) not in output
    assert not only_ours.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x @ https://evil.test/x.whl", "names an address"),
        ("x @ file:///etc/passwd", "names an address"),
        ("--index-url=https://evil.test", "is no requirement"),
        ("-r /etc/passwd", "is no requirement"),
        ("/tmp/x.whl", "is no requirement"),
        ("git+https://evil.test/x", "is no requirement"),
        ("x; y", "is no requirement"),
        ("x\n-r /etc/passwd", "is no requirement"),
        ("", "is no requirement"),
        ("x>=", "is no requirement"),
        ("a" * 5000 + "!", "is no requirement"),
    ],
)
def test_what_is_no_requirement_goes_nowhere(tmp_path: Path, text: str, said: str) -> None:
    problem = Packages(tmp_path, install="allow").ensure([Want(text, "the action x")]).problem
    assert said in problem
    assert "the action x" in problem
    assert list(tmp_path.rglob("site")) == []


def test_what_python_has_already_is_not_installed(tmp_path: Path) -> None:
    packages = Packages(tmp_path, install="deny")
    for text in ("numpy", "NumPy>=1", "click<100", "nothing; python_version < '3'"):
        assert packages.ensure([Want(text, "x")]) == type(packages.ensure([]))()
    assert "packages are wanted at once" in packages.ensure([w(f"x{n}") for n in range(51)]).problem


def test_policy(tmp_path: Path) -> None:
    """ask: the allow-list and a person; allow: all; deny: nothing."""
    denied = Packages(tmp_path / "1", install="deny", allowed=f"{PREFIX}alpha")
    assert "--install deny forbids" in denied.ensure([w("alpha")]).problem
    alone = Packages(tmp_path / "2", install="ask", allowed=f"Dynasaur.Test-alpha <2, {PREFIX}beta")
    assert alone.ensure([w("alpha")]).new[0].endswith("==1.5")  # within what is allowed
    problem = alone.ensure([w("gamma")]).problem
    assert "--install allow" in problem
    assert "DYNASAUR_PACKAGES" in problem
    questions: list[str] = []

    def person(question: str) -> bool:
        questions.append(question)
        return "alpha" in question

    asked = Packages(tmp_path / "3", install="ask", ask=person)
    assert asked.ensure([w("alpha", "the action one")]).problem == ""
    assert asked.ensure([w("alpha<2")]).problem == ""  # agreed to before
    for _ in range(2):
        assert "does not want" in asked.ensure([w("gamma")]).problem
    assert len(questions) == 2
    assert "alpha (wanted by the action one) from the package index" in questions[0]


def test_an_allow_list_without_sense(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the setting packages"):
        Packages(tmp_path, allowed="pandas, not a name")


def test_where_nothing_can_be_installed(tmp_path: Path) -> None:
    remote = Packages(tmp_path, install="allow", elsewhere="the code runs on http://x")
    assert "(wanted by this step): the code runs on http://x" in remote.ensure([w("alpha")]).problem
    assert (remote.folder, remote.site) == (None, None)
    (tmp_path / "file").touch()
    broken = Packages(tmp_path / "file", install="allow")
    assert "packages cannot be installed: cannot write" in broken.ensure([w("alpha")]).problem


def test_without_any_installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_uv", "_pip"):
        monkeypatch.setattr(installers, name, lambda target: None)
    problem = Packages(tmp_path, install="allow").ensure([w("alpha")]).problem
    assert "neither uv nor pip is there: install uv" in problem
    assert installers.program() == ""


@pytest.mark.usefixtures("installer")
def test_settings_of_a_librarys_folder_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They could lead to a stranger's index; were they read, these would stop everything."""
    for name in ("uv.toml", "pyproject.toml", "pip.conf", "setup.cfg", ".env"):
        (tmp_path / name).write_text("[tool.uv\nindex-url = http://127.0.0.1:9/")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UV_NO_CONFIG")
    packages = Packages(tmp_path / ".dynasaur" / "packages", install="allow")
    assert packages.ensure([w("alpha")]).problem == ""


def test_heads_of_actions_say_what_they_need() -> None:
    modules = [
        Module("actions.x.one", HEAD.format("pandas>=2")),
        Module("actions.x.two", "def two(): ..."),
        Module("actions.x.torn", "# /// script\n"),
    ]
    assert wants_of(modules) == (Want("pandas>=2", "the action one"),)


def test_the_package_that_gives_an_import(tmp_path: Path) -> None:
    packages = Packages(tmp_path, install="allow")
    assert packages.ensure([w("named")]).problem == ""
    assert packages.distribution_of("dt_import_name.sub") == f"{PREFIX}named>=3.1"
    assert packages.distribution_of("numpy").startswith("numpy>=")
    for none in ("os", "json.decoder", "dynasaur", "nowhere_at_all", ""):
        assert packages.distribution_of(none) == ""


def test_torn_and_foreign_files_cost_nothing_but_time(tmp_path: Path) -> None:
    packages = Packages(tmp_path, install="allow")
    site = packages.ensure([w("alpha")]).site
    assert site is not None
    folder = packages.folder
    assert folder is not None
    for torn in ("", "g-nothere", "../..", "g-x/../..", "\udcff"):
        (folder / "current").write_text(torn, errors="surrogateescape")
        assert packages.site is None
    (site.parent / "about.json").write_text("[]")
    (folder / "current").write_text(site.parent.name)
    assert packages.site is None
    assert packages.ensure([w("alpha")]).problem == ""


def test_a_kill_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    before = Packages(tmp_path, install="allow").ensure([w("alpha<2")]).site
    code = (
        "import sys, time; from pathlib import Path\n"
        "from dynasaur.packages import Packages, Want, installer\n"
        "real = installer.install\n"
        "def slow(*args): done = real(*args); print('built', flush=True); time.sleep(60)\n"
        "installer.install = slow\n"
        f"packages = Packages(Path({str(tmp_path)!r}), install='allow')\n"
        f"packages.ensure([Want({PREFIX + 'beta'!r}, 'x')])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "built\n"
        process.send_signal(signal.SIGKILL)
    packages = Packages(tmp_path, install="allow")
    assert packages.site == before
    assert len(list(tmp_path.rglob("new-*"))) == 1
    assert packages.ensure([w("beta")]).problem == ""
    assert list(tmp_path.rglob("new-*")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
@pytest.mark.parametrize("size", ["64k", "4k"])
@pytest.mark.usefixtures("installer")
def test_a_full_disk_is_one_line(tmp_path: Path, size: str, wheels: Path) -> None:
    """What was there stays; nothing half made is left when there is room again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    wheel(wheels, "big", "1.0", files={f"{PREFIX}big_data.txt": "x" * 200_000})
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        problem = Packages(disk, install="allow").ensure([w("big")]).problem
        assert "cannot" in problem
        assert "\n" not in problem
        assert Packages(disk).site is None
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert Packages(disk, install="allow").ensure([w("big")]).problem == ""
        assert list(disk.rglob("new-*")) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_at_once_wait_for_each_other(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from dynasaur.packages import Packages, Want\n"
        f"done = Packages(Path({str(tmp_path)!r}), install='allow').ensure("
        f"[Want({PREFIX!r} + sys.argv[1], 'x')])\n"
        "assert not done.problem, done.problem\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen([sys.executable, "-c", code, name], env=environment)
        for name in ("alpha<2", "beta", "named")
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert names(Packages(tmp_path).site) == [f"{PREFIX}alpha.py", f"{PREFIX}beta.py"]
    assert len(Packages(tmp_path).ensure([w("alpha"), w("beta"), w("named")]).problem) == 0


TIERS = [tier for tier in tiers.STRONGEST_FIRST if not tiers.probe(tier).problem]


@pytest.fixture
def library_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "a closed home" / ".dynasaur" / "packages"
    folder.mkdir(parents=True)
    (tmp_path / "a closed home").chmod(0o700)
    return folder


@pytest.mark.parametrize(
    "tier", [pytest.param(t, marks=pytest.mark.slow if t != TIERS[0] else ()) for t in TIERS]
)
def test_a_running_kernel_sees_what_is_installed(
    tmp_path: Path, library_folder: Path, tier: str
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    packages = Packages(library_folder, install="allow")
    use = f"import {PREFIX}alpha; {PREFIX}alpha.VERSION"
    with JupyterKernel(work, sandbox=tier, packages=packages.folder) as kernel:
        missing = kernel.execute(use).error
        assert missing is not None
        assert missing.type == "ModuleNotFoundError"
        site = packages.ensure([w("alpha<2")]).site
        assert site is not None
        assert kernel.supply(site) == ()
        assert kernel.execute(use).output == "'1.5'\n"
        child = f"!python -c 'import {PREFIX}alpha as a; print(a.VERSION)'"
        assert kernel.execute(child).output == "1.5\n"
        newer = Packages(library_folder, install="allow").ensure([w("gamma")]).site
        assert newer is not None
        assert kernel.supply(newer) == (f"{PREFIX}alpha",)  # stays what it is until a restart
        assert kernel.execute(use).output == "'1.5'\n"
        assert kernel.execute("import os; os._exit(1)").state_kept is False
        assert kernel.execute(use).output == "'2.0'\n"
        for attack in (f"open({str(newer)!r} + '/x.py', 'w')", f"os.rmdir({str(newer)!r})"):
            assert kernel.execute(f"import os; {attack}").error is not None
    with JupyterKernel(work, sandbox=tier, packages=packages.folder) as fresh:
        fresh.supply(newer)
        assert fresh.execute(use).output == "'2.0'\n"
