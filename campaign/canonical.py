"""Canonical JSON: one byte sequence for one content, so that a hash names it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """Write sorted keys, no white space and ASCII only; floats are refused.

    Raises:
        TypeError: a value is no string, whole number, boolean, null, list or mapping.
    """
    _refuse_floats(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def content_sha256(content: Mapping[str, Any]) -> str:
    """Return the hash that names this content, in lower-case hex."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("A canonical content holds no fractions.")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
