"""Keep small files whole, or not at all."""

from pathlib import Path


def keep(file: Path, text: str) -> None:
    """Write a text so that whoever is killed leaves the old one or the new one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
