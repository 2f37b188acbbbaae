# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""What is said in a recording."""

import shutil
from pathlib import Path
from secrets import token_hex

from dynasaur import host


def transcribe_audio(path: str, question: str = "") -> str:
    r"""Transcript of what is said in a recording (audio, speech, podcast, voice message).

    Args:
        path: The recording: MP3, WAV, M4A, FLAC, Ogg or WebM, of 25 MB at most.
        question: What to ask about it instead, of a model that hears; a model that only
            transcribes gives the transcript all the same. Empty: the transcript.

    Returns:
        The transcript, or the answer.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no recording that the user's model takes.
        RuntimeError: The user's model takes no sound, or cannot be asked.
        TimeoutError: It takes too long.

    Examples:
        >>> transcribe_audio("no-such.mp3")
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no file no-such.mp3
    """
    file, here = Path(path), Path.cwd().resolve()
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    if file.resolve().is_relative_to(here) and not file.is_symlink():
        return str(host.transcribe_audio(str(file.resolve().relative_to(here)), question))
    copy = here / f".recording-{token_hex(6)}{file.suffix}"
    try:
        shutil.copyfile(file, copy)
        return str(host.transcribe_audio(copy.name, question))
    finally:
        copy.unlink(missing_ok=True)
