"""The built-in model: it composes actions that the library already has, without a network.

It reads the same messages as any model and keeps no state of its own: what it looked at and tried
is read back from the conversation, so the same messages always give the same reply.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from dynasaur.models.planning.candidates import Plan, plan
from dynasaur.models.planning.facts import read_facts
from dynasaur.models.planning.looking import is_look, look_code
from dynasaur.models.planning.meaning import asks_for_one
from dynasaur.models.planning.nodes import Node
from dynasaur.models.planning.reading import Past, Situation, read_messages, read_offers
from dynasaur.models.planning.signatures import Offer
from dynasaur.models.planning.writing import call_code
from dynasaur.talk import FREE
from dynasaur.types import Ear, Message, Reply

_SUBMIT = "submit_final_answer("
_MOST_LOOKS = 2
_LONGEST_TASK = 2_000


class PlannerModel:
    """Searches for a composition of actions that accounts for every word of the task.

    Where none does, it gives up and says why; it never answers by guessing.
    """

    name = "planner"
    facts = FREE

    def warm_up(self, then: Callable[[], None]) -> None:
        """Load nothing, and do something else."""
        then()

    def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:  # noqa: ARG002
        """The next step for the conversation so far."""
        situation = read_messages(messages)
        if len(situation.task) > _LONGEST_TASK:
            return _give_up(f"the task is longer than {_LONGEST_TASK:,} characters")
        looks = [past for past in situation.past if is_look(past.code)]
        tries = [past for past in situation.past if not is_look(past.code)]
        seen = [line for past in looks for line in past.output.splitlines()]
        offers = read_offers([*situation.lines, *seen])
        look = "" if tries else _next_look(situation, looks, offers)
        if look:
            what = "at the files" if "_look(" in look else "for actions that could help"
            return Reply(f"First I look {what}.", look)
        found = plan(situation.task, situation.files, read_facts(seen), offers)
        tried = sum(_SUBMIT not in past.code for past in tries)
        last = tries[-1] if tries else None
        if last and _SUBMIT not in last.code and not last.error and not last.is_empty:
            node = found.candidates[tried - 1] if tried <= len(found.candidates) else None
            return Reply("That accounts for the whole task.", _submission(last, node, situation))
        return _next_try(found, tried, offers)


def _next_look(situation: Situation, looks: Sequence[Past], offers: Sequence[Offer]) -> str:
    """Code that looks at what is not looked at yet; empty when there is nothing more to see."""
    if len(looks) >= _MOST_LOOKS or not situation.task.strip():
        return ""
    done = "".join(past.code for past in looks)
    names = [name for name in situation.files if f"_look({name!r}" not in done]
    return look_code(situation.task, names, offers, ask=not looks)


def _next_try(found: Plan, tried: int, offers: Sequence[Offer]) -> Reply:
    if tried >= len(found.candidates):
        return _give_up(found.problem or "each composition that could answer the task failed")
    node = found.candidates[tried]
    how = "One action answers this" if node.calls == 1 else "These actions together answer this"
    names = ", ".join(dict.fromkeys(call.offer.name for call in node.walk()))
    return Reply(f"{how}: {names}.", call_code(node, [offer.name for offer in offers]))


def _give_up(why: str) -> Reply:
    return Reply(f"I cannot solve this task: {why}.", "", gave_up=why)


def _submission(last: Past, node: Node | None, situation: Situation) -> str:
    """Submits the result, out of its list where one thing was asked for and one was found."""
    value = _literal(last.output)
    if isinstance(value, list) and len(value) == 1 and node and asks_for_one(node, situation.task):
        pair = isinstance(value[0], tuple) and len(value[0]) == 2
        return f"submit_final_answer(result[0]{'[0]' if pair else ''})"
    return "submit_final_answer(result)"


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
