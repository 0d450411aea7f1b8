"""Names and values from outside look the same everywhere, and no terminal obeys them."""

import json
import os

import pytest

from core.printable import (
    MAX_NAME,
    printable,
    printable_json,
    printable_lines,
    printable_name,
    stored_name,
)

AWKWARD = [
    pytest.param("\x1b[2J", r"\x1b[2J", id="an escape sequence"),
    pytest.param("\x9b2J", r"\x9b2J", id="the same in one byte"),
    pytest.param("a\rb\x08", r"a\rb\x08", id="back over the line"),
    pytest.param("\u202efdp.exe", r"\u202efdp.exe", id="right to left"),
    pytest.param("a\u2028b\u200b", r"a\u2028b\u200b", id="an end of line, a space of no width"),
    pytest.param(os.fsdecode(b"\xff"), r"\udcff", id="a byte that is no text"),
    pytest.param("\U000e0041", r"\U000e0041", id="a tag"),
    pytest.param("年末　年始 é", "年末　年始 é", id="what is to be seen stays"),
]


@pytest.mark.parametrize(("text", "expected"), AWKWARD)
def test_printable_escapes(text: str, expected: str) -> None:
    assert printable(text) == expected
    assert printable(expected) == expected
    assert printable_lines(f"{text}\n{text}") == f"{expected}\n{expected}"
    expected.encode()


@pytest.mark.parametrize(("text", "expected"), AWKWARD)
def test_printable_json_is_the_same_object(text: str, expected: str) -> None:
    written = printable_json(json.dumps({text: [text]}, ensure_ascii=False))

    assert json.loads(written) == {text: [text]}
    assert written.isprintable() or "　" in written
    assert (text in written) is (text == expected)


def test_a_line_end_is_a_line_only_between_our_own() -> None:
    assert printable("a\nb") == r"a\nb"
    assert printable_lines("a\nb") == "a\nb"
    assert printable_name("a\nb") == r"a\nb"


def test_no_two_names_look_the_same() -> None:
    assert printable_name("a\x1b.csv") == r"a\x1b.csv"
    assert printable_name(r"a\x1b.csv") == r"a\\x1b.csv"


def test_stored_name_fits_the_database_and_stays_one_of_its_own() -> None:
    names = [
        os.fsdecode(b"\xff" * 80 + b".csv"),
        os.fsdecode(b"\xff" * 79 + b"\xfe.csv"),
        os.fsdecode(b"\xff" * 80 + b".csv.gz"),
    ]

    stored = [stored_name(name) for name in names]

    assert [len(name) for name in stored] == [MAX_NAME] * 3
    assert len(set(stored)) == 3
    assert all(name.startswith(r"\udcff\udcff") and name.isprintable() for name in stored)


@pytest.mark.parametrize(("size", "is_cut"), [(255, False), (256, True)])
def test_stored_name_cuts_what_is_longer_than_the_column(size: int, is_cut: bool) -> None:
    name = "x" * size

    assert (stored_name(name) != name) is is_cut
    assert len(stored_name(name)) == 255
