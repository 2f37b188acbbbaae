"""`call_api`: operations of the web services that the user has set up; their keys stay here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode, urlsplit

from dynasaur.agent.outside import Provided, Scene
from dynasaur.config import table_of, user_file
from dynasaur.errors import ConfigError
from dynasaur.hosting.beside import beside
from dynasaur.hosting.fetching import Answer, Ask, answered
from dynasaur.hosting.means import Means
from dynasaur.types import Given, Json

_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HOSTS = frozenset(
    {
        *("authorization", "cookie", "host", "proxy-authorization"),
        *("connection", "content-length", "transfer-encoding"),
    }
)
"""Headers that the host alone sets: who asks, whom, and where a request ends."""

_FORM = "application/x-www-form-urlencoded"
_KEYS = ("url", "key", "key_in", "key_name", "key_form")


@dataclass(frozen=True, slots=True)
class Api:
    """A service that the user has set up.

    Attributes:
        name: What its actions call it.
        url: Where it is.
        key: The key; empty for none.
        key_in: Where the key goes: `header` or `query`.
        key_name: Under which name.
        key_form: In which form, with `{key}` in it.
    """

    name: str
    url: str
    key: str = field(default="", repr=False)
    key_in: str = "header"
    key_name: str = "Authorization"
    key_form: str = "Bearer {key}"


def apis(scene: Scene, means: Means) -> Provided:
    """Gives `call_api`."""

    def call_api(api: str, operation: dict[str, Json], given: dict[str, Json]) -> Json | Given:
        """Call an operation of a web service that the user has set up."""
        service = _set_up(str(api), means.environ)
        ask = _request(service, operation, given)
        if ask.method not in _READING:
            told: Json = {"method": ask.method, "url": ask.url, "given": given}
            scene.approve(f"{service.name}: {ask.method}", told, "it may change something there")
        answer = scene.wait(beside(lambda: answered(ask)), scene.seconds_left())
        return _result(service, answer)

    return Provided({"call_api": call_api})


def _set_up(name: str, environ: Mapping[str, str]) -> Api:
    """The service of a name, from the user's own settings: a library may be a stranger's.

    Raises:
        ConfigError: It is not set up, or its key is not there; says what to write.
    """
    file = user_file()
    tables = table_of(file, ()).get("apis", {})
    table = tables.get(name) if isinstance(tables, Mapping) else None
    where = f"{file}: apis.{name[:60]}"
    if not isinstance(table, Mapping):
        raise ConfigError(
            f"the service {name[:60]!r} is not set up: a user who trusts it writes "
            f'[apis.{name[:60]}] with url = "https://..." into {file}'
        )
    for key, value in table.items():
        if key not in _KEYS or not isinstance(value, str):
            raise ConfigError(f"{where}: {key!r}: known are {', '.join(_KEYS)}, each a text")
    url = table.get("url", "").rstrip("/")
    if not url.startswith(("https://", "http://")) or not urlsplit(url).netloc:
        raise ConfigError(f"{where}: url must begin with https:// or http://")
    if table.get("key_in", "header") not in ("header", "query"):
        raise ConfigError(f"{where}: key_in must be header or query")
    variable = table.get("key", "")
    key = environ.get(variable, "") if variable else ""
    if variable and not key:
        raise ConfigError(f"{where} needs a key: set {variable} in the environment")
    named = table.get("key_name", "")
    form = "Bearer {key}" if named.lower() in ("", "authorization") else "{key}"
    return Api(
        name=name,
        url=url,
        key=key,
        key_in=table.get("key_in", "header"),
        key_name=named or "Authorization",
        key_form=table.get("key_form", form),
    )


def _request(api: Api, operation: Mapping[str, Json], given: Mapping[str, Json]) -> Ask:
    """The request of a call.

    Raises:
        TypeError: The call is not in the form that actions of operations have.
        ValueError: Something is missing in it, or has no place.
    """
    method, path, places = (operation.get(part) for part in ("method", "path", "places"))
    if not isinstance(given, dict) or not isinstance(places, dict) or not isinstance(path, str):
        raise TypeError("an operation has method, path and places, and is given a dict")
    if method not in _METHODS:
        raise ValueError(f"{method!r} is no method")
    parts = _Parts(path)
    for key, value in given.items():
        parts.put(key, value, str(places.get(key, "")))
    if api.key and api.key_in == "query":
        parts.query.append((api.key_name, api.key))
    elif api.key:
        parts.headers[api.key_name] = api.key_form.replace("{key}", api.key)
    address = _address(api, parts.path)
    return Ask(address, parts.query, parts.headers, parts.sent(), api.key, str(method))


@dataclass(slots=True)
class _Parts:
    """What a request is made of, as far as it was given."""

    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    form: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None

    def put(self, key: str, value: Json, place: str) -> None:
        """Put what was given for a parameter into its place. Raises ValueError."""
        match place:
            case "path":
                self.path = self.path.replace(f"{{{key}}}", quote(_plain(value), safe=""))
            case "query" | "query:csv":
                self.query += _pairs(key, value, apart=place == "query")
            case "form":
                self.form += _pairs(key, value, apart=True)
            case "header":
                self.headers[_header(key)] = _line(value)
            case "body":
                self.body = json.dumps(value).encode()
            case _:
                raise ValueError(f"{key!r} has no place in the request")

    def sent(self) -> bytes | None:
        """The request's body; None where it has none."""
        body = urlencode(self.form).encode() if self.form else self.body
        if body is not None:
            self.headers["Content-Type"] = _FORM if self.form else "application/json"
        return body


def _address(api: Api, path: str) -> str:
    if "{" in path:
        raise ValueError(f"{path.partition('{')[2].partition('}')[0]} is missing")
    parts = unquote(path).split("/")  # what is escaped counts: many a service reads it so
    if not path.startswith("/") or {".", ".."} & {*parts} or re.search(r"[\s?#\\]", path):
        raise ValueError(f"{path[:100]!r} is no path below {api.url}")
    return f"{api.url}{quote(path, safe='/%:@!$&()*+,;=~')}"


def _pairs(key: str, value: Json, *, apart: bool) -> list[tuple[str, str]]:
    values = value if apart and isinstance(value, list) else [value]
    return [(key, _plain(one)) for one in values]


def _plain(value: Json) -> str:
    """A value as it stands in an address or a header: the parts of a list with commas."""
    if isinstance(value, list):
        return ",".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value)


def _header(name: str) -> str:
    if not _HEADER.fullmatch(name) or name.lower() in _HOSTS:
        raise ValueError(f"{name!r} is no header that an operation may set")
    return name


def _line(value: Json) -> str:
    text = _plain(value)
    if not text.isprintable():
        raise ValueError("a header is one line of printable text")
    return text.encode("utf-8").decode("latin-1")


def _result(api: Api, answer: Answer) -> Json | Given:
    """What the action gives: JSON as it is, text as text, anything else as a file."""
    kind = answer.kind.partition(";")[0].strip().lower()
    if not answer.content:
        return None
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return json.loads(answer.content)  # type: ignore[no-any-return]
        except (ValueError, RecursionError):
            raise ConnectionError(
                f"{api.name} says that it answers with JSON, and does not"
            ) from None
    if kind.startswith("text/") or kind in ("", "application/xml", "application/yaml"):
        try:
            return answer.content.decode(answer.charset, "replace")
        except LookupError:  # a charset that nobody knows
            return answer.content.decode("utf-8", "replace")
    suffix = re.sub(r"\W+", "", kind.rpartition("/")[2])[:10] or "bin"
    name = f"{api.name}-{len(answer.content)}.{suffix}"
    return Given(name, files={name: answer.content})
