"""The tier of macOS, tried without a Mac: its profile as text, and the probe."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from dynasaur.errors import KernelError
from dynasaur.kernel import enclosure, seatbelt, tiers
from dynasaur.kernel.limits import Limits


def rules(text: str) -> list[str]:
    """The profile's rules, one each; fails where brackets or quotes do not match."""
    plain = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: "q" * len(quoted[0]), text)
    found, depth, start = [], 0, 0
    for place, character in enumerate(plain):
        if character == "(":
            start = place if depth == 0 else start
            depth += 1
        elif character == ")":
            depth -= 1
            assert depth >= 0
            if depth == 0:
                found.append(text[start : place + 1])
        else:
            assert depth or character == "\n", f"{character!r} outside of a rule"
    assert depth == 0
    return found


def profile(tmp_path: Path, *, network: bool = False) -> list[str]:
    place = enclosure.Place(tmp_path / "work", tmp_path / "private", Limits(), network=network)
    start = enclosure.launch("seatbelt", place)
    assert start.argv[:2] == (seatbelt.PROGRAM, "-p")
    assert start.argv[3] == sys.executable
    assert "HOME" in start.env
    return rules(start.argv[2])


def test_all_is_denied_but_what_is_named(tmp_path: Path) -> None:
    found = profile(tmp_path)
    assert found[:2] == ["(version 1)", "(deny default)"]
    assert all(rule.startswith("(allow ") for rule in found[2:])
    assert not any("(allow default" in rule for rule in found)


def test_writing_is_allowed_in_three_folders_alone(tmp_path: Path) -> None:
    written = [rule for rule in profile(tmp_path) if "file-write" in rule and "/dev/" not in rule]
    private = tmp_path / "private"
    folders = (tmp_path / "work", private / "s", private / "tmp")
    assert written == [f'(allow file-write* (subpath "{folder}"))' for folder in folders]


def test_reading_is_not_allowed_in_homes(tmp_path: Path) -> None:
    read = " ".join(rule for rule in profile(tmp_path) if "file-read*" in rule)
    for home in ("/Users", "/private/tmp", "/private/var/folders", "/private/etc"):
        assert f'(subpath "{home}")' not in read
    assert f'(subpath "{tmp_path}")' not in read


def test_the_network_is_the_kernels_own_sockets(tmp_path: Path) -> None:
    sockets = f'unix-socket (subpath "{tmp_path / "private" / "s"}")'
    net = [rule for rule in profile(tmp_path) if rule.startswith("(allow network")]
    assert net == [f"(allow network-{a} ({b} {sockets}))" for a, b in
                   (("bind", "local"), ("outbound", "remote"))]  # fmt: skip
    assert "(allow network-outbound (remote ip))" in profile(tmp_path, network=True)


@pytest.mark.parametrize("name", ['quote"s', "back\\slash", 'end")(allow default)(x "', "ü n"])
def test_no_path_ends_its_string(tmp_path: Path, name: str) -> None:
    text = seatbelt.profile([tmp_path / name], [], tmp_path, network=False)
    assert [rule for rule in rules(text) if rule == "(allow default)"] == []
    assert sum("\n" in rule for rule in rules(text)) == 0


@pytest.mark.skipif(sys.platform == "darwin", reason="here it may work")
def test_elsewhere_it_is_refused() -> None:
    assert tiers.probe("seatbelt").problem == "only macOS has it"
    with pytest.raises(KernelError, match="seatbelt: only macOS has it"):
        tiers.choose("seatbelt")


def test_on_a_mac_the_other_tiers_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(seatbelt, "PROGRAM", "/nowhere/sandbox-exec")
    tiers.probe.cache_clear()
    try:
        with pytest.raises(KernelError) as caught:
            tiers.choose("auto")
        assert "/nowhere/sandbox-exec is not there" in str(caught.value)
        assert "bwrap" not in str(caught.value)
    finally:
        tiers.probe.cache_clear()
