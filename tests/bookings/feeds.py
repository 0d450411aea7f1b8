"""Feeds as another app would declare them, with the words of ``bookings.definitions``."""

from bookings.definitions import Column, FeedDefinition
from bookings.values import IDENTIFIER, JOURNEY, TIMESTAMP, choice_of

MEMBERSHIPS = FeedDefinition(
    name="memberships",
    columns=(
        Column("wester_id", IDENTIFIER),
        Column("status", choice_of("active", "withdrawn")),
        Column("changed_at", TIMESTAMP),
    ),
)
ENTRIES = FeedDefinition(
    name="entries",
    columns=(
        Column("wester_id", IDENTIFIER),
        Column("campaign", IDENTIFIER),
        Column("entered_at", TIMESTAMP),
        Column("channel", choice_of("app", "call_center")),
    ),
)
# No feed of the contract, but one that nulls may begin and end, several side by side.
MOSTLY_EMPTY = FeedDefinition(
    name="mostly_empty",
    columns=(
        Column("a", IDENTIFIER, required=False),
        Column("b", IDENTIFIER, required=False),
        Column("c", IDENTIFIER, required=False),
        Column("way", JOURNEY, required=False),
        Column("z", IDENTIFIER, required=False),
    ),
)
