"""The database refuses what must not be, each thing under its own name, and nothing beside it."""

from typing import Any

import pytest

from bookings.models import (
    BookingEvent,
    EventTicketing,
    RegistrationRow,
)
from tests.factories.feeds import (
    AT,
    ExRegistrationFactory,
    FeedFileFactory,
    InboxFileFactory,
    MemberMarkFactory,
    QuarantinedRowFactory,
    RegistrationRowFactory,
)
from tests.factories.network import RideEventFactory, RideFactory
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
Values = dict[str, Any]
EX: Values = {"booking_service": "smart_ex", "ex_member_no": "X1"}
# What an event and a booking may not hold, and its neighbour that they may.
WRONG_VALUES = [
    pytest.param("holder_fits", {"ex_member_no": "X1"}, {}, id="e5489 with a number"),
    pytest.param("holder_fits", EX | {"wester_id": "W1"}, EX, id="EX with a WESTER ID"),
    pytest.param("holder_fits", {"booking_service": "ex_yoyaku"}, EX, id="EX without a number"),
    pytest.param("holder_fits", {"booking_service": "e5490"}, {}, id="another service"),
    pytest.param("item_1_to_99", {"item_no": 0}, {"item_no": 1}, id="item 0"),
    pytest.param("item_1_to_99", {"item_no": 100}, {"item_no": 99}, id="item 100"),
    pytest.param("amount_in_range", {"amount_yen": -1}, {"amount_yen": 0}, id="less than nothing"),
    pytest.param(
        "amount_in_range", {"amount_yen": 10_000_000}, {"amount_yen": 9_999_999}, id="too much"
    ),
    pytest.param("values_known", {"sales_channel": "tv"}, {"sales_channel": "app"}, id="channel"),
    pytest.param("values_known", {"product_kind": ""}, {"product_kind": "discount"}, id="kind"),
    pytest.param("values_known", {"payment_method": "x"}, {"payment_method": "bank"}, id="payment"),
    pytest.param("values_known", {"ticketing": ""}, {"ticketing": "paper"}, id="empty ticketing"),
    pytest.param(
        "values_known", {"ticketing": "app"}, {"ticketing": "ticketless"}, id="other ticketing"
    ),
]


@pytest.mark.parametrize(
    ("factory", "model"), [(RideEventFactory, "bookingevent"), (RideFactory, "booking")]
)
@pytest.mark.parametrize(("fact", "wrong", "right"), WRONG_VALUES)
def test_events_and_bookings_accept_only_values_of_the_contract(
    factory: Any, model: str, fact: str, wrong: Values, right: Values
) -> None:
    with refused_as(f"{model}_{fact}"):
        factory.create(**wrong)

    factory.create(**right)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        pytest.param({"event_type": "lost"}, {"event_type": "stopover"}, id="event type"),
        pytest.param({"operated_via": "tv"}, {"operated_via": "gate"}, id="operated via"),
    ],
)
def test_event_is_of_a_known_kind(wrong: Values, right: Values) -> None:
    with refused_as("bookingevent_kind_known"):
        RideEventFactory.create(**wrong)

    RideEventFactory.create(**right)


def test_event_is_stored_once_by_its_bytes() -> None:
    RideEventFactory.create(event_id="E1")
    RideEventFactory.create(event_id="e1")

    with refused_as("bookings_bookingevent_pkey"):
        RideEventFactory.create(event_id="E1")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE bookings_bookingevent SET amount_yen = 1", "bookingevent_append_only"),
        ("DELETE FROM bookings_bookingevent", "bookingevent_append_only"),
        ("TRUNCATE bookings_bookingevent", "bookingevent_never_truncated"),
        ("UPDATE bookings_eventticketing SET ticketing = 'paper'", "eventticketing_append_only"),
        ("DELETE FROM bookings_eventticketing", "eventticketing_append_only"),
        ("TRUNCATE bookings_eventticketing", "eventticketing_never_truncated"),
        ("DELETE FROM bookings_registrationrow", "registrationrow_never_deleted"),
        ("TRUNCATE bookings_registrationrow", "registrationrow_never_truncated"),
    ],
)
def test_what_was_delivered_is_never_lost(statement: str, name: str) -> None:
    event = RideEventFactory.create()
    EventTicketing.objects.create(event_id=event.event_id, ticketing="ticketless")
    RegistrationRowFactory.create()

    with refused_as(name):
        sql(statement)

    assert (BookingEvent.objects.count(), RegistrationRow.objects.count()) == (1, 1)
    assert EventTicketing.objects.get().ticketing == "ticketless"


@pytest.mark.parametrize(
    ("event", "beside"),
    [
        pytest.param({"event_id": "E1", "ticketing": "paper"}, "E1", id="its event has one"),
        pytest.param({"event_id": "E1", "ticketing": "ticketless"}, "E1", id="the same one"),
        pytest.param({"event_id": "e1"}, "E1", id="there is no such event"),
    ],
)
def test_ticketing_is_beside_an_event_without_one(event: Values, beside: str) -> None:
    RideEventFactory.create(**event)
    RideEventFactory.create(event_id="E2")

    with refused_as("eventticketing_of_an_event_without"):
        EventTicketing.objects.bulk_create(
            EventTicketing(event_id=event_id, ticketing="ticketless") for event_id in ("E2", beside)
        )

    EventTicketing.objects.create(event_id="E2", ticketing="ticketless")


def test_ticketing_is_stored_once_for_an_event() -> None:
    RideEventFactory.create(event_id="E1")
    EventTicketing.objects.create(event_id="E1", ticketing="paper")

    with refused_as("bookings_eventticketing_pkey"):
        EventTicketing.objects.create(event_id="E1", ticketing="ticketless")


def test_ticketing_beside_an_event_is_a_known_one() -> None:
    RideEventFactory.create(event_id="E1")

    with refused_as("eventticketing_known"):
        EventTicketing.objects.create(event_id="E1", ticketing="app")

    EventTicketing.objects.create(event_id="E1", ticketing="paper")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"ticketing_at": None}, id="at no time"),
        pytest.param({"ticketing_event_id": None}, id="of no event"),
        pytest.param({"ticketing": None, "ticketing_event_id": None}, id="a time without one"),
        pytest.param({"ticketing": None, "ticketing_at": None}, id="an event without one"),
    ],
)
def test_ticketing_of_a_booking_comes_from_an_event(wrong: Values) -> None:
    right = {"ticketing": "paper", "ticketing_at": AT, "ticketing_event_id": "E1"}

    with refused_as("booking_ticketing_of_an_event"):
        RideFactory.create(**right | wrong)

    RideFactory.create(**right)
    RideFactory.create(ticketing=None)


def test_booking_is_named_by_three_values_together() -> None:
    RideFactory.create(reservation_no="R1", item_no=1)
    RideFactory.create(reservation_no="R1", item_no=2)
    RideFactory.create(reservation_no="r1", item_no=1)
    RideFactory.create(reservation_no="R1", item_no=1, **EX)

    with refused_as("booking_once"):
        RideFactory.create(reservation_no="R1", item_no=1)


@pytest.mark.parametrize("factory", [ExRegistrationFactory, RegistrationRowFactory])
def test_registration_is_stored_once_by_its_number_and_values(factory: Any) -> None:
    name = "bookings_exregistration_pkey"
    if factory is RegistrationRowFactory:
        name = "registrationrow_once"
    factory.create(ex_member_no="X1", points_registered_at=None)
    factory.create(ex_member_no="x1", points_registered_at=None)

    with refused_as(name):
        factory.create(ex_member_no="X1", points_registered_at=None)


def test_registration_is_of_a_known_kind() -> None:
    with refused_as("exregistration_kind_known"):
        ExRegistrationFactory.create(member_kind="smart")

    ExRegistrationFactory.create(member_kind="plus_ex")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"rows": 1}, id="rows that are nowhere"),
        pytest.param({"rows": 1, "applied": 1, "duplicates": 1}, id="rows counted twice"),
        pytest.param({"reason": "no_manifest"}, id="loaded for a reason"),
        pytest.param({"detail": "because"}, id="loaded with an excuse"),
        pytest.param({"encoding": ""}, id="loaded in no encoding"),
        pytest.param({"version": 0}, id="loaded in no version"),
        pytest.param({"status": "refused"}, id="refused without a reason"),
        pytest.param({"refused": True, "rows": 1, "applied": 1}, id="refused with rows applied"),
        pytest.param({"refused": True, "encoding": "utf-8"}, id="refused but read"),
        pytest.param({"refused": True, "version": 1}, id="refused with a version"),
        pytest.param({"status": "lost"}, id="another status"),
    ],
)
def test_file_is_loaded_or_refused(wrong: Values) -> None:
    with refused_as("feedfile_loaded_or_refused"):
        FeedFileFactory.create(**wrong)

    FeedFileFactory.create(rows=6, applied=1, duplicates=2, quarantined=3)
    FeedFileFactory.create(version=2)
    FeedFileFactory.create(refused=True, detail="There is no manifest.")


def test_file_counts_are_not_negative() -> None:
    with refused_as("feedfile_counts_not_negative"):
        FeedFileFactory.create(rows=0, applied=1, duplicates=-1)

    FeedFileFactory.create(rows=1, applied=1, duplicates=0)


def test_content_is_loaded_once_and_may_be_refused_besides() -> None:
    FeedFileFactory.create(sha256="a" * 64)
    FeedFileFactory.create(sha256="a" * 64, refused=True)

    with refused_as("feedfile_content_loaded_once"):
        FeedFileFactory.create(sha256="a" * 64)


def test_refusal_is_stored_once_by_its_name_and_content() -> None:
    FeedFileFactory.create(name="a", sha256="a" * 64, refused=True)
    FeedFileFactory.create(name="b", sha256="a" * 64, refused=True)
    FeedFileFactory.create(name="a", sha256="b" * 64, refused=True)

    with refused_as("feedfile_one_refusal_per_content"):
        FeedFileFactory.create(name="a", sha256="a" * 64, refused=True)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"settled_at": AT}, id="open but settled"),
        pytest.param({"settled_by": "ops"}, id="open but with a settler"),
        pytest.param({"note": "why"}, id="open with a note"),
        pytest.param({"status": "replayed"}, id="replayed at no time"),
        pytest.param(
            {"status": "dismissed", "settled_at": AT, "settled_by": "ops"}, id="for no reason"
        ),
        pytest.param(
            {"status": "dismissed", "settled_at": AT, "note": "why"}, id="without a settler"
        ),
        pytest.param(
            {"status": "dismissed", "settled_by": "ops", "note": "why"}, id="dismissed at no time"
        ),
        pytest.param({"status": "lost", "settled_at": AT}, id="another status"),
    ],
)
def test_row_is_open_or_settled(wrong: Values) -> None:
    with refused_as("quarantinedrow_open_or_settled"):
        QuarantinedRowFactory.create(**wrong)

    QuarantinedRowFactory.create()
    QuarantinedRowFactory.create(status="replayed", settled_at=AT)
    QuarantinedRowFactory.create(status="dismissed", settled_at=AT, settled_by="ops", note="why")


def test_row_of_a_file_waits_once() -> None:
    row = QuarantinedRowFactory.create()
    QuarantinedRowFactory.create(file=row.file, record=2)
    QuarantinedRowFactory.create(record=1)

    with refused_as("quarantinedrow_one_per_record"):
        QuarantinedRowFactory.create(file=row.file, record=1)


def test_rows_are_numbered_from_1() -> None:
    with refused_as("quarantinedrow_record_from_1"):
        QuarantinedRowFactory.create(record=0)

    QuarantinedRowFactory.create(record=1)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"wester_id": None}, id="no member"),
        pytest.param({"ex_member_no": "X1"}, id="two at once"),
    ],
)
def test_mark_names_one_member(wrong: Values) -> None:
    with refused_as("membermark_names_one_member"):
        MemberMarkFactory.create(**wrong)

    MemberMarkFactory.create()
    MemberMarkFactory.create(wester_id=None, ex_member_no="X1")
    MemberMarkFactory.create()  # marks are never merged


def test_inbox_file_is_stored_once() -> None:
    InboxFileFactory.create(name="a")

    with refused_as("bookings_inboxfile_name_key"):
        InboxFileFactory.create(name="a")

    InboxFileFactory.create(name="A")
