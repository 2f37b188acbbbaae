"""The initial actions under the names that the paper has for them, for its prompts and runs.

Those that have the same name here (`download_file`, `page_up`, `page_down`, `find_next`,
`submit_final_answer`) are left out; its `get_relevant_tools` is `find_actions`.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynasaur.library import Library
    from dynasaur.record import Admission

_NAME = re.compile(r"^def (\w+)", re.MULTILINE)


def add_paper_names(library: Library) -> Admission | None:
    """Put them through the library's gate; None where it has them."""
    text = files("dynasaur.templates").joinpath("paper_names.txt").read_text(encoding="utf-8")
    if {*_NAME.findall(text)} <= {*library.names()}:
        return None
    return library.add(text)
