"""What gives the same for the same arguments, and nothing else: modules, functions, methods."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
import html
import json
import urllib.parse
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from dynasaur.source.text import words

LONGEST = 1_000
"""Characters of a text that is worked with."""

LARGEST = 10**12
"""The largest number that is reckoned with."""

MODULES = words(
    """__future__ array ast base64 binascii bisect bz2 cmath codecs collections copy dataclasses
    decimal difflib enum fractions functools gzip hashlib heapq hmac html itertools json lzma math
    numbers operator re statistics string struct textwrap typing unicodedata urllib.parse
    zlib"""
)
"""Modules of the standard library that reach nothing outside, but for their `open`."""

BUILTINS = words(
    """abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter
    float format frozenset getattr hasattr hex int isinstance issubclass iter len list map max min
    next oct ord pow print range repr reversed round set setattr slice sorted str sum super tuple
    type zip True False None NotImplemented Ellipsis ArithmeticError AssertionError
    AttributeError Exception IndexError KeyError LookupError NotImplementedError OverflowError
    RuntimeError StopIteration TypeError UnicodeDecodeError UnicodeError ValueError
    ZeroDivisionError staticmethod classmethod property object"""
)
"""Built-in names of that kind."""


_CODECS = words(
    """utf-8 utf8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 ascii us-ascii latin-1 latin1
    iso-8859-1 cp1252 rot13 rot-13 hex hex-codec base64 base64-codec quopri uu unicode-escape
    raw-unicode-escape"""
)


def _list(values: Any) -> list[Any]:
    return list(values)


def _bytes(values: Any, encoding: str = "utf-8") -> bytes:
    """Not `bytes(10**9)`."""
    return values.encode(encoding) if isinstance(values, str) else bytes(_list(values))


def _codec(change: Callable[[Any, str], Any]) -> Callable[..., Any]:
    """Of the codecs only those that are quick, and cannot grow a text without bounds."""

    def changed(value: Any, name: str = "utf-8") -> Any:
        if name.lower().replace("_", "-") not in _CODECS:
            raise ValueError(name)
        return change(value, name)

    return changed


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, LONGEST)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{kind.__name__: kind for kind in (int, float, str, tuple, chr, ord, len, sorted, sum, abs)},
    "list": _list,
    "bytes": _bytes,
    "bytearray": _bytes,
    "reversed": lambda values: _list(values)[::-1],
    "bytes.fromhex": bytes.fromhex,
    "bytearray.fromhex": bytes.fromhex,
    "codecs.decode": _codec(codecs.decode),
    "codecs.encode": _codec(codecs.encode),
    "html.unescape": html.unescape,
    "urllib.parse.unquote": urllib.parse.unquote,
    "urllib.parse.unquote_plus": urllib.parse.unquote_plus,
    "json.loads": json.loads,
    "ast.literal_eval": ast.literal_eval,
    "zlib.decompress": _unpacked,
    "gzip.decompress": _unpacked,
    **{
        f"base64.{name}": getattr(base64, name)
        for name in dir(base64)
        if name.endswith("decode") and name[0] != "_"
    },
    **{
        f"binascii.{name}": getattr(binascii, name)
        for name in ("unhexlify", "a2b_hex", "a2b_base64", "a2b_uu", "a2b_qp")
    },
}
"""Functions that decode, and the few that what is decoded passes through, by full name."""


def _method(name: str) -> Callable[..., Any]:
    def called(text: str | bytes, *given: Any) -> Any:
        return getattr(text, name)(*given)

    return called


METHODS: Mapping[str, Callable[..., Any]] = {
    **{
        name: _method(name)
        for name in words("""join upper lower strip lstrip rstrip title capitalize casefold swapcase
        replace split removeprefix removesuffix hex""")
    },
    "decode": _codec(lambda text, name: text.decode(name)),
    "encode": _codec(lambda text, name: text.encode(name)),
}
"""Methods of texts and bytes, as functions of these."""
