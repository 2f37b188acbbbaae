"""A walk through a review's findings in the terminal: accept, reject, edit, next."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._output import plain
from dynasaur.errors import BlockedError, FailureError

if TYPE_CHECKING:
    from dynasaur.library import Library
    from dynasaur.review import Finding, Report

_HELP = "[a]ccept  [r]eject the action  [e]dit  [n]ext  [q]uit"


@dataclass(slots=True)
class Walk:
    """What a person decides of each finding.

    Args:
        library: The library, its work tree at the range's end.
        report: The review.
    """

    library: Library
    report: Report
    accepted: list[tuple[Finding, str]] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)

    def run(self) -> Report:
        """Asks about each open finding, writes what was accepted; gives the report as it is then.

        What was decided stays, even when the person leaves by Ctrl-C.

        Raises:
            BlockedError: Nobody is there to ask.
        """
        if not sys.stdin.isatty():
            raise BlockedError("nobody is there to ask: --interactive needs a terminal")
        try:
            self._ask_all()
        finally:
            self._save()
            self._summary()
        return self._judged()

    def _ask_all(self) -> None:
        waiting = list(self.report.open)
        for number, finding in enumerate(waiting, 1):
            if finding.action in self.rejected:
                continue
            click.echo()
            self._show(number, len(waiting), finding)
            if not self._ask(finding):
                break

    def _show(self, number: int, count: int, finding: Finding) -> None:
        from dynasaur.review.rules import RULES
        from dynasaur.review.say import on_a_line, safe

        colors = {"error": "red", "warning": "yellow", "info": "cyan"}
        head = f"{number}/{count}  {finding.level} {finding.id} {finding.name}  {finding.action}"
        click.secho(on_a_line(head), fg=colors[finding.level], bold=True)
        click.echo(f"  {on_a_line(finding.message)}")
        click.echo(f"  {on_a_line(finding.path)}:{finding.line}:{finding.column}")
        click.secho(f"  {RULES[finding.id].help}", dim=True)
        for line in self._around(finding):
            click.echo(f"  | {safe(line)}")

    def _around(self, finding: Finding) -> list[str]:
        sides = [one.after for one in self.report.changes if one.after]
        texts = [side.text for side in sides if side.path == finding.path]
        if not texts:
            return []
        return texts[0].split("\n")[max(finding.line - 2, 0) : finding.line + 1]

    def _ask(self, finding: Finding) -> bool:
        """One decision; False when the person leaves."""
        while True:
            answer = click.prompt(_HELP, default="n", show_default=False).strip().lower()[:1]
            if answer == "q":
                return False
            if answer == "n":
                return True
            if answer == "a":
                reason = " ".join(click.prompt("why").split())
                if reason:
                    self.accepted.append((finding, reason))
                    return True
            elif answer == "r":
                if self._reject(finding):
                    return True
            elif answer == "e":
                self._edit(finding)

    def _edit(self, finding: Finding) -> None:
        path = self.library.root / finding.path
        if not path.is_file():
            click.echo(f"  there is no {plain(finding.path)} in the work tree to edit", err=True)
            return
        try:
            click.edit(filename=str(path))
        except click.ClickException as error:
            click.echo(f"  {plain(error.message)}; set EDITOR to your editor", err=True)
            return
        self.edited.append(finding.path)

    def _reject(self, finding: Finding) -> bool:
        from dynasaur.upkeep import Ground, reject

        name = finding.action.rpartition("/")[2]
        reason = click.prompt("why", default=finding.message, show_default=False)
        try:
            done = reject(Ground(self.library.repo), name, reason)
        except FailureError as error:
            click.echo(f"  not rejected: {error}", err=True)
            return False
        self.rejected.append(finding.action)
        if done.delivery.note:
            click.echo(f"  {done.delivery.note}")
        return True

    def _save(self) -> None:
        from dynasaur.config import PACKAGE
        from dynasaur.repo.files import write_whole
        from dynasaur.review import waivers

        if not self.accepted:
            return
        folder = self.library.root / PACKAGE
        entries = dict(waivers.parse(_text(folder / waivers.FILE)))
        for finding, reason in self.accepted:
            entry = waivers.Accepted(finding.fingerprint, finding.id, finding.action, reason)
            entries[finding.fingerprint] = entry
        write_whole(folder / waivers.FILE, waivers.render(entries.values()).encode())
        attributes = _text(folder / ".gitattributes")
        if waivers.UNION not in attributes.splitlines():
            gap = "" if not attributes or attributes.endswith("\n") else "\n"
            text = f"{attributes}{gap}{waivers.UNION}\n"
            write_whole(folder / ".gitattributes", text.encode())

    def _summary(self) -> None:
        from dynasaur.review import waivers

        click.echo()
        counts = (
            f"{len(self.accepted)} accepted, {len(self.rejected)} rejected, "
            f"{len(set(self.edited))} edited"
        )
        click.secho(counts, bold=True)
        if self.accepted:
            listed = " ".join(f"actions/{name}" for name in (waivers.FILE, ".gitattributes"))
            click.echo(f'commit it with: git add {listed} && git commit -m "Accept findings"')
        if self.edited:
            click.echo("what was edited is reviewed by `dynasaur review HEAD`")

    def _judged(self) -> Report:
        from dataclasses import replace

        reasons: Mapping[str, str] = {one.fingerprint: why for one, why in self.accepted}
        findings = tuple(
            replace(one, accepted=one.accepted or reasons.get(one.fingerprint, ""))
            for one in self.report.findings
            if one.action not in self.rejected
        )
        return replace(self.report, findings=findings)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
