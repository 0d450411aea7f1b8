"""What an attacker plants: an object whose loading from a pickle runs something."""

from pathlib import Path
from typing import Any


class Touch:
    """Create a file when it is loaded from a pickle."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return Path.touch, (self.marker,)
