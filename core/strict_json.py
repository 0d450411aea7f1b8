"""JSON from outside, read so that two readers cannot understand it differently."""

import json
from typing import Any, TypeVar

Value = TypeVar("Value")
# Counted before the text is read: where a library has lifted Python's limit of recursion, deep
# nesting ends the process, not the reading.
MOST_BRACKETS = 100


def parse_object(text: bytes, *, largest: int) -> dict[str, Any]:
    """Return the JSON object that a text in UTF-8 holds; a key stands in an object once.

    Args:
        text: the bytes as they came.
        largest: how many bytes there may be.

    Raises:
        ValueError: the text is too long, no UTF-8, no JSON, nested too deeply, or no object.
    """
    if len(text) > largest:
        raise ValueError(f"it has more than {largest} bytes")
    if text.count(b"[") + text.count(b"{") > MOST_BRACKETS:
        raise ValueError("it is nested too deeply")
    content = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(content, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - told as the other faults of a text
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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
