"""Bytes of a page to text: what is declared, what the bytes show, else the best guess."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
_HEAD = 4096
_SAMPLE = 256 * 1024
_FEW = 20  # so few letters tell no encoding: then it is the most usual one
_WIDER = {  # as browsers read them: a declared encoding is taken for the wider one that holds it
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "big5": "big5hkscs",
}
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


def decoded(body: bytes, charset: str = "") -> str:
    """Text of a body, whatever its encoding; what cannot be read becomes U+FFFD.

    Args:
        body: The bytes.
        charset: What the server says of them; empty where it says nothing.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _plain(body.decode(encoding, "replace"))
    declared = [found for name in (charset, _inside(body)) if (found := _codec(name))]
    for encoding in [*declared, "utf-8"]:
        try:
            return _plain(body.decode(encoding))
        except UnicodeError:
            continue
    if declared and declared[0] != "utf-8":
        return _plain(body.decode(declared[0], "replace"))
    return _plain(_guessed(body))


def _inside(body: bytes) -> str:
    """The encoding that a page declares in itself."""
    found = _DECLARED.search(body[:_HEAD])
    name = found[1].decode("ascii") if found else ""
    # Declared in a way that only another encoding can be read in: the declaration is wrong.
    return "utf-8" if name.lower().startswith("utf-16") else name


def _codec(name: str) -> str:
    """Python's name of a text encoding; empty where it has none."""
    try:
        found = codecs.lookup(name.strip())
        b"".decode(found.name)  # refuses those that give no text (base64, zlib)
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(found.name, found.name)


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = body[:_SAMPLE]
    telling = sum(byte > 127 for byte in sample)
    # UTF-8 with a few broken bytes is nearer to the truth than any other reading of it.
    if sample.decode("utf-8", "replace").count("\ufffd") * 20 < telling:
        return body.decode("utf-8", "replace")
    best = from_bytes(sample).best() if telling >= _FEW else None
    return body.decode(_codec(best.encoding) if best is not None else "cp1252", "replace")


def _plain(text: str) -> str:
    """Without control characters, which could steer a terminal, and with one kind of line end."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
