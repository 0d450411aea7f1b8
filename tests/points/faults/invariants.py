"""What must hold of a campaign's points, in SQL over the tables alone.

Independent of the code that pays: this asks the rows what happened, never a function or a view of
the app. Whatever is broken is raised under its name.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

ZERO = "all accounts come to zero"
BALANCES = "every balance is what was transferred"
BOUNDS = "no balance is out of bounds"
AWARDS = "awards are reserved, credited, released and forfeited"
RESERVED = "what is reserved is what awards wait for"
TWICE = "nobody is credited a prize twice"
NOBODY_ELSE = "nobody else is credited"
AT_MOST = "no credit is above the award or the reward"
BUDGET = "the budget is never exceeded"
KEYS = "keys are computed"
IN_TIME = "no credit comes early or expires otherwise"
LEAVERS = "nobody who left before is credited"
ENDED = "what is said to be done is done"
TERMINAL = "every award is in one terminal state"
OUTCOME = "every award comes to what it should"
UNFINISHED = "everything is finished without hands"


class Broken(AssertionError):
    """Something that must hold does not."""

    def __init__(self, name: str, found: object) -> None:
        super().__init__(f"{name}: {found}")
        self.name = name


class Won(NamedTuple):
    """Who won which prize."""

    member: str
    prize: int


class Outcome(NamedTuple):
    """What became of an award: whole points, and the reason of a forfeit."""

    credited: int
    released: int = 0
    forfeited: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Rule:
    """A name, and the query of the rows that break it."""

    name: str
    broken: str


# Every award of every draw whose awards were reserved, with what its transfers come to. A transfer
# that was reversed counts as if it had never been; ``credits`` counts those as well.
STANDING = """
CREATE TEMPORARY TABLE standing ON COMMIT DROP AS
    SELECT award.id, award.prize, award.points AS award, draw.id AS draw_id, draw.campaign_id,
        entrant.wester_id, entrant.pid, draw.manifest_sha256,
        entrant.rewards[award.prize] AS reward,
        terms.budget_points AS budget, terms.credit_at, terms.expires_on,
        COALESCE(sum(t.points) FILTER (WHERE t.kind = 'reserve' AND stands), 0) AS reserved,
        COALESCE(sum(t.points) FILTER (WHERE t.kind = 'credit' AND stands), 0) AS credited,
        COALESCE(sum(t.points) FILTER (WHERE t.kind = 'release' AND stands), 0) AS released,
        COALESCE(sum(t.points) FILTER (WHERE t.kind = 'forfeit' AND stands), 0) AS forfeited,
        COALESCE(min(t.reason) FILTER (WHERE t.kind = 'forfeit' AND stands), '') AS reason,
        count(*) FILTER (WHERE t.kind = 'credit') AS credits
    FROM lottery_award award
    JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    JOIN lottery_draw draw ON draw.id = award.draw_id AND draw.state = 'confirmed'
    JOIN campaign_terms terms ON terms.id = draw.terms_id
    LEFT JOIN (
        SELECT transfer.*, NOT EXISTS (
            SELECT FROM points_transfer reversal WHERE reversal.reverses_id = transfer.id
        ) AS stands
        FROM points_transfer transfer
    ) t ON t.award_id = award.id
    GROUP BY award.id, draw.id, entrant.id, terms.id"""
ALWAYS = (
    Rule(ZERO, "SELECT sum(balance_points) FROM points_account HAVING sum(balance_points) <> 0"),
    Rule(
        BALANCES,
        """
        SELECT account.id, account.kind, balance_points, moved.points
        FROM points_account account LEFT JOIN (
            SELECT id, sum(points) AS points FROM (
                SELECT to_account_id AS id, points FROM points_transfer
                UNION ALL SELECT from_account_id, -points FROM points_transfer
            ) both_sides GROUP BY id
        ) moved USING (id)
        WHERE balance_points <> COALESCE(moved.points, 0)""",
    ),
    Rule(
        TWICE,
        """
        SELECT draw_id, wester_id, prize, sum(credits) FROM standing
        GROUP BY draw_id, wester_id, prize HAVING sum(credits) > 1""",
    ),
    Rule(
        AWARDS,
        """
        SELECT id, award, reserved, credited, released, forfeited FROM standing
        WHERE reserved <> award OR credited + released + forfeited > award""",
    ),
    Rule(
        NOBODY_ELSE,
        """
        SELECT t.id, account.wester_id, standing.wester_id FROM points_transfer t
        JOIN points_account account ON account.id = t.to_account_id
        LEFT JOIN standing ON standing.id = t.award_id
        WHERE account.kind = 'member' AND (
            t.kind = 'credit' AND account.wester_id = standing.wester_id
        ) IS NOT TRUE AND t.kind <> 'reverse'""",
    ),
    Rule(
        AT_MOST,
        "SELECT id, credited, award, reward FROM standing WHERE credited > LEAST(award, reward)",
    ),
    Rule(
        BUDGET,
        """
        SELECT draw_id, sum(award), sum(credited), budget FROM standing
        GROUP BY draw_id, budget HAVING GREATEST(sum(award), sum(credited)) > budget""",
    ),
    Rule(
        KEYS,
        """
        SELECT t.id FROM points_transfer t JOIN standing ON standing.id = t.award_id
        WHERE t.kind = 'credit' AND t.key <> sha256(
            'credit/v2'::bytea || '\\x00'::bytea || manifest_sha256 || pid
            || decode(lpad(to_hex(prize::integer), 4, '0'), 'hex')
        )""",
    ),
    Rule(
        IN_TIME,
        """
        SELECT t.id, t.at, t.expires_on FROM points_transfer t
        JOIN standing ON standing.id = t.award_id
        WHERE t.kind = 'credit' AND (t.at < credit_at OR t.expires_on <> standing.expires_on)""",
    ),
    Rule(
        # By the server's own times of the commits.
        LEAVERS,
        """
        SELECT t.id, t.wester_id FROM (
            SELECT t.id, standing.wester_id, t.xmin AS credited_by FROM points_transfer t
            JOIN standing ON standing.id = t.award_id WHERE t.kind = 'credit'
        ) t JOIN entries_membership membership USING (wester_id)
        WHERE membership.status = 'withdrawn'
        AND pg_xact_commit_timestamp(membership.xmin) < pg_xact_commit_timestamp(t.credited_by)""",
    ),
    Rule(
        ENDED,
        """
        SELECT standing.id FROM standing
        JOIN points_payout payout ON payout.draw_id = standing.draw_id
        WHERE payout.ended_at IS NOT NULL AND credited + released + forfeited < award""",
    ),
    Rule(
        RESERVED,
        """
        SELECT campaign_id, waiting, balance_points FROM (
            SELECT campaign_id, sum(reserved - credited - released - forfeited) AS waiting
            FROM standing GROUP BY campaign_id
        ) sums FULL JOIN (
            SELECT campaign_id, balance_points FROM points_account WHERE kind = 'reserved'
        ) account USING (campaign_id)
        WHERE COALESCE(waiting, 0) <> COALESCE(balance_points, 0)""",
    ),
    Rule(
        BOUNDS,
        """
        SELECT account.id, kind, balance_points FROM points_account account
        WHERE balance_points < CASE kind WHEN 'issuer' THEN -(
            SELECT budget_points FROM campaign_terms terms
            WHERE terms.campaign_id = account.campaign_id AND published_at IS NOT NULL
            ORDER BY version DESC LIMIT 1
        ) ELSE 0 END""",
    ),
)
DONE = (
    Rule(
        TERMINAL,
        """
        SELECT id, award, credited, released, forfeited, reason FROM standing
        WHERE credited + released + forfeited <> award
        OR (credited > 0) = (forfeited > 0) OR (forfeited > 0) <> (reason <> '')""",
    ),
)
OUTCOMES = "SELECT wester_id, prize, credited, released, forfeited, reason FROM standing"
SAID_TO_BE_PAID = "SELECT FROM points_payout WHERE ended_at IS NOT NULL"
PAID = """
SELECT ended_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM standing WHERE credited + released + forfeited < award
) FROM points_payout"""


@contextmanager
def standing(connection: psycopg.Connection) -> Iterator[None]:
    """Look at one instant of the database, whatever others write meanwhile."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute(STANDING)
        yield


def check_always(connection: psycopg.Connection) -> None:
    """Raise what does not hold, at whatever moment this is asked."""
    with standing(connection):
        check(connection, ALWAYS)


def check_done(connection: psycopg.Connection, expected: Mapping[Won, Outcome]) -> None:
    """Raise what does not hold once everything is paid; ``expected`` may leave awards open."""
    with standing(connection):
        check(connection, (*ALWAYS, *DONE))
        if connection.execute(PAID).fetchone() != (True,):
            raise Broken(UNFINISHED, "the payout has not ended")
        found = read_outcomes(connection)
    if wrong := {
        won: (found.get(won), outcome)
        for won, outcome in expected.items()
        if found.get(won) != outcome
    }:
        raise Broken(OUTCOME, wrong)


def check(connection: psycopg.Connection, rules: tuple[Rule, ...]) -> None:
    """Raise the first rule that is broken, with a few of the rows that break it."""
    for rule in rules:
        if rows := connection.execute(rule.broken).fetchmany(5):
            raise Broken(rule.name, rows)


def look_within(connection: psycopg.Connection) -> dict[Won, Outcome]:
    """Check inside of a transaction that is still open; return what became of every award so far.

    Who left before whom is not known there: nothing of it is committed.
    """
    connection.execute(STANDING)
    check(connection, tuple(rule for rule in ALWAYS if rule.name != LEAVERS))
    found = read_outcomes(connection)
    connection.execute("DROP TABLE standing")
    return found


def outcomes(connection: psycopg.Connection) -> dict[Won, Outcome]:
    """Return what became of every award so far."""
    with standing(connection):
        return read_outcomes(connection)


def read_outcomes(connection: psycopg.Connection) -> dict[Won, Outcome]:
    return {
        Won(member, prize): Outcome(*rest) for member, prize, *rest in connection.execute(OUTCOMES)
    }


def is_paid(connection: psycopg.Connection) -> bool:
    """Return whether every award has come to its end and the payout says so."""
    if connection.execute(SAID_TO_BE_PAID).fetchone() is None:
        return False
    with standing(connection):
        return connection.execute(PAID).fetchone() == (True,)
