"""The feed ``ex_registrations``: who holds which EX membership.

Source: docs/specs/feeds.md 3; docs/specs/consistency.md 2.
"""

from django.db.backends.utils import CursorWrapper

from bookings.definitions import EX_REGISTRATIONS
from bookings.feeds import Feed
from core import locks

CREATE_STAGED = """
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, ex_member_no, member_kind, wester_id, points_registered_at, updated_at,
    row_text
FROM bookings_registrationrow WITH NO DATA"""

# Writes bookings_registrationrow (unique registrationrow_once). Rows of equal values may differ in
# how their instants are written; the greatest is kept.
KEEP_ROWS = """
INSERT INTO bookings_registrationrow
    (ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text)
SELECT ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
FROM staged
ORDER BY ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text DESC
ON CONFLICT ON CONSTRAINT registrationrow_once DO NOTHING"""
KEEP_GREATER_TEXTS = """
UPDATE bookings_registrationrow AS kept SET row_text = greatest.row_text
FROM (
    SELECT DISTINCT ON (ex_member_no, member_kind, wester_id, points_registered_at, updated_at) *
    FROM staged
    ORDER BY ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text DESC
) AS greatest
WHERE (kept.ex_member_no, kept.member_kind, kept.wester_id, kept.updated_at)
    = (greatest.ex_member_no, greatest.member_kind, greatest.wester_id, greatest.updated_at)
  AND kept.points_registered_at IS NOT DISTINCT FROM greatest.points_registered_at
  AND kept.row_text < greatest.row_text"""

# Reads bookings_exregistration by its key. Duplicates take part: one may be written so that it
# wins a tie which its equal lost.
FOLD = """
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
SELECT newest.*, old.wester_id AS old_wester_id,
    (newest.member_kind, newest.wester_id, newest.points_registered_at)
        IS DISTINCT FROM (old.member_kind, old.wester_id, old.points_registered_at) AS matters
FROM (
    SELECT DISTINCT ON (ex_member_no) *
    FROM staged ORDER BY ex_member_no, updated_at DESC, row_text DESC
) AS newest
LEFT JOIN bookings_exregistration AS old USING (ex_member_no)
WHERE old.ex_member_no IS NULL
    OR (newest.updated_at, newest.row_text) > (old.updated_at, old.row_text)"""

# Writes bookings_exregistration by its key.
WRITE_REGISTRATIONS = """
INSERT INTO bookings_exregistration
    (ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text)
SELECT ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
FROM changed
ON CONFLICT (ex_member_no) DO UPDATE SET
    member_kind = EXCLUDED.member_kind, wester_id = EXCLUDED.wester_id,
    points_registered_at = EXCLUDED.points_registered_at, updated_at = EXCLUDED.updated_at,
    row_text = EXCLUDED.row_text"""

# Writes bookings_membermark: who has the number, and who had it.
MARK_MEMBERS = """
INSERT INTO bookings_membermark (wester_id)
SELECT wester_id FROM changed WHERE matters
UNION
SELECT old_wester_id FROM changed WHERE matters AND old_wester_id IS NOT NULL"""


def apply_registrations(cursor: CursorWrapper) -> int:
    """Apply the staged registrations; return how many rows were not known before by their values.

    Old rows are not read: the registration that stands and the greatest of the new ones suffice.
    """
    cursor.execute(KEEP_ROWS)
    kept = int(cursor.rowcount)
    for statement in (KEEP_GREATER_TEXTS, FOLD, WRITE_REGISTRATIONS, MARK_MEMBERS):
        cursor.execute(statement)
    cursor.execute("DROP TABLE changed")
    return kept


REGISTRATION_FEED = Feed(
    definition=EX_REGISTRATIONS,
    lock=locks.Feed.EX_REGISTRATIONS,
    create_staged=CREATE_STAGED,
    apply=apply_registrations,
)
