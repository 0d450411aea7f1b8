"""Define the feeds ``memberships`` and ``entries``.

Source: docs/specs/feeds.md 4, 5.
"""

from bookings.definitions import Column, FeedDefinition
from bookings.values import IDENTIFIER, TIMESTAMP, choice_of
from entries.enumerations import FEED_CHANNELS, MembershipStatus

MEMBERSHIPS = FeedDefinition(
    name="memberships",
    columns=(
        Column("wester_id", IDENTIFIER),
        Column("status", choice_of(*MembershipStatus.values)),
        Column("changed_at", TIMESTAMP),
    ),
)

ENTRIES = FeedDefinition(
    name="entries",
    columns=(
        Column("wester_id", IDENTIFIER),
        Column("campaign", IDENTIFIER),
        Column("entered_at", TIMESTAMP),
        Column("channel", choice_of(*FEED_CHANNELS)),
    ),
)
