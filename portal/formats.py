"""Format days, times and numbers in the language of the page.

In Japanese they read as railways print them: 2025年1月13日（月・祝）, 12時, 1億.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import holidays
from django.utils.dateformat import format as formatted
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

MAN, OKU = 10**4, 10**8
HOLIDAYS = holidays.country_holidays("JP")
LAST_EARLY_DAY, LAST_MIDDLE_DAY = 10, 20
JUST_BEFORE = timedelta(microseconds=1)


def day_in_words(day: date, *, with_year: bool = True) -> str:
    """Format a day with its weekday, marked where it is a public holiday."""
    parts = {
        # Translators: letters of Django's date filter (l: Friday, D: Fri, F: January, n: 1).
        "weekday": formatted(day, pgettext("weekday", "l")),
        "month": formatted(day, pgettext("month", "F")),
        "day": day.day,
        "year": day.year,
    }
    if not with_year:
        del parts["year"]
        if day in HOLIDAYS:
            return _("%(weekday)s, %(month)s %(day)s (public holiday)") % parts
        return _("%(weekday)s, %(month)s %(day)s") % parts
    if day in HOLIDAYS:
        return _("%(weekday)s, %(month)s %(day)s, %(year)s (public holiday)") % parts
    return _("%(weekday)s, %(month)s %(day)s, %(year)s") % parts


def bare_day_in_words(day: date) -> str:
    """Format a day without its weekday but with its year, for a sentence."""
    parts = {
        "month": formatted(day, pgettext("month", "F")),
        "day": day.day,
        "year": day.year,
    }
    return pgettext("day within a sentence", "%(month)s %(day)s, %(year)s") % parts


def time_in_words(instant: datetime) -> str:
    """Format a time of day, a full hour without its minutes."""
    if instant.minute:
        return pgettext("time of day", "%(hour)s:%(minute)s") % {
            "hour": instant.hour,
            "minute": f"{instant.minute:02}",
        }
    return pgettext("full hour", "%(hour)s:00") % {"hour": instant.hour}


def moment_in_words(instant: datetime, *, with_year: bool = True) -> str:
    """Format the instant from which something is possible."""
    return pgettext("day and time", "%(day)s at %(time)s") % {
        "day": day_in_words(instant.date(), with_year=with_year),
        "time": time_in_words(instant),
    }


def second_in_words(instant: datetime) -> str:
    """Format an instant to the second, as on a receipt."""
    return pgettext("day and time", "%(day)s at %(time)s") % {
        "day": day_in_words(instant.date()),
        "time": f"{instant:%H:%M:%S}",
    }


def minute_in_words(instant: datetime) -> str:
    """Format an instant to the minute, for a sentence."""
    return pgettext("day and time, short", "%(day)s, %(time)s") % {
        "day": bare_day_in_words(instant.date()),
        "time": f"{instant:%H:%M}",
    }


def deadline_in_words(until: datetime, *, with_year: bool = True) -> str:
    """Format an exclusive end; midnight becomes the end of the day before."""
    if until.time() != datetime.min.time():
        return moment_in_words(until, with_year=with_year)
    last_day = (until - JUST_BEFORE).date()
    return _("the end of %(day)s") % {"day": day_in_words(last_day, with_year=with_year)}


def part_of_month_in_words(day: date) -> str:
    """Format a planned day as early, mid or late in its month."""
    parts = {"month": formatted(day, pgettext("month", "F")), "year": day.year}
    if day.day <= LAST_EARLY_DAY:
        return _("early %(month)s %(year)s") % parts
    if day.day <= LAST_MIDDLE_DAY:
        return _("mid-%(month)s %(year)s") % parts
    return _("late %(month)s %(year)s") % parts


def last_day_in_words(day: date) -> str:
    """Format the last day of a period; a month's last day becomes the month's end."""
    if day.day != monthrange(day.year, day.month)[1]:
        return day_in_words(day)
    parts = {"month": formatted(day, pgettext("month", "F")), "year": day.year}
    return _("the end of %(month)s %(year)s") % parts


def periods_in_words(periods: Iterable[tuple[date, date]]) -> str:
    """Format periods, both days included, for a sentence."""
    sentence = pgettext("a period", "%(first)s to %(last)s")
    return pgettext("inside a list", ", ").join(
        sentence % {"first": bare_day_in_words(first), "last": bare_day_in_words(last)}
        for first, last in periods
    )


def grouped(number: int) -> str:
    """Format a whole number with commas between groups of three digits."""
    return f"{number:,}"


def large_in_words(number: int) -> str:
    """Format a round number in Japanese as 1億2,000万, any other with commas."""
    if get_language() != "ja" or number % MAN:
        return grouped(number)
    oku, man = number // OKU, number % OKU // MAN
    return (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "") or "0"
