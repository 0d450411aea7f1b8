"""Write small files that only their owner reads."""

from pathlib import Path

from core.atomic_files import PRIVATE, write_atomically


def write_private(file: Path, text: str) -> None:
    """Replace a file whole; a killed writer leaves the old one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(file, [text.encode()], mode=PRIVATE)
