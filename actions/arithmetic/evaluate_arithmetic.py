# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Value of an arithmetic expression."""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt, "abs": abs, "round": round, "min": min, "max": max, "exp": math.exp,
    "log": math.log, "log10": math.log10, "log2": math.log2, "sin": math.sin, "cos": math.cos,
    "tan": math.tan, "floor": math.floor, "ceil": math.ceil,
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "e": math.e}
_SPELLINGS = str.maketrans(
    {
        "^": "**",
        "\N{MULTIPLICATION SIGN}": "*",
        "\N{DIVISION SIGN}": "/",
        "\N{MINUS SIGN}": "-",
    }
)
_LONGEST_EXPRESSION = 1000
_MOST_BITS = 14_000  # Python prints no more than 4300 digits


def evaluate_arithmetic(expression: str) -> float:
    """Value of an arithmetic expression, such as '2 * (3 + 4) ^ 2': calculates or computes it.

    Nothing but arithmetic is carried out: + - * / // % (remainder), ** or ^ (power), brackets,
    pi, e, and sqrt, abs, round, min, max, exp, log, log2, log10, sin, cos, tan, floor, ceil.

    Args:
        expression: The expression, of at most 1000 characters.

    Returns:
        The value; int where only whole numbers are involved and none is divided by '/'.

    Raises:
        ValueError: The text is not such an expression, or its value is too large or not a real
            number.
        ZeroDivisionError: It divides by zero.

    Examples:
        >>> evaluate_arithmetic("2 * (3 + 4) ^ 2")
        98
        >>> evaluate_arithmetic("sqrt(2) / 2 < 1")
        Traceback (most recent call last):
        ...
        ValueError: cannot calculate 'sqrt(2) / 2 < 1': 'sqrt(2) / 2 < 1' is not arithmetic
    """
    if len(expression) > _LONGEST_EXPRESSION:
        raise ValueError(f"the expression has over {_LONGEST_EXPRESSION} characters")
    try:
        tree = ast.parse(expression.translate(_SPELLINGS).strip(), mode="eval")
        return _value(tree.body)
    except SyntaxError as error:
        raise ValueError(f"cannot calculate {expression!r}: {error.msg}") from error
    except (TypeError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(f"cannot calculate {expression!r}: {error}") from error
    except OverflowError as error:
        raise ValueError(f"the value of {expression!r} is too large") from error


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _real(number)
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _real(_OPERATORS[type(op)](_value(operand)))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _real(_OPERATORS[type(op)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _real(_FUNCTIONS[name](*map(_value, args)))
    raise ValueError(f"{ast.unparse(node)!r} is not arithmetic")


def _power(base: float, exponent: float) -> float:
    """The power, refused before it is computed where it would be huge."""
    if isinstance(base, int) and base.bit_length() * abs(exponent) > _MOST_BITS:
        raise OverflowError
    return _real(base**exponent)


def _real(value: Any) -> float:
    if isinstance(value, complex) or (isinstance(value, float) and math.isnan(value)):
        raise ValueError("its value is not a real number")
    if isinstance(value, float) and math.isinf(value):
        raise OverflowError
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise OverflowError
    return float(value) if isinstance(value, float) else int(value)
