"""Take what the points system answers, and have the ledger follow what it rejected.

Source: docs/specs/points.md 3.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.utils.translation import gettext as _

from bookings.feeds import Feed, index_feeds
from bookings.loading import FileOutcome, OnProgress, ignore_progress, load_file
from bookings.manifests import NAME_FORM
from bookings.models import FeedFile
from core import approvals, locks
from core.audit import Actor
from points import auditing
from points.definitions import CREDIT_RESULTS
from points.models import CreditFile, Payout, ResultsFile
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
SELECT %(payout)s, %(business_date)s, %(sequence)s, %(delivery)s, decode(credit_key, 'hex'), status,
    points, COALESCE(detail, ''), processed_at
FROM staged ORDER BY record"""
# The key that a row in quarantine begins with, as far as it can be read; else null.
KEY_OF = "substring(encode({content}, 'escape') FROM '^\"?([0-9a-f]{{64}})\"?,')"
# A row in quarantine is settled once a later file, by its name, answers the same key. Writes
# bookings_quarantinedrow by its file; reads points_creditanswer by creditanswer_of_a_key.
SETTLE_ANSWERED = f"""
UPDATE bookings_quarantinedrow kept
SET status = 'replayed', settled_at = %(at)s, note = 'A later file answers it.'
FROM points_resultsfile results
WHERE results.payout_id = %(payout)s AND kept.file_id = results.file_id AND kept.status = 'open'
    AND EXISTS (
        SELECT FROM points_creditanswer answer
        WHERE answer.payout_id = results.payout_id
            AND answer.credit_key = decode({KEY_OF.format(content="kept.content")}, 'hex')
            AND (answer.business_date, answer.sequence, answer.delivery)
                > (results.business_date, results.sequence, results.delivery)
    )"""
# Reads points_transfer by its key.
OF_ANOTHER = f"""
SELECT EXISTS (
    SELECT FROM (
        SELECT credit_key FROM staged
        UNION ALL
        SELECT {KEY_OF.format(content="content")} FROM rejected
    ) answer
    JOIN points_transfer credit ON credit.key = decode(answer.credit_key, 'hex')
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
    watch: OnProgress = ignore_progress,
    actor: Actor | None = None,
) -> FileOutcome:
    """Load a results file; every credit that it rejects is reversed and its award forfeited.

    Rows that cannot be read wait in quarantine and keep the payout from being closed, until a later
    file answers them or a person dismisses them. The audit keeps who had the file loaded; nothing
    of one that is refused, or loaded already.

    Raises:
        NotPermitted: the person may not pay.
        NotExported: the points system was never told of the credits.
        PayoutClosed: both sides agree already.
        OtherPayout: the file answers for another campaign; nothing of it is kept.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    if not CreditFile.objects.filter(payout=payout).exists():
        raise NotExported(_("The file of credits was never written; use: payout export."))
    values = {"payout": payout.pk, "at": at, **place_of(path)}
    feed = results_feed(payout, values)
    with transaction.atomic():
        outcome = load_file(
            path=path,
            feeds=index_feeds(feed),
            loaded_at=at,
            on_progress=watch,
            follow_links=True,
        )
        if outcome.status == FeedFile.Status.LOADED:
            keep_file(outcome, values)
            counts = {name: getattr(outcome, name) for name in ("name", "applied", "quarantined")}
            detail = {**counts, "forfeited": values["forfeited"]}
            auditing.keep("settle", payout, actor=actor, at=at, detail=detail)
    return outcome


def place_of(path: Path) -> dict[str, Any]:
    """Return the place of a results file among the others, which its name holds."""
    form = NAME_FORM.fullmatch(path.name)
    _feed, day, sequence = form.groups() if form else ("", "20000101", "000")
    return {"business_date": day, "sequence": int(sequence)}


def results_feed(payout: Payout, values: dict[str, Any]) -> Feed:
    """Return the feed of results, to be applied to one payout from one file."""
    return Feed(
        definition=CREDIT_RESULTS,
        lock=locks.Feed.CREDIT_RESULTS,
        create_staged=CREATE_STAGED,
        apply=applying(payout, values),
    )


def applying(payout: Payout, values: dict[str, Any]) -> Callable[[CursorWrapper], int]:
    """Return the function that applies the staged rows of a file of this place.

    It adds to ``values`` which delivery it is, and how many credits were taken back.
    """

    def apply_results(cursor: CursorWrapper) -> int:
        locks.take(locks.Lock.LEDGER)
        refuse_closed(payout)
        refuse_of_another(cursor, values)
        values["delivery"] = 1 + last_delivery(payout)
        cursor.execute(COUNT_NEW, values)
        (new,) = cursor.fetchone()
        cursor.execute(KEEP_ANSWERS, values)
        values["forfeited"] = take_back(
            REJECTED, values, reason="rejected", at=values["at"], made_by="payout.settle"
        )
        return int(new)

    return apply_results


def last_delivery(payout: Payout) -> int:
    """Return the number of the payout's last results file; 0 before the first."""
    files: int | None = payout.results.aggregate(last=Max("delivery"))["last"]
    return files or 0


def keep_file(outcome: FileOutcome, values: dict[str, Any]) -> None:
    """Keep whose answers a loaded file has, and settle the rows in quarantine that are answered."""
    file = FeedFile.objects.filter(name=outcome.name, status=FeedFile.Status.LOADED).latest("id")
    ResultsFile.objects.create(
        file=file,
        payout_id=values["payout"],
        business_date=date.fromisoformat(values["business_date"]),
        sequence=values["sequence"],
        delivery=values["delivery"],
    )
    with connection.cursor() as cursor:
        cursor.execute(SETTLE_ANSWERED, values)


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
