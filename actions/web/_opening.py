"""Open a page: from the web, from a file, or as a browser shows it."""

import mimetypes
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from ._browser import Filled, rendered
from ._decode import decoded
from ._fetch import Fetched, fetch
from ._html import parsed, sent_on
from ._pages import Page, open_url, opened
from ._reading import html_page, page_of
from ._visit import Pairs

_SENT_ON = 3
_HEAD = 20_000


def open_address(
    url: str,
    *,
    render: bool = False,
    obey_robots: bool = True,
    form: Pairs | None = None,
    filled: Filled | None = None,
) -> Page:
    """Open what is behind an address, or in a file.

    Args:
        url: The address, or the path of a file.
        render: Let a browser show it, so that its scripts run.
        obey_robots: Leave alone what robots.txt forbids.
        form: Names and values to post.
        filled: A form to fill in once the browser shows the page.
    """
    url = _beside_open(url)
    if render:
        shown = rendered(url, obey_robots=obey_robots, filled=filled)
        return opened(html_page(shown.text, shown.url, shown.note, rendered=True))
    return opened(page_of(arrived(url, obey_robots=obey_robots, form=form)))


def _beside_open(url: str) -> str:
    """A relative address, such as '/tea', as one of the site whose page is open."""
    if not url.startswith(("/", "./", "../", "?")) or _is_file(url):
        return url
    here = open_url()
    return urljoin(here, url) if here.startswith(("http://", "https://")) else url


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # such as a name that is too long
        return False


def arrived(url: str, *, obey_robots: bool = True, form: Pairs | None = None) -> Fetched:
    """What is behind an address or in a file; pages that only send their readers on are followed.

    Args:
        url: The address, or the path of a file.
        obey_robots: Leave alone what robots.txt forbids.
        form: Names and values to post.
    """
    path = unquote(urlsplit(url).path) if url.startswith("file:///") else url
    if "://" not in path and _is_file(path):
        kind = mimetypes.guess_type(path)[0] or ""
        return Fetched(path, kind, body=Path(path).read_bytes())
    fetched = fetch(url, form=form, obey_robots=obey_robots)
    for _ in range(_SENT_ON):
        target = _further(fetched)
        if not target:
            break
        fetched = fetch(target, obey_robots=obey_robots)
    return fetched


def _further(fetched: Fetched) -> str:
    """Where a page without much of its own sends its readers on to; empty for nowhere."""
    head = fetched.body[:_HEAD]
    if "html" not in fetched.kind or b"refresh" not in head.lower():
        return ""
    tree = parsed(decoded(head, fetched.charset))
    return "" if tree is None else sent_on(tree, fetched.url)
