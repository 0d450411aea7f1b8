"""One byte sequence for one content."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical_json import canonical_json, content_sha256

TEXT = st.text(max_size=5)
PLAIN = st.none() | st.booleans() | st.integers() | TEXT
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
CONTENT = st.dictionaries(TEXT, JSON, max_size=4)


@given(CONTENT)
def test_canonical_json_is_the_sorted_compact_form(content: dict[str, Any]) -> None:
    written = canonical_json(content)

    assert written == json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    assert json.loads(written) == content
    assert written.isascii()
    assert canonical_json(dict(reversed(content.items()))) == written


@given(CONTENT, CONTENT)
def test_hash_names_the_content(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = canonical_json(one) == canonical_json(other)

    assert (content_sha256(one) == content_sha256(other)) is same


def test_canonical_json_of_an_example() -> None:
    content = {"b": [1, True, None, {"z": "年", "y": ()}], "a": "\u2028"}

    assert canonical_json(content) == rb'{"a":"\u2028","b":[1,true,null,{"y":[],"z":"\u5e74"}]}'
    assert content_sha256({}) == hashlib.sha256(b"{}").hexdigest()


def inside(value: object, depth: int) -> dict[str, Any]:
    """Return a content with a value below lists and dictionaries in turn."""
    for level in range(depth):
        value = [0, value] if level % 2 else {"a": 0, "b": value}
    return {"top": value}


@pytest.mark.parametrize("depth", [0, 1, 2, 5])
@pytest.mark.parametrize("value", [0.5, 1.0, -0.0, float("nan"), float("inf"), 1e300], ids=repr)
def test_floats_are_refused_at_any_depth(value: float, depth: int) -> None:
    with pytest.raises(TypeError, match="no fractions"):
        canonical_json(inside(value, depth))


@pytest.mark.parametrize("depth", [0, 1, 2, 5])
@pytest.mark.parametrize("key", [1, 1.5, True, None], ids=repr)
def test_keys_that_are_not_strings_are_refused_at_any_depth(key: object, depth: int) -> None:
    with pytest.raises(TypeError, match="by strings"):
        canonical_json(inside({key: 1}, depth))


def test_float_in_a_tuple_is_refused() -> None:
    with pytest.raises(TypeError, match="no fractions"):
        canonical_json({"a": (1, (2.0,))})


@pytest.mark.parametrize(
    "value",
    [Decimal(1), date(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC), {1}, b"bytes", object()],
    ids=lambda value: type(value).__name__,
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json({"a": value})


def test_content_is_read_and_not_changed() -> None:
    content: Mapping[str, Any] = {"b": 1, "a": [{"d": 1, "c": 2}]}

    canonical_json(content)

    assert list(content) == ["b", "a"]
