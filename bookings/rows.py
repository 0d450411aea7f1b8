"""Check one row by the exact rules: bytes in, values or a reason out.

Source: docs/specs/feeds.md 1.6, 1.10, 1.11.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bookings.definitions import FeedDefinition
from bookings.records import split_fields
from bookings.values import MAX_RECORD_BYTES, ROW_REASONS

COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """One row that breaks no rule by itself: its unquoted fields; an empty one is None."""

    definition: FeedDefinition
    values: tuple[str | None, ...]

    def copy_line(self, record: int) -> bytes:
        """Return the row in COPY's text format, with its record number and line end."""
        texts = [r"\N" if text is None else text.translate(COPY_ESCAPES) for text in self.values]
        fields = [(text or "").encode() for text in self.values]
        computed = [column.compute(fields) for column in self.definition.computed]
        return b"\t".join([b"%d" % record, *(text.encode() for text in texts), *computed]) + b"\n"


def read_row(definition: FeedDefinition, content: bytes, encoding: str) -> AcceptedRow | str:
    """Return one record's values, or the reason why it is bad by itself.

    Args: ``content`` is the record as delivered, in the ``encoding`` of its manifest, without line
    end, from a file whose structure was checked.
    """
    if b"\0" in content:
        return "nul_byte"
    if len(content) > MAX_RECORD_BYTES:
        return "line_too_long"
    values = tuple(text or None for text in split_fields(content.decode(encoding)))
    if len(values) != len(definition.columns):
        return "bad_column_count"
    reasons = set(find_value_reasons(definition, dict(zip(definition.header, values, strict=True))))
    return min(reasons, key=ROW_REASONS.index) if reasons else AcceptedRow(definition, values)


def find_value_reasons(definition: FeedDefinition, row: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the reason of every rule that a value of the row breaks."""
    for column in definition.columns:
        text = row[column.name]
        if text is not None and not column.kind.accepts(text):
            yield column.kind.reason
        if text is None and column.required:
            yield "missing_value"
    for case in definition.cases:
        applies = row[case.when] in case.among
        if applies and any(row[name] is None for name in case.given):
            yield "missing_value"
        if applies and any(row[name] is not None for name in case.empty):
            yield "unexpected_value"
