import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bookings.structure import Structure
from tests.bookings.csv_reference import in_blocks, read_plainly

HOSTILE_CSV = st.lists(
    st.sampled_from(
        [b"a", b",", b'"', b'""', b"\n", b"\r\n", b"\r", b'","', b"\0", "駅".encode(), b"\xff"]
    ),
    max_size=30,
).map(b"".join)


def structure_of(
    content: bytes, *, block_size: int = 1 << 20, encoding: str = "utf-8"
) -> Structure:
    structure = Structure(encoding)
    structure.read_all(in_blocks(content, block_size))
    return structure


def decodes(content: bytes, encoding: str) -> bool:
    try:
        codecs.decode(content, encoding)
    except UnicodeDecodeError:
        return False
    return True


@given(content=HOSTILE_CSV, block_size=st.integers(1, 9))
@example(content=b'"a"\r', block_size=1)
@example(content=b'a\r"b"', block_size=2)
@example(content=b'"",""\r\n""', block_size=1)
def test_structure_agrees_with_a_plain_reader(content: bytes, block_size: int) -> None:
    reading = read_plainly(content)

    structure = structure_of(content, block_size=block_size)

    assert structure.malformed is reading.malformed
    assert structure.undecodable is not decodes(content, "utf-8")
    if not reading.malformed:
        rows = max(len(reading.records) - 1, 0)
        assert [n for n in range(rows + 3) if structure.rows_fit(n)] == [rows]


@given(content=st.binary(max_size=12), block_size=st.integers(1, 4))
def test_structure_decodes_cp932_across_blocks(content: bytes, block_size: int) -> None:
    structure = structure_of(content, block_size=block_size, encoding="cp932")

    assert structure.undecodable is not decodes(content, "cp932")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'h\n"a\nb\n', id="quote never closed"),
        pytest.param(b'h\na"b\n', id="quote inside an unquoted field"),
        pytest.param(b'h\na"b"\n', id="quotes after an unquoted beginning"),
        pytest.param(b'h\n"a"b\n', id="text after the closing quote"),
        pytest.param(b'h\n"a" ,b\n', id="space after the closing quote"),
        pytest.param(b'h\n "a",b\n', id="space before the opening quote"),
        pytest.param(b'h\n"a""\n', id="escaped quote closes nothing"),
        pytest.param(b"h\na\rb\n", id="CR inside a field"),
        pytest.param(b"h\na\r", id="CR at the very end"),
        pytest.param(b'h\n"a"\rb\n', id="CR after the closing quote"),
        pytest.param(b"h\na\r\r\nb\n", id="two CRs before LF"),
        pytest.param(b'h\na\r"b"\n', id="CR before an opening quote"),
        pytest.param(b'h\n"\n', id="one quote"),
        pytest.param(b'h\n"""\n', id="three quotes"),
    ],
)
@pytest.mark.parametrize("block_size", [1, 2, 3, 5, 100])
def test_structure_finds_malformed_quoting(content: bytes, block_size: int) -> None:
    assert structure_of(content, block_size=block_size).malformed


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'h\n"a","b"\n', id="every field quoted"),
        pytest.param(b'h\n"",""\n', id="empty fields quoted"),
        pytest.param(b'h\n"a""b"\n', id="escaped quote"),
        pytest.param(b'h\n""""\n', id="only an escaped quote"),
        pytest.param(b'h\n"a,b\r\nc\rd\n"\r\n', id="comma and line ends in quotes"),
        pytest.param(b'h\n"a"', id="closing quote at the very end"),
        pytest.param(b'h\r\na,"b"\r\n"c"\r\n', id="CRLF after a closing quote"),
        pytest.param(b"", id="nothing"),
    ],
)
@pytest.mark.parametrize("block_size", [1, 2, 3, 5, 100])
def test_structure_finds_nothing_malformed(content: bytes, block_size: int) -> None:
    assert not structure_of(content, block_size=block_size).malformed


@pytest.mark.parametrize(
    ("content", "most"),
    [
        pytest.param(b'h\na"b\nc\n', 2, id="stray quote"),
        pytest.param(b'h\n"a\nb\n', 2, id="open quote"),
        pytest.param(b"h\na\rb\n", 2, id="lone CR may end a line"),
        pytest.param(b"h\r\na\rb\r\nc", 3, id="lone CR among CRLF, no end"),
    ],
)
def test_rows_fit_up_to_the_lines_where_quoting_is_malformed(content: bytes, most: int) -> None:
    structure = structure_of(content)

    assert [structure.rows_fit(rows) for rows in (0, most, most + 1)] == [True, True, False]
