"""Canonical JSON: one byte sequence for one content, so that a hash identifies it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """Encode with sorted keys, no white space and ASCII only.

    Floats are refused, as they can be written in more than one way, and so are keys that are not
    strings, as JSON would write them as the strings that look like them.

    Raises:
        TypeError: a key is not a string, or a value is not a string, whole number, boolean, null,
            list or dictionary.
    """
    _refuse_ambiguous(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def content_sha256(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON, in lower-case hex."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _refuse_ambiguous(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("A canonical content has no fractions.")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("A canonical content names its values by strings.")
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            _refuse_ambiguous(item)
