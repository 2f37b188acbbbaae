"""What sites ask of programs: what to leave alone (robots.txt, RFC 9309), and how long to wait."""

import time
from typing import Any
from urllib.parse import urlsplit

from ._address import further_address
from ._visit import Visit

NAME = "dynasaur"
"""The name that robots.txt may speak of."""

PAUSE = 0.5
"""Seconds between two requests to one site."""

_LONGEST_PAUSE = 15.0
_MOST = 500 * 1024
_REDIRECTS = 5
_RULES: dict[str, Any] = {}
_LAST: dict[str, float] = {}
_PAUSES: dict[str, float] = {"export.arxiv.org": 3.0}  # as its terms of use ask


def check_robots(url: str, visit: Visit) -> None:
    """See that a site leaves an address open to programs.

    Raises:
        PermissionError: It does not.
    """
    parts = urlsplit(url)
    site = f"{parts.scheme}://{parts.netloc}"
    if site not in _RULES:
        _RULES[site] = _rules(site, visit)
        delay = _RULES[site].crawl_delay(NAME) if _RULES[site] is not None else None
        if delay:
            _PAUSES[parts.netloc] = min(float(delay), _LONGEST_PAUSE)
    if _RULES[site] is not None and not _RULES[site].can_fetch(url, NAME):
        raise PermissionError(f"{site}/robots.txt asks programs to leave {parts.path} alone")


def wait_turn(url: str) -> None:
    """Wait until a site may be asked again."""
    site = urlsplit(url).netloc
    last = _LAST.get(site)
    if last is not None:
        time.sleep(max(0.0, last + _PAUSES.get(site, PAUSE) - time.monotonic()))
    _LAST[site] = time.monotonic()


def _rules(site: str, visit: Visit) -> Any:
    """The site's rules; None where it has none.

    Raises:
        PermissionError: They cannot be had because the server fails: then all is forbidden.
    """
    from protego import Protego

    target = f"{site}/robots.txt"
    for _ in range(_REDIRECTS + 1):
        with visit.ask(target, headers={"Accept-Encoding": "identity"}) as response:
            further = response.headers.get("location", "")
            if 300 <= response.status_code < 400 and further:
                target = further_address(target, further)
                continue
            if response.status_code >= 500:
                raise PermissionError(
                    f"{target} answers {response.status_code}: until it can be read, programs are "
                    f"to leave the site alone"
                )
            if response.status_code != 200:
                return None
            return Protego.parse(_text(response, visit, target))
    return None


def _text(response: Any, visit: Visit, target: str) -> str:
    body = b""
    try:
        for part in response.iter_raw():
            body += part[: _MOST - len(body)]
            if len(body) >= _MOST:
                break
    except Exception as error:
        raise visit.failed(target, error) from error
    return body.decode("utf-8", "replace")
