"""The manifest, the lock, addresses: what is believed of them, and what is not."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynasaur.errors import ConfigError, StoreError, UsageError
from dynasaur.pins import (
    Address,
    Lock,
    ModulePin,
    SourcePin,
    dump_lock,
    edit_manifest,
    h1,
    read_lock,
    read_manifest,
    split,
)

COMMIT, BLOB = "a" * 40, "b" * 40
SOURCE = SourcePin(
    "acme", "https://example.org/acme", "refs/tags/v1", COMMIT, "c" * 40, "none", "MIT",
    ("network",), ("LICENSE",), h1({"LICENSE": b"MIT"}),
)  # fmt: skip
CLEAN = ModulePin("acme/text/clean", BLOB, h1({}), (), ("httpx>=0.27,<1",), ("network",), False)
SHOUT = ModulePin("acme/text/shout", BLOB, h1({}), ("acme/text/clean",), (), (), True)
LOCK = Lock({"acme": SOURCE}, {pin.id: pin for pin in (CLEAN, SHOUT)})


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url", "revision", "name"),
    [
        ("https://github.com/acme/actions", "https://github.com/acme/actions", "", "acme"),
        ("https://GitHub.com/acme/x.git/@v1.0", "https://github.com/acme/x.git", "v1.0", "x"),
        ("https://h:8443/a/b@feature/x", "https://h:8443/a/b", "feature/x", "b"),
        ("http://127.0.0.1:99/team.git", "http://127.0.0.1:99/team.git", "", "team"),
        ("ssh://git@h.org:22/acme/tools@v2", "ssh://git@h.org:22/acme/tools", "v2", "tools"),
        ("git@github.com:acme/My-Tools.git", "git@github.com:acme/My-Tools.git", "", "my_tools"),
        ("git@h:acme/x@v1", "git@h:acme/x", "v1", "x"),
        ("https://h/base", "https://h/base", "", "source_base"),
    ],
)
def test_addresses(text: str, url: str, revision: str, name: str) -> None:
    address, rev = split(text)
    assert (address.url, rev, address.name) == (url, revision, name)
    assert Address.parse(address.url).key == address.key


BAD_ADDRESSES = [
    "",
    "acme",
    "/srv/git/acme",
    "file:///srv/git/acme",
    "git://h/acme",
    "ext::sh -c 'touch /tmp/x'",
    "https://h/ext::x",
    "-oProxyCommand=touch x",
    "--upload-pack=touch x",
    "ssh://-oProxyCommand=touch/x",
    "ssh://git@-oProxyCommand/x",
    "-x@h:path",
    "git@h:-x",
    "https://h/-x",
    "https://h/a/../b",
    "https://h/a//b",
    "https://h/a b",
    "https://h/a\nb",
    "https://h/a\x1b[31m",
    "https://h/$HOME",
    "https://h/%2e%2e",
    "https://hö.org/a",
    "https://h/a?x=1",
    "https://h/a#x",
    "https://h",
    "https://h/",
    "https:///a",
    "https://user:secret@h/a",
    "https://user@h/a",
    "https://h/a@",
    "https://h/a@-x",
    "https://h/a@--upload-pack=x",
    "https://h/a@v1..v2",
    "https://h/a@x^{/y}",
    "https://h/a@x:y",
    "https://h/a@@{u}",
    "https://h/a@x.lock",
    "https://h/a@x\ny",
    "https://h/" + "a" * 3000,
]


@pytest.mark.parametrize("text", BAD_ADDRESSES)
def test_bad_addresses(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        split(text)
    assert str(caught.value).isprintable()
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_nothing_that_passes_can_be_an_option(text: str) -> None:
    try:
        address, revision = split(text)
    except UsageError:
        return
    assert address.scheme in ("https", "http", "ssh")
    for part in (address.url, address.host, revision):
        assert not part.startswith("-")
        assert part.isascii()
        assert "::" not in part


# --- the hash -------------------------------------------------------------------------------------


def test_h1_is_gos_dirhash() -> None:
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in
                    (("a/b.py", b"x\n"), ("a/c.py", b"")))  # fmt: skip
    wanted = base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()
    assert h1({"a/c.py": b"", "a/b.py": b"x\n"}) == f"h1:{wanted}"
    assert h1({}) == "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


# --- the lock -------------------------------------------------------------------------------------


def test_a_lock_comes_back_the_same() -> None:
    data = dump_lock(LOCK)
    assert read_lock(data) == LOCK
    assert dump_lock(read_lock(data)) == data
    assert dump_lock(Lock(LOCK.sources, dict(reversed([*LOCK.modules.items()])))) == data
    assert read_lock(None) == Lock()
    assert tomllib.loads(data.decode())["module"][0]["path"] == "actions/vendor/acme/text/clean.py"


def test_two_branches_merge(tmp_path: Path) -> None:
    from tests.builders.repos import clone_of_a_person, git

    root = clone_of_a_person(tmp_path / "r")
    one, two = (
        ModulePin(f"acme/text/{name}", BLOB, h1({}), (), (), (), False) for name in ("a", "z")
    )
    (root / "dynasaur.lock").write_bytes(dump_lock(LOCK))
    git(root, "add", ".")
    git(root, "commit", "-qm", "lock")
    for branch, pin in (("one", one), ("two", two)):
        git(root, "checkout", "-q", "-b", branch, "main")
        (root / "dynasaur.lock").write_bytes(dump_lock(LOCK.plus(SOURCE, {pin.id: pin})))
        git(root, "commit", "-qam", branch)
    git(root, "merge", "-q", "one")
    merged = read_lock((root / "dynasaur.lock").read_bytes())
    assert set(merged.modules) == {*LOCK.modules, one.id, two.id}


TEXT = dump_lock(LOCK).decode()
BAD_LOCKS = {
    "newer": (TEXT.replace("version = 1", "version = 2"), "written by a newer dynasaur"),
    "no version": (TEXT.replace("version = 1", ""), "its version is None"),
    "odd version": (TEXT.replace("version = 1", "version = true"), "its version is True"),
    "no toml": (TEXT + "[[", "it cannot be read"),
    "conflict": (TEXT.replace("[[module]]", "<<<<<<< ours\n[[module]]", 1), "it cannot be read"),
    "up": (TEXT.replace('path = "actions/vendor/acme/text/clean.py"', 'path = "../../x"'), "path"),
    "absolute": (TEXT.replace('path = "actions/vendor/acme/text/clean.py"', 'path = "/x"'), "path"),
    "up in id": (TEXT.replace('id = "acme/text/clean"', 'id = "acme/../../x"'), "id of module"),
    "absolute id": (TEXT.replace('id = "acme/text/clean"', 'id = "/etc/x"'), "id of module"),
    "escape": (TEXT.replace('"MIT"', '"MIT\\u001b[31m"'), "no plain text"),
    "twice": (TEXT + TEXT[TEXT.index("[[module]]") :], "is there twice"),
    "case twin": (
        TEXT.replace('id = "acme/text/shout"', 'id = "acme/text/CLEAN"').replace(
            "text/shout.py", "text/CLEAN.py"
        ),
        "is there twice",
    ),
    "hash": (TEXT.replace('h1 = "h1:', 'h1 = "h2:'), "h1 of"),
    "commit": (TEXT.replace(COMMIT, "main"), "commit of"),
    "option": (TEXT.replace(COMMIT, "--upload-pack=x"), "commit of"),
    "url": (TEXT.replace("https://example.org/acme", "ext::sh -c x"), "no address"),
    "unknown key": (TEXT.replace("modified = true", "modified = true\nrun = 'x'"), "means nothing"),
    "unknown table": (TEXT + "\n[hooks]\nx = 1\n", "means nothing"),
    "missing": (TEXT.replace("modified = true\n", ""), "is missing"),
    "kind": (TEXT.replace("modified = true", "modified = 'yes'"), "neither true nor false"),
    "list": (TEXT.replace('licence = "MIT"', "licence = []"), "wrong kind"),
    "stranger": (TEXT.replace('name = "acme"', 'name = "beta"'), "of a source that is not there"),
    "requires": (
        TEXT.replace('    "acme/text/clean",', '    "acme/text/none",'),
        "which is not there",
    ),
    "legal": (TEXT.replace('    "LICENSE",', '    "../LICENSE",'), "legal of"),
    "latin": ("caf\xe9", "it cannot be read"),
}


@pytest.mark.parametrize("name", BAD_LOCKS)
def test_bad_locks(name: str) -> None:
    text, said = BAD_LOCKS[name]
    with pytest.raises(StoreError) as caught:
        read_lock(text.encode("latin-1"))
    line = str(caught.value)
    assert said in line
    assert line.isprintable()
    assert ("install a newer one" in line) or ("git checkout HEAD -- dynasaur.lock" in line)


@given(st.binary(max_size=200))
def test_no_bytes_surprise_the_lock(data: bytes) -> None:
    try:
        read_lock(data)
    except StoreError as error:
        assert str(error).isprintable()  # noqa: PT017 - most bytes are no lock


# --- the manifest ---------------------------------------------------------------------------------

WISHES = """\
# What we use.
[[accept]]
fingerprint = "x"

[sources.acme]     # the company's
url = "https://example.org/acme"   # moved in May
take = [
    "text/*",      # all of it
]
"""


def test_the_manifest_keeps_what_people_wrote() -> None:
    data = edit_manifest(WISHES.encode(), "acme", {"rev": "v2"})
    assert read_manifest(data)["acme"].rev == "v2"
    for line in WISHES.splitlines():
        assert line in data.decode()
    more = edit_manifest(data, "beta", {"url": "https://example.org/beta", "take": ["x"]})
    assert set(read_manifest(more)) == {"acme", "beta"}
    longer = edit_manifest(more, "acme", {"take": ["text/*", "web/x"]})
    assert read_manifest(longer)["acme"].take == ("text/*", "web/x")
    assert "# all of it" in longer.decode()
    less = edit_manifest(more, "acme", None)
    assert set(read_manifest(less)) == {"beta"}
    assert "[[accept]]" in less.decode()
    assert read_manifest(edit_manifest(data, "acme", {"rev": None}))["acme"].rev == ""
    assert read_manifest(None) == {}
    assert read_manifest(edit_manifest(None, "a", {"url": "https://h/a"}))["a"].take == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "cannot be read"),
        ("sources = 1", "sources is no table"),
        ("[sources]\nacme = 1", "is no table"),
        ('[sources.acme]\nurl = "ext::x"', "no address"),
        ("[sources.acme]", "no address"),
        ('[sources.acme]\nurl = "https://h/a"\nhook = "x"', "unknown key 'hook'"),
        ('[sources.acme]\nurl = "https://h/a"\nrev = "-x"', "no revision"),
        ('[sources.acme]\nurl = "https://h/a"\nrev = 1', "must be texts"),
        ('[sources.acme]\nurl = "https://h/a"\ntake = "x"', "list of texts"),
        ('[sources.acme]\nurl = "https://h/a"\ntake = ["../../x"]', "no pattern"),
        ('[sources.acme]\nurl = "https://h/a"\ntake = ["/etc/*"]', "no pattern"),
        ('[sources."a/../b"]\nurl = "https://h/a"', "cannot be called"),
        ('[sources.base]\nurl = "https://h/a"', "cannot be called"),
        ('[sources.class]\nurl = "https://h/a"', "cannot be called"),
        ('[sources.acme]\nurl = "https://h/a"\nfork = "/tmp/x"', "no address"),
    ],
)
def test_bad_manifests(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_manifest(text.encode())
    assert str(caught.value).startswith("dynasaur.toml: ")
