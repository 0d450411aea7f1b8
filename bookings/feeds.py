"""Describe a feed to the loader: how its rows are read and applied.

The loader knows no feed by name. An app declares its own feeds and passes the mapping of those to
be loaded to ``bookings.loading`` and ``bookings.quarantine``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from bookings.definitions import FeedDefinition
from bookings.models import FeedFile
from core import locks


def never_again(_file: FeedFile) -> bool:
    """Return that a loaded file is not applied again."""
    return False


@dataclass(frozen=True)
class Feed:
    """One feed: its definition, its lock, its staging table and its ``apply``.

    ``definition`` is the feed's first version, which has the later ones. ``create_staged`` is the
    SQL that creates the temporary table ``staged``: ``record``, then the ``copy_columns`` of every
    version.

    ``apply`` is called under the feed's lock, with the rows that are correct by themselves in
    ``staged`` (perhaps none). It moves the rows that stored data rejects to ``rejected``, leaves
    in ``staged`` exactly those that are applied or duplicates, applies them, and returns how many
    were not applied before. The row with the lowest record number comes first. It acquires the
    locks that come after the feed's itself.

    ``data_reasons`` are the reasons of ``apply`` that a change of the stored data can remove.

    ``happened_at`` is the column of ``staged`` with the instant at which what a row says happened;
    of a feed whose rows name no person it is empty.

    ``applies_again`` returns whether a file that is loaded is applied once more, to what its first
    load left alone. Nothing else of it is stored again.
    """

    definition: FeedDefinition
    lock: locks.Feed
    create_staged: str
    apply: Callable[[CursorWrapper], int]
    data_reasons: frozenset[str] = frozenset()
    happened_at: str = ""
    applies_again: Callable[[FeedFile], bool] = never_again


Feeds = Mapping[str, Feed]


def definitions_of(feeds: Feeds) -> dict[str, FeedDefinition]:
    """Return the definitions by name, as the reader expects them."""
    return {name: feed.definition for name, feed in feeds.items()}


def index_feeds(*feeds: Feed) -> dict[str, Feed]:
    """Return the feeds by name."""
    return {feed.definition.name: feed for feed in feeds}
