# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow>=10"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""What is to be seen in a picture."""

from dynasaur import host

from ._picture import as_sent


def look_at_image(path: str, question: str = "Describe this picture.") -> str:
    r"""Ask a model that sees a question about a picture (image, photo, screenshot, chart).

    Args:
        path: The picture: PNG, JPEG, GIF, WebP, BMP or TIFF.
        question: What to ask about it.

    Returns:
        The answer, in words.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no picture that can be read, or the question is empty.
        ImportError: It has to be converted, and Pillow is not installed.
        RuntimeError: The user's model sees no pictures, or cannot be asked.
        TimeoutError: It takes too long.

    Examples:
        >>> look_at_image("no-such.png")
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no file no-such.png
    """
    with as_sent(path) as name:
        return str(host.look_at_image(name, question))
