"""Accounts and transfers past every function of the app: what the database itself lets through."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from campaign.models import Campaign
from core.commands import JAPAN
from lottery.models import Award, Draw
from points.models import Account, Transfer
from tests.factories.campaign import ApprovalFactory
from tests.factories.lottery import confirmed_draw
from tests.factories.points import (
    MemberAccountFactory,
    PayoutFactory,
    accounts_of,
    reversal_approval,
)
from tests.points.steps import CREDIT_AT

POST = """
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, expires_on, reverses_id, reason,
    at, made_by, approval_id)
VALUES (
    %(key)s, %(kind)s, %(from_account)s, %(to_account)s, %(points)s, %(award)s, %(expires_on)s,
    %(reverses)s, %(reason)s, %(at)s, %(made_by)s, %(approval)s
)"""
PASS_OVER = " ON CONFLICT (key, payload) DO NOTHING"
EXPIRES_ON = "2026-03-31"
EXPIRES_AT = datetime(2026, 4, 1, tzinfo=JAPAN)
ROUTES = {
    "grant": ("issuer", "budget"),
    "reserve": ("budget", "reserved"),
    "credit": ("reserved", "member"),
    "release": ("reserved", "budget"),
    "forfeit": ("reserved", "forfeited"),
    "expire": ("member", "expired"),
}


def key_of(name: object) -> bytes:
    """Return a key of its own for a name."""
    return hashlib.sha256(str(name).encode()).digest()


def post(*, repeat: bool = False, **values: Any) -> int:
    """Insert one transfer; return how many rows that made."""
    row = {
        "award": None,
        "expires_on": None,
        "reverses": None,
        "reason": "",
        "at": CREDIT_AT,
        "made_by": "test",
        "approval": None,
        **values,
    }
    with connection.cursor() as cursor:
        cursor.execute(POST + PASS_OVER * repeat, row)
        return int(cursor.rowcount)


@dataclass
class Books:
    """The accounts of one campaign with a draw of three awards: of W1, W2 and W3."""

    draw: Draw
    accounts: dict[str, Account]
    members: dict[str, Account]

    @property
    def campaign(self) -> Campaign:
        return self.draw.campaign

    def award(self, member: str) -> Award:
        return self.draw.awards.get(entrant__wester_id=member)

    def values(self, kind: str, member: str = "", /, **values: Any) -> dict[str, Any]:
        """Return a right transfer of a member's whole award, with some values changed."""
        member = member or next(iter(self.members))
        accounts = {**self.accounts, "member": self.members[member]}
        from_account, to_account = (accounts[name].pk for name in ROUTES[kind])
        award = self.award(member)
        right: dict[str, Any] = {
            "kind": kind,
            "key": key_of((self.draw.pk, kind, "" if kind == "grant" else member)),
            "from_account": from_account,
            "to_account": to_account,
            "points": award.points,
            "award": award.pk,
        }
        if kind == "grant":
            right |= {"points": 100_000_000, "award": None}
        if kind == "credit":
            right["expires_on"] = EXPIRES_ON
        if kind == "forfeit":
            right["reason"] = "withdrawn"
        if kind == "expire":
            right["at"] = EXPIRES_AT
        return right | values

    def post(self, kind: str, member: str = "", /, *, repeat: bool = False, **values: Any) -> int:
        return post(repeat=repeat, **self.values(kind, member, **values))

    def reverse(self, transfer: Transfer, **values: Any) -> int:
        """Post the mirror of a transfer, with some values changed."""
        right: dict[str, Any] = {
            "kind": "reverse",
            "key": key_of(("reverse", transfer.pk)),
            "from_account": transfer.to_account_id,
            "to_account": transfer.from_account_id,
            "points": transfer.points,
            "reverses": transfer.pk,
            "reason": "reversed",
        }
        if "approval" not in values:
            right["approval"] = reversal_approval(transfer).pk
        return post(**right | values)

    def transfer(self, kind: str, member: str = "W1") -> Transfer:
        return Transfer.objects.get(kind=kind, award=self.award(member))

    def granted(self) -> "Books":
        self.post("grant")
        return self

    def reserved(self) -> "Books":
        self.granted()
        for member in self.members:
            self.post("reserve", member)
        return self

    def credited(self) -> "Books":
        self.reserved()
        self.post("credit")
        return self


def open_books(**members: int) -> Books:
    """Return books without a transfer; the awards are the members' totals, up to the cap."""
    totals = members or {"W1": 5_000, "W2": 20_000, "W3": 12_345}
    with transaction.atomic():
        return approved_books(confirmed_draw(totals))


def approved_books(draw: Draw) -> Books:
    """Return the books of a confirmed draw, whose payout is approved now."""
    PayoutFactory.create(draw=draw)
    return books_of(draw)


def books_of(draw: Draw) -> Books:
    """Return the books of a draw as it stands, and an account of every member without one."""
    members = draw.awards.values_list("entrant__wester_id", flat=True)
    accounts = {one.wester_id: one for one in Account.objects.filter(wester_id__in=members)}
    return Books(
        draw,
        accounts_of(draw.campaign),
        {
            member: accounts.get(member) or MemberAccountFactory.create(wester_id=member)
            for member in sorted(members)
        },
    )


def balances() -> dict[str, int]:
    """Return every account's points, by its kind or member, without those that have none."""
    rows = Account.objects.exclude(balance_points=0).order_by("id")
    return {one.wester_id or one.kind: one.balance_points for one in rows}


def approval() -> Any:
    return ApprovalFactory.create(approved=True)
