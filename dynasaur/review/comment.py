"""One comment on a pull request, kept current: GitHub's REST interface."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from dynasaur.errors import FailureError, UsageError
from dynasaur.review.formats import markdown
from dynasaur.review.values import Report

API = "https://api.github.com"
SECONDS = 30.0
TRIES = 4
_MOST_PAGES = 100
_AGAIN = frozenset({429, 500, 502, 503, 504})
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


class _RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the token is for one host."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True, slots=True)
class GitHub:
    """Where comments go.

    Attributes:
        repository: `owner/name`.
        token: What proves who we are; never shown.
        api: The interface's address.
        wait: Waits some seconds.
    """

    repository: str
    token: str = field(repr=False)
    api: str = API
    wait: Callable[[float], None] = time.sleep

    def post(self, number: int, report: Report) -> str:
        """Makes the comment of a review, or edits the one that is there; gives its address.

        A comment that is too long for the server is made shorter by whole sections.

        Args:
            number: The pull request's number.
            report: The review.

        Raises:
            FailureError: The server refuses, or cannot be reached.
        """
        try:
            known = self._mine(number)
            room = markdown.ROOM
            while True:
                try:
                    return self._send(number, known, markdown.render(report, room))
                except _RefusedError as error:
                    if error.status != 422 or room < 4000:
                        raise
                    room //= 2
        except _RefusedError as error:
            raise FailureError(self._told(number, error)) from error

    def _send(self, number: int, known: int | None, body: str) -> str:
        where = f"/repos/{self.repository}/issues"
        if known is not None:
            try:
                return self._address("PATCH", f"{where}/comments/{known}", body)
            except _RefusedError as error:
                if error.status not in {403, 404}:
                    raise  # else somebody has deleted it, or it is another's: make our own
        return self._address("POST", f"{where}/{number}/comments", body)

    def _address(self, method: str, path: str, body: str) -> str:
        answer, _ = self._ask(method, f"{self.api}{path}", {"body": body})
        return str(answer.get("html_url", "")) if isinstance(answer, dict) else ""

    def _mine(self, number: int) -> int | None:
        """The id of the comment that an earlier review made; None where there is none."""
        me = self._login()
        for one in self._comments(number):
            author = one.get("user") or {}
            own = author.get("login") == me if me else author.get("type") == "Bot"
            if own and str(one.get("body", "")).startswith(markdown.MARKER):
                return int(one["id"])
        return None

    def _login(self) -> str:
        """Who we are; a workflow's token may not ask, and is a bot's."""
        try:
            answer, _ = self._ask("GET", f"{self.api}/user")
        except _RefusedError as error:
            if error.status in {401, 403, 404}:
                return ""
            raise
        return str(answer.get("login", "")) if isinstance(answer, dict) else ""

    def _comments(self, number: int) -> Iterator[dict[str, Any]]:
        url = f"{self.api}/repos/{self.repository}/issues/{number}/comments?per_page=100"
        for _ in range(_MOST_PAGES):
            answer, headers = self._ask("GET", url)
            yield from (one for one in answer if isinstance(one, dict))
            found = _NEXT.search(headers.get("Link") or "")
            if not found or not found[1].startswith(self.api):
                return
            url = found[1]

    def _ask(
        self, method: str, url: str, body: Mapping[str, str] | None = None
    ) -> tuple[Any, Message]:
        for left in range(TRIES - 1, -1, -1):
            try:
                return self._once(method, url, body)
            except _RefusedError as error:
                if error.status not in _AGAIN or not left:
                    raise
                self.wait(2.0 ** (TRIES - 1 - left))
        raise AssertionError

    def _once(self, method: str, url: str, body: Mapping[str, str] | None) -> tuple[Any, Message]:
        request = urllib.request.Request(  # noqa: S310 - the address is the user's own
            url,
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "dynasaur",
                "Content-Type": "application/json",
            },
            method=method,
        )
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
                return json.loads(answer.read() or b"{}"), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                raise _RefusedError(error.code, _message(error.read(4000))) from error
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", None) or error
            raise FailureError(f"{self.api} cannot be reached: {why}") from error

    def _told(self, number: int, error: _RefusedError) -> str:
        hints = {
            401: "the token is not valid: set GITHUB_TOKEN",
            403: "the token may not comment: it needs `pull-requests: write`",
            404: f"there is no pull request {number} in {self.repository} that it can see",
        }
        hint = hints.get(error.status, str(error))
        return f"GitHub answers {error.status}: {hint}"


def connect(environ: Mapping[str, str], remote: str) -> GitHub:
    """GitHub as the environment tells of it.

    Args:
        environ: `GITHUB_TOKEN` (or `GH_TOKEN`, or what `gh` knows), `GITHUB_API_URL`,
            `GITHUB_REPOSITORY`.
        remote: The address of the repository's remote, where the environment names none.

    Raises:
        UsageError: There is no token, or no repository.
    """
    token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or _token_of_gh()
    if not token:
        raise UsageError("--comment needs GITHUB_TOKEN, or `gh auth login`")
    found = re.search(r"[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?$", remote)
    repository = environ.get("GITHUB_REPOSITORY") or (found[1] if found else "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise UsageError("--comment needs GITHUB_REPOSITORY=OWNER/NAME")
    api = environ.get("GITHUB_API_URL") or API
    if not re.match(r"https://|http://(?:localhost|127\.0\.0\.1)[:/]", api):
        raise UsageError("GITHUB_API_URL must begin with https://: a token is sent there")
    return GitHub(repository, token, api.rstrip("/"))


def _token_of_gh() -> str:
    program = shutil.which("gh")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, "auth", "token"],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "GH_PROMPT_DISABLED": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _message(data: bytes) -> str:
    try:
        told = json.loads(data).get("message", "")
    except (ValueError, AttributeError):
        told = ""
    return " ".join(str(told).split())[:200] or "it says no more"
