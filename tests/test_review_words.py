"""The coarse look for clones: what it finds, and what is kept of it between reviews."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynasaur.fingerprint import NearIndex, Telling, near, nearest_of_few, telling
from dynasaur.fingerprint.crowd import MANY
from dynasaur.review import Options, review, words
from dynasaur.review.formats import json_format
from tests.builders.cli import dynasaur
from tests.builders.repos import git, isolate
from tests.builders.review import action

BODY = (
    "total = 0\nfor part in text.split(','):\n    total += int(part.strip()) * 7\nreturn str(total)"
)
RENAMED = BODY.replace("total", "summe").replace("part", "stueck")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library whose last commit adds a clone."""
    isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(words, "WORTH", 2)
    root = tmp_path / "library"
    folder = root / "actions" / "text"
    folder.mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    for number in range(40):
        name = f"other_{number}"
        (folder / f"{name}.py").write_text(
            action(name, body=f"return text.replace('{number}', '')")
        )
    (folder / "add_parts.py").write_text(action("add_parts", "text: str", body=BODY))
    for place in (root / "actions", folder):
        (place / "__init__.py").touch()
    _commit(root, "base")
    (folder / "sum_pieces.py").write_text(action("sum_pieces", "text: str", body=RENAMED))
    _commit(root, "clone")
    return root


def _commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", message)


def _told(root: Path, file: Path | None) -> str:
    return json_format.render(review(root, "HEAD~1..HEAD", Options(words=file)))


def test_a_review_says_the_same_with_what_it_kept(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "cache" / "a.words"
    first = _told(root, file)
    assert '"DYN303"' in first
    kept = file.read_bytes()
    assert _told(root, file) == _told(root, None) == first
    assert file.read_bytes() == kept
    (root / "actions/text/other_3.py").unlink()
    _commit(root, "one less")
    assert '"DYN303"' in json_format.render(review(root, "HEAD~2..HEAD", Options(words=file)))
    assert len(file.read_bytes()) < len(kept)


@pytest.mark.parametrize(
    "spoiled",
    [
        b"",
        b"x" * 100,
        b"dynasaur words 9\n[[], []]\n",
        b'dynasaur words 2\n[["a"], [3]]\n\0\0\0\0',
        b'dynasaur words 2\n[["a", "b"], [2, -1]]\n\0\0\0\0',
        b"dynasaur words 2\n[[[]], [1]]\n\0\0\0\0",
        b'dynasaur words 2\n[["a"], ["b"]]\n\0\0\0\0',
        b"dynasaur words 2\n7\n",
        b"dynasaur words 2\n" + b"[" * 9999,
    ],
)
def test_what_was_kept_and_is_spoiled_is_made_anew(
    root: Path, tmp_path: Path, spoiled: bytes
) -> None:
    file = tmp_path / "a.words"
    good = _told(root, file)
    kept = file.read_bytes()
    file.write_bytes(spoiled)
    assert _told(root, file) == good
    assert file.read_bytes() == kept


def test_where_nothing_can_be_kept_nothing_is_missed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert _told(root, tmp_path / "file" / "a.words") == _told(root, None)


def test_what_lies_in_the_work_tree_is_read_each_time(root: Path, tmp_path: Path) -> None:
    """A file there has no id in git: the same path may hold another text a moment later."""
    file, other = tmp_path / "a.words", root / "actions/text/other_7.py"
    assert "DYN303" not in json_format.render(review(root, "HEAD", Options(words=file)))
    new = root / "actions/text/fresh_one.py"
    new.write_text(action("fresh_one", "text: str", body=BODY.replace("7", "11 - 2")))
    assert '"DYN303"' not in json_format.render(review(root, "HEAD", Options(words=file)))
    other.write_text(action("other_7", "text: str", body=RENAMED.replace("7", "11 - 2")))
    assert '"DYN303"' in json_format.render(review(root, "HEAD", Options(words=file)))
    assert not file.exists()


def test_a_text_that_is_not_there_any_more_is_no_candidate(root: Path, tmp_path: Path) -> None:
    """A clone without contents, which are known by their words alone."""
    file = tmp_path / "a.words"
    first = _told(root, file)
    blob = git(root, "rev-parse", "HEAD:actions/text/add_parts.py")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    told = _told(root, file)
    assert ('"DYN303"' in first, '"DYN303"' in told) == (True, False)


def test_a_file_that_is_not_read_keeps_nothing_from_being_kept(root: Path, tmp_path: Path) -> None:
    (root / "actions/text/link_to.py").symlink_to("add_parts.py")
    _commit(root, "link")
    file = tmp_path / "a.words"
    first = json_format.render(review(root, "HEAD~2..HEAD", Options(words=file)))
    kept = file.stat().st_ino
    assert json_format.render(review(root, "HEAD~2..HEAD", Options(words=file))) == first
    assert file.stat().st_ino == kept, "it was not made anew"


def test_the_command_keeps_words_outside_of_the_repository(root: Path, tmp_path: Path) -> None:
    for number in range(500):
        name = f"more_{number}"
        (root / f"actions/text/{name}.py").write_text(action(name, body=f"return '{number}'"))
    _commit(root, "more")
    done = dynasaur("review", "HEAD~1..HEAD", cwd=root, env={"XDG_CACHE_HOME": str(tmp_path / "c")})
    assert done.code in {0, 1}, done.err
    (kept,) = (tmp_path / "c").rglob("*.words")
    assert not [*root.rglob("*.words")]
    gone = dynasaur(
        "cache", "gc", "--older-than", "0", cwd=root, env={"XDG_CACHE_HOME": str(tmp_path / "c")}
    )
    assert gone.out.startswith("removed: 1 ")
    assert not kept.exists()


def test_words_stay_when_names_layout_and_comments_change() -> None:
    text = action("add_parts", "text: str", body=BODY)
    other = action("sum_pieces", "text: str", body=RENAMED.replace("\n", "  # so\n"))
    own, their = telling(text.encode()), telling(other.encode())
    assert len(own & their) >= 0.8 * len(own)
    assert telling(b"\xef\xbb\xbf" + text.replace("','", '","').encode()) == own


_words = st.frozensets(st.integers(0, 2**32 - 1), max_size=8)


@given(st.dictionaries(st.text(max_size=4), _words, max_size=8), st.lists(_words, max_size=10))
def test_the_nearest_are_those_that_share_the_most(
    table: dict[str, frozenset[int]], wanted: list[frozenset[int]]
) -> None:
    kept = Telling.from_bytes(Telling(table).to_bytes())
    assert {key: frozenset(words) for key, words in kept.words().items()} == table
    found = kept.nearest(wanted, 3)

    def score(key: str, own: frozenset[int]) -> float:
        shared = len(table[key] & own)
        smaller, union = min(len(table[key]), len(own)), len(table[key] | own)
        return shared / smaller + shared / union if smaller and shared * 2 >= smaller else 0.0

    def best(own: frozenset[int]) -> list[str]:
        keys = [key for key in sorted(table) if score(key, own)]
        return sorted(keys, key=lambda key: -score(key, own))[:3]

    assert found == [best(own) for own in wanted]
    assert Telling(table).nearest(wanted, 3) == found
    many = (wanted * MANY)[:MANY]  # those are looked for with numpy
    assert Telling(table).nearest(many, 3) == (found * MANY)[: len(many)]


_features = st.frozensets(st.integers(0, 40), min_size=1, max_size=30)


@given(_features, st.dictionaries(st.text(max_size=3), _features, max_size=8))
def test_a_few_are_scored_as_an_index_scores_them(
    own: frozenset[int], others: dict[str, frozenset[int]]
) -> None:
    index = NearIndex()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "shingles", lambda key, _: own if key == "own" else others[key[1:]])
        for key in others:
            index.add(key, f"={key}")
        expected = index.query("own", limit=9, at_least=1e-9)
    few = {one.key: one.score for one in nearest_of_few(own, others, 1e-9)}
    assert few == pytest.approx({one.key: one.score for one in expected}, abs=2e-4)
