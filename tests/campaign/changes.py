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
    """Leave marks, doubled as they may be; nobody leaves none."""
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


@transaction.atomic
def load_network(random: Random) -> None:
    """Have some journeys run over other operators."""
    before, after = (random.choice(any_data.any_operators(random)) for _ in range(2))
    changed = Booking.objects.filter(operators=random.choice([["JR West"], before]))
    for wester_id, ex_member_no in list(changed.values_list("wester_id", "ex_member_no")):
        mark(wester_id, ex_members=(ex_member_no,))
    changed.update(operators=after)


CHANGES: tuple[Callable[[Random], None], ...] = (
    load_booking,
    load_booking,
    load_event,
    load_event,
    load_registration,
    load_network,
)


def publish_new_terms(terms: Terms, random: Random) -> Terms:
    """Publish the next version of a campaign's terms."""
    return TermsFactory.create(
        campaign=terms.campaign, published=True, **any_data.any_terms(random)
    )
