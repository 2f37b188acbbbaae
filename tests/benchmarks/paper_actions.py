"""The paper's 13 actions and ours, one after the other on the same inputs, on localhost.

    python -m tests.benchmarks.paper_actions --paper DIR --python /path/to/venv/bin/python

DIR is a checkout of the paper's released code (adobe-research/dynasaur), of which nothing is kept
here. It needs its packages, or stand-ins for those that cannot be had, in that Python or in DIR.
Both sides run in processes of their own, each with servers of its own: an awkward web site, a
search engine in SerpAPI's shape, the Internet Archive's interface, a model that sees. Requests to
the addresses that the code names are sent to these. A call that takes longer than the limit counts
as hanging. Where the right words come, or the right message on one line, it is `right`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.paper_cases import OURS, PAGES, SITE, SPELLED, Case, cases, engine_answers
from tests.builders.engines import serpapi
from tests.builders.http import HttpServer, Quiet
from tests.builders.listener import Sensing
from tests.builders.website import WebSite

SECONDS = 70.0
"""Ours gives up sooner."""

THEIRS = """
import json, os, sys
out = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
sys.path.insert(0, sys.argv[1])
places = json.loads(sys.argv[2])
import requests
send = requests.Session.request
def elsewhere(self, method, url, *a, **k):
    for host, place in places.items():
        url = url.replace(host, place) if url.startswith(host) else url
    return send(self, method, url, *a, **k)
requests.Session.request = elsewhere
import actions
found = {**actions.get_required_actions("made"), **actions.get_user_defined_actions("gpt-4o")}
found["get_relevant_tools"].add_new_tool_from_path("made.py")
for line in sys.stdin:
    name, arguments = json.loads(line)
    try:
        told = {"out": str(found[name](**arguments))}
    except BaseException as error:
        told = {"error": type(error).__name__, "out": str(error)}
    out.write(json.dumps(told) + "\\n"); out.flush()
"""


class Elsewhere(HttpServer):
    """A search engine in SerpAPI's shape, and the Internet Archive's interface.

    Args:
        site: The address of the web site that results lead to.
    """

    def __init__(self, site: str) -> None:
        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                status, body = answered(asked, site)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

        super().__init__(Handler)


def answered(asked: dict[str, str], site: str) -> tuple[int, bytes]:
    """What the engine or the archive says."""
    words = asked.get("q", "")
    if "url" in asked:
        copy = {"url": f"{site}/copy", "timestamp": "20210305", "available": True}
        known = "tea" in asked["url"]
        return 200, json.dumps({"archived_snapshots": {"closest": copy} if known else {}}).encode()
    told = serpapi(asked)
    if words == "site":
        told["organic_results"] = [{"title": "Plain", "link": f"{site}/plain", "snippet": "x"}]
    return engine_answers().get(words, (200, json.dumps(told).encode()))


def serve() -> None:
    """Ours: run each call that comes as a line, and answer with a line."""
    from actions.web import _archive, _robots
    from dynasaur import host
    from dynasaur.config import Settings
    from dynasaur.hosting.means import Means
    from dynasaur.hosting.search import search
    from dynasaur.hosting.senses import senses
    from dynasaur.retriever import Retriever
    from dynasaur.store import Store, base_path
    from tests.builders.scenes import QuietScene

    def no_model() -> Any:
        raise AssertionError("no model is set")

    engine, model = sys.argv[2:4]
    settings = Settings(search="serpapi", search_url=engine, vision_model="gpt-5.4-mini")
    environ = {"SERPAPI_API_KEY": "k", "OPENAI_BASE_URL": model, "OPENAI_API_KEY": "k"}
    means, scene = Means(Path.cwd(), settings, environ, no_model), QuietScene(Path.cwd())
    for name, function in {
        **search(scene, means).functions,
        **senses(scene, means).functions,
    }.items():
        setattr(host, name, function)
    _archive.API, _robots.PAUSE = engine, 0.0
    known = Retriever([Store(base_path(), source="base", mount="actions.vendor.base")])
    found: dict[str, Callable[..., Any]] = {
        "find_actions": lambda query: [hit.action.name for hit in known.search(query, 5)],
        "submit_final_answer": lambda answer: answer,
    }
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            action = found.get(name) or getattr(_module(name), name)
            told = {"out": str(action(**arguments))}
        except Exception as error:  # noqa: BLE001  # whatever comes is what is measured
            told = {"error": type(error).__name__, "out": str(error)}
        print(json.dumps(told), flush=True)


def _module(name: str) -> Any:
    import actions

    (path,) = Path(actions.__path__[0]).glob(f"*/{name}.py")
    return import_module(f"actions.{path.parent.name}.{name}")


@dataclass
class Side:
    """One of the two, as a process that may be killed and begun anew.

    Attributes:
        words: What starts it.
        folder: Where it works.
        running: It.
    """

    words: Sequence[str]
    folder: Path
    running: subprocess.Popen[str] | None = None

    def call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What comes of a call: `out`, `error`, or `hangs`."""
        if self.running is None or self.running.poll() is not None:
            env = {**os.environ, "SERPAPI_API_KEY": "k", "PYTHONPATH": str(Path.cwd())}
            self.running = subprocess.Popen(
                self.words, cwd=self.folder, env=env, text=True, stderr=subprocess.DEVNULL,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        process = self.running
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps([name, arguments]) + "\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if waiting.select(SECONDS) else ""
        if line:
            return dict(json.loads(line))
        process.kill()
        process.wait()
        return {"error": "hangs", "out": f"no answer in {SECONDS:g} s"}

    def close(self) -> None:
        """End it."""
        if self.running:
            self.running.kill()
            self.running.wait()


def judged(case: Case, told: dict[str, Any]) -> str:
    """`right`, or what was wrong, in a few words."""
    out, error = told["out"], told.get("error", "")
    words = [word for word in case.needs.split() if not word.startswith("!")]
    plain = re.sub(r"\\(?=[^\w\s])", "", out).lower()  # Markdown may be written in several ways
    holds = all(word.strip("|-*#").lower() in plain for word in words if "```" not in word)
    holds &= not any(word[1:] in out for word in case.needs.split() if word.startswith("!"))
    if error == "hangs":
        return "hangs"
    if "Traceback" in out:
        return "a traceback"
    if error and (not case.error or "\n" in out.strip()):
        return f"{error}: {' '.join(out.split())[:60]}"
    if not holds:
        return f"{error or 'gives'}: {' '.join(out.split())[:60] or 'nothing'}"
    if case.error and not error and "error" not in out.lower() and "not" not in out.lower():
        return f"as if all were well: {' '.join(out.split())[:60] or 'nothing'}"
    return "right"


def run(side: Side, site: str, ours: bool) -> Iterator[str]:
    """What comes of each case, judged."""
    for case in cases():
        if case.first:
            name, content = case.first
            (side.folder / name).write_bytes(content(side.folder))
        told: dict[str, Any] = {"out": ""}
        other = ours and not case.ours  # the same calls, by our names
        for name, arguments in (ours and case.ours) or case.theirs:
            given = {k: v.replace(SITE, site) if isinstance(v, str) else v
                     for k, v in arguments.items()}  # fmt: skip
            if other:
                spelled = SPELLED.get(name, {})
                given = {spelled.get(k, k): v for k, v in given.items()}
            told = side.call(OURS.get(name, name) if other else name, given)
        yield judged(case, told)


def measured(words: Callable[[str, str, str], Sequence[str]], *, ours: bool) -> list[str]:
    """One side on all cases, with servers of its own.

    Args:
        words: What starts it, given the addresses of site, engine and model.
        ours: It is ours.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("downloads", "coding", "made"):
            (folder / name).mkdir()
        made = Path("actions/arithmetic/factorial.py").read_text()
        made += Path("actions/stats/median.py").read_text()
        (folder / "made.py").write_text(made)
        site = stack.enter_context(WebSite(PAGES)).host
        engine = stack.enter_context(Elsewhere(site)).host
        model = stack.enter_context(Sensing("a red pixel")).url
        side = Side(words(site, engine, model), folder)
        stack.callback(side.close)
        return list(run(side, site, ours))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", type=Path, required=True)
    parser.add_argument("--python", default=sys.executable)
    chosen = parser.parse_args()

    def theirs(_: str, engine: str, model: str) -> list[str]:
        places = {
            "https://serpapi.com": engine, "https://archive.org": engine,
            "https://api.openai.com/v1": model,
        }  # fmt: skip
        return [chosen.python, "-c", THEIRS, str(chosen.paper.resolve()), json.dumps(places)]

    def ours(_: str, engine: str, model: str) -> list[str]:
        return [sys.executable, "-m", "tests.benchmarks.paper_actions", "--serve", engine, model]

    left, right = measured(theirs, ours=False), measured(ours, ours=True)
    all_cases = cases()
    counts: Counter[tuple[str, str]] = Counter()
    for case, *both in zip(all_cases, left, right, strict=True):
        counts[case.action, "inputs"] += 1
        for which, verdict in zip(("theirs", "ours"), both, strict=True):
            counts[case.action, which] += verdict == "right"
    print("| action | inputs | theirs right | ours right |\n|---|---|---|---|")
    for action in dict.fromkeys(case.action for case in all_cases):
        row = (str(counts[action, which]) for which in ("inputs", "theirs", "ours"))
        print(f"| `{action}`, `{OURS.get(action, action)}` | {' | '.join(row)} |")
    print("\n| action | input | theirs | ours |\n|---|---|---|---|")
    for case, *both in zip(all_cases, left, right, strict=True):
        told = " | ".join(one.replace("|", "\\|") for one in both)
        print(f"| `{case.action}` | {case.given} | {told} |")


if __name__ == "__main__":
    serve() if "--serve" in sys.argv else main()
