"""Rows that upstream gets wrong: one of every kind that the feed contract names."""

from typing import NamedTuple

from dev.demo.sampling.times import day_number

GOOD = (
    "E-{event},booked,2024-12-09T10:00:00+09:00,web,e5489,R-SAMPLE,1,W-SAMPLE,,"
    "2024-12-09T10:00:00+09:00,2024-12-30,のぞみ:新大阪>博多,web,standard,paper,registered_card,15600"
)
# The row that a later one contradicts; it is valid, and applied first.
WITNESS_DAY, WITNESS = day_number("2024-12-09"), GOOD.format(event="WITNESS")


class Mistake(NamedTuple):
    """A bad row: the day whose file has it, why it is bad, and its text."""

    day: int
    reason: str
    text: str


def break_row(reason: str, day: str, old: str, new: str) -> Mistake:
    """Return the good row with one thing wrong."""
    text = GOOD.format(event=reason)
    if old not in text:
        raise ValueError(old)
    return Mistake(day_number(day), reason, text.replace(old, new))


BOOKINGS = [
    break_row("nul_byte", "2024-12-10", "R-SAMPLE", "R-SAM\0PLE"),
    break_row("line_too_long", "2024-12-11", "のぞみ:新大阪>博多", "のぞみ:新大阪>博多|" * 300),
    break_row("bad_column_count", "2024-12-12", ",15600", ",15600,"),
    break_row("missing_value", "2024-12-13", "R-SAMPLE", ""),
    break_row("bad_identifier", "2024-12-14", "R-SAMPLE", "R SAMPLE"),
    break_row("bad_timestamp", "2024-12-15", "T10:00:00+09:00", "T24:00:00+09:00"),
    break_row("bad_date", "2024-12-16", "2024-12-30", "2024-12-32"),
    break_row("bad_amount", "2024-12-17", "15600", "15600.00"),
    break_row("bad_number", "2024-12-18", "R-SAMPLE,1", "R-SAMPLE,01"),
    break_row("unknown_value", "2024-12-19", "standard", "green_car"),
    break_row("unexpected_value", "2024-12-20", "W-SAMPLE,", "W-SAMPLE,X-SAMPLE"),
    break_row("bad_journey", "2024-12-21", "新大阪>博多", "新大阪>新大阪"),
    break_row("unknown_service", "2024-12-22", "のぞみ", "ドクターイエロー"),
    break_row("unknown_station", "2024-12-23", "新大阪>博多", "新大阪>新尾道"),
    Mistake(day_number("2024-12-24"), "conflicting_event", WITNESS.replace("15600", "15610")),
]
REGISTRATIONS = [
    Mistake(
        day_number("2024-12-09"),
        "unknown_value",
        "X-SAMPLE,gold_card,W-SAMPLE,,2024-11-01T10:00:00+09:00",
    )
]
MEMBERSHIPS = [
    Mistake(day_number("2024-12-15"), "bad_timestamp", "W-SAMPLE,active,2024-12-15 10:00:00")
]
ENTRIES = [
    Mistake(
        day_number("2024-12-10"),
        "unknown_value",
        "W-SAMPLE,999999999999,2024-12-10T13:00:00+09:00,app",
    ),
    Mistake(
        day_number("2025-01-13"),
        "outside_entry_period",
        "W-SAMPLE,{campaign},2025-01-14T00:00:00+09:00,app",
    ),
]
