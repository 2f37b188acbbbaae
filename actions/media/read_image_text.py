# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow>=10"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Text in a picture."""

import shutil
import subprocess

from dynasaur import host

from ._picture import as_sent

_SECONDS = 120.0
_QUESTION = "Write down all text in this picture, line by line, and nothing else."


def read_image_text(path: str, language: str = "eng") -> str:
    r"""Text in a picture (OCR), such as a scan, a photo of a page or a screenshot.

    Tesseract reads it where it is installed; else a model that sees is asked.

    Args:
        path: The picture: PNG, JPEG, GIF, WebP, BMP or TIFF.
        language: Languages of the text, as Tesseract calls them: 'eng', 'deu', 'eng+fra', ...

    Returns:
        The text, its lines as they are; empty where there is none.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no picture that can be read, or Tesseract does not know the language.
        ImportError: It has to be converted, and Pillow is not installed.
        RuntimeError: There is no Tesseract, and no model that sees.
        TimeoutError: It takes too long.

    Examples:
        >>> read_image_text("no-such.png")
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no file no-such.png
    """
    with as_sent(path) as name:
        program = shutil.which("tesseract")
        if program is None:
            return str(host.look_at_image(name, _QUESTION)).strip()
        try:
            done = subprocess.run(
                [program, name, "stdout", "-l", language],
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"to read {path} took more than {_SECONDS:g} s") from None
    if done.returncode:
        raise ValueError(f"Tesseract cannot read {path}: {' '.join(done.stderr.split())[-300:]}")
    return done.stdout.strip()
