# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx>=0.27", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A file from the web, kept in a folder."""

from pathlib import Path

from ._address import file_name, unused
from ._fetch import fetch

_MOST = 500_000_000
_SECONDS = 240.0


def download_file(url: str, path: str = "", obey_robots: bool = True) -> str:
    r"""Download a file from the web into the working folder.

    Args:
        url: The web address (URL) of the file.
        path: Where to keep it; empty: under the name that the server or the address gives, where
            no file of that name is replaced.
        obey_robots: Leave alone what the site's robots.txt asks programs to leave alone.

    Returns:
        The path of the file.

    Raises:
        ValueError: The address is none, or the file is larger than 500 MB.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, answers with an error, or breaks off.
        TimeoutError: It takes too long.

    Examples:
        >>> download_file("ftp://example.org/a.txt")
        Traceback (most recent call last):
        ...
        ValueError: 'ftp://example.org/a.txt' is no web address; write one such as https://example.org
    """
    begun = unused(Path(f"{path or 'download'}.part"))
    try:
        with begun.open("wb") as file:
            fetched = fetch(
                url, most=_MOST, seconds=_SECONDS, obey_robots=obey_robots, take=file.write
            )
        if "is cut after" in fetched.cut:
            raise ValueError(f"{url} is larger than {_MOST:,} bytes")
        if fetched.cut:
            raise ConnectionError(f"{url} broke off: {fetched.cut}")
        name = file_name(fetched.url, fetched.disposition, fetched.kind)
        kept = Path(path) if path else unused(Path(name))
        begun.replace(kept)
    finally:
        begun.unlink(missing_ok=True)
    return str(kept)
