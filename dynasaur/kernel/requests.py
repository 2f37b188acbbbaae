"""What is sent to the kernel: our extension, modules to load, and answers to its host calls."""

from __future__ import annotations

import base64
import inspect
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from dynasaur.kernel.inside.extension import SOURCE
from dynasaur.kernel.inside.host import MARK
from dynasaur.types import HOSTED, Given, Json, Module

HostFunction = Callable[..., "Json | Given"]

Take = Callable[[str, bytes, bool], None]
"""Takes a part of a file: its name, the part, and whether the file begins with it."""

ANSWER = 4_000_000
"""Characters that a host function's result may take."""

GIVEN = 8_000_000
"""Bytes that the files and pictures beside a result may take: they go over in one message."""

_PARTS = (
    *("literals", "calls", "modules", "plain", "parcels", "host", "hosted", "pipes", "streams"),
    *("failures", "site", "snapshot", "sparing", "extension"),
)

_BOOT = """\
import sys, types
def boot(parts, functions, hosted, room):
    package = types.ModuleType("_dynasaur")
    package.__path__ = []
    sys.modules["_dynasaur"] = package
    for name, text in parts.items():
        module = types.ModuleType(f"_dynasaur.{name}")
        module.__package__ = "_dynasaur"
        sys.modules[module.__name__] = module
        exec(compile(text, f"<dynasaur {name}>", "exec"), vars(module))
    shell = get_ipython()
    package.extension = sys.modules["_dynasaur.extension"].Extension(
        shell, functions, hosted, room
    )
"""


_EXTENSION = "__import__('sys').modules['_dynasaur'].extension"


@cache
def _sources() -> dict[str, str]:
    """The text of the parts; there they are modules of `_dynasaur`."""
    folder = Path(__file__).with_name("inside")
    texts = {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in _PARTS}
    return {n: text.replace("dynasaur.kernel.inside", "_dynasaur") for n, text in texts.items()}


def install_code(functions: Mapping[str, HostFunction], room: int) -> str:
    """The code that puts our extension into a fresh kernel; it leaves no names behind.

    Args:
        functions: The host functions; those whose names begin with `HOSTED` are reached through
            `dynasaur.host` alone, the others stand in every cell.
        room: Characters of a cell's output that are sent as they come, and as many of its end.
    """
    bound: dict[str, str] = {}
    hosted: dict[str, str] = {}
    for name, function in functions.items():
        bare = name.removeprefix(HOSTED)
        (bound if bare == name else hosted)[bare] = _document(bare, function)
    call = f"boot({_sources()!r}, {bound!r}, {hosted!r}, {room})"
    source = f"{_BOOT}\n{call}\n"
    # Packed, because a fresh kernel goes through a cell again and again, character by character.
    packed = base64.b64encode(zlib.compress(source.encode(), 1)).decode()
    text = f"__import__('zlib').decompress(__import__('base64').b64decode({packed!r}))"
    return f"exec(compile({text}, '<dynasaur>', 'exec'), {{'get_ipython': get_ipython}})"


def ready_code() -> str:
    """The code that fails where our extension is not there."""
    return f"assert {_EXTENSION}"


def load_code(modules: Sequence[Module], names: Mapping[str, str]) -> str:
    """The code that makes modules importable in the kernel and binds names."""
    texts = {module.name: module.text for module in modules}
    return f"{_EXTENSION}.load({texts!r}, {dict(names)!r})"


def supply_code(site: Path) -> str:
    """The code that puts a folder of packages on the kernel's path."""
    return f"{_EXTENSION}.supply({str(site)!r})"


def save_code(step: int) -> str:
    """The code that saves the kernel's variables as they are after a step, and waits for it."""
    return f"{_EXTENSION}.save({step})"


def restore_code() -> str:
    """The code that brings saved variables back."""
    return f"{_EXTENSION}.restore()"


def sees_code(name: str) -> str:
    """The code that has a kernel say whether it sees a file of the work folder."""
    return f"{_EXTENSION}.sees({name!r})"


def settle_code() -> str:
    """The code that gives a remote kernel a work folder of its own."""
    return f"{_EXTENSION}.parcels.settle()"


def part_code(name: str, start: int, most: int) -> str:
    """The code that has a remote kernel give a part of a file."""
    return f"{_EXTENSION}.send({name!r}, {start}, {most})"


def store_code(name: str, content: bytes, *, first: bool) -> str:
    """The code that writes a part of a file into the folder that a remote kernel works in."""
    return f"{_EXTENSION}.parcels.store({name!r}, {base64.b64encode(content).decode()!r}, {first})"


def execute(code: str, *, silent: bool) -> dict[str, Json]:
    """The content of an execute request."""
    return {
        "code": code,
        "silent": silent,
        "store_history": not silent,
        "user_expressions": {},
        "allow_stdin": True,
        "stop_on_error": False,
    }


def report_of(reply: Mapping[str, object]) -> Mapping[str, object]:
    """What our extension said in an execute reply's payload; empty where it said nothing."""
    return _payload(reply, SOURCE)


def asked_to_exit(reply: Mapping[str, object]) -> bool:
    """The cell called `exit()` or `quit()`: the kernel is about to end itself."""
    payload = _payload(reply, "ask_exit")
    return bool(payload) and not payload.get("keepkernel")


def _payload(reply: Mapping[str, object], source: str) -> Mapping[str, object]:
    payloads = reply.get("payload")
    for payload in payloads if isinstance(payloads, list) else []:
        if isinstance(payload, Mapping) and payload.get("source") == source:
            return payload
    return {}


def answer(
    prompt: object,
    functions: Mapping[str, HostFunction],
    *,
    refuse: str = "",
    take: Take | None = None,
) -> str:
    """Answer one request of the stdin channel.

    Args:
        prompt: Its prompt, of any shape.
        functions: The host functions there are.
        refuse: Why no call is answered any more; empty when calls are.
        take: Takes parts of files from a kernel whose files are not seen here.

    Returns:
        The text of the reply: JSON, or empty where the prompt is no call of ours.
    """
    if not isinstance(prompt, str) or not prompt.startswith(MARK):
        return ""
    try:
        asked = json.loads(prompt[len(MARK) :])
        if take is not None and not refuse and "file" in asked:
            take(str(asked["file"]), base64.b64decode(asked["part"]), bool(asked["first"]))
            return "{}"
        name, result = _call(asked, functions, refuse)
        return _reply(name, result if isinstance(result, Given) else Given(result))
    except Exception as error:  # noqa: BLE001 - it becomes an exception in the kernel
        # `str` of a KeyError is the repr of its key, and would be quoted again in the kernel.
        told = error.args[0] if len(error.args) == 1 else error
        message = str(told)[:4_000]
        return json.dumps({"error": {"type": type(error).__name__, "message": message}})


def _reply(name: str, given: Given) -> str:
    """A result, and the files and pictures that go with it, as JSON."""
    text = json.dumps(given.result)
    if len(text) > ANSWER:
        raise ValueError(f"the result of {name}() is too large: {len(text):,} characters")
    size = sum(map(len, given.files.values())) + sum(len(one.data) for one in given.images)
    if size > GIVEN:
        raise ValueError(f"the files of {name}() are too large: {size:,} bytes")
    files = {one: base64.b64encode(data).decode() for one, data in given.files.items()}
    images = [[one.mime, base64.b64encode(one.data).decode()] for one in given.images]
    if not files and not images:
        return f'{{"result": {text}}}'
    return f'{{"result": {text}, "files": {json.dumps(files)}, "images": {json.dumps(images)}}}'


def _call(
    call: Mapping[str, Json], functions: Mapping[str, HostFunction], refuse: str
) -> tuple[str, Json | Given]:
    """Call the function that was asked for; whatever is wrong with that, raises."""
    name, args, kwargs = call["function"], _clean(call["args"]), _clean(call["kwargs"])
    if refuse:
        raise RuntimeError(refuse)
    function = functions.get(str(name)) or functions.get(f"{HOSTED}{name}")
    if function is None:
        known = ", ".join(sorted(one.removeprefix(HOSTED) for one in functions))
        raise NameError(f"there is no host function {str(name)[:100]!r}; there are: {known}")
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise TypeError("a call has a list of arguments and a dict of named ones")
    return str(name), function(*args, **kwargs)


def _clean(value: Json) -> Json:
    """The value with lone surrogates replaced: they cannot be written to any file."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(_clean(key)): _clean(item) for key, item in value.items()}
    return value


def _document(name: str, function: HostFunction) -> str:
    """The stub's docstring: signature first, since the stub itself takes anything."""
    try:
        signature = str(inspect.signature(function))
    except (TypeError, ValueError):
        signature = "(...)"
    return f"{name}{signature}\n\n{inspect.getdoc(function) or ''}".rstrip()
