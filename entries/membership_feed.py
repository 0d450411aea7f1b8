"""Apply the feed ``memberships``: who has left WESTER.

Source: docs/specs/feeds.md 4.
"""

from django.db.backends.utils import CursorWrapper

from bookings.feeds import Feed
from core import locks
from core.sql_files import read_sql
from entries.definitions import MEMBERSHIPS


def apply_memberships(cursor: CursorWrapper) -> int:
    """Apply the staged memberships; return how many rows are new."""
    cursor.execute(read_sql("entries", "save_membership_rows"))
    saved = int(cursor.rowcount)
    cursor.execute(read_sql("entries", "write_memberships"))
    return saved


MEMBERSHIP_FEED = Feed(
    definition=MEMBERSHIPS,
    lock=locks.Feed.MEMBERSHIPS,
    create_staged=read_sql("entries", "create_staged_memberships"),
    apply=apply_memberships,
    happened_at="changed_at",
)
