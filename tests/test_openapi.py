"""Services that describe themselves by OpenAPI: their operations as actions, called on the host."""

from __future__ import annotations

import copy
import importlib.util
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynasaur.config import Settings
from dynasaur.errors import ConfigError, UsageError
from dynasaur.hosting.apis import apis
from dynasaur.hosting.means import Means
from dynasaur.openapi.document import Document, read
from dynasaur.openapi.modules import module_text
from dynasaur.openapi.operations import Operation, operations
from dynasaur.types import Given
from tests.builders.cli import Done, dynasaur
from tests.builders.scenes import QuietScene
from tests.builders.service import DESCRIPTION, KEY, Shop

SETTINGS = '[apis.tea_shop]\nurl = "{url}"\nkey = "TEA_KEY"\nkey_name = "X-Key"\n'


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as shop:
        yield shop


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library in a folder of its own, whose user has no settings."""
    assert dynasaur("init", cwd=tmp_path).code == 0
    return tmp_path


def settings(home: Path, text: str) -> None:
    file = home / ".home" / ".config" / "dynasaur" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def imported(home: Path, *words: str, document: Mapping[str, Any] = DESCRIPTION) -> Done:
    (home / "shop.json").write_text(json.dumps(document))
    return dynasaur("import-openapi", "shop.json", *words, cwd=home)


def named(document: Mapping[str, Any] = DESCRIPTION) -> dict[str, Operation]:
    return {one.name: one for one in operations(Document({**document}, "shop.json"))}


# --- reading --------------------------------------------------------------------------------------


def test_each_operation_has_what_it_takes_and_where_that_goes() -> None:
    found = named()
    assert list(found) == [
        *("list_teas", "add_tea", "get_teas_tea_id", "class", "label", "login", "add_photo"),
        "basket",
    ]
    assert found["list_teas"].places == {
        "kind": "query",
        "ids": "query",
        "words": "query:csv",
        "X-Trace": "header",
    }
    assert found["add_tea"].places == {"body": "body"}
    assert found["get_teas_tea_id"].takes["required"] == ["tea-id"]
    assert found["label"].places == {"name": "path"}  # said in the path alone
    assert found["login"].places == {"user": "form", "keep": "form"}
    assert found["add_photo"].missing == "it takes multipart/form-data"
    assert found["basket"].missing == "it needs session as a cookie"


def test_the_module_of_an_operation_is_typed_and_documented() -> None:
    text = module_text("tea_shop", named()["list_teas"], "tea_shop_list_teas")
    assert (
        "def tea_shop_list_teas(\n    *,\n    kind: Literal['green', 'black'] | None = None,\n"
        "    ids: list[int] | None = None,\n    words: list[str] | None = None,\n"
        "    X_Trace: str | None = None,\n) -> list[dict[str, Any]]:"
    ) in text
    assert '"""List the teas (tea_shop)."""' in text
    assert "    kind: Which kind." in text


def test_what_a_service_says_never_becomes_code() -> None:
    text = module_text("tea_shop", named()["add_tea"], "tea_shop_add_tea")
    assert "\u202e" not in text
    spec = importlib.util.spec_from_loader("one", loader=None)
    assert spec is not None
    space: dict[str, Any] = {}
    exec(compile(text, "one", "exec"), space)
    assert 'import os; os.system("x")' in space["tea_shop_add_tea"].__doc__


def test_a_parameter_may_be_called_as_a_word_of_the_module() -> None:
    path = {
        "get": {
            "operationId": "ask",
            "parameters": [{"in": "query", "name": "given"}, {"in": "query", "name": "call_api"}],
        }
    }
    document = {"openapi": "3.0.0", "paths": {"/a": path}}
    text = module_text("x", named(document)["ask"], "x_ask")
    text = text.replace("from dynasaur.host import call_api", "call_api = lambda *given: given")
    space: dict[str, Any] = {}
    exec(compile(text, "x", "exec"), space)
    assert space["x_ask"](given=7, call_api_=8)[2] == {"given": 7, "call_api": 8}
    assert space["x_ask"]()[2] == {}


@pytest.mark.parametrize(
    ("document", "where", "url"),
    [
        ({"openapi": "3.0.0"}, "https://a.example/v/openapi.json", "https://a.example"),
        ({"openapi": "3.0.0"}, "openapi.json", ""),
        ({"openapi": "3.0.0", "servers": [{"url": "v2"}]}, "https://a/v/x", "https://a/v/v2"),
        ({"openapi": "3.0.0", "servers": [{"url": "http://[x"}]}, "x", ""),
        ({"swagger": "2.0", "basePath": "/v1"}, "https://a.example/x.json", "https://a.example/v1"),
        ({"swagger": "2.0", "host": "b", "basePath": "/v1/"}, "x.json", "https://b/v1"),
        ({"swagger": "2.0"}, "x.json", ""),
    ],
)
def test_where_a_service_is(document: Mapping[str, Any], where: str, url: str) -> None:
    assert Document({**document}, where).url == url


def test_yaml_is_read_as_json_has_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("openapi: 3.0.0\npaths: {1: {200: 2020-01-01, true: 1}}\n")
    assert read(str(file)).root["paths"] == {"1": {"200": "2020-01-01", "true": 1}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("openapi: 3.0.0\ninfo: &a {title: *a}\n", "Circular reference"),
        (
            "openapi: 3.0.0\na0: &a0 [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)),
            "it means more than 10,000 characters",
        ),
    ],
)
def test_a_few_lines_of_yaml_cannot_mean_millions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setattr("dynasaur.openapi.document.LARGEST", 10_000)
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        read(str(file))


_texts = st.text(max_size=30) | st.sampled_from(['"""', "\\", "'", "{x}", "class", "\u202e", "\0"])
_nodes = st.recursive(
    st.none() | st.booleans() | st.integers() | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_places = st.sampled_from(["path", "query", "header", "cookie", "formData", "body", "x"])
_parameters = st.fixed_dictionaries({"name": _texts, "in": _places}, optional={"schema": _nodes})
_told = st.fixed_dictionaries(
    {},
    optional={
        "operationId": _texts,
        "summary": _texts,
        "parameters": st.lists(_parameters | _nodes, max_size=3),
        "requestBody": _nodes,
        "responses": _nodes,
    },
)


@given(_texts, _told, st.sampled_from(["2.0", "3.1.0"]))
def test_any_description_gives_modules_that_compile(path: str, told: Any, version: str) -> None:
    root = {"swagger" if version == "2.0" else "openapi": version, "paths": {path: {"get": told}}}
    for one in operations(Document(root, "x")):
        text = module_text("x", one, f"x_{one.name}")
        if not one.missing and text.isprintable() is not None:
            compile(text, "x", "exec")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "it is no object"),
        ("{}", "it names none"),
        ('{"openapi": "4.0"}', "it says '4.0'"),
        ("a: [", "neither JSON nor YAML"),
        ('{"openapi": "3.0.0", "paths": 7}', "has no operation at all"),
        ('{"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}', "no operation"),
    ],
)
def test_what_is_no_description_is_one_line(home: Path, text: str, said: str) -> None:
    (home / "a.yaml").write_text(text)
    done = dynasaur("import-openapi", "a.yaml", cwd=home)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


# --- importing ------------------------------------------------------------------------------------


def test_import_writes_actions_that_pass_every_rule(home: Path) -> None:
    done = imported(home)
    assert done.code == 0, done.err
    written = [line.removeprefix("wrote: actions/") for line in done.out.splitlines()]
    assert written == [
        "tea_shop/__init__.py",
        *(f"tea_shop/tea_shop_{one}.py" for one in ("add_tea", "class", "get_teas_tea_id")),
        *(f"tea_shop/tea_shop_{one}.py" for one in ("label", "list_teas", "login")),
    ]
    assert "left out: add_photo: it takes multipart/form-data" in done.err
    assert '[apis.tea_shop]\n    url = "http://127.0.0.1:1/v1"' in done.err
    assert 'key = "TEA_SHOP_KEY"' in done.err
    assert 'key_name = "X-Key"' in done.err
    check = dynasaur("check", cwd=home)
    assert check.code == 0, check.out
    assert "tea_shop_list_teas" in dynasaur("search", "list teas", "-k", "1", cwd=home).out
    again = imported(home)
    assert (again.code, again.out) == (0, "")
    assert "nothing has changed" in again.err


def test_an_import_is_renewed_and_never_in_the_way_of_others(home: Path) -> None:
    assert imported(home, "--take", "list_*", "--take", "POST /login").code == 0
    file = home / "actions/tea_shop/tea_shop_list_teas.py"
    changed = copy.deepcopy(DESCRIPTION)
    changed["paths"]["/teas"]["get"]["summary"] = "All teas"
    dry = imported(home, "--take", "list_*", "--dry-run", document=changed)
    assert dry.out == "would write: actions/tea_shop/tea_shop_list_teas.py\n"
    assert "List the teas" in file.read_text()
    assert imported(home, "--take", "list_*", document=changed).out.count("\n") == 1
    assert "All teas (tea_shop)" in file.read_text()
    mine = '"""Mine."""\n\n\ndef tea_shop_list_teas() -> None:\n    """Mine."""\n'
    file.write_text(mine)
    refused = imported(home, "--take", "list_*")
    assert (refused.code, file.read_text()) == (2, mine)
    assert "was not made of a description" in refused.err
    other = home / "actions/other/tea_shop_label.py"
    other.parent.mkdir()
    other.write_text(mine.replace("list_teas", "label"))
    refused = imported(home, "--take", "label")
    assert "tea_shop_label is actions.other.tea_shop_label already" in refused.err


def test_where_it_cannot_be_written_one_line_says_so(home: Path) -> None:
    place = home / "actions" / "tea_shop"
    place.write_text("no folder")
    refused = imported(home, "--take", "list_*")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == f"dynasaur: error: {place} cannot be written: File exists\n"


def test_many_operations_have_to_be_chosen(home: Path) -> None:
    paths = {f"/p{n}": {"get": {"operationId": f"get_{n}", "responses": {}}} for n in range(101)}
    many = {**DESCRIPTION, "paths": paths}
    refused = imported(home, document=many)
    assert refused.code == 2
    assert "has 101 operations: choose with --take" in refused.err
    done = imported(home, "--take", "get_1?", "--name", "many", "--json", document=many)
    assert done.json["actions"] == [f"many_get_{n}" for n in range(10, 20)]


def test_no_operation_takes_the_name_of_another(home: Path) -> None:
    ids = ("tea_shop_list", "list", "tea_shop_add")
    paths = {f"/{one}": {"get": {"operationId": one, "responses": {}}} for one in ids}
    done = imported(home, "--json", document={**DESCRIPTION, "paths": paths})
    assert done.json["actions"] == ["tea_shop_add", "tea_shop_list", "tea_shop_tea_shop_list"]


def test_settings_that_are_told_fit_how_the_service_wants_its_key(home: Path) -> None:
    ways = {"components": {"securitySchemes": {"b": {"type": "http", "scheme": "basic"}}}}
    settings(home, "apis = 3\n")
    done = imported(home, "--take", "login", document={**DESCRIPTION, **ways})
    assert done.code == 0, done.err
    assert 'key = "TEA_SHOP_KEY"' in done.err
    assert 'key_form = "Basic {key}"' in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--take", "nothing"), "has no operation nothing"),
        (("--name", "Tea Shop!"), "try tea_shop"),
        (("--name", "class"), "try class_service"),
        (("--name", "vendor"), "try vendor_service"),
    ],
)
def test_bad_options(home: Path, words: tuple[str, ...], said: str) -> None:
    done = imported(home, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_description_is_fetched_from_its_service(home: Path, shop: Shop) -> None:
    done = dynasaur("import-openapi", f"{shop.host}/openapi.json", "--json", cwd=home)
    assert done.json["service"] == "tea_shop"
    gone = dynasaur("import-openapi", f"{shop.host}/none", cwd=home)
    assert (gone.code, gone.err) == (1, f"dynasaur: error: {shop.host}/none answers 401\n")


def _fastapi() -> Mapping[str, Any]:
    """A service of a real framework, described by it."""
    fastapi = pytest.importorskip("fastapi")
    app = fastapi.FastAPI(title="Notes")

    @app.get("/notes/{number}")  # type: ignore[untyped-decorator]
    def read_note(number: int, words: str | None = None) -> dict[str, str]:
        """Read a note."""
        return {}

    @app.post("/notes")  # type: ignore[untyped-decorator]
    def add_notes(notes: list[dict[str, str]]) -> int:
        return len(notes)

    described: Mapping[str, Any] = app.openapi()
    return described


def _packaged(package: str, *path: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"{package} is not installed")
    return Path(spec.origin).parent.joinpath(*path)


def test_descriptions_of_real_services(home: Path) -> None:
    """Two of 2.0 in YAML and one of 3.1, as others publish them."""
    (home / "notes.json").write_text(json.dumps(_fastapi()))
    files = {
        "jupyter": _packaged("jupyter_server", "services", "api", "api.yaml"),
        "gateway": _packaged("kernel_gateway", "jupyter_websocket", "swagger.yaml"),
        "notes": home / "notes.json",
    }
    counts = {}
    for name, file in files.items():
        done = dynasaur("import-openapi", str(file), "--name", name, "--json", cwd=home)
        assert done.code == 0, done.err
        counts[name] = len(done.json["actions"])
        assert done.json["left"] == {}
    assert counts == {"jupyter": 32, "gateway": 16, "notes": 2}
    text = (home / "actions/notes/notes_read_note_notes_number_get.py").read_text()
    assert "(number: int, *, words: str | None = None) -> dict[str, str]:" in text
    check = dynasaur("check", cwd=home)
    assert "documented" not in check.out + check.err, check.out
    assert "head" not in check.out


# --- calling --------------------------------------------------------------------------------------


@pytest.fixture
def caller(tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`call_api` as actions reach it, by an operation's name."""
    monkeypatch.setenv("HOME", str(tmp_path / ".home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    settings(tmp_path, SETTINGS.format(url=f"{shop.host}/v1"))
    scene = QuietScene(tmp_path)
    means = Means(tmp_path, Settings(), {"TEA_KEY": KEY}, lambda: pytest.fail("no model"))
    function = apis(scene, means).functions["call_api"]
    found = named()

    def call(name: str, /, **values: Any) -> Any:
        one = found[name]
        operation = {"method": one.method, "path": one.path, "places": {**one.places}}
        return function("tea_shop", operation, values)

    call.scene, call.raw = scene, function  # type: ignore[attr-defined]
    return call


def test_requests_are_what_the_description_says(caller: Any, shop: Shop) -> None:
    values = {"kind": "green", "ids": [1, 2], "words": ["a", "b,c"], "X-Trace": "t"}
    assert caller("list_teas", **values) == [{"name": "Sencha", "price": 4.5}]
    method, path, query, headers, _ = shop.asked[-1]
    assert (method, path) == ("GET", "/v1/teas")
    assert query == [("kind", "green"), ("ids", "1"), ("ids", "2"), ("words", "a,b,c")]
    assert (headers["x-trace"], headers["x-key"]) == ("t", KEY)
    assert caller.scene.approvals == []
    caller("add_tea", body={"name": "Mate"})
    method, _, _, headers, body = shop.asked[-1]
    assert (method, headers["content-type"]) == ("POST", "application/json")
    assert json.loads(body) == {"name": "Mate"}
    assert caller("login", user="a b", keep=True) == "grün"
    assert shop.asked[-1][4] == "user=a+b&keep=true"
    assert [name for name, _ in caller.scene.approvals] == ["tea_shop: POST"] * 2
    assert caller("get_teas_tea_id", **{"tea-id": 10}) is None
    label = caller("label", name="grün/tee")
    assert isinstance(label, Given)
    assert [*label.files.values()] == [b"\x89PNG label"]
    assert caller("label", name=["a", "b", True]) == "grün"


@pytest.mark.parametrize(
    ("number", "error", "said"),
    [
        (8, ConnectionError, "says that it answers with JSON, and does not"),
        (9, ConnectionError, "answers 302"),
        (11, ConnectionError, r"answers 500: it broke over \[key\]"),
        (12, ConnectionError, "more than 5,000,000 bytes"),
        (99, ConnectionError, "answers 404: no such thing"),
    ],
)
def test_what_goes_wrong_there(caller: Any, number: int, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        caller("get_teas_tea_id", **{"tea-id": number})


@pytest.mark.parametrize(
    ("operation", "values", "said"),
    [
        ({"method": "CONNECT", "path": "/a", "places": {}}, {}, "no method"),
        ({"method": "GET", "path": "/../admin", "places": {}}, {}, "no path below"),
        ({"method": "GET", "path": "/%2e%2E/admin", "places": {}}, {}, "no path below"),
        ({"method": "GET", "path": "/a%2f..%2fb", "places": {}}, {}, "no path below"),
        ({"method": "GET", "path": "//evil.org/", "places": {"a": "path"}}, {"b": 1}, "no place"),
        ({"method": "GET", "path": "a", "places": {}}, {}, "no path below"),
        ({"method": "GET", "path": "/a?b=c", "places": {}}, {}, "no path below"),
        ({"method": "GET", "path": "/{a}", "places": {"a": "path"}}, {"a": ".."}, "no path below"),
        ({"method": "GET", "path": "/{a}", "places": {"a": "path"}}, {}, "a is missing"),
        ({"method": "GET", "path": "/", "places": {"Host": "header"}}, {"Host": "x"}, "no header"),
        (
            {"method": "GET", "path": "/", "places": {"Content-length": "header"}},
            {"Content-length": 0},
            "no header",
        ),
        ({"method": "GET", "path": "/", "places": {"A": "header"}}, {"A": "x\r\nB: y"}, "one line"),
        ({"method": "GET", "path": 7, "places": {}}, {}, "has method, path and places"),
    ],
)
def test_a_call_reaches_nothing_but_its_service(
    caller: Any, shop: Shop, operation: Any, values: Any, said: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        caller.raw("tea_shop", operation, values)
    assert shop.asked == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            r"the service 'tea_shop' is not set up: a user who trusts it writes \[apis.tea_shop\]",
        ),
        ('[apis.tea_shop]\nurl = "ftp://x"', "url must begin with https"),
        ('[apis.tea_shop]\nurl = "https://x"\nhost = "y"', "'host': known are url, key"),
        ('[apis.tea_shop]\nurl = "https://x"\nkey = "NONE"', "needs a key: set NONE"),
        ('[apis.tea_shop]\nurl = "https://x"\nkey_in = "body"', "must be header or query"),
    ],
)
def test_a_service_that_is_not_set_up(tmp_path: Path, caller: Any, text: str, said: str) -> None:
    settings(tmp_path, text)
    with pytest.raises(ConfigError, match=said):
        caller("list_teas")


def test_a_key_in_the_address(tmp_path: Path, caller: Any, shop: Shop) -> None:
    text = SETTINGS.format(url=f"{shop.host}/v1").replace("X-Key", "key")
    settings(tmp_path, text + 'key_in = "query"\n')
    assert caller("get_teas_tea_id", **{"tea-id": 7}) == {"name": "Sencha"}
    assert shop.asked[-1][2] == [("key", KEY)]
    settings(tmp_path, SETTINGS.format(url=f"{shop.host}/v1").replace("X-Key", "X-Other"))
    with pytest.raises(PermissionError, match="refuses the key") as refused:
        caller("get_teas_tea_id", **{"tea-id": 7})
    assert KEY not in str(refused.value)


def test_a_person_who_says_no_is_heard(tmp_path: Path, caller: Any, shop: Shop) -> None:
    scene = QuietScene(tmp_path, refuses=True)
    means = Means(tmp_path, Settings(), {"TEA_KEY": KEY}, lambda: pytest.fail("no model"))
    function = apis(scene, means).functions["call_api"]
    with pytest.raises(PermissionError):
        function("tea_shop", {"method": "DELETE", "path": "/teas", "places": {}}, {})
    assert shop.asked == []


def test_an_imported_action_is_called_with_a_key_that_code_never_sees(
    home: Path, shop: Shop
) -> None:
    assert imported(home, "--url", f"{shop.host}/v1").code == 0
    words = ("call", "tea_shop_get_teas_tea_id", "7")
    refused = dynasaur(*words, cwd=home)
    assert (refused.code, refused.out) == (2, "")
    assert "the service 'tea_shop' is not set up" in refused.err
    settings(home, SETTINGS.format(url=f"{shop.host}/v1"))
    done = dynasaur(*words, "--json", cwd=home, env={"TEA_KEY": KEY})
    assert done.code == 0, done.err
    assert done.json == {"name": "Sencha"}
    assert KEY not in "".join(path.read_text("utf-8", "replace") for path in home.rglob("*.py"))


def test_only_the_users_own_settings_count(home: Path, shop: Shop) -> None:
    """A library could send a key of the user's anywhere."""
    text = SETTINGS.format(url=shop.host).replace("[apis", "[tool.dynasaur.apis")
    (home / "pyproject.toml").write_text(text)
    assert imported(home, "--take", "list_teas").code == 0
    done = dynasaur("call", "tea_shop_list_teas", cwd=home, env={"TEA_KEY": KEY})
    assert (done.code, shop.asked) == (2, [])
    assert "is not set up" in done.err


def test_unusable_files_are_told(home: Path) -> None:
    with pytest.raises(UsageError):
        Document([], "x")
    done = dynasaur("import-openapi", "none.json", cwd=home)
    assert (done.code, done.err) == (
        2,
        "dynasaur: error: none.json cannot be read: No such file or directory\n",
    )
