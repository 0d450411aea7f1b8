"""Credit the awards of an approved payout, each exactly once: here points come to members.

The work goes in parts of a thousand awards. A part is one transaction: the lock of its row decides
which worker pays it, and its transfers are committed together with its ``done_at``. An award that
was credited or forfeited is skipped, so that a killed worker or a second run does no harm.
Source: docs/specs/points.md 2.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from psycopg import sql

from campaign import eligibility
from campaign.models import Terms
from campaign.plan import Pool, Prize
from campaign.reward_columns import lots_column, reward_column
from campaign.rewards import shares_of
from core import approvals
from core.audit import Actor
from core.locks import Feed, Lock, acquire
from core.sql_files import compose_sql, name_values, read_sql
from entries.rules import MEMBER_RULES
from lottery.models import Award, Candidate
from points import auditing
from points.accounts import get_campaign_accounts, open_member_accounts
from points.models import Account, Payout, PayoutPart
from points.queries import count_awards
from points.refusals import NotDueYet

MEMBERS_TO_CREDIT = sql.SQL("SELECT wester_id FROM verdict WHERE reason = ''")
# A part has few rows and the tables are large: use indexes, and no just-in-time compilation.
SETTINGS = "SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off"


def refuse_before_credit_at(payout: Payout, *, at: datetime) -> None:
    """Refuse to credit before the instant of the terms.

    Raises:
        NotDueYet: it has not come.
    """
    credit_at = payout.draw.terms.credit_at
    if at < credit_at:
        raise NotDueYet(
            _("Points are credited from %(instant)s on.")
            % {"instant": date_format(credit_at.astimezone(at.tzinfo), "DATETIME_FORMAT")}
        )


def record_run_start(payout: Payout, *, at: datetime, actor: Actor | None = None) -> None:
    """Record in the audit that a person runs the payout; nothing where it has ended.

    Workers need no person for it: what they do was approved.

    Raises:
        NotPermitted: the person may not pay.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    if payout.ended_at is None:
        counts = count_awards(payout.draw)
        auditing.record_payout_step("run", payout, actor=actor, at=at, detail=counts)


def pay_remaining_parts(
    payout: Payout, *, now: Callable[[], datetime], watch: Callable[[], None] = lambda: None
) -> int:
    """Pay parts until none is free, and end the payout if all are done.

    Returns the number of parts paid.

    Args: ``now`` is called before each part, ``watch`` after each.

    Raises:
        NotDueYet: the crediting instant has not come.
    """
    paid = 0
    while pay_next_part(payout, at=now()):
        paid += 1
        watch()
    end_payout(payout, at=now())
    return paid


@transaction.atomic
def pay_next_part(payout: Payout, *, at: datetime) -> bool:
    """Lock and pay a part that no other worker pays; return whether there was one.

    The locks keep out loads that could change who has left or what counts: a member who leaves is
    either credited before that or forfeits.

    Raises:
        NotDueYet: the crediting instant has not come.
    """
    refuse_before_credit_at(payout, at=at)
    for feed in (Feed.BOOKINGS, Feed.EX_REGISTRATIONS, Feed.MEMBERSHIPS):
        acquire(Lock.FEED, feed, shared=True)
    acquire(Lock.LEDGER, shared=True)
    waiting = payout.parts.filter(done_at__isnull=True).order_by("number")
    part = waiting.select_for_update(skip_locked=True).first()
    if part is None:
        return False
    recheck_part(payout, part)
    pay_rechecked_awards(payout, at=at)
    PayoutPart.objects.filter(pk=part.pk).update(done_at=at)
    return True


def recheck_part(payout: Payout, part: PayoutPart) -> None:
    """Write to ``verdict`` what each award of a part without an end comes to today.

    Source: docs/specs/points.md 2.1.
    """
    terms, plan = payout.draw.terms, payout.draw.terms.plan
    prize = plan.prizes[part.prize - 1]
    of_part = Award.objects.filter(
        draw=payout.draw_id,
        prize=part.prize,
        rank__gte=part.first_rank,
        rank__lte=part.last_rank,
    )
    members = ArraySubquery(of_part.values("entrant__wester_id"))
    totals, total_values = name_values(
        *eligibility.totals_of_members(terms, members), prefix="total"
    )
    judged, judged_values = name_values(
        *compile_recheck(terms, prize, payout.draw.lots_total), prefix="judged"
    )
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(
            compose_sql("points", "recheck_awards", totals=totals, judged=judged),
            {
                **total_values,
                **judged_values,
                "draw": payout.draw_id,
                "prize": prize.number,
                "lots_decided": lots_decided(prize, ended_by_budget=payout.ended_by_budget),
                "first_rank": part.first_rank,
                "last_rank": part.last_rank,
            },
        )


def lots_decided(prize: Prize, *, ended_by_budget: bool) -> bool:
    """Return whether an entrant's lots decided whether they won a prize; never so in a pool."""
    if isinstance(prize.reward, Pool):
        return False
    return prize.take.kind != "all" or ended_by_budget


def compile_recheck(terms: Terms, prize: Prize, lots_total: int) -> tuple[str, Any]:
    """Return the query of each candidate's reward, lots and reason to forfeit, and its values.

    The first reason applies: a member who has left reads that, not the total. Args: ``lots_total``:
    those of the frozen list, by which a pool is shared.
    """
    plan = terms.plan
    total, facts = "counting_total", "facts"
    share = shares_of(plan, lots_total).get(prize.number)
    rules = {rule.code: rule for rule in MEMBER_RULES}
    below = Q(counting_total__lt=plan.minimum_of(prize))
    judged = Candidate.objects.order_by().values(
        "wester_id",
        reward=reward_column(plan, prize, total=total, facts=facts, share=share),
        lots=lots_column(plan, total=total, facts=facts),
        reason=Case(
            When(rules["withdrawn"].rejects(terms), then=Value("withdrawn")),
            When(below, then=Value("below_minimum")),
            default=Value(""),
        ),
    )
    query: tuple[str, Any] = judged.query.sql_with_params()
    return query


def pay_rechecked_awards(payout: Payout, *, at: datetime) -> None:
    """Credit, release and forfeit as ``verdict`` says, and drop it."""
    accounts = get_campaign_accounts(payout.draw.campaign)
    open_member_accounts(MEMBERS_TO_CREDIT)
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("points", "pay_awards"),
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


def end_payout(payout: Payout, *, at: datetime) -> bool:
    """End a payout whose parts are all done; return whether it has ended."""
    if payout.parts.filter(done_at__isnull=True).exists():
        return False
    Payout.objects.filter(pk=payout.pk, ended_at__isnull=True).update(ended_at=at)
    return True
