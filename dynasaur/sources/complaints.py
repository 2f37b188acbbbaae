"""What git's words mean, in words that say what to do."""

from __future__ import annotations

import re

_MEANINGS = {
    r"terminal prompts disabled|could not read (Username|Password)|Authentication failed"
    r"|error: 40[13]\b": "it asks who you are, and nothing here answers: give git a credential "
    "helper (git config --global credential.helper), or use its ssh address",
    r"Host key verification failed": "its host key is not known here: connect once with ssh, and "
    "compare the key",
    r"Permission denied \(": "it does not let your ssh key in: see `ssh-add -l`",
    r"error: 30[12378]\b|redirect": "it redirects to another address, which is not followed: give "
    "that one",
    r"error: 404\b|[Nn]ot found|does not appear to be a git": "there is no git repository, or "
    "none that you may see",
    r"Could not resolve host": "there is no such host: see the spelling, and the network",
    r"Failed to connect|Connection refused|timed out|unreachable": "it cannot be reached; "
    "--offline works with what is here already",
    r"Operation too slow": "it is too slow: try again later",
    r"certificate|SSL|TLS": "its certificate cannot be trusted",
    r"[Nn]o space left|[Oo]ut of diskspace|disk is full|quota exceeded": "the disk is full: make "
    "room on it (`dynasaur cache gc` removes what is not used)",
    r"fsck|nullSha1|hasDot|zeroPadded|duplicateEntries|treeNotSorted|badTree": "it holds damaged "
    "or forbidden objects, and is refused",
    r"[Oo]ut of memory|memory exhausted|malloc failed|[Cc]annot allocate|mmap failed"
    r"|File too large|File size limit|died of signal": "it needs too much memory or disk, and is "
    "refused",
    r"Updates were rejected because": "that branch is there already, with other commits: it was "
    "given before; delete it there to give it anew",
    r"rejected|failed to push some refs": "it refuses the push: see its rules, and whether you may "
    "push",
    r"early EOF|hung up|disconnect|RPC failed|bytes missing|Empty reply|transfer closed"
    r"|expected (flush|.packfile)|unable to read": "the connection broke off: try again",
    r"index-pack": "what it sends cannot be taken: it is damaged, or needs too much memory or disk",
}
"""Patterns of what git says, to our words; the first that is found counts."""

LONGEST = 300


def meaning(said: str, url: str) -> str:
    """What went wrong, on one line.

    Args:
        said: What git printed; what the server said in it does not count.
        url: The address.
    """
    own = "\n".join(line for line in said.splitlines() if not line.startswith("remote:"))
    for pattern, words in _MEANINGS.items():
        if re.search(pattern, own):
            return words
    lines = [line.strip() for line in own.splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), "")
    told = (told or (lines or ["git says nothing"])[-1]).replace(url, "it")
    shown = "".join(char if char.isprintable() else "?" for char in told)
    return shown.removeprefix("fatal:").removeprefix("error:").strip()[:LONGEST]
