"""Template filters that format days and instants as <time>, numbers, and plain text."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from portal import formats

register = template.Library()
# A Japanese name, with the letters and marks inside it.
JAPANESE_RUN = re.compile(
    r"[A-Za-z0-9]*[\u3005-\u30ff\u3400-\u9fff]"
    r"(?:[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]|[A-Za-z0-9]+(?=[\u3005-\u9fff]))*"
)


def dated(write: Callable[[date], str], day: date) -> SafeString:
    """Return a day as <time>; of an instant, its day in Japan."""
    if isinstance(day, datetime):
        day = localtime(day).date()
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), write(day))


def timed(write: Callable[[datetime], str], instant: datetime) -> SafeString:
    """Return an instant in Japan's time as <time>."""
    local = localtime(instant)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), write(local))


def written(text: str) -> SafeString:
    """Return plain text for a page: its line ends kept, Japanese names on English pages marked.

    Screen readers read a marked name as Japanese.
    """
    safe = str(escape(text)).replace("\n", "<br>")
    if get_language() == "ja":
        return mark_safe(safe)  # noqa: S308 - escaped above
    marked = JAPANESE_RUN.sub(r'<span lang="ja">\g<0></span>', safe)
    return mark_safe(marked)  # noqa: S308 - escaped above


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
    "written": written,
    "grouped": formats.grouped,
    "large": formats.large_in_words,
}
for name, write in FILTERS.items():
    register.filter(name, write)
