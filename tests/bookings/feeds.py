"""Feeds as another app would declare them, and files of any feed read to their end."""

from dataclasses import replace
from pathlib import Path

from bookings.chunks import Chunk
from bookings.definitions import BOOKINGS, EX_REGISTRATIONS, Column, FeedDefinition
from bookings.delivery import FileRefused
from bookings.reading import open_feed_file
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
FEEDS = {feed.name: feed for feed in (BOOKINGS, EX_REGISTRATIONS, MEMBERSHIPS, ENTRIES)}


def read_all(path: Path, block_size: int = 1 << 18) -> Chunk:
    """Read a file to its end, as one chunk."""
    reader = open_feed_file(path, FEEDS)
    parts = list(replace(reader, block_size=block_size).chunks())
    return Chunk(
        b"".join(part.rows for part in parts),
        sum(part.count for part in parts),
        [bad for part in parts for bad in part.bad],
    )


def refusal_of(path: Path, block_size: int = 1 << 18) -> str:
    try:
        read_all(path, block_size)
    except FileRefused as refusal:
        return refusal.code
    return "read"


def fields_of(chunk: Chunk) -> list[list[bytes]]:
    return [line.split(b"\t") for line in chunk.rows.splitlines()]
