"""Make an observation of what came of a cell; nothing the kernel said is taken on trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dynasaur.kernel.exchange import Outcome
from dynasaur.kernel.requests import report_of
from dynasaur.kernel.transcript import Transcript, clean
from dynasaur.proxy.allowed import ALLOW, Allowed, host_name
from dynasaur.proxy.refusal import Refusal
from dynasaur.types import Call, CellError, Ending, Observation

GONE = "All variables and imports are gone: define again what is needed."
_CALLS = 1_000
_SHORT = 200
_TEXT = 8_000


def observe(
    outcome: Outcome,
    transcript: Transcript,
    *,
    seconds: float,
    limit: float,
    death: str,
    before: str,
    more: str,
) -> Observation:
    """What one cell gave back.

    Args:
        outcome: What came of the request.
        transcript: What it said.
        seconds: Wall time.
        limit: The time it was given.
        death: Why the kernel had to be restarted; empty when it was not.
        before: Why the state was lost already before this cell; empty when it was not.
        more: What else the model must know, in words; empty for nothing.
    """
    report = report_of(outcome.reply)
    return Observation(
        ended=_ending(outcome, death),
        output=str(transcript.output),
        late=str(transcript.late),
        error=_error(outcome.reply, report),
        images=tuple(transcript.images),
        calls=_calls(report),
        state_kept=not death and not before,
        notice=" ".join(filter(None, [before, _notice(outcome, limit, death), more])),
        seconds=seconds,
    )


def _ending(outcome: Outcome, death: str) -> Ending:
    if outcome.timed_out:
        return Ending.TIMEOUT
    if outcome.stopped:
        return Ending.INTERRUPTED
    if death:
        return Ending.DIED
    return Ending.OK if outcome.reply.get("status") == "ok" else Ending.ERROR


def _notice(outcome: Outcome, limit: float, death: str) -> str:
    parts = []
    if outcome.timed_out:
        parts.append(f"The cell was stopped after {limit:g} s, the limit for one cell.")
    elif outcome.stopped:
        parts.append(f"The cell was stopped: {outcome.stopped}.")
    if death:
        parts.append(f"{death}. {GONE}")
    elif outcome.stopped:
        parts.append("Variables are kept.")
    return " ".join(parts)


def no_network(network: str, report: Mapping[str, object], refusals: Sequence[Refusal]) -> str:
    """What a cell wanted of the network in vain, and how a user would allow it.

    Args:
        network: What it may reach: `none`, `allow=...` or `full`.
        report: What the kernel says of it: the host that an error is about, True where that is
            not known.
        refusals: What the host's proxy refused.
    """
    wanted = report.get("network")
    named = host_name(wanted[:300]) if isinstance(wanted, str) else ""
    if network == "none" and wanted:
        domain = named if "." in named else "DOMAIN"
        return (
            f"The sandbox has no network; a user who wants to allow {named or 'it'} runs with "
            f"--network {ALLOW}{domain}."
        )
    if not network.startswith(ALLOW):
        return ""
    hosts = list(dict.fromkeys(refusal.host for refusal in refusals if refusal.host))
    reasons = [refusal.reason for refusal in refusals if not refusal.host]
    parts = [f"The network refused: {'; '.join(reasons)}."] if reasons else []
    if hosts:
        parts.append(
            f"The sandbox may reach only {Allowed.parse(network)}, not {', '.join(hosts)}; a user "
            f"who wants to allow that runs with --network {network},{','.join(hosts)}."
        )
    if not parts and named and "." in named:
        parts.append(
            "The sandbox has no network but an HTTP proxy, which HTTP_PROXY and HTTPS_PROXY name: "
            "use a client that goes by them."
        )
    return " ".join(parts)


def _error(reply: Mapping[str, object], report: Mapping[str, object]) -> CellError | None:
    if reply.get("status") in {None, "ok"}:
        return None
    told = report.get("error")
    if isinstance(told, Mapping):
        return CellError(
            _text(told.get("type"), _SHORT),
            _text(told.get("message"), _TEXT),
            _text(told.get("traceback"), _TEXT),
        )
    trace = reply.get("traceback")
    lines = "\n".join(map(str, trace)) if isinstance(trace, list) else ""
    kind = reply.get("ename") or reply.get("status")
    return CellError(
        _text(kind, _SHORT), _text(reply.get("evalue"), _TEXT), _text(lines[-_TEXT:], _TEXT)
    )


def _calls(report: Mapping[str, object]) -> tuple[Call, ...]:
    calls = report.get("calls")
    if not isinstance(calls, list):
        return ()
    return tuple(_call(call) for call in calls[:_CALLS] if isinstance(call, Mapping))


def _call(call: Mapping[str, object]) -> Call:
    arguments, result, seconds = call.get("arguments"), call.get("result"), call.get("seconds")
    return Call(
        name=_text(call.get("name"), _SHORT),
        module=_text(call.get("module"), _SHORT),
        ok=call.get("ok") is True,
        arguments=arguments[:_TEXT] if isinstance(arguments, str) else None,
        result=result[:_TEXT] if isinstance(result, str) else None,
        error=_text(call.get("error"), _SHORT),
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        top=call.get("top") is True,
    )


def _text(value: object, most: int) -> str:
    return clean(value[:most]) if isinstance(value, str) else ""
