"""A page as a browser shows it, its scripts run: the system's Chromium, by Playwright."""

import contextlib
import importlib.util
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import Cookie
from typing import Any
from urllib.request import getproxies

from ._address import web_address
from ._browser_child import answered
from ._robots import check_robots, wait_turn
from ._visit import AGENT, Visit, cookies

SECONDS = 30.0
"""Time for a page to load."""

GRACE = 30.0
"""More time, for the browser to start and for scripts to come to rest."""

PROGRAMS = (
    "/usr/lib/chromium/chromium",  # Debian's own starter reads files that a sandbox has not
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
"""What it may be called."""

Filled = Mapping[str, str]
"""By the names of fields what to fill in."""


@dataclass(frozen=True)
class Rendered:
    """A page after its scripts have run.

    Attributes:
        url: Its address in the end.
        text: Its HTML.
        note: What a reader should know of it.
    """

    url: str
    text: str
    note: str


def rendered(url: str, *, obey_robots: bool = True, filled: Filled | None = None) -> Rendered:
    """Have a browser show a page.

    Args:
        url: Its address.
        obey_robots: Leave alone what robots.txt forbids.
        filled: A form of the page to fill in and send: by name of a field its value.

    Raises:
        ValueError: The address is none.
        PermissionError: robots.txt forbids it.
        ConnectionError: The browser cannot show it.
        TimeoutError: It takes too long.
        ImportError: There is no browser, or no Playwright.
    """
    target = web_address(url)
    program = _program()
    if obey_robots:
        with Visit(SECONDS) as visit:
            check_robots(target, visit)
    wait_turn(target)
    proxies = getproxies()
    answer = _asked(
        {
            "url": target,
            "program": program,
            "agent": AGENT,
            "proxy": proxies.get("https") or proxies.get("http") or "",
            "cookies": [_sent(cookie) for cookie in cookies()],
            "fields": dict(filled or {}),
            "seconds": SECONDS,
        }
    )
    if "error" in answer:
        raise ConnectionError(f"the browser cannot show {target}: {answer['error']}")
    for cookie in answer["cookies"]:
        cookies().set_cookie(_kept(cookie))
    return Rendered(answer["url"], answer["html"], answer["note"])


def _program() -> str:
    """The browser's path."""
    if importlib.util.find_spec("playwright") is None:
        raise ImportError("a browser is led by Playwright: pip install 'dynasaur[browser]'")
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise ImportError("there is no browser; install Chromium where the code runs")
    return found


def _asked(order: Mapping[str, Any]) -> dict[str, Any]:
    """Have a process of its own lead the browser: whatever a page does, it ends in time."""
    source = inspect.getsource(sys.modules[answered.__module__])
    with subprocess.Popen(
        [sys.executable, "-c", source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    ) as child:
        try:
            out, _ = child.communicate(json.dumps(order).encode(), SECONDS + GRACE)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"the browser did not show {order['url']} in time") from None
        finally:
            # Also after an interrupt: Playwright's driver takes the browser along.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
    try:
        answer = json.loads(out)
    except ValueError:
        answer = {"error": "it ended without a word"}
    assert isinstance(answer, dict)
    return answer


def _sent(cookie: Cookie) -> dict[str, Any]:
    told = {
        "name": cookie.name,
        "value": cookie.value or "",
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": cookie.secure,
    }
    return told if cookie.expires is None else {**told, "expires": cookie.expires}


def _kept(cookie: Mapping[str, Any]) -> Cookie:
    domain = str(cookie["domain"])
    lasts = cookie.get("expires", -1) > 0
    return Cookie(
        version=0,
        name=str(cookie["name"]),
        value=str(cookie["value"]),
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=domain.startswith("."),
        domain_initial_dot=domain.startswith("."),
        path=str(cookie["path"]),
        path_specified=True,
        secure=bool(cookie["secure"]),
        expires=int(cookie["expires"]) if lasts else None,
        discard=not lasts,
        comment=None,
        comment_url=None,
        rest={},
    )
