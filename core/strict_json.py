"""JSON from outside, read so that two readers cannot understand it differently."""

import json
import re
from typing import Any, TypeVar

Value = TypeVar("Value")
# Counted before the text is read: where a library has lifted Python's limit of recursion, deep
# nesting ends the process, not the reading.
MAX_DEPTH = 100
# Python reads no longer ones, and says so in words that help nobody who wrote the text.
MAX_DIGITS = 1_000
STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


class DuplicateKey(ValueError):
    """An object names a key twice; ``place`` is where the object stands, such as ``a.b[0]``."""

    def __init__(self, key: str, place: str = "") -> None:
        super().__init__("a key appears twice")
        self.key = key
        self.place = place


class _Twice(dict[str, Any]):
    """An object that names a key twice."""

    def __init__(self, pairs: list[tuple[str, Any]], key: str) -> None:
        super().__init__(pairs)
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
        ValueError: the text is too long, no UTF-8, no JSON, nested too deeply, or has too long a
            number.
    """
    if len(text) > max_bytes:
        raise ValueError(f"it has more than {max_bytes} bytes")
    if _depth(text) > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    content = json.loads(
        text.decode("utf-8-sig" if allow_bom else "utf-8"),
        object_pairs_hook=_mark_duplicates,
        parse_constant=_refuse_constant,
        parse_int=_read_whole_number,
    )
    _refuse_duplicates(content, "")
    if not isinstance(content, dict):
        raise NotAnObject("it is no object")
    return content


def join_place(place: str, key: str) -> str:
    """Return the place of a key's value inside the object at a place; "" is the whole text."""
    return f"{place}.{key}" if place else key


def value_of(content: dict[str, Any], name: str, kind: type[Value]) -> Value:
    """Return a value that must be there and of exactly this type; ``true`` is no number.

    Raises:
        ValueError: it is not.
    """
    value = content.get(name)
    if type(value) is not kind:
        raise ValueError(f"it has no {name} that is a {kind.__name__}")
    return value


def _depth(text: bytes) -> int:
    """Return how deeply brackets are nested outside strings."""
    depth = deepest = 0
    for token in STRING_OR_BRACKET.findall(text):
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    return deepest


def _mark_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: set[str] = set()
    for key, _value in pairs:
        if key in found:
            return _Twice(pairs, key)
        found.add(key)
    return dict(pairs)


def _refuse_duplicates(value: Any, place: str) -> None:
    if isinstance(value, _Twice):
        raise DuplicateKey(value.key, place)
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_duplicates(inner, join_place(place, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            _refuse_duplicates(inner, f"{place}[{number}]")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _read_whole_number(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return int(text)
