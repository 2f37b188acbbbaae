"""What the gate does to texts: examples, documentation, signatures, callers of clones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.errors import ActionError
from dynasaur.registry.clones import pointed_over
from dynasaur.registry.docstring import Example, docstrings, examples_of, with_examples
from dynasaur.registry.documents import documented
from dynasaur.registry.revise import incompatible
from dynasaur.source import Candidate, Use, read_action
from dynasaur.types import Action

ONE = (Example("f(1)", "2"),)
SECTION = "\n\n    Examples:\n        >>> f(1)\n        2\n    "


def action(text: str) -> Action:
    return read_action(text, path=Path("f.py"), category="x", source="local", module="actions.x.f")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('def f(x):\n    """Say.\n    """\n    return x', f'    """Say.{SECTION}"""\n    return x'),
        ('def f(x):\n    """Say."""', f'    """Say.{SECTION}"""'),
        ("def f(x):\n    '''Say.'''  # why", f"    '''Say.{SECTION}'''  # why"),
        ('def f(x):\n    r"""Say \\d."""', f'    r"""Say \\d.{SECTION}"""'),
        ('def f(x):\n    """Say "hi" """', f'    """Say "hi"{SECTION}"""'),
        ('def f(x):\n    """Größe."""\n', f'    """Größe.{SECTION}"""\n'),
        ('"""M."""\ndef f(x):\n    """Say."""', f'    """Say.{SECTION}"""'),
    ],
)
def test_examples_go_to_the_end_of_the_docstring(before: str, after: str) -> None:
    text = with_examples(before, "f", ONE)
    assert text == before[: before.rindex("def f(x):\n") + len("def f(x):\n")] + after
    assert examples_of(action(text).docstring) == (Example("f(1)\n", "2\n"),)


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x",
        'def f(x):\n    "Say."',
        'def f(x): """Say."""',
        'def f(x):\n    """Say.""" """More."""',
        'def f(x):\n    """Say.\n\n    Example:\n        f(2)\n    """',
        'def f(x):\n    """Say.\n\n    Examples:\n    """',
        'def f(x):\n    """Say.\n\n    >>> f(2)\n    3\n    """',
        'def f(x):\n    """Say \\\n    """',
    ],
)
def test_where_there_is_no_place_the_text_stays(text: str) -> None:
    assert with_examples(text, "f", ONE) == text


def test_every_docstring_with_examples_is_found_at_its_line() -> None:
    text = '"""M.\n\n>>> 1\n1\n"""\nclass A:\n    """A."""\n    def m(self):\n        """>>> 2"""\n'
    assert list(docstrings(text)) == [(1, "M.\n\n>>> 1\n1\n"), (9, ">>> 2")]


def test_examples_that_cannot_be_read_are_none() -> None:
    assert examples_of(">>> f(1)\n 2\n>>>f(2)\n") == ()


# --- documentation ------------------------------------------------------------------------------

HEADER = """\
async def f(a: int, /, b: dict[str, list[int]]={'k': [1]}, *c: int,
            d: object=lambda: 1, **e: int) -> list[int]:"""
DOC = '"""Say.\n\n    More.\n    """'


@pytest.mark.parametrize(
    ("part", "reply", "expected"),
    [
        (
            "def f(x):\n    # one\n    return x  # two",
            f"def f(x: int) -> int:\n    {DOC}\n    return x",
            f"def f(x: int) -> int:\n    {DOC}\n    # one\n    return x  # two",
        ),
        (
            '# why\n@deco\ndef f(x):  # header\n    """Old."""\n\n    return x',
            f"@deco\ndef f(x: int) -> int:\n    {DOC}\n    return x",
            f"# why\n@deco\ndef f(x: int) -> int:\n    {DOC}\n\n    return x",
        ),
        (
            "def f(x): return x",
            f"def f(x: int) -> int:\n    {DOC}\n    return x",
            f"def f(x: int) -> int:\n    {DOC}\n    return x",
        ),
        (
            "def f(x):\n  return x",
            f"def f(x: int) -> int:\n    {DOC}\n    return x",
            'def f(x: int) -> int:\n  """Say.\n\n  More.\n  """\n  return x',
        ),
        (
            "async def f(a, /, b={'k': [1]}, *c, d=lambda: 1, **e):  # hm\n    return [1, 2]",
            f"{HEADER}\n    {DOC}\n    return [1,2]",
            f"{HEADER}  # hm\n    {DOC}\n    return [1, 2]",
        ),
        (
            "def f(ä='ö'): return ä + 'ü'",
            f"def f(ä: str='ö') -> str:\n    {DOC}\n    return ä + 'ü'",
            f"def f(ä: str='ö') -> str:\n    {DOC}\n    return ä + 'ü'",
        ),
    ],
)
def test_documentation_goes_in_and_the_code_stays_verbatim(
    part: str, reply: str, expected: str
) -> None:
    candidate = Candidate("f", parts=("LIMIT = 1", part))
    found = documented(candidate, f"def other():\n    pass\n\n{reply}\n")
    assert found.parts == ("LIMIT = 1", expected)
    assert found.summary == "Say."


@pytest.mark.parametrize(
    ("part", "reply"),
    [
        ("def f(x):\n    return x", f"def f(x: int) -> int:\n    {DOC}\n    return (x, 1)"),
        ("def f(x):\n    return x", f"def f(y: int) -> int:\n    {DOC}\n    return y"),
        (
            "def f(x):\n    return x",
            f"def f(x: int, *, z: int = 1) -> int:\n    {DOC}\n    return x",
        ),
        ("def f(x):\n    return x", f"@deco\ndef f(x: int) -> int:\n    {DOC}\n    return x"),
        ("@deco\ndef f(x):\n    return x", f"def f(x: int) -> int:\n    {DOC}\n    return x"),
        ("def f(x):\n    y: int = x", f"def f(x: int) -> int:\n    {DOC}\n    y: str = x"),
        ("def f(x): 'Old.'; return x", f"def f(x: int) -> int:\n    {DOC}\n    return x"),
        ("def f(x):\n    'Old.'; return x", f"def f(x: int) -> int:\n    {DOC}\n    return x"),
        ("def f(x):\n    return x", "def f(x: int) -> int:\n    return x"),
        ("def f(x):\n    return x", "def g(x: int) -> int:\n    return x"),
        ("def f(x):\n    return x", "def ("),
    ],
)
def test_documentation_that_is_more_is_refused(part: str, reply: str) -> None:
    with pytest.raises(ActionError):
        documented(Candidate("f", parts=(part,)), reply)


# --- signatures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("x, y=1", "x, y=2", ""),
        ("x", "x, y=1", ""),
        ("x", "x, *rest", ""),
        ("x", "x, *, y=1, **more", ""),
        ("x, *rest", "x, *rest, y=1", ""),
        ("x, *, a, b=1", "x, *, b=1, a, c=2", ""),
        ("x, /", "x, /", ""),
        ("x", "x, y", "the new parameter `y` has no default"),
        ("x", "x, *, y", "the new parameter `y` has no default"),
        ("x, y=1", "x, y", "`y` had a default"),
        ("x, *, y=1", "x, *, y", "`y` had a default"),
        ("x, y", "y, x", "`x` is not where it was"),
        ("x, y", "x", "`y` is not where it was"),
        ("x", "x, /", "`x` is not where it was"),
        ("x", "*, x", "`x` is not where it was"),
        ("x, *rest", "x, y=1, *rest", "`rest` is not where it was"),
        ("x, *, y=1", "x", "`y` is no longer a parameter of its kind"),
        ("x, **more", "x, *, more=1", "`more` is no longer a parameter of its kind"),
    ],
)
def test_a_signature_lets_every_old_call_bind(old: str, new: str, problem: str) -> None:
    one, other = (action(f"def f({parameters}) -> int: ...") for parameters in (old, new))
    found = incompatible(one, other)
    assert found.startswith(problem)
    assert bool(found) is bool(problem)


def test_what_is_returned_and_whether_it_is_awaited_stay() -> None:
    plain = action("def f(x) -> int: ...")
    assert incompatible(plain, action("def f(x) -> float: ...")) == (
        "it returned `int`, not `float`"
    )
    assert "awaited" in incompatible(plain, action("async def f(x) -> int: ..."))


# --- clones -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "fits"),
    [
        ("def g():\n    return f(1, f(2))", True),
        ("def g():\n    return f(x=1)", False),
        ("def g():\n    return map(f, [1])", False),
        ("def g():\n    return f(1) + f(x=2)", False),
        ("def g():\n    return other(x=1)", True),
    ],
)
def test_callers_are_pointed_over_where_names_of_parameters_differ(part: str, fits: bool) -> None:
    candidate = Candidate("g", parts=(part,), uses=(Use("f"), Use("mean", "actions.x.mean")))
    clone, same = action("def f(x): ..."), action("def f(y): ...")
    use = Use("twice", "actions.y.twice")
    if fits:
        found = pointed_over(candidate, clone, same, use)
        assert found.parts == candidate.parts
        assert [one.name for one in found.uses] == ["twice", "mean"]
    else:
        with pytest.raises(ValueError, match="by keywords"):
            pointed_over(candidate, clone, same, use)
    assert pointed_over(candidate, clone, clone, use).uses[0].module == "actions.y.twice"


def test_classes_of_a_clone_cannot_be_had_elsewhere() -> None:
    candidate = Candidate("g", parts=("def g(): ...",), uses=(Use("f", classes=("Spot",)),))
    clone = action("def f(x): ...")
    with pytest.raises(ValueError, match="`Spot` of f"):
        pointed_over(candidate, clone, clone, Use("h", "actions.y.h"))
