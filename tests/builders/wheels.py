"""Tiny wheels in a folder, which is all the package index that uv and pip are shown."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

PREFIX = "dynasaur_test_"
"""Names begin so: nothing on the real index is called like it."""


def wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    module: str = "",
) -> None:
    """Write one wheel: a module of the package's name that knows its version, and more files."""
    folder.mkdir(exist_ok=True)
    name = PREFIX + name
    info = f"{name}-{version}.dist-info"
    about = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    about += [f"Requires-Dist: {PREFIX}{one}\n" for one in requires]
    content = {
        f"{module or name}.py": f"VERSION = {version!r}\n",
        **{path.replace("INFO", f"{name}-{version}"): text for path, text in (files or {}).items()},
        f"{info}/METADATA": "".join(about),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    listed = [f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in content.items()]
    content[f"{info}/RECORD"] = "".join([*listed, f"{info}/RECORD,,\n"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in content.items():
            archive.writestr(path, text)


def _digest(text: str) -> str:
    found = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


def index(folder: Path) -> dict[str, str]:
    """The environment in which uv and pip know a folder of wheels and nothing else."""
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(folder),
        "UV_NO_CONFIG": "1",
        "PIP_CONFIG_FILE": "/dev/null",
    }
