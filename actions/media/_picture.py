"""A picture in the form in which the host takes it: PNG or JPEG, not larger than is of use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

_SENT = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_LARGE = 4_000_000
_SIDE = 2_048
_PIXELS = 200_000_000


@contextmanager
def as_sent(path: str) -> Iterator[str]:
    """A file of the working folder that holds the picture; one made for this is removed after it.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no picture that can be read.
        ImportError: It has to be converted, and Pillow is not installed.
    """
    file = Path(path)
    if not file.is_file():
        hint = "; download_file(url) makes one of it" if "://" in path else ""
        raise FileNotFoundError(f"there is no file {path}{hint}")
    here = Path.cwd()
    with file.open("rb") as opened:
        start = opened.read(8)
    inside = file.resolve().is_relative_to(here.resolve()) and not file.is_symlink()
    if start.startswith(_SENT) and file.stat().st_size <= _LARGE and inside:
        yield str(file.resolve().relative_to(here.resolve()))
        return
    made = here / f".picture-{token_hex(6)}.png"
    try:
        _converted(file, made)
        yield made.name
    finally:
        made.unlink(missing_ok=True)


def _converted(file: Path, made: Path) -> None:
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise ImportError("to convert pictures needs Pillow: pip install pillow") from error
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > _PIXELS:
                raise ValueError(f"{file} has more than {_PIXELS:,} pixels")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{file} is no picture that can be read: {error}") from error
    upright.thumbnail((_SIDE, _SIDE))
    upright.save(made, "PNG")
