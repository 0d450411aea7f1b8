"""Apply the feed ``ex_registrations``: which WESTER ID an EX member has.

Source: docs/specs/feeds.md 3; docs/specs/consistency.md 2.
"""

from django.db.backends.utils import CursorWrapper

from bookings.definitions import EX_REGISTRATIONS
from bookings.feeds import Feed
from core import locks
from core.sql_files import read_sql


def apply_registrations(cursor: CursorWrapper) -> int:
    """Apply the staged registrations; return how many rows have new values.

    Stored rows are not read: the stored registration and the greatest of the new rows are enough.
    """
    cursor.execute(read_sql("bookings", "save_registration_rows"))
    saved = int(cursor.rowcount)
    cursor.execute(read_sql("bookings", "save_greater_row_texts"))
    cursor.execute(read_sql("bookings", "fold_registrations"))
    cursor.execute(read_sql("bookings", "write_registrations"))
    cursor.execute(read_sql("bookings", "mark_registration_members"))
    cursor.execute("DROP TABLE changed")
    return saved


REGISTRATION_FEED = Feed(
    definition=EX_REGISTRATIONS,
    lock=locks.Feed.EX_REGISTRATIONS,
    create_staged=read_sql("bookings", "create_staged_registrations"),
    apply=apply_registrations,
    happened_at="updated_at",
)
