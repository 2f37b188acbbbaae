"""Streams of compound files, the container of the old Office formats."""

from collections.abc import Iterable
from io import BytesIO


def streams_of(data: bytes, names: Iterable[str]) -> dict[str, bytes]:
    """Those of the named streams that there are.

    Raises:
        ValueError: The container is broken.
        ImportError: What reads it is missing.
    """
    try:
        from olefile import OleFileIO
    except ImportError as error:
        raise ImportError("old Office files need olefile: pip install 'dynasaur[tools]'") from error
    try:
        with OleFileIO(BytesIO(data)) as book:
            return {name: book.openstream(name).read() for name in names if book.exists(name)}
    except (OSError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise ValueError("is a broken file of the old Office formats") from error
