"""Receipt numbers: one for each entry, always the same, easy to read aloud."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entries.receipts import (
    ALPHABET,
    FACTOR,
    OFFSET,
    SPACE,
    entry_of_receipt,
    receipt_number,
)

KEYS = st.integers(min_value=1, max_value=SPACE - 1)


def entry_of(number: str) -> int:
    """Undo the mapping, which is possible only where it is one to one."""
    value = 0
    for sign in number.replace("-", ""):
        value = value * len(ALPHABET) + ALPHABET.index(sign)
    return int((value - OFFSET) * pow(FACTOR, -1, SPACE) % SPACE)


@given(KEYS)
@example(1)
@example(SPACE - 1)
def test_every_number_leads_back_to_its_entry(key: int) -> None:
    assert entry_of(receipt_number(key)) == key


@given(KEYS)
def test_a_number_is_three_groups_of_four_plain_characters(key: int) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", receipt_number(key))


def test_neighbours_do_not_look_like_a_count() -> None:
    numbers = [receipt_number(key) for key in range(1, 10_001)]
    assert len(set(numbers)) == len(numbers)
    assert len({number[:4] for number in numbers}) > 9_000


@pytest.mark.parametrize(
    ("key", "number"),
    [
        pytest.param(1, "YT4P-VSPB-VZXK", id="the first entry"),
        pytest.param(2, "JK0E-F82B-59VM", id="the second"),
        pytest.param(1_000_000, "ANRA-NEWR-42HJ", id="the millionth"),
    ],
)
def test_a_number_never_changes(key: int, number: str) -> None:
    assert receipt_number(key) == number


@pytest.mark.parametrize("entry", [1, 844, 2**40, 2**60 - 1])
def test_a_receipt_number_leads_back_to_its_entry_however_it_is_typed(entry: int) -> None:
    number = receipt_number(entry)
    misread = number.replace("0", "O").replace("1", "l")

    for typed in (number, number.lower(), number.replace("-", ""), misread):
        assert entry_of_receipt(typed) == entry


@pytest.mark.parametrize("text", ["", "YWVM-7F7P-4T1", "YWVM-7F7P-4T1U", "YWVM 7F7P 4T1Y", "予約"])
def test_another_text_is_no_receipt_number(text: str) -> None:
    assert entry_of_receipt(text) is None
