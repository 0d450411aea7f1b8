"""Template filters that format days and instants as <time>, and numbers."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from portal import formats

register = template.Library()


def dated(write: Callable[[date], str], day: date) -> SafeString:
    """Return a day as <time>; of an instant, its day in Japan."""
    if isinstance(day, datetime):
        day = localtime(day).date()
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), write(day))


def timed(write: Callable[[datetime], str], instant: datetime) -> SafeString:
    """Return an instant in Japan's time as <time>."""
    local = localtime(instant)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), write(local))


FILTERS: dict[str, Callable[..., str]] = {
    "day": partial(dated, formats.day_in_words),
    "bare_day": partial(dated, formats.bare_day_in_words),
    "part_of_month": partial(dated, formats.part_of_month_in_words),
    "last_day": partial(dated, formats.last_day_in_words),
    "moment": partial(timed, formats.moment_in_words),
    "short_moment": partial(timed, partial(formats.moment_in_words, with_year=False)),
    "minute": partial(timed, formats.minute_in_words),
    "second": partial(timed, formats.second_in_words),
    "deadline": partial(timed, formats.deadline_in_words),
    "short_deadline": partial(timed, partial(formats.deadline_in_words, with_year=False)),
    "grouped": formats.grouped,
    "large": formats.large_in_words,
}
for name, write in FILTERS.items():
    register.filter(name, write)
