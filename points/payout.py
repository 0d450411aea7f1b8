"""Carry an approved payout out: every award once, whoever is killed and however often it is asked.

A part is one transaction: its row's lock says who pays it, its transfers and the mark that it is
done come together or not at all. An award that has its end is passed over, whatever a part says.
Source: docs/specs/points.md 2.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from campaign import eligibility
from campaign.models import Terms
from core import approvals
from core.audit import Actor
from core.locks import Feed, Lock, take
from entries.rules import MEMBER_RULES
from lottery.models import Award, Candidate
from points import auditing, keys
from points.accounts import campaign_accounts, open_member_accounts
from points.models import Account, Payout, PayoutPart
from points.queries import award_counts
from points.refusals import NotDueYet

# What forfeits, the first that applies; a member who has left is told that, whatever the total.
FORFEITING = ("withdrawn", "below_minimum")
# The rows are few and the tables large: look them up, and compile nothing for it.
SETTINGS = "SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off"

# Reads lottery_award (award_rank_once), lottery_entrant and lottery_draw by their keys,
# points_transfer (transfer_one_of_a_kind_per_award), entries_membership by its key, and what the
# member's bookings come to today. Everybody here has entered, which the frozen list says.
JUDGE = """
CREATE TEMPORARY TABLE verdict ON COMMIT DROP AS
WITH fresh AS MATERIALIZED ({fresh}),
due AS MATERIALIZED (
    SELECT award.id AS award_id, award.points, entrant.wester_id, entrant.pid
    FROM lottery_award award JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    WHERE award.draw_id = %s AND award.rank BETWEEN %s AND %s AND NOT EXISTS (
        SELECT FROM points_transfer ended
        WHERE ended.award_id = award.id AND ended.kind IN ('credit', 'forfeit')
    )
),
candidate AS (
    SELECT due.wester_id, %s::timestamptz AS entered_at,
        COALESCE(fresh.sum_yen, 0) AS counting_total, membership.wester_id IS NOT NULL AS has_left
    FROM due
    LEFT JOIN fresh ON fresh.member = due.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = due.wester_id AND membership.status = 'withdrawn'
),
judged AS ({judged})
SELECT due.award_id, due.points, due.pid, due.wester_id, judged.reason,
    LEAST(due.points, judged.counting_total, %s) AS payable
FROM due JOIN judged USING (wester_id)"""
# One statement, so that the accounts are held in one order. Uses account_one_per_member.
PAY = f"""
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, expires_on, reason, at, made_by)
SELECT key, kind, %(reserved)s, to_account_id, points, award_id, expires_on, reason, %(at)s,
    'payout.run'
FROM (
    SELECT {keys.key_sql(keys.CREDIT, "%(manifest)s::bytea", "pid")} AS key, 'credit' AS kind,
        member.id AS to_account_id, payable AS points, award_id, %(expires_on)s::date AS expires_on,
        '' AS reason
    FROM verdict JOIN points_account member USING (wester_id) WHERE reason = ''
    UNION ALL
    SELECT {keys.key_sql(keys.RELEASE, "%(manifest)s::bytea", "pid")}, 'release', %(budget)s,
        points - payable, award_id, NULL, 'lower_total'
    FROM verdict WHERE reason = '' AND payable < points
    UNION ALL
    SELECT {keys.key_sql(keys.FORFEIT, "%(manifest)s::bytea", "pid")}, 'forfeit', %(forfeited)s,
        points, award_id, NULL, reason
    FROM verdict WHERE reason <> ''
) due
ORDER BY key
ON CONFLICT (key, payload) DO NOTHING"""


def refuse_early(payout: Payout, *, at: datetime) -> None:
    """Refuse to credit before the instant of the terms.

    Raises:
        NotDueYet: it has not come.
    """
    credit_at = payout.draw.terms.credit_at
    if at < credit_at:
        raise NotDueYet(
            _("Points are credited from %(instant)s on.")
            % {"instant": credit_at.astimezone(at.tzinfo).isoformat()}
        )


def keep_start(payout: Payout, *, at: datetime, actor: Actor | None = None) -> None:
    """Keep in the audit that somebody has the awards paid now; nothing where that has ended.

    Workers need nobody for it: what they do was approved.

    Raises:
        NotPermitted: the person may not pay.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    if payout.ended_at is None:
        counts = award_counts(payout.draw)
        auditing.keep("run", payout, actor=actor, at=at, detail=counts)


def work_on(
    payout: Payout, *, now: Callable[[], datetime], watch: Callable[[], None] = lambda: None
) -> int:
    """Pay parts of a payout until none is left to take, and end it; return how many were paid.

    ``now`` is asked before each part; ``watch`` is called after each.

    Raises:
        NotDueYet: the crediting instant has not come.
    """
    paid = 0
    while pay_next(payout, at=now()):
        paid += 1
        watch()
    finish(payout, at=now())
    return paid


@transaction.atomic
def pay_next(payout: Payout, *, at: datetime) -> bool:
    """Take a part that nobody works on and pay it; return whether there was one.

    No feed is loaded meanwhile that could say who has left or what counts: a leaver is either
    credited before or forfeited.

    Raises:
        NotDueYet: the crediting instant has not come.
    """
    refuse_early(payout, at=at)
    for feed in (Feed.BOOKINGS, Feed.EX_REGISTRATIONS, Feed.MEMBERSHIPS):
        take(Lock.FEED, feed, shared=True)
    take(Lock.LEDGER, shared=True)
    waiting = payout.parts.filter(done_at__isnull=True).order_by("number")
    part = waiting.select_for_update(skip_locked=True).first()
    if part is None:
        return False
    judge(payout, part)
    pay(payout, at=at)
    PayoutPart.objects.filter(pk=part.pk).update(done_at=at)
    return True


def judge(payout: Payout, part: PayoutPart) -> None:
    """Write to ``verdict`` what each award of a part that has no end yet comes to today."""
    terms = payout.draw.terms
    of_part = Award.objects.filter(
        draw=payout.draw_id, rank__gte=part.first_rank, rank__lte=part.last_rank
    )
    members = ArraySubquery(of_part.values("entrant__wester_id"))
    fresh, parameters = eligibility.totals_of_members(terms, members)
    judged, reasons = judgement(terms)
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(
            JUDGE.format(fresh=fresh, judged=judged),
            [
                *parameters,
                payout.draw_id,
                part.first_rank,
                part.last_rank,
                terms.opens_at,
                *reasons,
                terms.reward_cap_points,
            ],
        )


def judgement(terms: Terms) -> tuple[str, Any]:
    """Return the query that asks the member's rules of ``candidate``, and its parameters."""
    rules = {rule.code: rule for rule in MEMBER_RULES}
    cases = (When(rules[code].rejects(terms), then=Value(code)) for code in FORFEITING)
    asked = Candidate.objects.order_by().values(
        "wester_id", "counting_total", reason=Case(*cases, default=Value(""))
    )
    query: tuple[str, Any] = asked.query.sql_with_params()
    return query


def pay(payout: Payout, *, at: datetime) -> None:
    """Write the transfers that ``verdict`` asks for, and drop it."""
    accounts = campaign_accounts(payout.draw.campaign)
    open_member_accounts("SELECT wester_id FROM verdict WHERE reason = ''")
    with connection.cursor() as cursor:
        cursor.execute(
            PAY,
            {
                "manifest": bytes(payout.draw.manifest_sha256),
                "reserved": accounts[Account.Kind.RESERVED].pk,
                "budget": accounts[Account.Kind.BUDGET].pk,
                "forfeited": accounts[Account.Kind.FORFEITED].pk,
                "expires_on": payout.draw.terms.expires_on,
                "at": at,
            },
        )
        cursor.execute("DROP TABLE verdict")


def finish(payout: Payout, *, at: datetime) -> bool:
    """End a payout whose parts are all done; return whether it has ended."""
    if payout.parts.filter(done_at__isnull=True).exists():
        return False
    Payout.objects.filter(pk=payout.pk, ended_at__isnull=True).update(ended_at=at)
    return True
