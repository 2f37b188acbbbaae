"""`dynasaur import-tools`: functions and tools of other packages as actions."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from dynasaur.adopting.docs import docs_of
from dynasaur.adopting.probe import spelled
from dynasaur.adopting.text import action_name, action_text
from dynasaur.errors import ActionError
from tests.builders.cli import Done, dynasaur
from tests.builders.wheels import PREFIX, index, wheel

PLAIN = '''
from datetime import date
from pathlib import Path
from typing import Literal

_LEFT = object()


def scaled(
    values: list[float], by: float = 2.0, *, names: dict[str, int] | None = None
) -> list[float]:
    """Numbers, scaled.

    Every one of them.

    Args:
        values: The numbers.
        by: How much.
        names: Nothing.

    Returns:
        The products.
    """
    return [by * value for value in values]


def day_after(day: date, way: Literal["up", "down"] = "up", left=_LEFT) -> str:
    """The day after.

    Parameters
    ----------
    day : date
        The day.
    way : str, optional
        Where to,
        as a word.

    Returns
    -------
    str
        Its name.
    """
    return f"{day.isoformat()} {way} {left is _LEFT}"


def joined(first, *rest, sep: str = "-") -> str:
    """Join words.

    :param first: The first word.
    :param str sep: What stands between.
    :returns: One text.
    """
    return sep.join([first, *rest])


async def later(path: Path) -> str:
    """The name of a file, later."""
    return path.name


def tripled(number: int) -> int:
    return 3 * number


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "tripled",
            "description": "Three times a number.",
            "parameters": {
                "type": "object",
                "properties": {"number": {"type": "integer", "description": "The number."}},
                "required": ["number"],
            },
        },
    },
    {"type": "function", "function": {"name": "missing", "parameters": {}}},
]
'''

FRAMEWORKS = '''
from langchain_core.tools import tool as chain_tool
from smolagents import Tool, tool


@chain_tool
def add_numbers(a: int, b: int = 5) -> int:
    """Add two numbers."""
    return a + b


@tool
def shout_words(text: str) -> str:
    """Say words loudly.

    Args:
        text: The words.
    """
    return text.upper()


class CountLetters(Tool):
    name = "count_letters"
    description = "How many letters there are."
    inputs = {
        "text": {"type": "string", "description": "The text."},
        "only": {"type": "string", "description": "Which.", "nullable": True},
    }
    output_type = "integer"

    def forward(self, text: str, only: str | None = None) -> int:
        return text.count(only) if only else len(text)
'''


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A library, and the environment in which the package of tools can be installed."""
    folder = tmp_path_factory.mktemp("import")
    files = {f"{PREFIX}plain.py": PLAIN, f"{PREFIX}frameworks.py": FRAMEWORKS}
    wheel(folder / "wheels", "tools", "1.0", files=files)
    library = folder / "library"
    assert dynasaur("init", library, cwd=folder).code == 0
    return library, index(folder / "wheels")


def import_tools(made: tuple[Path, dict[str, str]], *words: str) -> Done:
    library, env = made
    given = ("--needs", f"{PREFIX}tools", "--install", "allow")
    return dynasaur("import-tools", *words, *given, cwd=library, env=env)


def call(made: tuple[Path, dict[str, str]], *words: str) -> Done:
    library, env = made
    return dynasaur("call", "--install", "allow", *words, cwd=library, env=env)


@pytest.mark.slow
def test_functions_become_actions_with_their_types_and_docs(
    made: tuple[Path, dict[str, str]],
) -> None:
    names = ("scaled", "day_after", "joined", "later", "TOOLS")
    done = import_tools(made, *(f"{PREFIX}plain:{name}" for name in names))
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        f"kept: {name}" for name in ("scaled", "day_after", "joined", "later", "tripled")
    ]
    assert done.err.startswith(
        "left out: missing: the module has no function missing for its schema\n"
    )
    library, _ = made
    shown = dynasaur("show", "scaled", "--json", cwd=library).json
    assert shown["signature"] == (
        "scaled(values: list[float], by: float = 2.0, *, names: dict[str, int] | None = None) "
        "-> list[float]"
    )
    assert shown["dependencies"] == [f"{PREFIX}tools>=1.0"]
    assert "    by: How much.\n" in shown["docstring"]
    day = dynasaur("show", "day_after", "--json", cwd=library).json
    assert "way: Where to, as a word." in day["docstring"]
    assert 'way: Literal["up", "down"]' in day["signature"].replace("'", '"')
    assert call(made, "scaled", "[1, 2]").out == "[\n  2.0,\n  4.0\n]\n"
    assert call(made, "day_after", "2026-01-02").out == "2026-01-02 up True\n"
    assert call(made, "joined", "a", "b", "c", "--sep", "+").out == "a+b+c\n"
    assert call(made, "later", "x/y.txt").out == "y.txt\n"
    assert call(made, "tripled", "4").out == "12\n"


@pytest.mark.slow
def test_tools_of_frameworks_become_actions(made: tuple[Path, dict[str, str]]) -> None:
    pytest.importorskip("langchain_core")
    pytest.importorskip("smolagents")
    done = import_tools(made, f"{PREFIX}frameworks", "--take", "*_numbers", "--take", "*_words")
    assert (done.code, done.out) == (0, "kept: add_numbers\nkept: shout_words\n"), done.err
    one = import_tools(made, f"{PREFIX}frameworks:CountLetters", "--json")
    assert (one.code, one.json["admitted"]) == (0, ["count_letters"]), one.err
    assert call(made, "add_numbers", "2").out == "7\n"
    assert call(made, "shout_words", "hi").out == "HI\n"
    assert call(made, "count_letters", "banana", "--only", "a").out == "3\n"


def test_a_dry_run_keeps_nothing(made: tuple[Path, dict[str, str]]) -> None:
    library, _ = made
    done = dynasaur("import-tools", "statistics:median", "--dry-run", cwd=library)
    assert done.code == 0
    assert "def statistics_median(data: Any) -> Any:" in done.out  # `median` is an initial action
    assert dynasaur("show", "statistics_median", cwd=library).code == 1


def test_what_is_taken_is_named_as_its_module_calls_it(made: tuple[Path, dict[str, str]]) -> None:
    library, _ = made
    words = ("import-tools", "statistics", "--dry-run", "--take")
    for pattern in ("median", "statistics_median"):
        done = dynasaur(*words, pattern, cwd=library)
        assert done.code == 0, done.err
        assert done.out.count("\ndef ") == done.out.count("def statistics_median(") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("no_such_module",), 1, "no_such_module: ModuleNotFoundError: No module named"),
        (("math:nothing",), 1, "math: AttributeError: module 'math' has no attribute 'nothing'"),
        (("math:pi",), 1, "left out: pi: it is a float, which is no tool"),
        (("math'; import os",), 2, "names nothing: write MODULE or MODULE:NAME, as in math:gcd"),
        (("math", "--take", "x*"), 2, "nothing of math is called x*"),
        (("math",), 2, "actions at once: name some as MODULE:NAME, or choose with --take"),
    ],
)
def test_a_users_mistake_is_told(
    made: tuple[Path, dict[str, str]], words: tuple[str, ...], code: int, said: str
) -> None:
    library, _ = made
    done = dynasaur("import-tools", *words, cwd=library)
    assert (done.code, done.out, said in done.err) == (code, "", True), done.err


def told(**more: Any) -> dict[str, Any]:
    return {"kind": "schema", "name": "x", "path": "x", "doc": "", "schema": {}, **more}


def test_what_a_package_says_cannot_become_code() -> None:
    quotes = '"""\nimport os\nos.system("x") \\ \u202e'
    properties = {
        'a"); import os': {"type": "string", "description": quotes, "default": "'; x"},
        "class": {"type": "integer"},
        "a) ; import os": {},
    }
    text = action_text("m", told(doc=quotes, schema={"properties": properties}), "do_it")
    tree = ast.parse(text)
    kinds = [type(one).__name__ for one in tree.body]
    assert kinds == ["Expr", "ImportFrom", "ImportFrom", "FunctionDef"]
    assert "\u202e" not in text
    (function,) = (one for one in tree.body if isinstance(one, ast.FunctionDef))
    assert [one.arg for one in function.args.args] == ["a_import_os", "class_", "a_import_os_"]
    evil = {"name": "a", "kind": "POSITIONAL_OR_KEYWORD", "hint": "__import__('os')"}
    evil["default"] = "__import__('os').system('x')"
    plain = action_text("m", told(kind="function", parameters=[evil], returns="f()"), "do_it")
    assert "__import__" not in plain
    assert "def do_it(a: Any = None) -> Any:" in plain
    for wrong in ({"path": "x; y"}, {"path": "a..b"}, {"problem": "it broke"}):
        with pytest.raises(ActionError):
            action_text("m", told(**wrong), "do_it")
    bad = {"name": "a b", "kind": "POSITIONAL_OR_KEYWORD", "hint": "int", "default": None}
    with pytest.raises(ActionError):
        action_text("m", told(kind="function", parameters=[bad]), "do_it")


@pytest.mark.parametrize(
    ("name", "made_name"),
    [
        ("CountLetters", "count_letters"),
        ("a b-c", "a_b_c"),
        ("print", "print_tool"),
        ("class", "class_tool"),
        ("json", "json_tool"),
        ("2x", "t_2x"),
        ("…", "tool"),
        ("Tool.run", "run"),
    ],
)
def test_names(name: str, made_name: str) -> None:
    assert action_name(name) == made_name


def test_hints_are_spelled_so_that_they_need_nothing_else() -> None:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from typing import Annotated, Literal, Optional

    assert spelled(Sequence[int]) == "list[int]"
    assert spelled(Mapping[str, date]) == "dict[str, date]"
    assert spelled(Optional[str]) == "str | None"  # noqa: UP045
    assert spelled(Literal["a", 1]) == "Literal['a', 1]"
    assert spelled(Annotated[int, "x"]) == "int"
    assert spelled(tuple[int, ...]) == "tuple[int, ...]"
    assert (spelled(list), spelled(set)) == ("list[Any]", "set[Any]")
    assert spelled(int | Callable[[], int]) == "Any"
    assert spelled(Path) == "Path"


def test_docs_of_any_form() -> None:
    google = docs_of("One.\n\nTwo\nlines.\n\nArgs:\n    a: First.\n\nReturns:\n    It.")
    assert (google.summary, google.body, dict(google.args)) == (
        "One.",
        "Two lines.",
        {"a": "First."},
    )
    numpy = docs_of(
        "One.\n\nParameters\n----------\na, b : int\n    Both.\n\nReturns\n-------\nint\n    It."
    )
    assert (dict(numpy.args), numpy.returns) == ({"a": "Both.", "b": "Both."}, "It.")
    rest = docs_of("One.\n\n:param int a: First\n    of all.\n:return: It.\n")
    assert (dict(rest.args), rest.returns) == ({"a": "First of all."}, "It.")
    assert docs_of("") == docs_of("  \n ")


def test_a_parameter_may_be_called_given() -> None:
    """A default that cannot be written down is left to the function."""
    parameters = [
        {"name": "given", "kind": "POSITIONAL_OR_KEYWORD", "hint": "Any", "default": "..."},
        {"name": "more", "kind": "KEYWORD_ONLY", "hint": "Any", "default": "..."},
    ]
    function = told(kind="function", path="dict", name="dict", parameters=parameters)
    schema = {"properties": {"given": {"type": "integer"}}}
    space: dict[str, Any] = {}
    exec(action_text("builtins", function, "made_dict"), space)
    assert space["made_dict"](given=7) == {"given": 7}
    assert space["made_dict"]() == {}
    exec(action_text("builtins", told(kind="schema", path="dict", schema=schema), "made"), space)
    assert space["made"](given=7) == {"given": 7}
