"""Word, PowerPoint, EPUB and HTML files and feeds, through markitdown's converters."""

import re
import warnings
from collections.abc import Callable
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from ._document import Document, Part

_MOST_MARKUP = 64 * 1024 * 1024
_MOST_HTML = 4 * 1024 * 1024
_SLIDE = re.compile(r"\s*<!-- Slide number: (\d+) -->\s*")
# A table without a header gets an empty one; its first row says more.
_NO_HEADER = re.compile(r"^\|(?: +\|)+\n(\|(?: --- \|)+)\n(\|.*)$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\]]*)\]\(data:[^)]*\)")


def docx_document(data: bytes, _name: str) -> Document:
    """A Word document."""
    guard(data, ".docx", "a Word document")
    return Document("Word document", (Part("", _converted(data, "DocxConverter", ".docx")),))


def pptx_document(data: bytes, _name: str) -> Document:
    """A PowerPoint presentation: one part for each slide."""
    guard(data, ".pptx", "a PowerPoint presentation")
    _, *pairs = _SLIDE.split(_converted(data, "PptxConverter", ".pptx"))
    parts = [Part(f"slide {n}", text) for n, text in zip(pairs[::2], pairs[1::2], strict=True)]
    return Document("PowerPoint presentation", tuple(parts) or (Part("", ""),))


def epub_document(data: bytes, _name: str) -> Document:
    """An e-book."""
    guard(data, ".epub", "an e-book")
    return Document("e-book", (Part("", _converted(data, "EpubConverter", ".epub")),))


def html_document(data: bytes, _name: str) -> Document:
    """An HTML page."""
    note = ""
    if len(data) > _MOST_HTML:
        data, note = data[:_MOST_HTML], f"only the first {_MOST_HTML // 2**20} MiB are read"
    tidy = _well_formed(data)
    return Document("HTML page", (Part("", _converted(tidy, "HtmlConverter", ".html")),), note)


def _well_formed(data: bytes) -> bytes:
    """The page with every mark closed: the converter takes the square of the time on open ones."""
    try:
        from lxml import etree, html
    except ImportError as error:
        raise ImportError("HTML files need lxml: pip install 'dynasaur[tools]'") from error
    try:
        data.decode("utf-8")
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    except UnicodeDecodeError:
        parser = html.HTMLParser(huge_tree=True, remove_comments=True)  # in what the page declares
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ValueError("is broken: it has no content") from error
    return bytes(html.tostring(tree, encoding="utf-8"))


def feed_document(data: bytes, _name: str) -> Document:
    """A feed (RSS, Atom)."""
    return Document("feed", (Part("", _converted(data, "RssConverter", ".rss")),))


def guard(data: bytes, suffix: str, what: str) -> None:
    """Refuse what is broken, and what would fill the memory when it is unpacked.

    Raises:
        ValueError: It is either.
    """
    try:
        with ZipFile(BytesIO(data)) as file:
            sizes = [one.file_size for one in file.infolist() if _is_markup(one.filename)]
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ValueError(f"is broken: it is no whole {suffix} file") from error
    if sum(sizes) > _MOST_MARKUP:
        raise ValueError(f"is too large for {what}: {sum(sizes) // 2**20:,} MiB of text unpacked")


def _is_markup(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".html", ".xhtml", ".htm", ".opf", ".ncx"))


def _converted(data: bytes, converter: str, suffix: str) -> str:
    """The Markdown that one of markitdown's converters makes.

    Raises:
        ValueError: It fails.
        ImportError: It is not installed.
    """
    try:
        import markitdown
        from markitdown import MissingDependencyException, converters
    except ImportError as error:
        said = f"{suffix} files need markitdown: pip install 'dynasaur[tools]'"
        raise ImportError(said) from error
    convert: Callable[..., markitdown.DocumentConverterResult]
    convert = getattr(converters, converter)().convert
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = convert(BytesIO(data), markitdown.StreamInfo(extension=suffix)).markdown
    except MissingDependencyException as error:
        raise ImportError(f"{suffix} files need more: pip install 'dynasaur[tools]'") from error
    except MemoryError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"is broken: {said or type(error).__name__}") from error
    text = _PICTURE.sub(lambda match: f"![{match[1]}](picture)", text)
    return _NO_HEADER.sub(r"\2\n\1", text).strip()
