"""What kind of file some bytes are: told by the bytes, and by the name where they do not tell."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "bmp"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"ID3", "audio"),
    (b"fLaC", "audio"),
    (b"OggS", "audio"),
    (b"SQLite format 3\0", "database"),
    (b"PAR1", "database"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x7fELF", "program"),
    (b"{\\rtf", "rtf"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "audio"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in the old Office files, as they stand there; the first that is found counts.
_STREAMS = (
    ("EncryptedPackage", "locked office"),
    ("__properties_version1.0", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_PARTS = (
    (b"word/document", "docx"),
    (b"xl/workbook.xml", "xlsx"),
    (b"xl/workbook.bin", "xlsb"),
    (b"ppt/presentation.xml", "pptx"),
    (b"META-INF/container.xml", "epub"),
)
_SUFFIXES = {
    **dict.fromkeys(("csv", "tsv", "tab"), "csv"),
    **dict.fromkeys(("html", "htm", "xhtml"), "html"),
    **dict.fromkeys(("json", "jsonld", "geojson"), "json"),
    **dict.fromkeys(("xml", "rss", "atom", "svg"), "xml"),
    **dict.fromkeys(("eml", "mht", "mhtml"), "eml"),
    **dict.fromkeys(("md", "markdown"), "text"),
    "ipynb": "ipynb",
    "mbox": "mbox",
}
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<\?xml\b")
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b")
_MAIL = re.compile(rb"(?:[A-Za-z][\w-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}\r?\n", re.ASCII)
_MAIL_FIELDS = (b"from:", b"received:", b"message-id:", b"mime-version:", b"subject:", b"date:")


def kind_of(data: bytes, name: str) -> str:
    """The kind of a file.

    Args:
        data: Its bytes; the first few are enough but for ZIP and OLE files.
        name: Its name; the suffix counts where the bytes leave it open.

    Returns:
        'pdf', 'docx', 'pptx', 'xlsx', 'xls', 'html', 'feed', 'csv', 'json', 'xml', 'epub', 'odf',
        'zip', 'archive', 'doc', 'ppt', 'rtf', 'msg', 'eml', 'mbox', 'ipynb', 'image', 'audio',
        'database', 'text'; for what cannot be read 'locked office', 'old office', 'xlsb',
        'program', 'video', 'binary'.
    """
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    head = data[:4096]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data, suffix)
    if data[:2] == b"\x09\x00" or data[:4] in (b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"):
        return "xls"
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (kind != "bmp" or suffix in ("bmp", "dib")):
            return {"bmp": "image"}.get(kind, kind)
    return _media_kind(data) or _text_kind(data, suffix)


def _ole_kind(data: bytes) -> str:
    for stream, kind in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return kind
    return "old office"


def _zip_kind(data: bytes, suffix: str) -> str:
    told = data[30:38] == b"mimetype" and b"opendocument" in data[38:128]
    if told or (suffix in ("odt", "ods", "odp") and b"content.xml" in data):
        return "odf"
    names = _names_in(data)
    for part, kind in _PARTS:
        # Bytes alone would find the workbook that lies in a slide with a chart.
        if any(name.startswith(part) for name in names) if names else part in data:
            return kind
    return "zip"


def _names_in(data: bytes) -> list[bytes]:
    """The paths in a ZIP file; none where it is broken."""
    try:
        with ZipFile(BytesIO(data)) as book:
            return [name.encode("utf-8", "replace") for name in book.namelist()]
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return []


def _media_kind(data: bytes) -> str:
    """The kind of pictures, sound and films whose mark does not stand at the very start."""
    mark = data[8:12]
    if data.startswith(b"RIFF"):
        return {b"WAVE": "audio", b"WEBP": "image", b"AVI ": "video"}.get(mark, "binary")
    if data.startswith(b"FORM") and mark in (b"AIFF", b"AIFC"):
        return "audio"
    if data[4:8] == b"ftyp":
        if mark in (b"M4A ", b"M4B "):
            return "audio"
        return "image" if mark in (b"heic", b"mif1", b"avif", b"heix") else "video"
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "video"
    if data[257:262] == b"ustar":
        return "archive"
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"):
        return "audio"
    return ""


def _text_kind(data: bytes, suffix: str) -> str:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not wide:
        return "database" if suffix in ("duckdb", "ddb") or data[8:12] == b"DUCK" else "binary"
    known = _SUFFIXES.get(suffix, "")
    if known == "xml" or (not known and _XML.match(head)):
        return "feed" if _FEED.search(head) else "html" if _HTML.search(head) else "xml"
    if known:
        return known
    if head.startswith(b"From ") and b"\nFrom: " in head:
        return "mbox"
    if _HTML.match(head):
        return "html"
    fields = _MAIL.match(head)
    told = fields[0].lower() if fields else b""
    return "eml" if sum(field in told for field in _MAIL_FIELDS) >= 3 else "text"
