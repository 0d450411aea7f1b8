"""Take what the points system answers, and have the ledger follow what it rejected.

Source: the rules of crediting, "Settlement".
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from bookings import locks
from bookings.feeds import Feed, by_name
from bookings.loading import FileOutcome, Watch, load_file, watch_nothing
from bookings.manifests import NAME_FORM
from campaign import approvals
from campaign.audit import Actor
from points import auditing
from points.definitions import CREDIT_RESULTS
from points.models import CreditFile, Payout
from points.moving import take_back
from points.refusals import NotExported, OtherPayout, PayoutClosed

CREATE_STAGED = """
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, ''::text AS credit_key, status, points, detail, processed_at
FROM points_creditanswer WITH NO DATA"""
# Reads points_creditanswer by creditanswer_of_a_key. A row that only says again what was said
# before is a duplicate; it is kept as well, for its file may be the later one by its name.
COUNT_NEW = """
SELECT count(*) FROM (
    SELECT decode(credit_key, 'hex'), status, points, COALESCE(detail, ''), processed_at
    FROM staged
    EXCEPT
    SELECT credit_key, status, points, detail, processed_at
    FROM points_creditanswer WHERE payout_id = %(payout)s
) said"""
KEEP_ANSWERS = """
INSERT INTO points_creditanswer
    (payout_id, business_date, sequence, delivery, credit_key, status, points, detail, processed_at)
SELECT %(payout)s, %(business_date)s, %(sequence)s, (
        SELECT COALESCE(max(delivery), 0) + 1 FROM points_creditanswer
        WHERE payout_id = %(payout)s
    ), decode(credit_key, 'hex'), status, points, COALESCE(detail, ''), processed_at
FROM staged ORDER BY record"""
# Reads points_transfer by its key.
OF_ANOTHER = """
SELECT EXISTS (
    SELECT FROM staged
    JOIN points_transfer credit ON credit.key = decode(staged.credit_key, 'hex')
    JOIN lottery_award award ON award.id = credit.award_id
    JOIN points_payout payout ON payout.draw_id = award.draw_id
    WHERE payout.id <> %(payout)s
)"""
REJECTED = """
SELECT credit_id, detail FROM points_keystanding
WHERE payout_id = %(payout)s AND classed = 'rejected' AND NOT is_reversed"""


def settle(
    *,
    payout: Payout,
    path: Path,
    at: datetime,
    watch: Watch = watch_nothing,
    actor: Actor | None = None,
) -> FileOutcome:
    """Load a results file; every credit that it rejects is reversed and its award forfeited.

    The audit keeps who had it loaded; nothing of a file that is refused, or loaded already.

    Raises:
        NotPermitted: the person may not pay.
        NotExported: the points system was never told of the credits.
        PayoutClosed: both sides agree already.
        OtherPayout: the file answers for another campaign; nothing of it is kept.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    if not CreditFile.objects.filter(payout=payout).exists():
        raise NotExported(_("The file of credits was never written; use: payout export."))
    feed = results_feed(payout, path, at=at, actor=actor)
    return load_file(path=path, feeds=by_name(feed), loaded_at=at, watch=watch)


def results_feed(payout: Payout, path: Path, *, at: datetime, actor: Actor | None = None) -> Feed:
    """Return the feed of results, to be applied to one payout from one file."""
    return Feed(
        definition=CREDIT_RESULTS,
        lock=locks.Feed.CREDIT_RESULTS,
        create_staged=CREATE_STAGED,
        apply=applying(payout, path, at=at, actor=actor),
    )


def applying(
    payout: Payout, path: Path, *, at: datetime, actor: Actor | None
) -> Callable[[CursorWrapper], int]:
    """Return the function that applies the staged rows of a file; its name holds its place."""
    form = NAME_FORM.fullmatch(path.name)
    _feed, day, sequence = form.groups() if form else ("", "20000101", "000")
    values: dict[str, Any] = {"payout": payout.pk, "business_date": day, "sequence": int(sequence)}

    def apply_results(cursor: CursorWrapper) -> int:
        locks.take(locks.Lock.LEDGER)
        refuse_closed(payout)
        refuse_of_another(cursor, values)
        cursor.execute(COUNT_NEW, values)
        (new,) = cursor.fetchone()
        cursor.execute(KEEP_ANSWERS, values)
        rejected = take_back(REJECTED, values, reason="rejected", at=at, made_by="payout.settle")
        detail = {"name": path.name, "applied": int(new), "forfeited": rejected}
        auditing.keep("settle", payout, actor=actor, at=at, detail=detail)
        return int(new)

    return apply_results


def refuse_of_another(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    """Refuse a file given to the wrong campaign, where it would be spent for the right one.

    Raises:
        OtherPayout: a key is of another payout.
    """
    cursor.execute(OF_ANOTHER, values)
    if cursor.fetchone() == (True,):
        raise OtherPayout(_("The file answers for another campaign; give it to that one."))


def refuse_closed(payout: Payout) -> None:
    """Refuse to touch what is closed.

    Raises:
        PayoutClosed: it is.
    """
    payout.refresh_from_db(fields=["closed_at"])
    if payout.closed_at:
        raise PayoutClosed(_("The payout is closed."))
