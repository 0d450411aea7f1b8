"""The feed ``memberships``: who has left WESTER.

Source: docs/specs/feeds.md 4.
"""

from django.db.backends.utils import CursorWrapper

from bookings.feeds import Feed
from core import locks
from entries.definitions import MEMBERSHIPS

CREATE_STAGED = """
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, wester_id, status, changed_at FROM entries_membershiprow
WITH NO DATA"""

# Writes entries_membershiprow (unique membershiprow_once).
KEEP_ROWS = """
INSERT INTO entries_membershiprow (wester_id, status, changed_at)
SELECT wester_id, status, changed_at FROM staged ORDER BY wester_id, changed_at, status
ON CONFLICT (wester_id, changed_at, status) DO NOTHING"""

# Writes entries_membership by its key. As text, withdrawn is greater than active.
WRITE_MEMBERSHIPS = """
INSERT INTO entries_membership AS old (wester_id, status, changed_at)
SELECT DISTINCT ON (wester_id) wester_id, status, changed_at
FROM staged ORDER BY wester_id, changed_at DESC, status DESC
ON CONFLICT (wester_id) DO UPDATE
SET status = EXCLUDED.status, changed_at = EXCLUDED.changed_at
WHERE (EXCLUDED.changed_at, EXCLUDED.status) > (old.changed_at, old.status)"""


def apply_memberships(cursor: CursorWrapper) -> int:
    """Apply the staged memberships; return how many rows were not known before."""
    cursor.execute(KEEP_ROWS)
    kept = int(cursor.rowcount)
    cursor.execute(WRITE_MEMBERSHIPS)
    return kept


MEMBERSHIP_FEED = Feed(
    definition=MEMBERSHIPS,
    lock=locks.Feed.MEMBERSHIPS,
    create_staged=CREATE_STAGED,
    apply=apply_memberships,
)
