"""The template filters format instants in Japan's time."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from portal.templatetags.wording import FILTERS

BEFORE_MIDNIGHT = datetime(2025, 1, 31, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Japan
MIDNIGHT = datetime(2025, 1, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("day", BEFORE_MIDNIGHT, '<time datetime="2025-01-31">Friday, January 31, 2025</time>'),
        ("day", MIDNIGHT, '<time datetime="2025-02-01">Saturday, February 1, 2025</time>'),
        ("day", date(2025, 2, 1), '<time datetime="2025-02-01">Saturday, February 1, 2025</time>'),
        ("bare_day", MIDNIGHT, '<time datetime="2025-02-01">February 1, 2025</time>'),
        (
            "second",
            BEFORE_MIDNIGHT,
            (
                '<time datetime="2025-01-31T23:59:59+09:00">'
                "Friday, January 31, 2025 at 23:59:59</time>"
            ),
        ),
        (
            "deadline",
            MIDNIGHT,
            '<time datetime="2025-02-01T00:00:00+09:00">the end of Friday, January 31, 2025</time>',
        ),
    ],
)
def test_filter_writes_japans_time(name: str, value: date, written: str) -> None:
    with translation.override("en"):
        assert FILTERS[name](value) == written
