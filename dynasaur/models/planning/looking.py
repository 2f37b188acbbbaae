"""The planner's first step: code that asks for more actions and looks at the files.

The code prints what the files hold as far as the task speaks of it: headers, cells and JSON paths
that later steps then use as they stand, instead of guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from dynasaur.models.planning.lexicon import QUALITIES, SYNONYMS
from dynasaur.models.planning.signatures import Offer
from dynasaur.models.planning.words import mentions, singular, stem, tokens

_TABLES = ("csv", "tsv", "tab", "jsonl", "ndjson", "xlsx", "xlsm", "xls")
_DOCUMENTS = (
    *("pdf", "docx", "pptx", "odt", "odp", "html", "htm", "epub", "eml", "msg", "mbox", "ipynb"),
    *("zip", "gz", "tgz", "tar"),
)
_TABLE_QUERIES = (
    "rows of a table file",
    "numbers of one column of a table",
    "values of one column of a table",
    "rows where a column equals a value",
    "number of rows",
)
_QUERIES = {
    "table": _TABLE_QUERIES,
    "json": ("data of a JSON file", "value of a key in JSON data", *_TABLE_QUERIES),
    "text": ("text of a text file", "words of a text", "lines of a text"),
    "document": ("whole text of a document", "words of a text", "lines of a text"),
}
_NUMBER_QUERIES = (
    "value of an arithmetic expression",
    "factorial of a number",
    "convert a quantity from one unit to another",
    "days between two dates",
    "date some days after a date",
)
_IMPLIED = {"best": "max", "worst": "min", "much": "sum", "many": "sum", "list": stem("unique")}
"""Words that may ask for something that they do not name."""
_ALSO = {
    "max": ("the group with the largest number", "rows with the largest values of a column"),
    "min": ("the group with the smallest number", "rows with the smallest values of a column"),
}


def look_code(task: str, names: Sequence[str], offers: Sequence[Offer], *, ask: bool) -> str:
    """Code for a step that looks; empty where there is nothing to look with.

    Args:
        task: The task's text.
        names: The files to look at.
        offers: The actions known so far: files are read with them.
        ask: Whether to ask for more actions, too.
    """
    code = ""
    if ask:
        queries = dict.fromkeys([*_kind_queries(names), *_concept_queries(task)])
        code = (
            f"_found = find_actions({task[:300]!r})\n"
            f"for _query in {list(queries)!r}:\n"
            "    _found += find_actions(_query, k=6)\n"
            "for _line in dict.fromkeys(_found):\n"
            '    print("-", _line.removeprefix("- "))\n'
        )
    words = [token.text.lower() for token in tokens(task)]
    more = dict.fromkeys(one for one in map(singular, words) if one not in task.lower())
    said = " ".join([task.lower(), *more])
    readers = {name: reader for name in names if (reader := find_reader(name, offers))}
    if readers:
        code += helpers()
    for name, reader in readers.items():
        code += f"_look({name!r}, {reader}({name!r}), {said!r})\n"
    return code


def helpers() -> str:
    """The functions that such code looks at files with; the same ones always."""
    return files("dynasaur.models.planning").joinpath("look_cell.txt").read_text("utf-8")


def is_look(code: str) -> bool:
    """The code is that of a step that only looked."""
    return "find_actions(" in code or "_look(" in code


def find_reader(name: str, offers: Iterable[Offer]) -> str:
    """The offered action that reads a file of this kind; empty where there is none."""
    kind = file_kind(name)
    for offer in offers:
        needed = [slot for slot in offer.slots if slot.default is None]
        if len(needed) == 1 and needed[0].name in ("path", "file", "filename") and not offer.heads:
            rows = offer.returns.startswith("list[dict")
            text = offer.returns == "str"
            fits = {"table": rows, "text": text, "document": text}.get(kind, _reads_json(offer))
            if fits and reads_kind(offer, name):
                return offer.name
    return ""


def reads_kind(offer: Offer, name: str) -> bool:
    """A reader of documents is for documents alone, and they for it; it has to give all of one.

    It would read tables and texts, too, but say less of what is in them.
    """
    if "document" not in offer.name.split("_"):
        return file_kind(name) != "document"
    return file_kind(name) == "document" and all(slot.name != "page" for slot in offer.slots)


def file_kind(name: str) -> str:
    """What a file holds, told by its suffix: table, json, document or text."""
    suffix = name.rpartition(".")[2].lower()
    if suffix in _TABLES:
        return "table"
    if suffix in _DOCUMENTS:
        return "document"
    return "json" if suffix in ("json", "geojson") else "text"


def _reads_json(offer: Offer) -> bool:
    return "json" in offer.name and offer.returns in ("Any", "object", "dict[str, Any]")


def _concept_queries(task: str) -> list[str]:
    """What the task names, in words that actions are described with."""
    words = [token.text.lower() for token in tokens(task)]
    named = {mention.concept for mention in mentions(words)}
    named |= {stem(QUALITIES[word][0]) for word in words if word in QUALITIES}
    named |= {concept for word, concept in _IMPLIED.items() if word in words}
    found = [" ".join(line.split()[:3]) for line in SYNONYMS.strip().splitlines()]
    asked = [query.replace("_", " ") for query in found if stem(query.split()[0]) in named]
    asked += [query for concept, more in _ALSO.items() if concept in named for query in more]
    return [*asked, *(_NUMBER_QUERIES if any(map(str.isdigit, task)) else ())]


def _kind_queries(names: Iterable[str]) -> list[str]:
    kinds = dict.fromkeys(file_kind(name) for name in names)
    return [query for kind in kinds for query in _QUERIES[kind]]
