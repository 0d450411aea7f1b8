"""The published files are of the subset of JSON on which every writer agrees."""

from typing import Any

import pytest

from lottery.documents import DrawnEntry, published_json, winners_csv


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("日本", id="beyond ASCII"),
        pytest.param("a\n", id="a line end"),
        pytest.param("\x7f", id="delete"),
        pytest.param(2**53, id="54 bits"),
        pytest.param(-(2**53), id="54 bits below"),
        pytest.param(["ok", {"deep": "é"}], id="deep inside"),
    ],
)
def test_published_json_refuses(value: Any) -> None:
    with pytest.raises(ValueError, match="A published"):
        published_json({"value": value})


def test_published_json_refuses_keys_and_fractions() -> None:
    with pytest.raises(ValueError, match="A published string"):
        published_json({"é": 1})
    with pytest.raises(TypeError):
        published_json({"value": 0.5})


def test_published_json_is_sorted_and_dense() -> None:
    content = {"b": [1, None, True], "a": {"d": ' ~"\\', "c": 2**53 - 1}}

    assert published_json(content) == (
        b'{"a":{"c":9007199254740991,"d":" ~\\"\\\\"},"b":[1,null,true]}'
    )


def test_winners_csv_counts_up() -> None:
    drawn = [DrawnEntry(b"\x01" * 16, 10, b"\x02" * 32), DrawnEntry(b"\xff" * 16, 5, b"\x00" * 32)]

    assert winners_csv(drawn) == (
        b"rank,pid,reward,m,cumulative\n"
        b"1," + b"01" * 16 + b",10," + b"02" * 32 + b",10\n"
        b"2," + b"ff" * 16 + b",5," + b"00" * 32 + b",15\n"
    )
    assert winners_csv([]) == b"rank,pid,reward,m,cumulative\n"
