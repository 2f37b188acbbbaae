"""Calls that reach out only with certain arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable

from dynasaur.capabilities.origins import origins
from dynasaur.capabilities.scopes import Scope
from dynasaur.capabilities.texts import text_of
from dynasaur.capabilities.values import Confidence, Kind
from dynasaur.source.text import words

_PLACES = words("filepath_or_buffer path_or_buf path_or_buffer path io source fname")

Judge = Callable[[ast.Call, Scope], "Confidence | None"]
"""How sure it is that a call reaches out; None when it does not."""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument by position or name; None where it is not given."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    plain = not any(isinstance(one, ast.Starred) for one in call.args[: position + 1])
    return call.args[position] if plain and len(call.args) > position else None


def _writes(position: int) -> Judge:
    """A file's mode says that it is written."""

    def judge(call: ast.Call, scope: Scope) -> Confidence | None:
        mode = argument(call, position, "mode")
        if mode is None:
            open_ended = any(isinstance(one, ast.Starred) for one in call.args)
            return "low" if open_ended or any(key.arg is None for key in call.keywords) else None
        text = text_of(mode, scope)
        if text is None:
            return "medium"
        return "high" if set(text.partition(":")[0]) & set("wax+") else None

    return judge


def _not_read_only(call: ast.Call, scope: Scope) -> Confidence | None:
    flags = argument(call, 1, "flags")
    return None if flags and origins(flags, scope) == {"os.O_RDONLY"} else "high"


def _to_disk(call: ast.Call, scope: Scope) -> Confidence | None:
    place = argument(call, 0, "database")
    return None if place and text_of(place, scope) == ":memory:" else "high"


def _unsafe_loader(call: ast.Call, scope: Scope) -> Confidence | None:
    loader = argument(call, 1, "Loader")
    names = origins(loader, scope) if loader else frozenset()
    safe = ("SafeLoader", "BaseLoader")
    return None if names and all(name.endswith(safe) for name in names) else "high"


def _pickled(call: ast.Call, _: Scope) -> Confidence | None:
    allowed = argument(call, 2, "allow_pickle")
    return None if allowed is None or _is(allowed, value=False) else "high"


def _not_weights(call: ast.Call, _: Scope) -> Confidence | None:
    only = argument(call, 3, "weights_only")
    return None if only is not None and _is(only, value=True) else "high"


def _from_afar(call: ast.Call, scope: Scope) -> Confidence | None:
    named = [key.value for key in call.keywords if key.arg in _PLACES]
    place = next(iter([*call.args[:1], *named]), None)
    text = _start(place, scope) if place else None
    far = ("http:", "https:", "ftp:", "s3:", "gs:")
    return "high" if text and text.lower().startswith(far) else None


def _start(node: ast.expr, scope: Scope) -> str | None:
    """The text that an expression's value begins with, as far as it can be told."""
    text = text_of(node, scope)
    while text is None:
        match node:
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=first):
                node = first
            case ast.JoinedStr(values=[first, *_]):
                node = first
            case ast.Call(func=ast.Attribute(value=first, attr="format")):
                node = first
            case _:
                return None
        text = text_of(node, scope)
    return text


def _unsafe_kind(call: ast.Call, scope: Scope) -> Confidence | None:
    kind = argument(call, 0, "typ")
    text = text_of(kind, scope) if kind else "rt"
    return "medium" if text is None else "high" if text == "unsafe" else None


def _in_place(call: ast.Call, _: Scope) -> Confidence | None:
    changes = argument(call, 1, "inplace")
    return None if changes is None or _is(changes, value=False) else "high"


def _always(_: ast.Call, __: Scope) -> Confidence | None:
    return "high"


def _to_a_file(call: ast.Call, _: Scope) -> Confidence | None:
    return "high" if argument(call, 0, "filename") else None


def _is(node: ast.expr, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


CONDITIONS: dict[str, tuple[Kind, Judge]] = {
    **dict.fromkeys(
        words("""builtins.open io.open codecs.open gzip.open bz2.open lzma.open tarfile.open
        zipfile.ZipFile os.fdopen gzip.GzipFile bz2.BZ2File lzma.LZMAFile tarfile.TarFile
        aiofiles.open io.FileIO wave.open"""),
        (Kind.FILE_WRITE, _writes(1)),
    ),
    "pathlib.Path().open": (Kind.FILE_WRITE, _writes(0)),
    "os.open": (Kind.FILE_WRITE, _not_read_only),
    "sqlite3.connect": (Kind.FILE_WRITE, _to_disk),
    "logging.basicConfig": (Kind.FILE_WRITE, _to_a_file),
    "yaml.load": (Kind.DESERIALISATION, _unsafe_loader),
    "yaml.load_all": (Kind.DESERIALISATION, _unsafe_loader),
    "numpy.load": (Kind.DESERIALISATION, _pickled),
    "torch.load": (Kind.DESERIALISATION, _not_weights),
    **dict.fromkeys(
        words("""pandas.read_csv pandas.read_json pandas.read_html pandas.read_excel
        pandas.read_table pandas.read_xml pandas.read_parquet polars.read_csv polars.read_json
        polars.read_parquet pandas.read_fwf pandas.read_feather pandas.read_orc
        numpy.genfromtxt numpy.loadtxt"""),
        (Kind.NETWORK, _from_afar),
    ),
    **dict.fromkeys(
        words("yaml.UnsafeLoader yaml.Loader yaml.FullLoader"), (Kind.DESERIALISATION, _always)
    ),
    "ruamel.yaml.YAML": (Kind.DESERIALISATION, _unsafe_kind),
    "fileinput.input": (Kind.FILE_WRITE, _in_place),
    "fileinput.FileInput": (Kind.FILE_WRITE, _in_place),
}
"""What a call of a name lets code do, and when; a mere mention of it counts only for those that
the table of names has too."""
