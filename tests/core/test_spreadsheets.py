"""CSV files for spreadsheets."""

import pytest

from core.spreadsheets import safe_cell, write_csv


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("=HYPERLINK(1)", "'=HYPERLINK(1)", id="equals"),
        pytest.param("+81", "'+81", id="plus"),
        pytest.param("-W1", "'-W1", id="an identifier with a hyphen first"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\r=1", "'\r=1", id="carriage return"),
        pytest.param("\n=1", "'\n=1", id="line end"),
        pytest.param("＝1", "'＝1", id="a sign in full width"),
        pytest.param("a=1", "a=1", id="not at the start"),
        pytest.param(-5, "-5", id="a negative number"),
        pytest.param(None, "", id="nothing"),
        pytest.param(True, "True", id="a truth value"),
    ],
)
def test_safe_cell(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_write_csv_is_what_a_spreadsheet_opens() -> None:
    written = write_csv(["名前", "b"], [["のぞみ", 1], ['a"b', None]])

    assert written == '\ufeff名前,b\r\nのぞみ,1\r\n"a""b",\r\n'.encode()
