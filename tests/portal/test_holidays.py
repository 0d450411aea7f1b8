"""The government's own lists, day by day."""

from datetime import date, timedelta

import pytest

from portal.formats import HOLIDAYS

OFFICIAL = {
    2022: "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23",
    2023: "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23",
    2024: "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 "
    "10/14 11/3 11/4 11/23",
    2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 "
    "11/23 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
}


@pytest.mark.parametrize("year", OFFICIAL)
def test_holidays_agree_with_the_official_list(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    found = [f"{day.month}/{day.day}" for day in days if day in HOLIDAYS]
    assert found == OFFICIAL[year].split()
