"""How fast awards are credited: the whole payout with its recheck, and only the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from points import payout
from points.accounts import get_campaign_accounts, open_member_accounts
from points.models import Payout
from tests.bench.drawing import EMPTY, ENTERED, RODE, empty, freeze
from tests.bench.loading import execute, settle
from tests.bench.registry import ROUNDS, Result, benchmark, compare, timed
from tests.factories.campaign import CampaignFactory
from tests.factories.lottery import publish, run
from tests.points.steps import CREDIT_AT, confirm, prepare

AWARDS, LEDGER_ROWS, MANY = 20_000, 200_000, 1_000_000
AWARDS_S = 2.0  # required for 20,000
BUDGET = 2 * 10**10
BARE = "ledger_bare"

# The rows of a payout in which everybody is credited in full.
CREDITS = """
INSERT INTO {table}
    (key, kind, from_account_id, to_account_id, points, award_id, expires_on, at, made_by)
SELECT points_award_key('credit/v2', draw.manifest_sha256, entrant.pid, award.prize), 'credit',
    %(reserved)s, member.id, award.points, award.id, %(expires_on)s, %(at)s, 'payout.run'
FROM lottery_draw draw
JOIN lottery_award award ON award.draw_id = draw.id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
JOIN points_account member ON member.wester_id = entrant.wester_id
WHERE draw.id = %(draw)s"""
WINNERS = sql.SQL("""
SELECT entrant.wester_id FROM lottery_award award
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id""")
PAID = (
    "TRUNCATE points_transfer, points_reversal, points_account, points_payout CASCADE",
    *EMPTY,
)


@benchmark
def payout_credits(scale: float) -> list[Result]:
    """Carry out a payout of 20,000 awards by one worker, recheck and all."""
    seconds = sorted(pay_all(int(AWARDS * scale)) for _ in range(ROUNDS))
    target = AWARDS_S * max(scale, 0.1)
    return [Result("payout_credits", seconds[ROUNDS // 2], "as asked", target, 1.0)]


@benchmark
def payout_linear(scale: float) -> list[Result]:
    """Carry out a payout of a million awards: the time is ten times that of a tenth."""
    many = int(MANY * scale)
    tenth = pay_all(many // 10)
    return [Result("payout_linear", pay_all(many), "ten times a tenth", 10 * tenth, 1.25)]


@benchmark
def ledger_credits(scale: float) -> list[Result]:
    """Insert credits by one statement, with all that the ledger checks and stores.

    The baseline inserts the same rows into a copy of the table with every key, index and check.
    """
    rounds: list[tuple[float, float]] = []
    with owed(int(LEDGER_ROWS * scale)) as ready:
        with transaction.atomic():
            open_member_accounts(WINNERS)
        execute(
            f"CREATE TABLE {BARE} (LIKE points_transfer INCLUDING ALL)",
            "VACUUM ANALYZE points_account",
            "VACUUM ANALYZE points_transfer",
        )
        for _ in range(ROUNDS):
            settle()
            bare = timed(lambda: insert(ready, BARE))
            settle()
            rounds.append((timed(lambda: insert(ready, "points_transfer")), bare))
        execute(f"DROP TABLE {BARE}")
    return [compare("ledger_credits", rounds, baseline="INSERT SELECT alone", asked=4.0)]


def insert(ready: Payout, table: str) -> None:
    """Insert everybody's credit, and take it back: it can be done once."""
    values: dict[str, Any] = {
        "draw": ready.draw_id,
        "reserved": get_campaign_accounts(ready.draw.campaign)["reserved"].pk,
        "expires_on": ready.draw.terms.expires_on,
        "at": CREDIT_AT,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CREDITS.format(table=table), values)
        if cursor.rowcount != ready.awards:
            raise AssertionError("somebody was left out")
        transaction.set_rollback(True)


def pay_all(awards: int) -> float:
    """Return the seconds of a payout of so many awards."""
    with owed(awards) as ready:
        settle()
        seconds = timed(lambda: payout.pay_remaining_parts(ready, now=lambda: CREDIT_AT))
        check(ready)
    return seconds


def check(ready: Payout) -> None:
    """Make sure that every award was credited."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(points) FROM points_transfer WHERE kind = 'credit'")
        if cursor.fetchone() != (ready.awards, ready.award_points):
            raise AssertionError("somebody was left out")


@contextmanager
def owed(awards: int) -> Iterator[Payout]:
    """Provide an approved payout of so many awards, and empty the tables again."""
    campaign = CampaignFactory.create(
        published=True, first__budget_points=BUDGET, first__expected_sales_yen=50 * BUDGET
    )
    execute(
        ENTERED.format(campaign=campaign.pk, entrants=awards),
        RODE.format(entrants=awards),
        "VACUUM ANALYZE entries_entry",
        "VACUUM ANALYZE bookings_booking",
    )
    try:
        draw = run(publish(freeze(campaign)))
        execute("VACUUM ANALYZE lottery_entrant", "VACUUM ANALYZE lottery_award")
        ready = prepare(confirm(draw))
        execute("VACUUM ANALYZE points_transfer")
        yield ready
    finally:
        empty(*PAID)
