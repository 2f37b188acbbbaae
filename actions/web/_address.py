"""Addresses as people write them, and names for what lies behind them."""

import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

_LONGEST = 4096
_LONGEST_NAME = 200  # bytes: file systems take 255, and a number or a suffix may follow
_NAME = re.compile(r"[^\w.()+ -]+")
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/zip": ".zip",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/csv": ".csv",
}


def web_address(text: str) -> str:
    """A whole web address; `https` where it names no scheme.

    Raises:
        ValueError: It is none.
    """
    given = text.strip()
    if "://" not in given and re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)", given):
        given = f"https://{given}"
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{_short(text)} is no web address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{_short(text)} is no web address; write one such as https://example.org")
    if len(given) > _LONGEST or port == 0:
        raise ValueError(f"{_short(text)} is no web address that can be asked for")
    if parts.username is not None:
        raise ValueError("a web address must hold no name or password of a user")
    return urlunsplit(parts._replace(fragment="", path=parts.path or "/"))


def further_address(base: str, link: str) -> str:
    """The whole address of a link on the way from one address to the next.

    Raises:
        ValueError: It is none.
    """
    try:
        return web_address(urljoin(base, link))
    except ValueError as error:
        raise ValueError(f"{base} sends on to {_short(link)}, which is no web address") from error


def file_name(url: str, disposition: str, kind: str) -> str:
    """A harmless name for the file behind an address.

    Args:
        url: The address.
        disposition: The header `Content-Disposition`.
        kind: The media type, for the suffix where the address has none.
    """
    told = re.search(r"filename\*\s*=\s*[\w-]*'[\w-]*'([^;]+)", disposition, re.IGNORECASE)
    plain = re.search(r'filename\s*=\s*("[^"]*"|[^;]+)', disposition, re.IGNORECASE)
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    found = unquote(told[1]) if told else plain[1].strip('" ') if plain else unquote(last)
    name = _NAME.sub("_", found.replace("\\", "/").rpartition("/")[2]).strip(" .")[-100:]
    name = name.encode()[-_LONGEST_NAME:].decode("utf-8", "ignore")
    name = name or (urlsplit(url).hostname or "file").replace(":", "_")
    return name if Path(name).suffix else name + _SUFFIXES.get(kind, "")


def unused(path: Path) -> Path:
    """The path, or the first one like it that no file has: `a.pdf`, `a-2.pdf`."""
    candidate, number = path, 2
    while candidate.exists() or candidate.is_symlink():
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate


def absolute(base: str, link: str | None) -> str:
    """A link's whole address; empty where it leads to no page (`javascript:`, `mailto:`)."""
    try:
        joined = urljoin(base, (link or "").strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    known = parts.scheme in ("http", "https") and bool(parts.hostname)
    return joined if known or (parts.scheme == "file" and base.startswith("file:")) else ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
