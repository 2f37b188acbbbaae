"""What a reply's code is, before it runs: whether it can run, what it defines, what it needs."""

from __future__ import annotations

import ast
import warnings

from dynasaur.errors import ActionError


def problem(code: str) -> str:
    """Why code cannot be run at all; empty when the kernel should judge."""
    if not code.strip():
        return "there was none"
    try:
        _parse(code)
    except SyntaxError as error:
        if any(line.lstrip().startswith(("%", "!", "?")) for line in code.splitlines()):
            return ""
        return f"SyntaxError: {error.msg} (line {error.lineno}: {(error.text or '').strip()})"
    except ValueError as error:
        return str(error)
    except (MemoryError, RecursionError):
        return "it is nested too deeply"
    return ""


def public_functions(code: str) -> frozenset[str]:
    """The names of the public functions that code defines at its top level."""
    if "def" not in code:
        return frozenset()
    try:
        body = _parse(code).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return frozenset()
    functions = (node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if not node.name.startswith("_"))


def dependencies(code: str) -> tuple[str, ...]:
    """The PEP 508 requirements in the PEP 723 head of code; none where it has no head."""
    if "# /// script" not in code:
        return ()
    from dynasaur.source.head import read_head

    try:
        return read_head(code).dependencies
    except ActionError:
        return ()


def submitted(code: str) -> object:
    """The literal that code submits as the answer, without running it.

    Raises:
        ValueError: It is not one call of `submit_final_answer` with a literal.
    """
    try:
        body = _parse(code).body
        last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
        if isinstance(last, ast.Call) and isinstance(last.func, ast.Name):
            values = [*last.args, *(keyword.value for keyword in last.keywords)]
            if last.func.id == "submit_final_answer" and len(values) == 1:
                return ast.literal_eval(values[0])
    except (SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ValueError(str(error)) from None
    raise ValueError("it submits no literal")


def _parse(code: str) -> ast.Module:
    """As IPython takes it; what the parser would warn of is the kernel's to say."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree: ast.Module = compile(code, "<step>", "exec", flags)
    return tree
