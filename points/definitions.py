"""Define the answers of the points system as a feed.

Source: docs/specs/points.md 3; docs/specs/feeds.md 1.
"""

import re

from bookings.definitions import Column, FeedDefinition
from bookings.values import AMOUNT, TIMESTAMP, Kind, choice_of
from points.models import CreditStatus

KEY_FORM = re.compile(r"[0-9a-f]{64}")


def is_key(text: str) -> bool:
    """Return whether this is a credit's key: 32 bytes in lower-case hex."""
    return KEY_FORM.fullmatch(text) is not None


KEY = Kind("bad_identifier", is_key, rb"[0-9a-f]{64}")
# What CSV or COPY would have to quote is read field by field.
TEXT = Kind("unknown_value", lambda _text: True, rb'[^\x00-\x1f",\\]+')

CREDIT_RESULTS = FeedDefinition(
    name="credit_results",
    columns=(
        Column("credit_key", KEY),
        Column("status", choice_of(*CreditStatus.values)),
        Column("points", AMOUNT),
        Column("detail", TEXT, required=False),
        Column("processed_at", TIMESTAMP),
    ),
    # The other side decides whether a rejected row has points and whether the total counts them.
    totals=("points", "CASE status WHEN 'credited' THEN points ELSE 0 END"),
)
