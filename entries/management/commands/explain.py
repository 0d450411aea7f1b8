"""``explain CODE WESTER_ID``: show where a member stands and why each booking counts or not."""

import re
from argparse import Action, ArgumentParser, Namespace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from campaign import queries
from core import arguments, clock
from core.commands import ContractCommand, Report
from entries import looking, standing
from entries.frozen import FrozenStanding
from entries.standing import ExplainedBooking, Standing

ITEM_NO = re.compile(r"[1-9][0-9]?")


class InsteadOf(Action):
    """An option that replaces a positional argument.

    ``nargs="?"`` on the argument is not enough: argparse before Python 3.12.7 takes it as absent
    when an option comes before it, as in ``explain CODE --json WESTER_ID``.
    """

    def __init__(self, *, other: Action, **declared: Any) -> None:
        """Remember the argument that this option replaces."""
        super().__init__(**declared)
        self.other = other

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Store the option's value, and make the argument optional."""
        setattr(namespace, self.dest, values)
        self.other.nargs = "?"
        self.other.required = False


class Command(ContractCommand):
    """Show where a member stands and why each booking counts or not."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the campaign, and the member or the booking."""
        super().add_arguments(parser)
        arguments.code(parser)
        arguments.by_who_looks(parser)
        member = parser.add_argument(
            "wester_id",
            metavar="WESTER_ID",
            help="or --booking; after -- where it begins with a hyphen",
        )
        parser.add_argument(
            "--booking", metavar="SERVICE/RESERVATION/ITEM", action=InsteadOf, other=member
        )

    def run(
        self, *, code: str, wester_id: str | None, booking: str | None, by: str | None, **_: Any
    ) -> Report:
        """Explain a member, or one booking; the audit records the look-up."""
        if wester_id is not None and booking is not None:
            raise CommandError("A WESTER_ID and --booking exclude each other.", returncode=2)
        campaign, actor = queries.get_campaign(code), arguments.read_who_looks(by)
        if wester_id is not None:
            found = standing.explain_member(campaign=campaign, wester_id=check_printable(wester_id))
        else:
            service, reservation_no, item_no = split_booking_key(str(booking))
            found = standing.explain_booking(
                campaign=campaign,
                service=service,
                reservation_no=reservation_no,
                item_no=item_no,
            )
        looking.record_look_up(
            campaign,
            found.wester_id,
            actor=actor,
            at=clock.now(),
            bookings=[] if wester_id is not None else [one.booking.pk for one in found.bookings],
        )
        return Report(describe_standing(found), describe_in_words(found))


def check_printable(text: str) -> str:
    """Return a text without control characters.

    Raises:
        CommandError: it contains NUL, line ends or bytes that are not UTF-8.
    """
    if not text.isprintable():
        raise CommandError("The name to be explained must be readable text.", returncode=2)
    return text


def split_booking_key(key: str) -> tuple[str, str, int]:
    """Split a booking's name into its three parts.

    Raises:
        CommandError: it has another form.
    """
    service, _, rest = check_printable(key).partition("/")
    reservation_no, _, item_no = rest.rpartition("/")
    if not (service and reservation_no and ITEM_NO.fullmatch(item_no)):
        raise CommandError(
            "--booking takes SERVICE/RESERVATION/ITEM, such as e5489/R1/1.", returncode=2
        )
    return service, reservation_no, int(item_no)


def describe_standing(found: Standing) -> dict[str, Any]:
    """Return a standing as JSON of the contract."""
    return {
        "wester_id": found.wester_id,
        "entered_at": found.entered_at,
        "withdrawn": found.has_left,
        "total_yen": found.total_yen,
        "awaiting_yen": found.awaiting_yen,
        "missing_yen": found.missing_yen,
        "eligible": found.eligible,
        "facts": found.facts,
        "lots": found.lots,
        "rewards": found.rewards,
        "member_reasons": found.member_reasons,
        "frozen": found.frozen is not None,
        "award_points": found.frozen.award_points if found.frozen else None,
        "awards": awards_by_prize(found),
        "bookings": [describe_booking(one) for one in found.bookings],
    }


def awards_by_prize(found: Standing) -> list[int] | None:
    """Return what was won, by prize, 0 where nothing; None before the result is confirmed."""
    if found.frozen is None or found.frozen.awards is None:
        return None
    return [found.frozen.awards.get(number, 0) for number, _ in enumerate(found.rewards, 1)]


def describe_booking(one: ExplainedBooking) -> dict[str, Any]:
    """Return an explained booking as JSON of the contract."""
    return {
        "booking": one.booking.key_text,
        "amount_yen": one.booking.amount_yen,
        "counts": one.counts,
        "pending": one.is_pending,
        "reasons": one.reasons,
    }


def describe_in_words(found: Standing) -> str:
    """Return a standing as text."""
    lines = [
        f"{one.booking.key_text}: {one.booking.amount_yen:,} yen, "
        f"{', '.join(one.reasons) or 'counts'}"
        for one in found.bookings
    ]
    verdict = "eligible" if found.eligible else ", ".join(found.member_reasons) or "no member"
    lines.append(
        f"Total {found.total_yen:,} yen, {found.awaiting_yen:,} yen waiting, "
        f"{found.missing_yen:,} yen missing: {verdict}; "
        f"lots {found.lots:,}; rewards if drawn {describe_rewards(found.rewards)}."
    )
    if found.frozen is not None:
        lines.append(describe_frozen(found.frozen))
    return "\n".join(lines)


def describe_rewards(rewards: list[int | None]) -> str:
    """Return the rewards of the prizes as text, in their order."""
    points = ["a share" if reward is None else f"{reward:,}" for reward in rewards]
    return f"{' / '.join(points)} points"


def describe_frozen(frozen: FrozenStanding) -> str:
    """Return a member's frozen standing as text, with the result once it is confirmed."""
    if not frozen.is_entrant:
        return "Not on the frozen list."
    if frozen.award_points is None:
        return "On the frozen list; the result is not confirmed."
    if not frozen.award_points:
        return "On the frozen list, not drawn."
    return f"Drawn: {frozen.award_points:,} points."
