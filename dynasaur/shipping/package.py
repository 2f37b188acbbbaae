"""Actions as a Python package: a project that can be built, and a wheel that is built already."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import keyword
import re
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from dynasaur.config import PACKAGE
from dynasaur.errors import UsageError
from dynasaur.pins.licence import UNKNOWN
from dynasaur.shipping.bundle import Bundle
from dynasaur.shipping.skills import support
from dynasaur.syntax.hidden import visible

_PYTHON = ">=3.11"
_TAG = "py3-none-any"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the wheel: the same actions give the same bytes."""

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_TAKEN = frozenset({PACKAGE, "dynasaur", "test", "tests"})


@dataclass(frozen=True, slots=True)
class Package:
    """What is to be built.

    Attributes:
        name: The distribution's name.
        version: Its version, by PEP 440.
        summary: One line on it.
        bundle: Its actions.
    """

    name: str
    version: str
    summary: str
    bundle: Bundle

    @property
    def module(self) -> str:
        """The name by which it is imported."""
        return re.sub(r"[-.]+", "_", self.name).lower()

    def check(self) -> None:
        """See that name and version can be a package's.

        Raises:
            UsageError: They cannot.
        """
        from packaging.version import InvalidVersion, Version

        module = self.module
        if not _NAME.match(self.name) or not module.isidentifier() or keyword.iskeyword(module):
            raise UsageError(
                f"{self.name!r} cannot be a package's name: give --name, of letters, digits and -"
            )
        if module in _TAKEN or module in sys.stdlib_module_names:
            raise UsageError(f"{self.name} would hide the module {module}: name it with --name")
        try:
            Version(self.version)
        except InvalidVersion:
            raise UsageError(f"{self.version!r} is no version, such as 1.0.0") from None

    def project(self) -> dict[str, bytes]:
        """The files of the project, with the wheel in `dist/`."""
        files = {
            "pyproject.toml": self._pyproject(),
            "README.md": self._readme(),
            **self._own_legal(),
            **self._sources(),
        }
        found = {path: text.encode("utf-8", "replace") for path, text in files.items()}
        return {**found, f"dist/{self.wheel_name}": self.wheel()}

    @property
    def wheel_name(self) -> str:
        """The wheel's file name."""
        return f"{self._escaped}-{self._version}-{_TAG}.whl"

    def wheel(self) -> bytes:
        """The wheel, the same bytes for the same actions."""
        info = f"{self._escaped}-{self._version}.dist-info"
        files = {
            **self._sources(),
            **{f"{info}/licenses/{path}": text for path, text in self._own_legal().items()},
            f"{info}/METADATA": self._metadata(),
            f"{info}/WHEEL": (
                f"Wheel-Version: 1.0\nGenerator: dynasaur\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
            ),
            f"{info}/entry_points.txt": self._entry_points(),
        }
        content = {path: text.encode("utf-8", "replace") for path, text in files.items()}
        content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in content.items():
                archive.writestr(_entry(path), data)
        return held.getvalue()

    @property
    def _escaped(self) -> str:
        return re.sub(r"[-_.]+", "_", self.name).lower()

    @property
    def _version(self) -> str:
        from packaging.version import Version

        return str(Version(self.version))

    def _sources(self) -> dict[str, str]:
        """The package: the actions under its own name, and what makes commands of them."""
        found = {f"{self.module}/{path}": text for path, text in support("._plain").items()}
        for path, text in {**self.bundle.files(), **self._vendored_legal()}.items():
            found[f"{self.module}/{path.partition('/')[2]}"] = text
        found[f"{self.module}/_commands.py"] = self._commands()
        found[f"{self.module}/py.typed"] = ""
        return found

    def _own_legal(self) -> dict[str, str]:
        return {path: text for path, text in self.bundle.legal.items() if "/" not in path}

    def _vendored_legal(self) -> dict[str, str]:
        return {path: text for path, text in self.bundle.legal.items() if "/" in path}

    def _commands(self) -> str:
        table = {one.name: one.module.partition(".")[2] for one in self.bundle.actions}
        lines = "".join(f"    {name!r}: {module!r},\n" for name, module in sorted(table.items()))
        return _COMMANDS.replace("    TABLE\n", lines).replace("NAME", self.name)

    def _scripts(self) -> dict[str, str]:
        found = {self.name: f"{self.module}._commands:main"}
        for one in self.bundle.actions:
            found[f"{self.name}-{one.name.replace('_', '-')}"] = (
                f"{self.module}._commands:call_{one.name}"
            )
        return found

    def _entry_points(self) -> str:
        lines = [f"{name} = {target}\n" for name, target in self._scripts().items()]
        return "".join(["[console_scripts]\n", *lines])

    def _metadata(self) -> str:
        lines = [
            "Metadata-Version: 2.4",
            f"Name: {self.name}",
            f"Version: {self._version}",
            f"Summary: {self.summary}",
            f"Requires-Python: {self.bundle.python or _PYTHON}",
            *(f"Requires-Dist: {one}" for one in self.bundle.dependencies),
            *([f"License-Expression: {self._licence}"] if self._licence else []),
            *(f"License-File: {path}" for path in self._own_legal()),
            "Description-Content-Type: text/markdown",
        ]
        return "\n".join(lines) + f"\n\n{self._readme()}"

    @property
    def _licence(self) -> str:
        """An expression that indexes take; empty where there is none."""
        return self.bundle.licence.replace(UNKNOWN, "LicenseRef-Unknown")

    def _pyproject(self) -> str:
        def text(value: str) -> str:
            return json.dumps(value, ensure_ascii=False)

        lines = [
            "[build-system]",
            'requires = ["hatchling>=1.27"]',
            'build-backend = "hatchling.build"',
            "",
            "[project]",
            f"name = {text(self.name)}",
            f"version = {text(self._version)}",
            f"description = {text(self.summary)}",
            'readme = "README.md"',
            f"requires-python = {text(self.bundle.python or _PYTHON)}",
            f"dependencies = [{', '.join(map(text, self.bundle.dependencies))}]",
        ]
        lines += [f"license = {text(self._licence)}"] if self._licence else []
        lines += [f"license-files = [{', '.join(map(text, self._own_legal()))}]"]
        lines += ["", "[project.scripts]"]
        lines += [f"{name} = {text(target)}" for name, target in self._scripts().items()]
        lines += ["", "[tool.hatch.build.targets.wheel]", f"packages = [{text(self.module)}]"]
        return "\n".join(lines) + "\n"

    def _readme(self) -> str:
        rows = [
            f"| `{self.name} {one.name}` | `{one.module.replace(PACKAGE, self.module, 1)}` | "
            f"{_cell(one.summary)} |"
            for one in sorted(self.bundle.actions, key=lambda one: one.name)
        ]
        head = ["| command | module | what it does |", "|---|---|---|"]
        return "\n".join([f"# {self.name}", "", self.summary, "", *head, *rows]) + "\n"


_COMMANDS = '''"""Each action as a command."""

import importlib
import sys

from ._runner import run

ACTIONS = {
    TABLE
}


def main():
    """Call the action that the first word names."""
    name = sys.argv[1].replace("-", "_") if len(sys.argv) > 1 else ""
    if name in ACTIONS:
        return call(name, sys.argv[2:])
    text = f"usage: NAME ACTION [ARGUMENT]...\\n\\nActions: {', '.join(ACTIONS)}\\n"
    asked = name in {"__help", "_h"}
    (sys.stdout if asked else sys.stderr).write(text)
    return 0 if asked else 2


def call(name, words=None):
    """Call one action with the words of a command line."""
    module = importlib.import_module(f".{ACTIONS[name]}", __package__)
    return run(getattr(module, name), words)


def __getattr__(name):
    action = name.removeprefix("call_")
    if action != name and action in ACTIONS:
        return lambda: call(action)
    raise AttributeError(name)
'''


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _record(content: Mapping[str, bytes], own: str) -> bytes:
    held = io.StringIO()
    rows = csv.writer(held, lineterminator="\n")
    for path, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([path, f"sha256={digest}", len(data)])
    rows.writerow([own, "", ""])
    return held.getvalue().encode()


def _cell(text: str) -> str:
    return " ".join(visible(text).split()).replace("|", "\\|")
