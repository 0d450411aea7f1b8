"""Which days are public holidays in Japan, by the law as it has stood since 2022.

Computed, not listed: a list would one day end without a word. The two equinox days are the
astronomers' forecast, which the government has confirmed every year so far (by February for the
year after). A change of the law is a change here.

Source: Act on National Holidays (国民の祝日に関する法律), articles 2 and 3.
"""

from datetime import date, timedelta

DAY = timedelta(days=1)
SUNDAY = 6
FIRST_YEAR = 2022  # before, the law moved days for the Olympics and an enthronement

FIXED = {
    (1, 1),
    (2, 11),
    (2, 23),
    (4, 29),
    (5, 3),
    (5, 4),
    (5, 5),
    (8, 11),
    (11, 3),
    (11, 23),
}
MONDAYS = {(1, 2), (7, 3), (9, 3), (10, 2)}  # month, and which Monday of it


def is_holiday(day: date) -> bool:
    """Say whether a day of ``FIRST_YEAR`` or later is a public holiday."""
    return is_named(day) or is_in_lieu(day) or is_enclosed(day)


def is_named(day: date) -> bool:
    """Say whether the law itself names the day (article 2)."""
    is_monday = day.weekday() == 0
    return (
        (day.month, day.day) in FIXED
        or (is_monday and (day.month, (day.day + 6) // 7) in MONDAYS)
        or day == equinox(day.year, day.month)
    )


def equinox(year: int, month: int) -> date | None:
    """Return the equinox of March or September, None in other months; good for 1980 to 2099."""
    base = {3: 20.8431, 9: 23.2488}.get(month)
    if base is None:
        return None
    passed = year - 1980
    return date(year, month, int(base + 0.242194 * passed) - passed // 4)


def is_in_lieu(day: date) -> bool:
    """Say whether it stands for a named day on a Sunday: the next that is not named itself."""
    if is_named(day):
        return False
    before = day - DAY
    while is_named(before):
        if before.weekday() == SUNDAY:
            return True
        before -= DAY
    return False


def is_enclosed(day: date) -> bool:
    """Say whether both neighbours are named days (article 3, paragraph 3)."""
    return not is_named(day) and is_named(day - DAY) and is_named(day + DAY)
