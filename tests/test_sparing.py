"""What cells are spared in the kernel changes nothing of what they come to."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import ipykernel.compiler
import ipykernel.ipkernel
import jupyter_client.session
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from dynasaur.kernel.inside import sparing

CELLS = (
    "x = 1\nprint(x)",
    "x = 1\n",
    "",
    "\n\nx = 1",
    "  x = 1\n  y = 2",
    "# only a remark",
    "await f()",
    "text = '''\n%not_a_magic\n!nor_a_command\n'''",
    "def f():\n    '''Example.\n\n    >>> f()\n    '''",
    "%time x = 1",
    "%%bash\nls",
    "!ls",
    "files = !ls",
    "x?",
    "In [1]: x = 5\nIn [2]: y = 6",
    ">>> x = 5\n... y = 6",
    "x = (\n",
    "/f 1",
    "x = '\\d'",
    "x = '\x00'",
)


def usual() -> TransformerManager:
    return TransformerManager()  # type: ignore[no-untyped-call]


def spared() -> TransformerManager:
    manager = usual()
    sparing.take_python_as_it_is(SimpleNamespace(input_transformer_manager=manager))
    return manager


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_becomes_what_it_always_became(cell: str) -> None:
    assert spared().transform_cell(cell) == usual().transform_cell(cell)


def test_python_is_not_read_for_other_syntax(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[str]] = []

    def noted(_: TransformerManager, lines: list[str]) -> list[str]:
        read.append(lines)
        return lines

    monkeypatch.setattr(TransformerManager, "do_token_transforms", noted)
    manager = spared()
    assert manager.transform_cell("x = 1") == "x = 1\n"
    assert read == []
    manager.transform_cell("!ls")
    assert read == [["!ls\n"]]


@pytest.mark.parametrize("name", ["cleanup_transforms", "line_transforms"])
def test_a_way_of_rewriting_that_a_cell_adds_is_used(name: str) -> None:
    manager = spared()
    getattr(manager, name).append(lambda lines: [line.replace("one", "1") for line in lines])
    assert manager.transform_cell("x = one") == "x = 1\n"


def test_signatures_are_looked_at_once_for_each_method(monkeypatch: pytest.MonkeyPatch) -> None:
    space = vars(ipykernel.ipkernel)
    look, asked = space["_accepts_parameters"], []

    def noted(method: object, names: list[str]) -> object:
        asked.append(method)
        return look(method, names)

    monkeypatch.setitem(space, "_accepts_parameters", noted)
    sparing.remember_signatures()

    def one(cell_id: str) -> None: ...
    def other() -> None: ...

    for _ in range(2):
        assert space["_accepts_parameters"](one, ["cell_id"]) == {"cell_id": True}
        assert space["_accepts_parameters"](other, ["cell_id"]) == {"cell_id": False}
    assert asked == [one, other]


def test_times_in_messages_stay_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    space = vars(jupyter_client.session)
    monkeypatch.setitem(space, "extract_dates", space["extract_dates"])
    sparing.leave_dates()
    session = jupyter_client.session.Session(key=b"key")
    message = session.msg("status", {"execution_state": "idle"})
    again = session.deserialize(session.serialize(message)[1:])
    assert again["header"]["date"] == message["header"]["date"].isoformat().replace("+00:00", "Z")
    assert session.serialize(session.msg("reply", parent=again))


def test_a_cell_keeps_a_file_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    space = vars(ipykernel.compiler)
    monkeypatch.setitem(space, "murmur2_x86", space["murmur2_x86"])
    long = space["get_file_name"]("x = 1")
    sparing.sum_in_c()
    names = [space["get_file_name"](cell) for cell in ("x = 1", "x = 2", "x = 1", "é = 1")]
    assert names[0] == names[2]
    assert len(set(names)) == 3
    assert long.rpartition("/")[0] == names[0].rpartition("/")[0]


def test_a_kernel_that_has_none_of_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("jupyter_client.session", "ipykernel.ipkernel", "ipykernel.compiler"):
        monkeypatch.delitem(sys.modules, name)
    sparing.install(SimpleNamespace(input_transformer_manager=usual()))
