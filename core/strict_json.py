"""JSON from outside, read so that two readers cannot understand it differently."""

import json
from typing import Any, TypeVar

Value = TypeVar("Value")
# Counted before the text is read: where a library has lifted Python's limit of recursion, deep
# nesting ends the process, not the reading.
MAX_BRACKETS = 100


class DuplicateKey(ValueError):
    """An object names a key twice."""

    def __init__(self, key: str) -> None:
        super().__init__("a key appears twice")
        self.key = key


class NotAnObject(ValueError):
    """The text is JSON, and no object."""


def parse_object(text: bytes, *, max_bytes: int, allow_bom: bool = False) -> dict[str, Any]:
    """Return the JSON object that a text in UTF-8 holds; no key may repeat in an object.

    Args:
        text: the bytes as they came.
        max_bytes: how many bytes there may be.
        allow_bom: whether a byte order mark may come first; editors write one unasked.

    Raises:
        DuplicateKey, NotAnObject: see there.
        ValueError: the text is too long, no UTF-8, no JSON, or nested too deeply.
    """
    if len(text) > max_bytes:
        raise ValueError(f"it has more than {max_bytes} bytes")
    if text.count(b"[") + text.count(b"{") > MAX_BRACKETS:
        raise ValueError("it is nested too deeply")
    content = json.loads(
        text.decode("utf-8-sig" if allow_bom else "utf-8"),
        object_pairs_hook=_refuse_duplicates,
        parse_constant=_refuse_constant,
    )
    if not isinstance(content, dict):
        raise NotAnObject("it is no object")
    return content


def value_of(content: dict[str, Any], name: str, kind: type[Value]) -> Value:
    """Return a value that must be there and of exactly this type; ``true`` is no number.

    Raises:
        ValueError: it is not.
    """
    value = content.get(name)
    if type(value) is not kind:
        raise ValueError(f"it has no {name} that is a {kind.__name__}")
    return value


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DuplicateKey(key)
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
