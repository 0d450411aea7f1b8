"""Days, times and amounts in words, in the language of the page; the numbers come from the terms.

In Japanese as railways print them: 2025年1月13日（月・祝）, 12時, 1億.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.utils.dateformat import format as formatted
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portal.holidays import is_holiday

MAN, OKU = 10**4, 10**8
LAST_EARLY_DAY, LAST_MIDDLE_DAY = 10, 20
JUST_BEFORE = timedelta(microseconds=1)


def day_in_words(day: date, *, with_year: bool = True) -> str:
    """Write a day with its weekday, and say where it is a public holiday."""
    parts = {
        # Translators: letters of Django's date filter (l: Friday, D: Fri, F: January, n: 1).
        "weekday": formatted(day, pgettext("weekday", "l")),
        "month": formatted(day, pgettext("month", "F")),
        "day": day.day,
        "year": day.year,
    }
    if not with_year:
        del parts["year"]
        if is_holiday(day):
            return _("%(weekday)s, %(month)s %(day)s (public holiday)") % parts
        return _("%(weekday)s, %(month)s %(day)s") % parts
    if is_holiday(day):
        return _("%(weekday)s, %(month)s %(day)s, %(year)s (public holiday)") % parts
    return _("%(weekday)s, %(month)s %(day)s, %(year)s") % parts


def bare_day_in_words(day: date) -> str:
    """Write a day without its weekday, as within a sentence: it is read in later years as well."""
    parts = {
        "month": formatted(day, pgettext("month", "F")),
        "day": day.day,
        "year": day.year,
    }
    return pgettext("day within a sentence", "%(month)s %(day)s, %(year)s") % parts


def time_in_words(instant: datetime) -> str:
    """Write a time of day; the minutes only where there are any."""
    if instant.minute:
        return pgettext("time of day", "%(hour)s:%(minute)s") % {
            "hour": instant.hour,
            "minute": f"{instant.minute:02}",
        }
    return pgettext("full hour", "%(hour)s:00") % {"hour": instant.hour}


def moment_in_words(instant: datetime, *, with_year: bool = True) -> str:
    """Write the instant from which something is possible."""
    return pgettext("day and time", "%(day)s at %(time)s") % {
        "day": day_in_words(instant.date(), with_year=with_year),
        "time": time_in_words(instant),
    }


def second_in_words(instant: datetime) -> str:
    """Write the second at which something happened, as on a receipt."""
    return pgettext("day and time", "%(day)s at %(time)s") % {
        "day": day_in_words(instant.date()),
        "time": f"{instant:%H:%M:%S}",
    }


def minute_in_words(instant: datetime) -> str:
    """Write the minute at which something happened, as within a sentence."""
    return pgettext("day and time, short", "%(day)s, %(time)s") % {
        "day": bare_day_in_words(instant.date()),
        "time": f"{instant:%H:%M}",
    }


def deadline_in_words(until: datetime, *, with_year: bool = True) -> str:
    """Write an exclusive end as people say it: midnight is the end of the day before."""
    if until.time() != datetime.min.time():
        return moment_in_words(until, with_year=with_year)
    last_day = (until - JUST_BEFORE).date()
    return _("the end of %(day)s") % {"day": day_in_words(last_day, with_year=with_year)}


def part_of_month_in_words(day: date) -> str:
    """Write about when something is planned: early, mid or late in a month."""
    parts = {"month": formatted(day, pgettext("month", "F")), "year": day.year}
    if day.day <= LAST_EARLY_DAY:
        return _("early %(month)s %(year)s") % parts
    if day.day <= LAST_MIDDLE_DAY:
        return _("mid-%(month)s %(year)s") % parts
    return _("late %(month)s %(year)s") % parts


def last_day_in_words(day: date) -> str:
    """Write the last day on which something is valid, shorter where a month ends with it."""
    if day.day != monthrange(day.year, day.month)[1]:
        return day_in_words(day)
    parts = {"month": formatted(day, pgettext("month", "F")), "year": day.year}
    return _("the end of %(month)s %(year)s") % parts


def grouped(number: int) -> str:
    """Write a whole number with a comma after every third digit."""
    return f"{number:,}"


def large_in_words(number: int) -> str:
    """Write a large round number as the language does: 1億2,000万; else with commas."""
    if get_language() != "ja" or number % MAN:
        return grouped(number)
    oku, man = number // OKU, number % OKU // MAN
    return (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "") or "0"
