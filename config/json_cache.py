"""The format of what is cached: JSON, which runs nothing when it is read."""

import json
from typing import Any


class JsonSerializer:
    """Store and read values of JSON; numbers stay as Redis counts with them."""

    def dumps(self, value: Any) -> bytes | int:
        """Return what is stored.

        Raises:
            TypeError: it is no value of JSON.
        """
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return json.dumps(value, separators=(",", ":")).encode()

    def loads(self, stored: bytes) -> Any:
        """Return the value; None, as if nothing were cached, where it is not JSON."""
        try:
            return json.loads(stored)
        except (ValueError, RecursionError):
            return None
