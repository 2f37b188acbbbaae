# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A Fibonacci number."""


def fibonacci(n: int) -> int:
    """The n-th Fibonacci number, where the sequence is 0, 1, 1, 2, 3, 5 and begins with n = 0.

    Args:
        n: The place in the sequence, 0 or more.

    Returns:
        The Fibonacci number at that place.

    Raises:
        ValueError: n is negative.

    Examples:
        >>> fibonacci(10)
        55
    """
    if n < 0:
        raise ValueError(f"n is {n}, but must not be negative")
    number, following = 0, 1
    for _ in range(n):
        number, following = following, number + following
    return number
