"""Sign commits as the person signs theirs, without ever waiting for somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dynasaur.repo.git import Git

SECONDS = 20.0


def sign(
    git: Git, signing: Mapping[str, str], branch: str, base: str | None, commits: Sequence[str]
) -> tuple[str, ...]:
    """Make the commits again, signed, and move their branch, where there is one, to them.

    Args:
        git: git in the library's root.
        signing: The person's settings.
        branch: The branch that holds the commits; empty for none.
        base: The commit below them.
        commits: Their ids, oldest first.

    Raises:
        StoreError: One cannot be signed (a key that is locked or gone); the branch stays.
    """
    signer = Git(git.folder, signing)
    made: list[str] = []
    parent = base
    for commit in commits:
        head, _, message = git.run("cat-file", "commit", commit).stdout.partition(b"\n\n")
        fields = dict(line.split(" ", 1) for line in head.decode("utf-8", "replace").split("\n"))
        parents = ("-p", parent) if parent else ()
        parent = (
            signer.run(
                *("commit-tree", "-S", *parents, "-F", "-", fields["tree"]),
                stdin=message,
                env=_people(fields),
                seconds=SECONDS,
            )
            .stdout.decode()
            .strip()
        )
        made.append(parent)
    if branch:
        git.run("update-ref", f"refs/heads/{branch}", made[-1], commits[-1])
    return tuple(made)


def _people(fields: Mapping[str, str]) -> dict[str, str]:
    """Who and when, as variables."""
    known: dict[str, str] = {}
    for role in ("author", "committer"):
        name, _, rest = fields[role].partition(" <")
        email, _, when = rest.partition("> ")
        known |= {
            f"GIT_{role}_NAME".upper(): name,
            f"GIT_{role}_EMAIL".upper(): email,
            f"GIT_{role}_DATE".upper(): when,
        }
    return known
