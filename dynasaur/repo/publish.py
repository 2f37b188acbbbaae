"""Ask people to take a branch: push it, and open a pull request where that can be done.

The push may use the person's own credentials and ssh settings, but none that the repository's
own configuration names: those could be a stranger's programs.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git, find_program
from dynasaur.repo.place import Place, read_head
from dynasaur.repo.settings import Settings

SECONDS = 120.0
PROTOCOLS = "https:http:ssh:git:file"
SSH = "ssh -o BatchMode=yes"
SCP_LIKE = re.compile(r"^(?:[^@/]+@)?(?P<host>[^:/]+):(?!//)(?P<path>.+)$")
URL_LIKE = re.compile(r"^(?:https?|ssh|git)://(?:[^@/]+@)?(?P<host>[^:/]+)(?::\d+)?/(?P<path>.+)$")


def publish(git: Git, place: Place, settings: Settings, branch: str, title: str, body: str) -> str:
    """Push a branch and ask for its review.

    Returns:
        One line for the user: where the request is, or where to make it.

    Raises:
        StoreError: There is nowhere to push to, or the push failed; the branch stays.
    """
    remote, base = _remote(git, place, {**settings.person, **settings.own})
    url = git.line("remote", "get-url", "--push", remote, accept=(0, 2, 128))
    said = _push(git, remote, branch, settings.person)
    request = request_by_gh(git, branch, title, body, base=base)
    if request:
        return f"asked for a review: {request}"
    links = re.findall(r"^remote:.*?(https?://\S+)", said, re.MULTILINE)
    link = links[0] if links else compare_address(url, base, branch)
    where = f": open a pull request at {link}" if link else ""
    return f"pushed {branch} to {remote}{where}"


def compare_address(url: str, base: str, branch: str) -> str:
    """Where a forge offers to make a pull request; empty where that is not known.

    Args:
        url: The repository that is to take it.
        base: The branch that is to take it; empty for its default one.
        branch: What is to be taken; `OWNER:BRANCH` when it lies in another repository.
    """
    match = URL_LIKE.match(url) or SCP_LIKE.match(url)
    if match is None:
        return ""
    host = match["host"]
    page = f"https://{host}/{match['path'].strip('/').removesuffix('.git')}"
    name = quote(branch, safe="/")
    if "gitlab" in host:
        return f"{page}/-/merge_requests/new?merge_request%5Bsource_branch%5D={name}"
    if "bitbucket" in host:
        return f"{page}/pull-requests/new?source={name}"
    since = f"{quote(base, safe='/')}..." if base else ""
    return f"{page}/compare/{since}{name}?expand=1"


def _remote(git: Git, place: Place, settings: Mapping[str, str]) -> tuple[str, str]:
    """Where the person pushes to, and the branch they are on."""
    current = (read_head(git, place).ref or "").removeprefix("refs/heads/")
    keys = f"branch.{current}.pushremote", "remote.pushdefault", f"branch.{current}.remote"
    remotes = git.line("remote").splitlines()
    wanted = [settings[key] for key in keys if settings.get(key) in remotes]
    chosen = [*wanted, *(name for name in ("origin", *remotes) if name in remotes)]
    if not chosen:
        raise StoreError("there is no remote to push to: add one with `git remote add`")
    return chosen[0], current


def _push(git: Git, remote: str, branch: str, person: Mapping[str, str]) -> str:
    """Push with the person's credentials, and let nothing ask a question."""
    options = [
        f"core.sshCommand={person.get('core.sshcommand', SSH)}",
        "core.askPass=",
        "credential.helper=",
        *(f"{key}={person[key]}" for key in person if key.startswith("credential.")),
    ]
    fixed = [part for option in options for part in ("-c", option)]
    ref = f"refs/heads/{branch}"
    command = ("push", "--porcelain", "--no-verify", "--receive-pack=git-receive-pack")
    allowed = {"GIT_ALLOW_PROTOCOL": PROTOCOLS}
    done = git.run(*fixed, *command, "--", remote, f"{ref}:{ref}", env=allowed, seconds=SECONDS)
    return done.stderr.decode("utf-8", "replace")


def request_by_gh(
    git: Git, head: str, title: str, body: str, *, base: str = "", more: Sequence[str] = ()
) -> str:
    """Open a pull request with GitHub's own program; empty when that is not possible.

    Args:
        git: git in the folder that the program runs in.
        head: The branch, `OWNER:BRANCH` when it lies in another repository.
        title: The request's title.
        body: Its text.
        base: The branch that is to take it; empty for the default one.
        more: Further words of the command.
    """
    program = find_program("gh")
    if program is None:
        return ""
    words = ["pr", "create", "--head", head, "--title", title, "--body", body, *more]
    command: Sequence[str] = [program, *words, *(["--base", base] if base else [])]
    quiet = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=git.folder,
            env=git.environment(quiet | {"GIT_ALLOW_PROTOCOL": PROTOCOLS}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = os.fsdecode(done.stdout).split()
    return lines[-1] if done.returncode == 0 and lines else ""
