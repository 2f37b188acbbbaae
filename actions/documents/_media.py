"""What pictures and sound files say of themselves: size, length, camera, artist."""

import warnings
from io import BytesIO
from typing import Any

from ._document import Document, Part

_MOST_TEXT = 300


def image_document(data: bytes, _name: str) -> Document:
    """A picture's format, size and EXIF fields; what is on it is for the eyes."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise ImportError("pictures need Pillow: pip install 'dynasaur[tools]'") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data)) as picture:
                facts: dict[str, Any] = {"Format": picture.format}
                facts["Size"] = f"{picture.width} x {picture.height}"
                facts["Mode"] = picture.mode
                facts |= {key: value for key, value in picture.info.items() if key in _TOLD}
                facts |= _exif(picture)
                frames = getattr(picture, "n_frames", 1)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            KeyError, IndexError, TypeError, OverflowError) as error:  # fmt: skip
        raise ValueError("is a broken picture, or of a kind that Pillow does not know") from error
    if frames > 1:
        facts["Frames"] = frames
    note = "a picture: only what the file says of itself, not what can be seen on it"
    return Document("picture", (Part("", _listed(facts)),), note)


_TOLD = ("dpi", "Title", "Author", "Description", "Copyright", "Comment", "comment")


def _exif(picture: Any) -> dict[str, Any]:
    """EXIF fields by name, those of the camera and the place among them."""
    from PIL import ExifTags

    exif = picture.getexif()
    fields = {ExifTags.TAGS.get(key, ""): value for key, value in exif.items()}
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    fields |= {ExifTags.TAGS.get(key, ""): value for key, value in camera.items()}
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    fields |= {ExifTags.GPSTAGS.get(key, ""): value for key, value in place.items()}
    if "GPSLatitude" in fields and "GPSLongitude" in fields:
        north = _degrees(fields["GPSLatitude"], fields.get("GPSLatitudeRef", "N"))
        east = _degrees(fields["GPSLongitude"], fields.get("GPSLongitudeRef", "E"))
        fields["Place"] = f"{north}, {east}"
    return {key: value for key, value in fields.items() if key and not isinstance(value, bytes)}


def _degrees(parts: Any, side: str) -> str:
    try:
        degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return "?"
    return f"{-degrees if side in ('S', 'W') else degrees:.6f}"


def audio_document(data: bytes, name: str) -> Document:
    """A sound file's length and tags; what is said in it needs a transcription."""
    facts = _tags(data, name)
    if not facts:
        raise ValueError("is a broken sound file, or of a kind that is not known")
    note = "sound: only what the file says of itself, not what can be heard in it"
    return Document("sound", (Part("", _listed(facts)),), note)


def _tags(data: bytes, name: str) -> dict[str, Any]:
    try:
        from tinytag import TinyTag, TinyTagException
    except ImportError as error:
        raise ImportError("sound files need tinytag: pip install 'dynasaur[tools]'") from error
    try:
        tag = TinyTag.get(filename=name, file_obj=BytesIO(data))
    except (TinyTagException, OSError, ValueError, KeyError, IndexError, TypeError):
        return {}
    facts: dict[str, Any] = {}
    if tag.duration:
        minutes, seconds = divmod(tag.duration, 60)
        facts["Length"] = f"{int(minutes)}:{seconds:04.1f} minutes ({tag.duration:.2f} seconds)"
    facts |= {"Sample rate": tag.samplerate, "Channels": tag.channels, "Bit rate": tag.bitrate}
    facts |= {key.capitalize(): value for key, value in tag.as_dict().items() if key in _FIELDS}
    return {key: value for key, value in facts.items() if value not in (None, "", 0)}


_FIELDS = (
    *("title", "artist", "album", "albumartist", "composer", "genre", "year", "track"),
    *("disc", "comment", "lyrics"),
)


def _listed(facts: dict[str, Any]) -> str:
    lines = []
    for key, value in facts.items():
        if isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        text = " ".join(str(value).replace("\0", " ").split())
        lines.append(f"- {key}: {text[:_MOST_TEXT]}")
    return "\n".join(lines)
