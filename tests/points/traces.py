"""A person with rows in every table that can name a member."""

from pathlib import Path

from bookings.models import BookingEvent, EventTicketing
from core.audit import Actor
from entries import cases
from entries.looking import record_look_up
from entries.models import CourseMember
from points.models import Erasure, Payout, Resolution, Reversal, Transfer
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.campaign import ApprovalFactory, CampaignFactory
from tests.factories.entries import (
    EntryRowFactory,
    MemberFactory,
    MembershipFactory,
    MembershipRowFactory,
)
from tests.factories.feeds import (
    MemberMarkFactory,
    QuarantinedRowFactory,
    RegistrationRowFactory,
)
from tests.factories.totals import DueMemberFactory, ShardFactory, TotalFactory
from tests.points.answers import answer, export, settle
from tests.points.steps import CREDIT_AT, paid

EVENT_VALUES = (
    *("booking_service", "reservation_no", "item_no", "wester_id", "ex_member_no", "booked_at"),
    *("travel_date", "journey", "sales_channel", "product_kind", "payment_method", "amount_yen"),
)


def settled(wester_ids: list[str], folder: Path) -> Payout:
    """Return a payout to these members that the points system has answered."""
    payout = paid(dict.fromkeys(wester_ids, 5_000))
    settle(payout, folder, [answer(row) for row in export(payout, folder)])
    return payout


def leave_traces(wester_id: str, payout: Payout, looking: Actor) -> None:
    """Leave a row of a member of this payout in every other table that can have one."""
    campaign = CampaignFactory.create(published=True)
    number = f"X-{wester_id}"
    own = {"wester_id": wester_id}
    MemberFactory.create(**own)
    EntryRowFactory.create(campaign=campaign, **own)
    MembershipFactory.create(**own, status="active")
    MembershipRowFactory.create(**own, status="active")
    CourseMember.objects.create(campaign=campaign, series_code="s", course="c", **own)
    RegistrationFactory.create(ex_member_no=number, row_text=wester_id.encode(), **own)
    RegistrationRowFactory.create(ex_member_no=number, row_text=wester_id.encode(), **own)
    leave_booking(wester_id, number)
    MemberMarkFactory.create(**own)
    QuarantinedRowFactory.create(content=f'1,"{wester_id}",2'.encode())
    TotalFactory.create(campaign=campaign, **own)
    DueMemberFactory.create(campaign=campaign, **own)
    ShardFactory.create(run__campaign=campaign, members=[wester_id, "W-of-another"])
    credit = Transfer.objects.get(kind="credit", to_account__wester_id=wester_id)
    Resolution.objects.create(
        payout=payout, credit_key=credit.key, verdict="credited", reason="They said so."
    )
    Reversal.objects.create(transfer=credit, reason="A mistake.")
    Erasure.objects.create(hash="0" * 64, reason="Asked in writing.", **own)
    ApprovalFactory.create(action="test", subject=wester_id, content={"member": wester_id})
    case = cases.open_case(wester_id=wester_id, actor=looking, at=CREDIT_AT)
    cases.add_note(
        case=case,
        campaign=campaign,
        kind="answered",
        text="When the points come.",
        actor=looking,
        at=CREDIT_AT,
    )
    record_look_up(campaign, wester_id, actor=looking, at=CREDIT_AT, case=case.pk)


def leave_booking(wester_id: str, number: str) -> None:
    """Leave an EX booking with its event and the ticketing of that."""
    booking = BookingFactory.create(ex=True, ex_member_no=number)
    values = {name: getattr(booking, name) for name in EVENT_VALUES}
    event = BookingEvent.objects.create(
        event_id=f"E-{wester_id}",
        event_type="booked",
        occurred_at=booking.booked_at,
        operated_via="web",
        **values,
    )
    EventTicketing.objects.create(event_id=event.event_id, ticketing="paper")
