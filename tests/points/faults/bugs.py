"""Mistakes that the tests must find: in the code, with what of the database would stop them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import psycopg
from django.db import connection, transaction

from core import sql_files
from points import payout as paying
from points import queries, tasks
from points.models import Payout, PayoutPart

# Guards of the database that stand in a mistake's way.
ONCE = """
ALTER TABLE points_transfer DROP CONSTRAINT transfer_key_once,
    DROP CONSTRAINT transfer_repeats_say_the_same;
DROP INDEX transfer_one_of_a_kind_per_award"""
REWRITE = """
DO $rewrite$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef(tgfoid) INTO STRICT body FROM pg_trigger
    WHERE tgrelid = 'points_transfer'::regclass AND tgname LIKE '%transfer\\_posted%';
    IF position('{old}' IN body) = 0 THEN
        RAISE EXCEPTION 'the trigger does not say this any more';
    END IF;
    EXECUTE replace(body, '{old}', '{new}');
END $rewrite$"""
OVERSPENT = REWRITE.format(old="standing.reserved < 0", new="standing.reserved IS NULL")
RULES = REWRITE.format(old="WHERE t.kind <> ''reverse''", new="WHERE FALSE")
BOUND = "ALTER TABLE points_account DROP CONSTRAINT account_within_its_bound"
MARKED = "ALTER TABLE points_payoutpart DISABLE TRIGGER USER"
BALANCE = REWRITE.format(old="WHERE account.id = moved.id", new="WHERE FALSE")
RUNG = "CREATE TABLE rung (at timestamptz); GRANT ALL ON rung TO dodonto_app"
LEASED = """
ALTER TABLE points_payoutpart ADD leased boolean NOT NULL DEFAULT FALSE;
GRANT UPDATE ON points_payoutpart TO dodonto_app"""
PLAIN, KEYED = "ORDER BY due.key", "ORDER BY due.key\nON CONFLICT (key, payload) DO NOTHING"


@dataclass(frozen=True)
class Bug:
    """A mistake in the code, and the statements that take the database's own guards away."""

    plant: Callable[[], None]
    unguard: tuple[str, ...] = ()
    patience_s: float = 120.0

    def open_the_way(self, connection: psycopg.Connection) -> None:
        """Take away what of the database would stop the mistake."""
        for statement in self.unguard:
            connection.execute(statement)


def rewrite(name: str, old: str, new: str) -> None:
    """Replace what a statement of the payout says, as it is read from its file."""
    read_sql = sql_files.read_sql
    assert old in read_sql("points", name), f"{name} does not say {old} any more"

    def read_rewritten(app: str, file: str) -> str:
        text = read_sql(app, file)
        return text.replace(old, new) if (app, file) == ("points", name) else text

    vars(sql_files)["read_sql"] = vars(paying)["read_sql"] = read_rewritten


def pay_again_what_has_its_end() -> None:
    rewrite("recheck_awards", "ended.kind IN ('credit', 'forfeit')", "FALSE")


def in_steps(*steps: Callable[[Payout, PayoutPart, datetime], None]) -> None:
    """Do a part in these steps, each a transaction of its own."""

    def pay_next_part(payout: Payout, *, at: datetime) -> bool:
        part = payout.parts.filter(done_at__isnull=True).order_by("number").first()
        if part is None:
            return False
        for step in steps:
            with transaction.atomic():
                step(payout, part, at)
        return True

    paying.pay_next_part = pay_next_part


def recheck(payout: Payout, part: PayoutPart, at: datetime) -> None:
    paying.recheck_part(payout, part)


def write(payout: Payout, part: PayoutPart, at: datetime) -> None:
    paying.pay_rechecked_awards(payout, at=at)


def recheck_and_write(payout: Payout, part: PayoutPart, at: datetime) -> None:
    recheck(payout, part, at)
    write(payout, part, at)


def mark(payout: Payout, part: PayoutPart, at: datetime) -> None:
    PayoutPart.objects.filter(pk=part.pk).update(done_at=at)


def write_and_mark(payout: Payout, part: PayoutPart, at: datetime) -> None:
    write(payout, part, at)
    mark(payout, part, at)


def do_everything(payout: Payout, part: PayoutPart, at: datetime) -> None:
    recheck_and_write(payout, part, at)
    mark(payout, part, at)


def forget_the_key() -> None:
    """Write whatever comes, and mark it in a transaction of its own."""
    rewrite("pay_awards", KEYED, PLAIN)
    pay_again_what_has_its_end()
    in_steps(recheck_and_write, mark)


def claim_without_a_lock() -> None:
    rewrite("pay_awards", KEYED, PLAIN)
    pay_again_what_has_its_end()
    in_steps(do_everything)


def compare_no_payload() -> None:
    """Pass over what has the same key, whatever it says."""
    rewrite("pay_awards", "ON CONFLICT (key, payload)", "ON CONFLICT (key)")
    pay_again_what_has_its_end()
    in_steps(recheck_and_write, mark)


def recheck_outside() -> None:
    rewrite("recheck_awards", "ON COMMIT DROP ", "")
    in_steps(recheck, write_and_mark)


def ring_once() -> None:
    """Call workers only the first time that something is due."""
    due = queries.find_due_payouts

    def due_first(*, now: datetime) -> list[Payout]:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO rung SELECT now() WHERE NOT EXISTS (SELECT FROM rung)")
            return due(now=now) if cursor.rowcount else []

    vars(tasks)["find_due_payouts"] = due_first


def keep_the_claim() -> None:
    """Claim a part by a mark of its own, which only its owner removes."""
    pay_next_part = paying.pay_next_part

    def claim_first(payout: Payout, *, at: datetime) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE points_payoutpart SET leased = TRUE WHERE id = ("
                "SELECT min(id) FROM points_payoutpart WHERE done_at IS NULL AND NOT leased)"
            )
            return bool(cursor.rowcount) and pay_next_part(payout, at=at)

    paying.pay_next_part = claim_first


BUGS: dict[str, Bug] = {
    "no unique key": Bug(forget_the_key, (ONCE, OVERSPENT, BOUND)),
    "claimed without a lock": Bug(claim_without_a_lock, (ONCE, OVERSPENT, BOUND, MARKED)),
    "marked before the effect": Bug(partial(in_steps, mark, recheck_and_write)),
    "payload not compared": Bug(compare_no_payload, (OVERSPENT, BOUND)),
    "recheck outside the crediting transaction": Bug(recheck_outside),
    "release forgotten": Bug(
        partial(rewrite, "pay_awards", "AND verdict.payable < verdict.points", "AND FALSE")
    ),
    "leavers credited": Bug(
        partial(rewrite, "recheck_awards", "membership.wester_id IS NOT NULL", "FALSE")
    ),
    "recheck raises": Bug(
        partial(rewrite, "recheck_awards", "LEAST(due.points, judged", "LEAST(judged"),
        (RULES, OVERSPENT, BOUND),
    ),
    "key of something else": Bug(partial(rewrite, "pay_awards", "credit/v2", "credit/v3")),
    "balances not kept": Bug(lambda: None, (BALANCE,)),
    "bell rung once": Bug(ring_once, (RUNG,), patience_s=8.0),
    "claim kept by the dead": Bug(keep_the_claim, (LEASED,), patience_s=8.0),
}
