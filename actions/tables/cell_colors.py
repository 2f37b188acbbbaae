# /// script
# requires-python = ">=3.11"
# dependencies = ["openpyxl>=3.1"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Background colours of the cells of a workbook's sheet."""

import colorsys
import re
from pathlib import Path
from typing import Any

# Colours of a theme by their numbers in cells: the first two pairs stand the other way round there.
_PLACES = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
_COLOR = re.compile(r'(?:lastClr|srgbClr val)="([0-9A-Fa-f]{6})"')


def cell_colors(path: str, sheet: str) -> list[list[str | None]]:
    """Background colours (colors, fills) of the cells of a sheet of an Excel workbook (.xlsx).

    Args:
        path: The workbook.
        sheet: The name of the sheet; upper and lower case are equal.

    Returns:
        For each row of the sheet, from its first, the colour of each cell, from column A on, as
        '#RRGGBB'; None where a cell is not filled.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not such a workbook, or the sheet is not there.
        ImportError: openpyxl is not installed.

    Examples:
        >>> import tempfile
        >>> from openpyxl import Workbook
        >>> from openpyxl.styles import PatternFill
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     book = Workbook()
        ...     book.active.title = "Map"
        ...     book.active["B1"].fill = PatternFill("solid", fgColor="00FF00")
        ...     book.save(f"{folder}/map.xlsx")
        ...     cell_colors(f"{folder}/map.xlsx", "Map")
        [[None, '#00FF00']]
    """
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise ImportError("Excel files need openpyxl: pip install 'dynasaur[excel]'") from error
    with Path(path).open("rb") as file:
        try:
            book = load_workbook(file)
        except Exception as error:
            raise ValueError(f"{path} is not an Excel workbook, or a broken one") from error
    theme = _theme(book.loaded_theme)
    for one in book.worksheets:
        if one.title.strip().casefold() == sheet.strip().casefold():
            return [[_filled(cell, theme) for cell in row] for row in one.iter_rows()]
    names = ", ".join(repr(one.title) for one in book.worksheets)
    raise ValueError(f"{path} has no sheet {sheet!r}; it has {names}")


def _filled(cell: Any, theme: dict[str, str]) -> str | None:
    """A cell's colour: given as such, by number in a list, or by place in the theme."""
    from openpyxl.styles.colors import COLOR_INDEX

    if cell.fill.fill_type is None:
        return None
    color = cell.fill.fgColor
    if color.type == "rgb":
        rgb = str(color.rgb)[-6:]
    elif color.type == "indexed":
        rgb = COLOR_INDEX[color.indexed][-6:] if color.indexed < len(COLOR_INDEX) else ""
    else:
        rgb = theme.get(_PLACES[color.theme], "") if color.theme < len(_PLACES) else ""
    return f"#{_tinted(rgb, color.tint or 0.0)}" if rgb else None


def _tinted(rgb: str, tint: float) -> str:
    """A colour made lighter (up to 1) or darker (down to -1)."""
    if not tint:
        return rgb.upper()
    parts = [int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    hue, light, strength = colorsys.rgb_to_hls(*parts)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    made = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), strength)
    return "".join(f"{round(part * 255):02X}" for part in made)


def _theme(xml: bytes | str | None) -> dict[str, str]:
    """The colours of a workbook's theme by their names in it."""
    text = xml.decode("utf-8", "replace") if isinstance(xml, bytes) else xml or ""
    found = {}
    for place in _PLACES:
        part = text.partition(f"<a:{place}>")[2].partition(f"</a:{place}>")[0]
        if match := _COLOR.search(part):
            found[place] = match[1]
    return found
