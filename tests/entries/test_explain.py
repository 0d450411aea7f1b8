"""``explain`` as programs and people call it."""

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bookings.erased import hash_identifier
from bookings.models import Booking
from campaign.models import Campaign
from core.models import AuditRecord
from entries.models import Entry
from tests.commands import refused, run_json
from tests.factories.bookings import JAPAN, BookingFactory, RegistrationFactory
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.entries import EntryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign into which W1 has entered, with three bookings."""
    campaign = CampaignFactory.create(code="NY2025", published=True)
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1")
    BookingFactory.create(wester_id="W1", reservation_no="R1", amount_yen=4_000)
    BookingFactory.create(wester_id="W1", reservation_no="R2", amount_yen=700, used=False)
    BookingFactory.create(
        ex=True, ex_member_no="X1", reservation_no="R1", sales_channel="counter", stopover=True
    )
    EntryFactory.create(
        campaign=campaign,
        wester_id="W1",
        entered_at=datetime(2024, 12, 10, 12, 3, 21, tzinfo=JAPAN),
    )
    return campaign


def answer(*words: str) -> Any:
    return run_json("explain", *words)


FIRST = {"booking": "e5489/R1/1", "amount_yen": 4_000, "counts": True, "reasons": []}
SECOND = {"booking": "e5489/R2/1", "amount_yen": 700, "counts": False, "reasons": ["not_used"]}
THIRD = {
    "booking": "smart_ex/R1/1",
    "amount_yen": 5_000,
    "counts": False,
    "reasons": ["counter_or_agency", "stopover"],
}
STANDING = {
    "wester_id": "W1",
    "entered_at": "2024-12-10T12:03:21+09:00",
    "withdrawn": False,
    "total_yen": 4_000,
    "awaiting_yen": 700,
    "missing_yen": 1_000,
    "eligible": False,
    "facts": ["e5489"],
    "lots": 0,
    "rewards": [0],
    "member_reasons": ["below_minimum"],
    "frozen": False,
    "award_points": None,
    "awards": None,
}
NOBODY = {
    **STANDING,
    "wester_id": None,
    "entered_at": None,
    "total_yen": 0,
    "awaiting_yen": 0,
    "missing_yen": 5_000,
    "facts": [],
    "member_reasons": [],
}


def test_explain_a_member(campaign: Campaign) -> None:
    assert answer("NY2025", "W1") == {
        **STANDING,
        "bookings": [
            {**FIRST, "pending": False},
            {**SECOND, "pending": True},
            {**THIRD, "pending": False},
        ],
    }


def test_explain_a_booking(campaign: Campaign) -> None:
    assert answer("NY2025", "--booking", "smart_ex/R1/1") == {
        **STANDING,
        "bookings": [{**THIRD, "pending": False}],
    }


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("e5489/R9/1", id="another reservation"),
        pytest.param("e5489/r1/1", id="another spelling"),
        pytest.param("e5489/R1/2", id="another item"),
        pytest.param("ex_yoyaku/R1/1", id="another service"),
        pytest.param("nothing/R1/1", id="no service"),
        pytest.param("e5489/R1/R1/1", id="a reservation that cannot be"),
    ],
)
def test_explain_an_unknown_booking(key: str, campaign: Campaign) -> None:
    assert answer("NY2025", "--booking", key) == {**NOBODY, "bookings": []}


def test_explain_a_booking_of_no_member(campaign: Campaign) -> None:
    BookingFactory.create(wester_id=None, reservation_no="R3", amount_yen=1)

    assert answer("NY2025", "--booking", "e5489/R3/1") == {
        **NOBODY,
        "bookings": [
            {
                "booking": "e5489/R3/1",
                "amount_yen": 1,
                "counts": False,
                "pending": False,
                "reasons": ["no_wester_login"],
            }
        ],
    }


@pytest.mark.parametrize(
    "wester_id",
    [
        pytest.param("W2", id="unknown"),
        pytest.param("w1", id="another spelling"),
        pytest.param("", id="nothing"),
        pytest.param("a b", id="with a space"),
        pytest.param("' OR 1=1 --%s", id="not for a shell"),
        pytest.param("会員", id="not ASCII"),
        pytest.param("W" * 5_000, id="long"),
    ],
)
def test_explain_an_unknown_wester_id(wester_id: str, campaign: Campaign) -> None:
    found = answer("NY2025", wester_id)

    assert (found["wester_id"], found["bookings"]) == (wester_id, [])
    assert found["member_reasons"] == ["not_entered", "below_minimum"]


@pytest.mark.parametrize(
    "wester_id",
    [
        pytest.param("W\x001", id="NUL"),
        pytest.param("W\udcff", id="a byte that is no UTF-8"),
        pytest.param("W1\n", id="a line end"),
    ],
)
def test_explain_refuses_what_is_no_text(wester_id: str, campaign: Campaign) -> None:
    with pytest.raises(CommandError, match="must be readable text") as refused:
        call_command("explain", "NY2025", wester_id)
    assert refused.value.returncode == 2

    with pytest.raises(CommandError, match="must be readable text"):
        call_command("explain", "NY2025", "--booking", f"e5489/{wester_id}/1")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "e5489",
        "e5489/R1",
        "e5489//1",
        "/R1/1",
        "e5489/R1/",
        "e5489/R1/0",
        "e5489/R1/01",
        "e5489/R1/100",
        "e5489/R1/１",
        "e5489/R1/x",
    ],
)
def test_explain_refuses_what_is_no_booking_s_name(key: str, campaign: Campaign) -> None:
    with pytest.raises(CommandError, match="SERVICE/RESERVATION/ITEM") as refused:
        call_command("explain", "NY2025", "--booking", key)
    assert refused.value.returncode == 2


def test_explain_wants_a_member_or_a_booking(campaign: Campaign) -> None:
    requested = ["--booking", "e5489/R1/1"]
    for words in ([], ["W1", *requested], [*requested, "W1"]):
        with pytest.raises(CommandError):
            call_command("explain", "NY2025", *words)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["NY2025", "W1", "--json"], id="options at the end"),
        pytest.param(["NY2025", "--json", "W1"], id="an option between"),
        pytest.param(["--json", "NY2025", "W1"], id="options at the start"),
        pytest.param(["--json", "--", "NY2025", "W1"], id="no options from here"),
        pytest.param(["NY2025", "--json", "--", "W1"], id="no options after the code"),
        pytest.param(["NY2025", "--json", "--booking", "e5489/R1/1"], id="a booking at the end"),
        pytest.param(["--booking", "e5489/R1/1", "NY2025", "--json"], id="a booking at the start"),
        pytest.param(["--booking=e5489/R1/1", "--json", "NY2025"], id="a booking joined by ="),
    ],
)
def test_explain_takes_its_options_anywhere(words: list[str], campaign: Campaign) -> None:
    stdout = StringIO()

    call_command("explain", *words, stdout=stdout, stderr=StringIO())

    assert json.loads(stdout.getvalue())["wester_id"] == "W1"


def test_explain_takes_a_wester_id_that_begins_with_a_hyphen(campaign: Campaign) -> None:
    stdout = StringIO()

    call_command("explain", "NY2025", "--json", "--", "-W1", stdout=stdout)

    assert json.loads(stdout.getvalue())["wester_id"] == "-W1"


def test_explain_refuses_an_unknown_campaign(campaign: Campaign) -> None:
    with pytest.raises(CommandError, match=r"no campaign with this code.*NY2025") as refused:
        call_command("explain", "nothing", "W1")
    assert refused.value.returncode == 1


def test_explain_in_words(campaign: Campaign) -> None:
    stdout = StringIO()
    call_command("explain", "NY2025", "W1", stdout=stdout)

    assert stdout.getvalue().splitlines() == [
        "e5489/R1/1: 4,000 yen, counts",
        "e5489/R2/1: 700 yen, not_used",
        "smart_ex/R1/1: 5,000 yen, counter_or_agency, stopover",
        (
            "Total 4,000 yen, 700 yen waiting, 1,000 yen missing: below_minimum; "
            "lots 0; rewards if drawn 0 points."
        ),
    ]


def test_explain_is_audited_without_the_wester_id(campaign: Campaign) -> None:
    """A command looks a member up as the staff page does."""
    auditor = UserFactory.create(role="auditor")
    entry, booking = Entry.objects.get(), Booking.objects.get(reservation_no="R2")

    answer("NY2025", "W1", "--by", auditor.username)
    answer("NY2025", "W-unknown")
    answer("NY2025", "--booking", "e5489/R2/1")

    records = AuditRecord.objects.order_by("id")
    assert {(one.action, one.subject) for one in records} == {("member.looked_up", "NY2025")}
    assert [(one.name, bool(one.os_user)) for one in records] == [
        (auditor.username, True),
        ("", True),
        ("", True),
    ]
    assert [one.detail for one in records] == [
        {"entry": entry.pk, "member": None},
        {"entry": None, "member": None, "hash": hash_identifier("wester_id", "W-unknown")},
        {"entry": entry.pk, "member": None, "bookings": [booking.pk]},
    ]


def test_explain_refuses_a_person_who_may_not_see_members(campaign: Campaign) -> None:
    planner = UserFactory.create(role="campaign")

    assert "may do this" in refused("explain", "NY2025", "W1", "--by", planner.username)
    assert not AuditRecord.objects.exists()
