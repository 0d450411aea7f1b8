"""Keep small files whole, or not at all."""

from pathlib import Path

from bookings.atomic_files import PRIVATE, write_atomically


def keep(file: Path, text: str) -> None:
    """Write a text so that whoever is killed leaves the old one or the new one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(file, [text.encode()], mode=PRIVATE)
