import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.records import shorten, split_fields, split_records
from bookings.values import MAX_RECORD_BYTES
from tests.bookings.csv_reference import in_blocks, read_plainly

ANY_CSV = st.lists(
    st.sampled_from([b"a", b",", b'"', b'""', b"\n", b"\r\n", b'","', b"\0", "駅".encode()]),
    max_size=40,
).map(b"".join)


def all_records(content: bytes, *, block_size: int = 1 << 20) -> list[bytes]:
    return [
        record for records in split_records(in_blocks(content, block_size)) for record in records
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"a,b\nc,d\n", [b"a,b", b"c,d"], id="LF"),
        pytest.param(b"a,b\r\nc,d\r\n", [b"a,b", b"c,d"], id="CRLF"),
        pytest.param(b"a\r\nb\nc\r\n", [b"a", b"b", b"c"], id="both in one file"),
        pytest.param(b"a,b\nc,d", [b"a,b", b"c,d"], id="last line without its end"),
        pytest.param(b"a\n\nb\n", [b"a", b"", b"b"], id="blank line inside"),
        pytest.param(b"a\n\n", [b"a", b""], id="blank line at the end"),
        pytest.param(b"a\r\n\r\n", [b"a", b""], id="blank line at the end, CRLF"),
        pytest.param(b"\n", [b""], id="one blank line"),
        pytest.param(b'"a\nb",c\nd\n', [b'"a\nb",c', b"d"], id="LF in quotes"),
        pytest.param(b'"a\r\nb"\r\nd\r\n', [b'"a\r\nb"', b"d"], id="CRLF in quotes"),
        pytest.param(b'"a\rb"\nd\n', [b'"a\rb"', b"d"], id="CR in quotes"),
        pytest.param(b'"a\r"\r\nd\r\n', [b'"a\r"', b"d"], id="CR last in quotes"),
        pytest.param(b'"a""\n""b"\nd\n', [b'"a""\n""b"', b"d"], id="LF between escaped quotes"),
        pytest.param(b'"\n\n\n"\n"\n"', [b'"\n\n\n"', b'"\n"'], id="only line ends in quotes"),
    ],
)
@pytest.mark.parametrize("block_size", [1, 2, 3, 100])
def test_split_records_finds_records(
    content: bytes, expected: list[bytes], block_size: int
) -> None:
    assert all_records(content, block_size=block_size) == expected


@given(content=ANY_CSV, block_size=st.integers(1, 12))
def test_split_records_agrees_with_a_plain_reader(content: bytes, block_size: int) -> None:
    reading = read_plainly(content)

    if not reading.malformed:
        assert all_records(content, block_size=block_size) == reading.records


@given(content=ANY_CSV)
def test_split_fields_agrees_with_a_plain_reader(content: bytes) -> None:
    reading = read_plainly(content)

    for record, fields in zip(reading.records, reading.fields, strict=True):
        assert split_fields(record.decode()) == [field.decode() for field in fields]


@pytest.mark.parametrize("length", [MAX_RECORD_BYTES - 1, MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("block_size", [64, MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1, 1 << 20])
def test_split_records_leaves_the_longest_record_its_length(
    length: int, line_end: bytes, block_size: int
) -> None:
    records = all_records(b"x" * length + line_end + b"y" + line_end, block_size=block_size)

    assert [len(record) for record in records] == [length, 1]


@pytest.mark.parametrize("nul", [True, False], ids=["with NUL", "without NUL"])
@pytest.mark.parametrize("opening", [b"", b'"'], ids=["unquoted", "quoted"])
def test_split_records_shortens_an_endless_record(nul: bool, opening: bytes) -> None:
    beginning = opening + b"a" * MAX_RECORD_BYTES
    inside = (b"\n" if opening else b"") + (b"\0" if nul else b"b") * 20_000
    content = beginning + inside + opening + b"\nnext\n"

    record, following = all_records(content, block_size=4096)

    assert record[:MAX_RECORD_BYTES] == content[:MAX_RECORD_BYTES]
    assert MAX_RECORD_BYTES < len(record) < MAX_RECORD_BYTES + 4096 + 100
    assert (b"\0" in record) is nul
    assert following == b"next"


@given(
    first=st.sampled_from([b'"', b"a", b"\0"]),
    rest=st.lists(st.sampled_from([b'"', b"a", b"\0", b"\r"]), max_size=12).map(b"".join),
)
def test_shorten_keeps_the_beginning_and_whether_a_quote_is_open(first: bytes, rest: bytes) -> None:
    text = first + b"a" * (MAX_RECORD_BYTES - 1) + rest

    short = shorten(text)

    assert short[:MAX_RECORD_BYTES] == text[:MAX_RECORD_BYTES]
    assert MAX_RECORD_BYTES < len(short) <= MAX_RECORD_BYTES + 2 or short == text
    assert short.count(b'"') % 2 == text.count(b'"') % 2
    assert (b"\0" in short) == (b"\0" in text)
