"""The modules that modules import, and theirs, in the order in which they can be loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dynasaur.errors import ActionError
from dynasaur.source.imports import relative_imports
from dynasaur.types import Module


def gather(names: Iterable[str], text_of: Callable[[str], str | None]) -> tuple[Module, ...]:
    """Modules with all that they require.

    Args:
        names: Full names of the modules wanted.
        text_of: The source of a module; None where there is none.

    Returns:
        Each module once, requirements before what requires them.

    Raises:
        ActionError: A module is missing, or is not Python.
    """
    ordered: dict[str, Module] = {}
    stack: list[tuple[str, bool]] = [(name, False) for name in reversed(list(names))]
    opened: set[str] = set()
    texts: dict[str, str] = {}
    while stack:
        name, ready = stack.pop()
        if ready:
            ordered[name] = Module(name, texts[name])
        elif name not in opened:
            opened.add(name)
            text = text_of(name)
            if text is None:
                raise ActionError(
                    f"no module {name} among the actions: save it, or mend its import"
                )
            texts[name] = text
            stack.append((name, True))
            stack.extend((one, False) for one in reversed(relative_imports(text, name)))
    return tuple(ordered.values())
