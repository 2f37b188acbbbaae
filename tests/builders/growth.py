"""Cells as models write them, good and bad, each with what the gate has to say of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from textwrap import dedent

ADMITTED = ""
"""What the gate says of a function that it admits."""

FIRST = "amber birch cedar delta ember fjord grove heath islet jetty karst ledge"
SECOND = "north south inner outer upper lower early later"
WORDS = [f"{two}_{one}" for two, one in product(SECOND.split(), FIRST.split())]


@dataclass(frozen=True)
class Cell:
    """One cell, and for each public function in it the reason of its refusal, or that it is kept.

    Attributes:
        code: What is run.
        said: Function to a part of the reason; `ADMITTED` for none.
        note: A part of the admission's note.
    """

    code: str
    said: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def documented(name: str, body: str, parameters: str = "value: int", *, more: str = "") -> str:
    """A function with types and a docstring that agree."""
    names = [part.split(":")[0].strip(" *") for part in parameters.split(", ")]
    arguments = "".join(f"        {one}: What {one} is.\n" for one in names if one and one != "/")
    lines = "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip().split("\n"))
    return (
        f'def {name}({parameters}) -> object:\n    """What {name.replace("_", " ")} comes to.\n\n'
        f"    Args:\n{arguments}\n    Returns:\n        What comes of it.\n{more}"
        f'    """\n{lines}'
    )


Kind = Callable[[str, int], Cell]


def _kept(name: str, code: str, call: str) -> Cell:
    return Cell(f"{code}\n{call}\n", {name: ADMITTED})


def plain(word: str, n: int) -> Cell:
    name = f"scaled_{word}"
    code = documented(name, f"total = value * {n + 3}\n\n# kept\nreturn total + {n}")
    return _kept(name, code, f"{name}(2); {name}(value=5)")


def aliases(word: str, n: int) -> Cell:
    name = f"rooted_{word}"
    code = documented(name, f"return mathematics.floor(squeeze(value, {n + 2})) + {n}")
    start = "import math as mathematics\nfrom operator import mul as squeeze\nimport os.path\n\n"
    return _kept(name, start + code, f"{name}(7)")


def helpers(word: str, n: int) -> Cell:
    name = f"stepped_{word}"
    start = f"LIMIT = {n + 10}  # of steps\nFACTORS = (2, {n + 3})\n\n\n"
    start += (
        f"def _step_{word}(value):\n    # one step\n    return value * FACTORS[1] % LIMIT\n\n\n"
    )
    return _kept(
        name, start + documented(name, f"return _step_{word}(value) + LIMIT"), f"{name}(4)"
    )


def classes(word: str, n: int) -> Cell:
    name = f"placed_{word}"
    start = (
        "from dataclasses import dataclass\nfrom enum import Enum\n\n\nclass Way(Enum):\n"
        f"    UP = {n + 1}\n    DOWN = -{n + 1}\n\n\n@dataclass(frozen=True)\nclass Spot:\n"
        "    at: int\n\n    def moved(self, way: Way) -> int:\n"
        "        return self.at + way.value\n\n\n"
    )
    return _kept(name, start + documented(name, "return Spot(value).moved(Way.UP)"), f"{name}(4)")


def coroutines(word: str, n: int) -> Cell:
    name = f"awaited_{word}"
    code = "import asyncio\n\n\nasync " + documented(
        name, f"await asyncio.sleep(0)\nreturn value * {n + 11}"
    )
    return _kept(name, code, f"await {name}(4)")


def cached(word: str, n: int) -> Cell:
    name = f"cached_{word}"
    code = "import functools\n\n\n@functools.lru_cache(maxsize=None)\n" + documented(
        name, f"return value ** 2 + {n} if value else {n}"
    )
    return _kept(name, code, f"{name}(4)")


def siblings(word: str, n: int) -> Cell:
    low, high = f"lowered_{word}", f"lowered_twice_{word}"
    code = documented(low, f"return value - {n + 20} * 2") + "\n\n"
    code += documented(high, f"return {low}({low}(value)) - {n}")
    return Cell(f"{code}\n{high}(100)\n", {low: ADMITTED, high: ADMITTED})


def of_base(word: str, n: int) -> Cell:
    name = f"averaged_{word}"
    code = documented(name, f"return mean(values) + {n + 1}", "values: list[float]")
    return _kept(name, code, f"{name}([1.0, 2.0])")


def of_library(word: str, n: int) -> Cell:
    name = f"rescaled_{word}"
    return _kept(name, documented(name, f"return scaled_{word}(value) * {n + 2} - 1"), f"{name}(3)")


def shapes(word: str, n: int) -> Cell:
    name = f"shaped_{word}"
    body = f"""
    seen = []
    def inner(part):
        nonlocal seen
        seen = [*seen, part * {n + 2}]
        return len(seen)
    return [inner(part) for part in (first, *rest)], {{key: names[key] for key in sorted(names)}}
    """
    code = documented(name, body, "first: int, *rest: int, step: int = 2, **names: int")
    return _kept(name, code, f"{name}(1, 2, 3, b=1, a=2)")


def letters(word: str, n: int) -> Cell:
    name = f"größe_{word}"
    code = documented(name, f"return 'größer' * (value % 3) + \"it's {n}\"")
    return _kept(name, code, f"{name}(4)")


def clones(word: str, n: int) -> Cell:
    name, caller = f"stretched_{word}", f"doubly_stretched_{word}"
    code = documented(name, f"# the same\nresult = value * {n + 3}\nreturn result + {n}")
    code += "\n\n" + documented(caller, f"return [{name}({name}(value)), {n}]")
    said = {name: f"/scaled_{word}: call that instead", caller: ADMITTED}
    return Cell(f"{code}\n{caller}(2)\n", said)


def lifted(word: str, n: int) -> Cell:
    name = f"counted_{word}"
    body = f"""
    count = 0
    for part in range(value):
        if part % {n + 2} == {n % 2}:
            count += part
    return count
    """
    parameters = "parameters" if n % 2 else "a parameter"
    note = f"they could be one action with {parameters}, `counted_" if n else ""
    return Cell(f"{documented(name, body)}\n{name}(9)\n", {name: ADMITTED}, note)


def revisions(word: str, n: int) -> Cell:
    name = f"rooted_{word}"
    start = "import math as mathematics\n\n\n"
    body = f"return mathematics.floor(value * {n + 2}) + {n} * times"
    code = documented(name, body, "value: int, times: int = 1")
    return _kept(name, start + code, f"{name}(7, times=2)")


def bad_revisions(word: str, n: int) -> Cell:
    name = f"stepped_{word}"
    code = documented(name, f"return value + {n + 1000}")
    return Cell(f"{code}\n{name}(4)\n", {name: "whose example"})


def chance(word: str, n: int) -> Cell:
    name = f"drawn_{word}"
    code = "import random\n\n\n" + documented(name, f"return random.random() * value + {n}")
    return _kept(name, code, f"{name}(4)")


def file_bound(word: str, n: int) -> Cell:
    name = f"opened_{word}"
    code = documented(name, f"with open(path) as file:\n    return file.read({n + 5})", "path: str")
    return _kept(name, code, f"open('{word}.txt', 'w').write('text')\n{name}('{word}.txt')")


def objects(word: str, n: int) -> Cell:
    name = f"wrapped_{word}"
    return _kept(name, documented(name, f"return iter([value, {n}])"), f"list({name}(4))")


# --- what is refused ----------------------------------------------------------------------------


def _refused(name: str, code: str, call: str, reason: str) -> Cell:
    return Cell(f"{code}\n{call}\n", {name: reason})


def secrets(word: str, n: int) -> Cell:
    name = f"fetched_{word}"
    key = "ghp_" + "".join(random.Random(n).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=36))
    return _refused(name, documented(name, f"return '{key}' + str(value)"), f"{name}(1)", "it ")


def homes(word: str, n: int) -> Cell:
    name = f"located_{word}"
    code = documented(name, f"return '/home/ada/data{n}/' + str(value)")
    return _refused(name, code, f"{name}(1)", "exists on one machine")


def undocumented(word: str, n: int) -> Cell:
    name = f"bare_{word}"
    return _refused(name, f"def {name}(value):\n    return value - {n}\n", f"{name}(1)", "no type")


def wrong_documents(word: str, n: int) -> Cell:
    name = f"misnamed_{word}"
    code = documented(name, f"return value % {n + 2} + 4").replace("value: What", "other: What")
    return _refused(name, code, f"{name}(1)", "Args do not tell of `value`")


def wrong_examples(word: str, n: int) -> Cell:
    name = f"misshown_{word}"
    more = f"\n    Examples:\n        >>> {name}(1)\n        'no'\n"
    code = documented(name, f"return value // {n + 2} + 4", more=more)
    return _refused(name, code, f"{name}(1)", "its example")


def shadows(word: str, n: int) -> Cell:
    name = ("sorted", "json", "solve", "sum", "csv", "task")[n % 6]
    code = documented(name, f"return value - {n + 7} * 3")
    call = f"{name}(1)\ndel {name}"
    return _refused(name, code, call, f"the name `{name}`")


def of_session(word: str, n: int) -> Cell:
    name = f"bound_{word}"
    code = f"offset_{n} = len(str(globals()))\n" + documented(name, f"return value + offset_{n}")
    return _refused(name, code, f"{name}(1)", f"offset_{n}")


def cycles(word: str, n: int) -> Cell:
    ping, pong = f"pinged_{word}", f"ponged_{word}"
    code = documented(ping, f"return {pong}(value - 1) if value > 0 else {n}") + "\n\n"
    code += documented(pong, f"return {ping}(value - 1) if value > 0 else {n + 1}")
    return Cell(f"{code}\n{ping}(3)\n", {ping: "use one another", pong: "use one another"})


def uncalled(word: str, n: int) -> Cell:
    name = f"ignored_{word}"
    return _refused(name, documented(name, f"return value + {n} * 9"), "1", "never called")


def broken(word: str, n: int) -> Cell:
    return Cell((f"def torn_{word}(:\n    return {n}", f"torn_{word} = = {n}")[n % 2])


def failing(word: str, n: int) -> Cell:
    return Cell(documented(f"failed_{word}", f"return value / {n}") + f"\nraise KeyError({n})\n")


KINDS: tuple[Kind, ...] = (
    plain, aliases, helpers, classes, coroutines, cached, siblings, of_base, of_library, shapes,
    letters, clones, lifted, revisions, bad_revisions, chance, file_bound, objects, secrets, homes,
    undocumented, wrong_documents, wrong_examples, shadows, of_session, cycles, uncalled, broken,
    failing,
)  # fmt: skip


def runs(count: int) -> Iterator[list[Cell]]:
    """That many cells, in runs of a few; a later run may use what an earlier one left."""
    made = [kind(WORDS[n], n) for n in range(count // len(KINDS) + 1) for kind in KINDS][:count]
    chance = random.Random(1)
    run: list[Cell] = []
    for cell in made:
        known = any(one in cell.code for earlier in run for one in earlier.said)
        if run and (known or chance.random() < 0.25):
            yield run
            run = []
        run.append(cell)
    yield run
