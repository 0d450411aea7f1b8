"""What a load changes, and the marks that it leaves in the same transaction."""

from collections.abc import Callable
from random import Random
from typing import Any

from django.db import transaction

from bookings.models import Booking, ExRegistration, MemberMark
from campaign.models import Terms
from tests.campaign import any_data
from tests.factories.bookings import RegistrationFactory
from tests.factories.campaign import TermsFactory


def mark(*wester_ids: str | None, ex_members: tuple[str | None, ...] = ()) -> None:
    """Leave marks, doubled as they may be; none for None."""
    marks = [MemberMark(wester_id=one) for one in wester_ids if one is not None]
    marks += [MemberMark(ex_member_no=one) for one in ex_members if one is not None]
    MemberMark.objects.bulk_create(marks)


@transaction.atomic
def add_booking(**values: Any) -> Booking:
    """Load a booking that was not known."""
    booking = any_data.booking(**values)
    booking.save()
    mark(booking.wester_id, ex_members=(booking.ex_member_no,))
    return booking


@transaction.atomic
def change_booking(booking: Booking, **values: Any) -> None:
    """Load an event that changes a booking: marks whose it is and whose it was."""
    mark(booking.wester_id, ex_members=(booking.ex_member_no,))
    for name, value in values.items():
        setattr(booking, name, value)
    booking.save()
    mark(booking.wester_id, ex_members=(booking.ex_member_no,))


@transaction.atomic
def register(ex_member_no: str, **values: Any) -> None:
    """Load a registration, or what follows it: marks who has the number and who had it."""
    before = ExRegistration.objects.filter(pk=ex_member_no).first()
    after = RegistrationFactory.build(ex_member_no=ex_member_no, **values)
    after.save()
    mark(before.wester_id if before else None, after.wester_id)


def load_booking(random: Random) -> None:
    """Load any new booking."""
    add_booking(**any_data.any_values(random))


def load_event(random: Random) -> None:
    """Change anything of any booking, the member included, but never the service's kind."""
    known = list(Booking.objects.order_by("pk"))
    if not known:
        return
    booking = random.choice(known)
    values = any_data.any_values(random)
    if (values["ex_member_no"] is None) != (booking.ex_member_no is None):
        for name in ("booking_service", "wester_id", "ex_member_no"):
            del values[name]
    change_booking(booking, **values)


def load_registration(random: Random) -> None:
    """Register any EX member number, or move it to another WESTER ID."""
    number = random.choice(any_data.EX_MEMBERS)
    any_one = any_data.any_registration(random, number)
    register(
        number,
        member_kind=any_one.member_kind,
        wester_id=any_one.wester_id,
        points_registered_at=any_one.points_registered_at,
    )


def change_one_value(random: Random) -> None:
    """Change nothing of a booking but one value, which may come to none or come from it."""
    known = list(Booking.objects.order_by("pk"))
    if not known:
        return
    booking = random.choice(known)
    values: list[dict[str, Any]] = [
        {"amount_yen": random.choice(any_data.AMOUNTS)},  # of one that waits: its sum alone
        {"used": not booking.used},
        {"cancelled": not booking.cancelled},
        any_data.any_ticketing(random),  # of one that counts: its facts alone
    ]
    if booking.booking_service == "e5489":
        values.append({"wester_id": None if booking.wester_id else random.choice(any_data.MEMBERS)})
    change_booking(booking, **random.choice(values))


def load_equal_halves(random: Random) -> None:
    """Load two bookings that come to the same for a member of their own: of e5489 and of EX."""
    number = next(any_data.NUMBERS)
    wester_id, ex_member_no = f"H{number}", f"XH{number}"
    equal = {"amount_yen": random.choice(any_data.AMOUNTS), "used": random.randrange(2) == 0}
    register(ex_member_no, wester_id=wester_id)
    add_booking(**equal, wester_id=wester_id)
    add_booking(**equal, booking_service="smart_ex", wester_id=None, ex_member_no=ex_member_no)


def change_time_of_registration(random: Random) -> None:
    """Change nothing of a registration but since when points are registered: known or not."""
    known = list(ExRegistration.objects.order_by("pk"))
    if not known:
        return
    one = random.choice(known)
    register(
        one.ex_member_no,
        member_kind=one.member_kind,
        wester_id=one.wester_id,
        points_registered_at=None if one.points_registered_at else any_data.any_moment(random),
    )


@transaction.atomic
def load_network(random: Random) -> None:
    """Have some journeys run over other sections."""
    before, after = (any_data.any_sections(random) for _ in range(2))
    usual = any_data.USUAL_SECTIONS
    changed = Booking.objects.filter(**random.choice([usual, before]))
    for wester_id, ex_member_no in list(changed.values_list("wester_id", "ex_member_no")):
        mark(wester_id, ex_members=(ex_member_no,))
    changed.update(**after)


CHANGES: tuple[Callable[[Random], None], ...] = (
    load_booking,
    load_booking,
    load_event,
    load_event,
    load_registration,
    load_network,
    change_one_value,
    change_one_value,
    load_equal_halves,
    change_time_of_registration,
)


def publish_new_terms(terms: Terms, random: Random) -> Terms:
    """Publish the next version of a campaign's terms."""
    return TermsFactory.create(
        campaign=terms.campaign, published=True, **any_data.any_terms(random)
    )
