import re
from itertools import product

import pytest

from bookings import values
from bookings.values import AMOUNT, DATE, IDENTIFIER, JOURNEY, NUMBER, TIMESTAMP, Kind, choice_of

CHOICE = choice_of("web", "app")
T = "2024-12-20T10:00:00"
GOOD = [
    (IDENTIFIER, "a", "one character"),
    (IDENTIFIER, "A" * 40, "forty characters"),
    (IDENTIFIER, "-_09", "hyphen and underscore first"),
    (TIMESTAMP, f"{T}Z", "Z"),
    (TIMESTAMP, f"{T}+09:00", "Japan"),
    (TIMESTAMP, f"{T}.1Z", "one digit of a second"),
    (TIMESTAMP, f"{T}.123456-03:30", "six digits of a second"),
    (TIMESTAMP, f"{T}+15:59", "greatest offset"),
    (TIMESTAMP, f"{T}-15:59", "least offset"),
    (TIMESTAMP, f"{T}-00:00", "minus nothing"),
    (TIMESTAMP, f"{T}+00:00", "plus nothing"),
    (TIMESTAMP, "2000-01-01T00:00:00+15:59", "first instant as written, 1999 in UTC"),
    (TIMESTAMP, "2099-12-31T23:59:59.999999-15:59", "last instant as written, 2100 in UTC"),
    (TIMESTAMP, "2024-02-29T00:00:00Z", "leap day"),
    (DATE, "2000-01-01", "first day"),
    (DATE, "2099-12-31", "last day"),
    (DATE, "2000-02-29", "leap day of a century"),
    (AMOUNT, "0", "nothing"),
    (AMOUNT, "1", "one yen"),
    (AMOUNT, "9999999", "greatest amount"),
    (NUMBER, "1", "first item"),
    (NUMBER, "99", "last item"),
    (NUMBER, "10", "two digits"),
    (CHOICE, "web", "one of the words"),
    (JOURNEY, "しらさぎ:名古屋>敦賀", "one leg"),
    (JOURNEY, "しらさぎ:名古屋>敦賀|北陸新幹線:敦賀>金沢", "two legs"),
    (JOURNEY, "ひだ（大阪–高山）:大阪>高山", "a dash that cp932 has not"),
    (JOURNEY, "a b: c>d ", "spaces belong to names"),
]
BAD = [
    (IDENTIFIER, "A" * 41, "forty-one characters"),
    (IDENTIFIER, "a b", "space inside"),
    (IDENTIFIER, " a", "space before"),
    (IDENTIFIER, "a ", "space after"),
    (IDENTIFIER, "é", "letter beyond ASCII"),
    (IDENTIFIER, "１", "full-width digit"),
    (IDENTIFIER, "a.b", "point"),
    (IDENTIFIER, "a\n", "line feed after"),
    (IDENTIFIER, "\\N", "the null of COPY"),
    (IDENTIFIER, "\\.", "the end of COPY"),
    (IDENTIFIER, "\ufeffa", "BOM before"),
    (TIMESTAMP, T, "no offset"),
    (TIMESTAMP, f"{T}z", "small z"),
    (TIMESTAMP, f"{T}.Z", "point without digits"),
    (TIMESTAMP, f"{T}.1234567Z", "seven digits of a second"),
    (TIMESTAMP, f"{T},5Z", "decimal comma"),
    (TIMESTAMP, f"{T}+16:00", "offset of sixteen hours"),
    (TIMESTAMP, f"{T}-16:00", "offset of minus sixteen hours"),
    (TIMESTAMP, f"{T}+09:60", "offset of sixty minutes"),
    (TIMESTAMP, f"{T}+0900", "offset without colon"),
    (TIMESTAMP, f"{T}+09", "offset of hours alone"),
    (TIMESTAMP, f"{T}+9:00", "offset of one digit"),
    (TIMESTAMP, f"{T}+09:00:00", "offset with seconds"),
    (TIMESTAMP, f"{T}−09:00", "minus sign beyond ASCII"),
    (TIMESTAMP, f"{T} +09:00", "space before the offset"),
    (TIMESTAMP, f" {T}Z", "space before"),
    (TIMESTAMP, f"{T}Z ", "space after"),
    (TIMESTAMP, f"{T}Z\n", "line feed after"),
    (TIMESTAMP, "2024-12-20 10:00:00Z", "space for T"),
    (TIMESTAMP, "2024-12-20t10:00:00Z", "small t"),
    (TIMESTAMP, "2024-12-20T24:00:00Z", "hour 24"),
    (TIMESTAMP, "2024-12-20T29:00:00Z", "hour 29"),
    (TIMESTAMP, "2024-12-20T23:60:00Z", "minute 60"),
    (TIMESTAMP, "2024-12-31T23:59:60Z", "leap second"),
    (TIMESTAMP, "2024-12-20T10:00Z", "no seconds"),
    (TIMESTAMP, "2024-12-20T1000:00Z", "colon missing"),
    (TIMESTAMP, "2024-12-20", "date alone"),
    (TIMESTAMP, "20241220T100000Z", "basic form"),
    (TIMESTAMP, "2024-W51-5T10:00:00Z", "week date"),
    (TIMESTAMP, "2023-02-29T00:00:00Z", "no leap year"),
    (TIMESTAMP, "1999-12-31T23:59:59Z", "last second before 2000"),
    (TIMESTAMP, "1999-12-31T23:59:59-15:59", "2000 in UTC, 1999 as written"),
    (TIMESTAMP, "2100-01-01T00:00:00Z", "first second of 2100"),
    (TIMESTAMP, "2100-01-01T00:00:00+15:59", "2099 in UTC, 2100 as written"),
    (TIMESTAMP, "２０２４-12-20T10:00:00Z", "full-width digits"),
    (TIMESTAMP, "2024-12-20T10:00:0٣Z", "Arabic digit"),
    (TIMESTAMP, "now", "now"),
    (TIMESTAMP, "infinity", "infinity"),
    (TIMESTAMP, "-infinity", "minus infinity"),
    (TIMESTAMP, "epoch", "epoch"),
    (DATE, "1999-12-31", "last day before 2000"),
    (DATE, "2100-01-01", "first day of 2100"),
    (DATE, "2100-02-28", "day of 2100"),
    (DATE, "2025-02-29", "no leap year"),
    (DATE, "2025-04-31", "short month"),
    (DATE, "2025-00-10", "month 0"),
    (DATE, "2025-13-10", "month 13"),
    (DATE, "2025-01-00", "day 0"),
    (DATE, "2025-1-7", "no leading zeros"),
    (DATE, "20250107", "basic form"),
    (DATE, "2025/01/07", "slashes"),
    (DATE, "2025-01-07T00:00:00Z", "timestamp"),
    (DATE, "2025-01-07 ", "space after"),
    (DATE, "2025-01-07\n", "line feed after"),
    (DATE, "today", "today"),
    (DATE, "２０２５-01-07", "full-width digits"),
    (AMOUNT, "00", "two zeros"),
    (AMOUNT, "01", "leading zero"),
    (AMOUNT, "10000000", "eight digits"),
    (AMOUNT, "-1", "negative"),
    (AMOUNT, "-0", "minus nothing"),
    (AMOUNT, "+1", "plus sign"),
    (AMOUNT, "1.0", "decimal point"),
    (AMOUNT, "1_000", "underscore"),
    (AMOUNT, "1 000", "space inside"),
    (AMOUNT, "1e3", "exponent"),
    (AMOUNT, "٣", "Arabic digit"),
    (AMOUNT, "１", "full-width digit"),
    (AMOUNT, "NaN", "no number"),
    (NUMBER, "0", "item 0"),
    (NUMBER, "01", "leading zero"),
    (NUMBER, "100", "three digits"),
    (NUMBER, "-1", "negative"),
    (NUMBER, "１", "full-width digit"),
    (NUMBER, "²", "superscript digit"),
    (CHOICE, "Web", "capital letter"),
    (CHOICE, "web ", "space after"),
    (CHOICE, "we", "part of a word"),
    (CHOICE, "webapp", "two words"),
    (JOURNEY, "しらさぎ", "no stations"),
    (JOURNEY, "しらさぎ:名古屋", "no end"),
    (JOURNEY, "しらさぎ:名古屋>", "empty end"),
    (JOURNEY, "しらさぎ:>敦賀", "empty start"),
    (JOURNEY, ":名古屋>敦賀", "empty service"),
    (JOURNEY, "しらさぎ:名古屋>敦賀|", "empty leg after"),
    (JOURNEY, "|しらさぎ:名古屋>敦賀", "empty leg before"),
    (JOURNEY, "しらさぎ:名古屋>米原>敦賀", "three stations"),
    (JOURNEY, "しらさぎ：名古屋＞敦賀", "full-width separators"),
    (JOURNEY, "しらさぎ:敦賀>敦賀", "from a station to itself"),
    (JOURNEY, "しらさぎ:名古屋>敦賀|北陸新幹線:敦賀>敦賀", "second leg to itself"),
    (JOURNEY, "しらさぎ:敦賀>敦賀|北陸新幹線:敦賀>金沢", "first leg to itself"),
]


def as_params(table: list[tuple[Kind, str, str]]) -> list[object]:
    return [pytest.param(kind, text, id=f"{kind.reason}: {name}") for kind, text, name in table]


@pytest.mark.parametrize(("kind", "text"), as_params(GOOD))
def test_kind_accepts(kind: Kind, text: str) -> None:
    assert kind.accepts(text)
    assert re.fullmatch(kind.pattern, text.encode())


@pytest.mark.parametrize(("kind", "text"), as_params(BAD))
def test_kind_rejects(kind: Kind, text: str) -> None:
    assert not kind.accepts(text)
    assert not re.fullmatch(kind.pattern, text.encode())


def test_date_pattern_knows_the_calendar_as_the_exact_rule_does() -> None:
    pattern = re.compile(DATE.pattern)
    days = [
        f"{year:04}-{month:02}-{day:02}"
        for year, month, day in product(range(1999, 2101), range(14), range(33))
    ]

    assert [day for day in days if pattern.fullmatch(day.encode())] == [
        day for day in days if values.is_date(day)
    ]
    assert sum(map(values.is_date, days)) == 36_525


@pytest.mark.parametrize("sign", [",", '"', "\\", "\t", "\n", "\r", "\0", "\x1f"])
def test_journey_pattern_leaves_names_that_need_quoting_to_the_exact_rule(sign: str) -> None:
    journey = f"しら{sign}さぎ:名古屋>敦賀"

    assert values.JOURNEY.accepts(journey)
    assert not re.fullmatch(JOURNEY.pattern, journey.encode())


def test_row_reasons_name_the_reason_of_every_kind() -> None:
    kinds = {IDENTIFIER, TIMESTAMP, DATE, AMOUNT, NUMBER, JOURNEY, CHOICE}

    assert {kind.reason for kind in kinds} < set(values.ROW_REASONS)
