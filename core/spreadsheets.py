"""CSV files that a spreadsheet opens as they are meant: the right characters, and no formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

# Of the signs in full width a Japanese spreadsheet makes the same.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file in UTF-8 with BOM; None is an empty cell.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe_cell(value: object) -> str:
    """Return the text of a cell, which no spreadsheet takes for a formula.

    A number is left as it is: a negative one is no formula.
    """
    if value is None:
        return ""
    text = str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) and not is_number else text
