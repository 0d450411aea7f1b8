"""What a feed is to the loader: how its rows are read, and what is done with them in the database.

The loader knows no feed by name. An app declares its own and hands the mapping of all it wants
loaded to ``bookings.loading`` and ``bookings.quarantine``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from bookings import locks
from bookings.definitions import FeedDefinition


@dataclass(frozen=True)
class Feed:
    """One feed.

    ``create_staged`` is the SQL that creates the temporary table ``staged``: ``record``, then the
    columns of ``definition.copy_columns``.

    ``apply`` finds there the rows that are right by themselves, none perhaps, and the feed's lock
    taken. It moves those that our data reject to ``rejected`` (``bookings.staging.reject``),
    leaves in ``staged`` exactly those that are applied or duplicates, applies them, and returns
    how many were not applied before. The row with the lowest record number comes first. It takes
    whatever locks come after the feed's by itself.

    ``data_reasons`` are those that ``apply`` gives and that a change of our data can mend.
    """

    definition: FeedDefinition
    lock: locks.Feed
    create_staged: str
    apply: Callable[[CursorWrapper], int]
    data_reasons: frozenset[str] = frozenset()


Feeds = Mapping[str, Feed]


def definitions_of(feeds: Feeds) -> dict[str, FeedDefinition]:
    """Return the definitions by their names, as the reader takes them."""
    return {name: feed.definition for name, feed in feeds.items()}


def by_name(*feeds: Feed) -> dict[str, Feed]:
    """Return the feeds by their names."""
    return {feed.definition.name: feed for feed in feeds}
