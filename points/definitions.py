"""What the points system answers, as a feed.

Source: docs/specs/points.md 3; docs/specs/feeds.md 1.
"""

import re

from bookings.definitions import Column, FeedDefinition
from bookings.values import AMOUNT, TIMESTAMP, Kind, choice_of

KEY_FORM = re.compile(r"[0-9a-f]{64}")


def is_key(text: str) -> bool:
    """Say whether this is a credit's key: 32 bytes in lower-case hex."""
    return KEY_FORM.fullmatch(text) is not None


KEY = Kind("bad_identifier", is_key, rb"[0-9a-f]{64}")
# Whatever CSV or COPY would have to quote goes the exact way.
TEXT = Kind("unknown_value", lambda _text: True, rb'[^\x00-\x1f",\\]+')

CREDIT_RESULTS = FeedDefinition(
    name="credit_results",
    columns=(
        Column("credit_key", KEY),
        Column("status", choice_of("credited", "rejected")),
        Column("points", AMOUNT),
        Column("detail", TEXT, required=False),
        Column("processed_at", TIMESTAMP),
    ),
    # Whether a rejected row has points, and whether the total has them, is the other side's affair.
    totals=("points", "CASE status WHEN 'credited' THEN points ELSE 0 END"),
)
