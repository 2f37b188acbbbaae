"""One visit to the web: a client that asks politely, and ends in time whatever servers do."""

import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

AGENT = "Mozilla/5.0 (compatible; dynasaur)"
"""How we name ourselves: what we are, in the form that servers expect."""

_READ_SECONDS = 20.0
_CONNECT_SECONDS = 10.0
_SHARED: dict[str, Any] = {}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Pairs = Sequence[tuple[str, str]]


def cookies() -> CookieJar:
    """The cookies of this kernel, kept from page to page."""
    jar = _SHARED.setdefault("cookies", CookieJar())
    assert isinstance(jar, CookieJar)
    return jar


def _trust() -> ssl.SSLContext:
    """Whose certificates count, read from disk once."""
    import httpx

    if "tls" not in _SHARED:
        _SHARED["tls"] = httpx.create_ssl_context()
    context = _SHARED["tls"]
    assert isinstance(context, ssl.SSLContext)
    return context


class Visit:
    """Asks for addresses, for as long as a `with` block and a number of seconds last.

    Args:
        seconds: Time for all of it.

    Attributes:
        late: The time is over.
    """

    def __init__(self, seconds: float) -> None:
        import httpx

        self.late = False
        self._seconds = seconds
        self._client = httpx.Client(
            cookies=cookies(),
            verify=_trust(),
            timeout=httpx.Timeout(
                min(seconds, _READ_SECONDS), connect=min(seconds, _CONNECT_SECONDS)
            ),
            headers={"User-Agent": AGENT, "Accept-Language": "en,*;q=0.5"},
        )
        # A server that sends a byte now and then never runs into a time-out for one read.
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._client.close()

    def _end(self) -> None:
        self.late = True
        self._client.close()

    @contextmanager
    def ask(
        self, url: str, form: Pairs | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Any]:
        """Ask for one address; gives the answer (of httpx), its body not read yet.

        Args:
            url: The address.
            form: Names and values to post; None to get.
            headers: More headers.

        Raises:
            ValueError: The address is none.
            TimeoutError: The server does not answer in time.
            ConnectionError: It cannot be reached, or breaks the protocol.
        """
        import httpx

        told = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", **(headers or {})}
        body = None if form is None else urlencode(form).encode("ascii")
        try:
            request = self._client.build_request(
                "GET" if form is None else "POST",
                url,
                headers=told if form is None else {**told, **_FORM},
                content=body,
            )
            response = self._client.send(request, stream=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise ValueError(f"{url[:80]!r} is no web address: {reason_of(error)}") from error
        except Exception as error:
            raise self.failed(url, error) from error
        try:
            yield response
        finally:
            response.close()

    def failed(self, url: str, error: Exception) -> OSError:
        """What to raise for an error of the client."""
        import httpx

        if self.late:
            return TimeoutError(f"{url} took more than {self._seconds:g} s")
        host = urlsplit(url).netloc
        if isinstance(error, httpx.TimeoutException):
            return TimeoutError(f"{host} does not answer in time")
        return ConnectionError(f"{host} cannot be read: {reason_of(error)}")


def reason_of(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__
