"""How days, times and amounts read in both languages."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal import formats

JAPAN = ZoneInfo("Asia/Tokyo")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=JAPAN)


def without_year(write: Callable[..., str]) -> Callable[[Any], str]:
    return lambda value: write(value, with_year=False)


@pytest.mark.parametrize(
    ("write", "value", "japanese", "english"),
    [
        pytest.param(
            formats.day_in_words,
            date(2024, 12, 10),
            "2024年12月10日（火）",
            "Tuesday, December 10, 2024",
            id="a day",
        ),
        pytest.param(
            formats.day_in_words,
            date(2025, 1, 13),
            "2025年1月13日（月・祝）",
            "Monday, January 13, 2025 (public holiday)",
            id="a public holiday",
        ),
        pytest.param(
            without_year(formats.day_in_words),
            date(2024, 12, 10),
            "12月10日（火）",
            "Tuesday, December 10",
            id="a day without its year",
        ),
        pytest.param(
            without_year(formats.day_in_words),
            date(2025, 1, 13),
            "1月13日（月・祝）",
            "Monday, January 13 (public holiday)",
            id="a public holiday without its year",
        ),
        pytest.param(
            without_year(formats.moment_in_words),
            at(2024, 12, 10, 12),
            "12月10日（火）12時",
            "Tuesday, December 10 at 12:00",
            id="a full hour",
        ),
        pytest.param(
            formats.moment_in_words,
            at(2024, 12, 10, 9, 5),
            "2024年12月10日（火）9時05分",
            "Tuesday, December 10, 2024 at 9:05",
            id="an hour and minutes",
        ),
        pytest.param(
            formats.deadline_in_words,
            at(2025, 1, 14),
            "2025年1月13日（月・祝）24時",
            "the end of Monday, January 13, 2025 (public holiday)",
            id="an end at midnight",
        ),
        pytest.param(
            formats.deadline_in_words,
            at(2025, 1, 14, 18),
            "2025年1月14日（火）18時",
            "Tuesday, January 14, 2025 at 18:00",
            id="an end within a day",
        ),
        pytest.param(
            formats.deadline_in_words,
            at(2025, 1, 1),
            "2024年12月31日（火）24時",
            "the end of Tuesday, December 31, 2024",
            id="an end at the turn of the year",
        ),
        *[
            pytest.param(
                formats.part_of_month_in_words, date(2025, 2, day), japanese, english, id=english
            )
            for day, japanese, english in [
                (1, "2025年2月上旬", "early February 2025"),
                (10, "2025年2月上旬", "early February 2025"),
                (11, "2025年2月中旬", "mid-February 2025"),
                (20, "2025年2月中旬", "mid-February 2025"),
                (21, "2025年2月下旬", "late February 2025"),
            ]
        ],
        pytest.param(
            formats.last_day_in_words,
            date(2026, 3, 31),
            "2026年3月末",
            "the end of March 2026",
            id="the last day of a month",
        ),
        pytest.param(
            formats.last_day_in_words,
            date(2028, 2, 28),
            "2028年2月28日（月）",
            "Monday, February 28, 2028",
            id="not the last day: a leap year",
        ),
        pytest.param(formats.grouped, 12340, "12,340", "12,340", id="a number"),
        pytest.param(
            formats.large_in_words, 10**8, "1億", "100,000,000", id="a round hundred million"
        ),
        pytest.param(
            formats.large_in_words,
            123_450_000,
            "1億2,345万",
            "123,450,000",
            id="with ten thousands",
        ),
        pytest.param(formats.large_in_words, 50_000_000, "5,000万", "50,000,000", id="below it"),
        pytest.param(
            formats.large_in_words,
            100_000_001,
            "100,000,001",
            "100,000,001",
            id="a number not round",
        ),
    ],
)
def test_formats(write: Callable[[Any], str], value: Any, japanese: str, english: str) -> None:
    with translation.override("ja"):
        assert write(value) == japanese
    with translation.override("en"):
        assert write(value) == english
