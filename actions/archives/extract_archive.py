# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Files of an archive, unpacked."""

from pathlib import Path

from ._members import MOST_BYTES, Archive, NoArchiveError, safe_path


def extract_archive(path: str, folder: str) -> list[str]:
    """Unpack (extract, unzip, decompress) an archive (.zip, .tar, .tar.gz, .gz, .7z, .rar).

    Read are .bz2 and .xz, too. Links and devices are left out. No file is written outside the
    folder, and none that is there already is overwritten. What unpacks to more than 2 GiB or
    10,000 files is refused.

    Args:
        path: The archive.
        folder: Where to put the files; made where it is not there.

    Returns:
        The paths of the files, in the order of the archive.

    Raises:
        FileNotFoundError: There is no such file.
        FileExistsError: A file would be overwritten.
        ValueError: It is not an archive, it is broken, encrypted or too large, or a path in it
            leads out of the folder.
        ImportError: What reads 7z and RAR is missing.

    Examples:
        >>> import tempfile, zipfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with zipfile.ZipFile(f"{folder}/a.zip", "w") as file:
        ...         file.writestr("note.txt", "hello")
        ...     [Path(one).read_text() for one in extract_archive(f"{folder}/a.zip", f"{folder}/a")]
        ['hello']
    """
    try:
        with Archive(path, path) as archive:
            return _unpacked(archive, Path(folder), path)
    except NoArchiveError as error:
        raise ValueError(f"{path} {error}") from error


def _unpacked(archive: Archive, folder: Path, path: str) -> list[str]:
    """Every path is looked at before the first file is written."""
    if sum(max(member.size, 0) for member in archive.members) > MOST_BYTES:
        raise ValueError(f"{path} unpacks to more than {MOST_BYTES // 2**20:,} MiB")
    targets = [folder / safe_path(member.name) for member in archive.members]
    for target in targets:
        if target.exists() or target.is_symlink():
            raise FileExistsError(f"{target} is there already; name another folder")
    for member, target in zip(archive.members, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{target} leads out of the folder by a link")
        with target.open("xb") as file:
            for piece in archive.chunks(member):
                file.write(piece)
    return [str(target) for target in targets]
