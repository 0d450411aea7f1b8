"""Time as the samples count it: whole seconds of Japan from an instant before all of them."""

from datetime import date, timedelta

FIRST_DAY = date(2024, 11, 1)
DAYS = [(FIRST_DAY + timedelta(number)).isoformat() for number in range(150)]
DAY_S = 86_400
HOUR_S = 3_600


def day_number(text: str) -> int:
    """Return which day of the samples a date is."""
    return (date.fromisoformat(text) - FIRST_DAY).days


def instant(text: str, hour: int = 0) -> int:
    """Return the instant at which an hour of a date begins."""
    return day_number(text) * DAY_S + hour * HOUR_S


def stamp(second: int) -> str:
    """Write an instant as the feed contract has it."""
    day, rest = divmod(second, DAY_S)
    hour, rest = divmod(rest, HOUR_S)
    minute, rest = divmod(rest, 60)
    return f"{DAYS[day]}T{hour:02}:{minute:02}:{rest:02}+09:00"
