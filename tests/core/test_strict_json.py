"""JSON from outside that two readers could understand differently is refused."""

import pytest

from core.strict_json import DuplicateKey, NotAnObject, parse_object, value_of

BOM = b"\xef\xbb\xbf"


def test_parse_object_reads_an_object() -> None:
    text = '{"name": "年", "numbers": [1, 2.5, null, true], "within": {"name": 1}}'.encode()

    assert parse_object(text, max_bytes=len(text)) == {
        "name": "年",
        "numbers": [1, 2.5, None, True],
        "within": {"name": 1},
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}" + b" " * 99, id="too long"),
        pytest.param(b"[" * 90 + b"{" * 11, id="nested too deeply"),
        pytest.param(b'{"a": "\xff"}', id="no UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a": 1,}', id="a comma too many"),
        pytest.param(b'{"a": 1} {}', id="two objects"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b'{"a": -Infinity}', id="infinity"),
        pytest.param(BOM + b"{}", id="a byte order mark"),
    ],
)
def test_parse_object_refuses(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_object(text, max_bytes=100)


def test_parse_object_takes_as_many_brackets_as_the_limit() -> None:
    text = b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}"

    assert parse_object(text, max_bytes=len(text)).keys() == {"a"}


def test_parse_object_allows_a_byte_order_mark_where_asked() -> None:
    assert parse_object(BOM + b'{"a": 1}', max_bytes=100, allow_bom=True) == {"a": 1}
    with pytest.raises(ValueError, match="BOM"):
        parse_object(BOM * 2 + b"{}", max_bytes=100, allow_bom=True)


@pytest.mark.parametrize("text", [b'{"a": 1, "a": 1}', b'{"b": [{"a": 1, "a": 2}]}'])
def test_parse_object_names_a_key_that_repeats(text: bytes) -> None:
    with pytest.raises(DuplicateKey, match="a key appears twice") as refused:
        parse_object(text, max_bytes=100)

    assert refused.value.key == "a"


@pytest.mark.parametrize("text", [b"[]", b"null", b'"a"', b"1", b"[{}]"])
def test_parse_object_refuses_other_json(text: bytes) -> None:
    with pytest.raises(NotAnObject, match="it is no object"):
        parse_object(text, max_bytes=100)


def test_value_of_takes_the_type_exactly() -> None:
    content = {"number": 1, "truth": True}

    assert value_of(content, "number", int) == 1
    for name in ("truth", "absent"):
        with pytest.raises(ValueError, match=f"it has no {name} that is a int"):
            value_of(content, name, int)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'{"a": 1, "a": 1}', ""),
        (b'{"b": [0, {"c": {"a": 1, "a": 2}}]}', "b[1].c"),
        (b'{"b": [[{}, {"a": [], "a": {}}]], "c": 1}', "b[0][1]"),
        (b'{"b": {"a": 1, "a": 1}, "b": 1}', ""),
    ],
    ids=["outermost", "in a list", "in a list of lists", "the outer one first"],
)
def test_parse_object_gives_the_place_of_a_key_that_repeats(text: bytes, place: str) -> None:
    with pytest.raises(DuplicateKey) as refused:
        parse_object(text, max_bytes=100)

    assert refused.value.place == place


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b'{"a": [' + b"[]," * 500 + b"[]]}", id="many beside each other"),
        pytest.param(b'{"a": "' + b"[{" * 500 + b'"}', id="in a text"),
        pytest.param(b'{"a": "\\"' + b"[{" * 500 + b'"}', id="in a text after a quotation mark"),
        pytest.param(b'{"a\\\\": "' + b"[{" * 500 + b'"}', id="in a text after a backslash"),
    ],
)
def test_parse_object_counts_how_deep_brackets_are(text: bytes) -> None:
    assert len(parse_object(text, max_bytes=len(text))) == 1


def test_parse_object_refuses_depth_whatever_follows() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_object(b'{"a": ' * 101 + b'"', max_bytes=1_000)


@pytest.mark.parametrize("sign", ["", "-"], ids=["above nought", "below nought"])
def test_parse_object_refuses_a_number_of_too_many_digits(sign: str) -> None:
    longest = sign + "9" * 1_000

    assert parse_object(b'{"a": %s}' % longest.encode(), max_bytes=6_000) == {"a": int(longest)}
    for digits in (1_001, 5_000):  # Python itself refuses the second
        with pytest.raises(ValueError, match="a number has more than 1000 digits"):
            parse_object(b'{"a": %s%s}' % (sign.encode(), b"9" * digits), max_bytes=6_000)
