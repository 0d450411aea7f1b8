"""Write a file whole or not at all, and leave nothing behind where that fails.

The content goes to a hidden draft beside the file, ``.NAME.part``, which then takes its place. A
draft that a killed process left is overwritten by the next that writes the same file.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

PUBLIC, PRIVATE = 0o644, 0o600  # modes; a file with personal data or a secret is private


def write_atomically(
    path: Path, blocks: Iterable[bytes], *, mode: int, replace: bool = True
) -> None:
    """Write a file and sync it to the disk; readers see the former one or the new one.

    Writers of one file wait for each other. Without ``replace`` a file that is there stays.

    Raises:
        OSError: it cannot be written; the former file is as it was, and no draft remains.
    """
    draft = path.with_name(draft_name(path.name))
    with lock_draft(draft, mode) as file:
        try:
            if replace or not path.exists():
                file.writelines(blocks)
                file.flush()
                os.fsync(file.fileno())
                draft.replace(path)
            else:
                draft.unlink()
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def draft_name(name: str) -> str:
    """Return the name of a file while it is being written."""
    return f".{name}.part"


def lock_draft(draft: Path, mode: int) -> BinaryIO:
    """Open the draft, empty and locked; the lock ends when the file is closed.

    The process that wrote it before us has renamed or removed it, so it may be another file by the
    time that we have the lock.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
    while True:
        file = os.fdopen(os.open(draft, flags, mode), "wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_named(file, draft):
                os.fchmod(file.fileno(), mode)
                file.truncate(0)
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def is_named(file: BinaryIO, path: Path) -> bool:
    """Return whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk, so that a new file survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
