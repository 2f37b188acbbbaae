"""Whether an action may take the place of another: callers of the old one are not let down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from dynasaur.types import Action, Parameter

_BY_POSITION = frozenset({"positional", "normal", "variadic"})


def incompatible(old: Action, new: Action) -> str:
    """Why calls of the old action might not fit the new one; empty when all do.

    Parameters keep name, kind and order, and a default where they had one; new ones have
    defaults; what it returns is annotated as before.
    """
    if old.signature.startswith("async ") != new.signature.startswith("async "):
        return "one has to be awaited, the other has not"
    if old.returns != new.returns:
        return f"it returned `{old.returns or 'anything'}`, not `{new.returns or 'anything'}`"
    return _by_position(old, new) or _by_keyword(old, new)


def _by_position(old: Action, new: Action) -> str:
    for before, after in zip_longest(_positional(old), _positional(new)):
        if before is None:
            if problem := _addition(after):
                return problem
        elif after is None or (before.name, before.kind) != (after.name, after.kind):
            return f"`{before.name}` is not where it was among the parameters"
        elif problem := _optional(before, after):
            return problem
    return ""


def _by_keyword(old: Action, new: Action) -> str:
    kept = {one.name: one for one in new.parameters if one.kind not in _BY_POSITION}
    for before in old.parameters:
        if before.kind in _BY_POSITION:
            continue
        after = kept.pop(before.name, None)
        if after is None or after.kind != before.kind:
            return f"`{before.name}` is no longer a parameter of its kind"
        if problem := _optional(before, after):
            return problem
    return next(filter(None, map(_addition, kept.values())), "")


def _positional(action: Action) -> Sequence[Parameter]:
    return [one for one in action.parameters if one.kind in _BY_POSITION]


def _optional(before: Parameter, after: Parameter) -> str:
    lost = before.default is not None and after.default is None
    return f"`{before.name}` had a default" if lost else ""


def _addition(new: Parameter) -> str:
    if new.kind in {"variadic", "variadic-keyword"} or new.default is not None:
        return ""
    return f"the new parameter `{new.name}` has no default"
