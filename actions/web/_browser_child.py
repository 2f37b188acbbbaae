"""What a process of its own does with a browser: reads its orders from stdin, answers on stdout.

It stands alone: its text is run by itself, outside of any package.
"""

import contextlib
import json
import sys
from typing import Any

_QUIET_SECONDS = 5.0
_TRIES = 3
_FEW = 3
_FAILED = 400
_MOST = 5_000_000
_ITS_OWN = (  # what the browser asks for itself: past the proxy it comes to nothing
    *("accounts.google.com", "android.clients.google.com", "clients2.google.com"),
    *("clientservices.googleapis.com", "content-autofill.googleapis.com", "*.gvt1.com"),
    *("optimizationguide-pa.googleapis.com", "safebrowsing.googleapis.com"),
    "update.googleapis.com",
)
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio")


def answered(order: dict[str, Any]) -> dict[str, Any]:
    """What came of an order; its `error` where that is nothing."""
    try:
        return _shown(order)
    except Exception as error:  # noqa: BLE001 - told to whoever started us
        lines = [line for line in str(error).splitlines() if line.strip()]
        # What a browser that did not start has to say comes last.
        told = lines[0] if len(lines) < _FEW else f"{lines[0]} ... {lines[-1].strip()}"
        return {"error": f"{type(error).__name__}: {told[:500]}"}


def _shown(order: dict[str, Any]) -> dict[str, Any]:
    from playwright.sync_api import Error, sync_playwright

    wait = order["seconds"] * 1000
    past = ",".join(["<-loopback>", *_ITS_OWN])
    proxy = {"server": order["proxy"], "bypass": past} if order["proxy"] else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=order["program"],
            args=list(_ARGUMENTS),
            proxy=proxy,
            timeout=wait,
        )
        context = browser.new_context(user_agent=order["agent"], accept_downloads=False)
        context.add_cookies(order["cookies"])
        context.set_default_timeout(wait)
        page = context.new_page()
        note = ""
        try:
            answer = page.goto(order["url"], wait_until="domcontentloaded")
            if answer is not None and answer.status >= _FAILED:
                return {"error": f"{answer.status} {answer.status_text}".strip()}
        except Error as error:
            if error.name != "TimeoutError":
                return {"error": str(error).partition("\n")[0]}
            note = "Mind: it is not whole: it did not load in time."
        _settle(page)
        if order["fields"]:
            _fill(page, order["fields"])
            _settle(page)
        return {"html": _text(page), "url": page.url, "note": note, "cookies": context.cookies()}


def _text(page: Any) -> str:
    """The page as its scripts have left it; again where it goes on to another one meanwhile."""
    from playwright.sync_api import Error

    code = "most => document.documentElement.outerHTML.slice(0, most)"
    for _ in range(_TRIES):
        try:
            return str(page.evaluate(code, _MOST))
        except Error:
            _settle(page)
    return str(page.evaluate(code, _MOST))


def _settle(page: Any) -> None:
    """Wait until the page's scripts have come to rest, as far as they do."""
    from playwright.sync_api import Error

    with contextlib.suppress(Error):
        page.wait_for_load_state("load", timeout=_QUIET_SECONDS * 1000)
        page.wait_for_load_state("networkidle", timeout=_QUIET_SECONDS * 1000)


def _fill(page: Any, fields: dict[str, str]) -> None:
    """Fill in fields by their names, and send the form that holds the last one."""
    from playwright.sync_api import Error

    last = None
    for name, value in fields.items():
        alike = page.locator(f"[name={json.dumps(name)}]")
        last = alike.first
        kind = last.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            last.select_option(value)
        elif kind in ("checkbox", "radio"):
            place = alike.evaluate_all("(all, v) => all.findIndex(e => e.value === v)", value)
            last = alike.nth(max(place, 0))
            last.set_checked(bool(value))
        else:
            last.fill(value)
    if last is not None:
        # A script may take what is sent, and stay on the page.
        with contextlib.suppress(Error), page.expect_navigation(timeout=_QUIET_SECONDS * 1000):
            last.evaluate("e => e.form ? e.form.requestSubmit() : e.blur()")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answered(json.load(sys.stdin))))
