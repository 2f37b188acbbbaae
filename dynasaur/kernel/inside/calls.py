"""Record the calls of actions and of the public functions that cells define."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import time
import types
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from dynasaur.kernel.inside.literals import spell, spell_arguments

CALLS = 1_000
"""Calls recorded for one cell; further ones run unrecorded and at full speed."""

TEXT = 500_000
"""Characters of arguments and results kept for one cell; past it, calls are kept without them."""

MARK = "__dynasaur_recorded__"

_active: ContextVar[tuple[object, ...]] = ContextVar("dynasaur_active", default=())


class Recorder:
    """The calls of the running cell, in the order they ended."""

    def __init__(self) -> None:
        self.full = False
        self._calls: list[dict[str, object]] = []
        self._room = TEXT
        self._modules: WeakKeyDictionary[Callable[..., Any], str] = WeakKeyDictionary()

    def take(self) -> list[dict[str, object]]:
        """The calls so far; the record begins anew."""
        calls, self._calls = self._calls, []
        self.full, self._room = False, TEXT
        return calls

    def wrap(self, value: Any, module: str = "") -> Any:
        """The function, its calls recorded; other values as they are.

        Args:
            value: What a `def` statement bound.
            module: The action's module; empty for a function of a cell.
        """
        if not callable(value) or isinstance(value, type):
            return value
        if not (isinstance(value, types.FunctionType) or hasattr(value, "__wrapped__")):
            return value
        wrapper = (
            self._awaiting(value, module) if _is_coroutine(value) else self._calling(value, module)
        )
        for name in ("cache_clear", "cache_info", "cache_parameters"):
            if hasattr(value, name):
                setattr(wrapper, name, getattr(value, name))
        self._modules[wrapper] = module
        return wrapper

    def module_of(self, function: Callable[..., Any]) -> str | None:
        """Of a function that `wrap` made, its action's module; None where it made no such."""
        return self._modules.get(function)

    def _calling(self, function: Callable[..., Any], module: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            chain = _active.get()
            # A recursion is recorded once, by its outermost call.
            if self.full or function in chain:
                return function(*args, **kwargs)
            arguments = spell_arguments(args, kwargs)
            token = _active.set((*chain, function))
            started = time.perf_counter()
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                self._note(function, module, arguments, started, not chain, error=error)
                raise
            finally:
                _active.reset(token)
            self._note(function, module, arguments, started, not chain, result=result)
            return result

        return recorded

    def _awaiting(self, function: Callable[..., Any], module: str) -> Callable[..., Any]:
        @functools.wraps(function)
        async def recorded(*args: Any, **kwargs: Any) -> Any:
            chain = _active.get()
            if self.full or function in chain:
                return await function(*args, **kwargs)
            arguments = spell_arguments(args, kwargs)
            token = _active.set((*chain, function))
            started = time.perf_counter()
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                self._note(function, module, arguments, started, not chain, error=error)
                raise
            finally:
                _active.reset(token)
            self._note(function, module, arguments, started, not chain, result=result)
            return result

        return recorded

    def _note(
        self,
        function: Callable[..., Any],
        module: str,
        arguments: str | None,
        started: float,
        top: bool,
        *,
        result: object = None,
        error: BaseException | None = None,
    ) -> None:
        seconds = time.perf_counter() - started
        if self.full:
            return
        spelled = None if error is not None else spell(result)
        self._room -= len(arguments or "") + len(spelled or "")
        if self._room < 0:
            arguments = spelled = None
        self._calls.append(
            {
                "name": getattr(function, "__name__", "?"),
                "module": module,
                "ok": error is None,
                "arguments": arguments,
                "result": spelled,
                "error": type(error).__name__ if error is not None else "",
                "seconds": round(seconds, 6),
                "top": top,
            }
        )
        self.full = len(self._calls) >= CALLS


def _is_coroutine(value: Any) -> bool:
    return inspect.iscoroutinefunction(inspect.unwrap(value))


class Decorate(ast.NodeTransformer):
    """Put the recorder's decorator on every top-level public function of a cell."""

    def visit(self, node: ast.AST) -> ast.AST:
        """The cell's module, its public `def` and `async def` statements decorated."""
        for statement in getattr(node, "body", []):
            public = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
            if public and not statement.name.startswith("_"):
                mark = ast.copy_location(ast.Name(MARK, ast.Load()), statement)
                statement.decorator_list.insert(0, mark)
        return node


def install(shell: Any, recorder: Recorder) -> None:
    """Record the functions of all cells from now on.

    The decorator's name lives in `builtins`, where `%reset` and `del` do not reach it.
    """
    setattr(builtins, MARK, recorder.wrap)
    shell.ast_transformers.append(Decorate())
