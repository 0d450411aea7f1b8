"""The page Member: a search, cases without an identifier in the address, and what they show."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import BookingEvent
from campaign.models import Campaign
from core.models import AuditRecord
from entries import looking
from entries.models import CaseNote, Entry, Member, MemberCase
from entries.receipts import receipt_number
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.campaign import FIRST_TERMS, TermsFactory
from tests.factories.entries import EntryFactory, MemberFactory, MembershipFactory
from tests.factories.feeds import QuarantinedRowFactory
from tests.factories.lottery import FREEZES, closed_campaign, drawn_draw
from tests.points import steps
from tests.points.traces import EVENT_VALUES
from tests.portal.desk.members import MEMBER, look_up, open_case, search, staff, text_of

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
DATES = ("public_at", "opens_at", "closes_at", "credit_at", "expires_on", "kept_until")
MAY_LOOK_UP = ("support", "ops", "auditor")
UNKNOWN = "There is no record of it. Please check what was typed."
CASE = re.compile(r"/staff/member/case/[A-Za-z0-9_-]{32}/(\?campaign=[\w-]+)?")


@pytest.fixture
def campaign(set_clock: SetClock) -> Campaign:
    """Return a campaign of three members, at the end of its entries."""
    set_clock(FREEZES)
    return closed_campaign()


@pytest.fixture
def support() -> Client:
    return staff("support")


# Who may


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "approver", "auditor", "accounts"])
def test_only_who_may_view_members_searches_and_opens_cases(
    campaign: Campaign, support: Client, role: str
) -> None:
    address = open_case(support, "W2")
    client = staff(role)
    expected = 200 if role in MAY_LOOK_UP else 403

    assert client.get(MEMBER).status_code == expected
    assert client.get(address, follow=True).status_code == expected
    assert search(client, "nobody").status_code == expected


@pytest.mark.parametrize("part", ["identity", "note"])
def test_who_only_looks_writes_nothing(campaign: Campaign, part: str) -> None:
    auditor = staff("auditor")
    address = open_case(auditor, "W2").partition("?")[0]

    assert auditor.post(f"{address}{part}/", {"kind": "answered", "text": "x"}).status_code == 403
    assert not CaseNote.objects.exists()


def test_nobody_writes_in_the_case_of_another(campaign: Campaign, support: Client) -> None:
    address = open_case(support, "W2").partition("?")[0]
    note = {"kind": "answered", "text": "x"}

    assert staff("support").post(f"{address}note/", note).status_code == 404
    assert support.post(f"{address}note/", note).status_code == 302


# Search


@pytest.mark.parametrize("kind", ["WESTER ID", "receipt", "reservation", "EX number"])
def test_each_identifier_opens_the_case_of_its_member(
    campaign: Campaign, support: Client, kind: str
) -> None:
    entry = Entry.objects.get(wester_id="W2")
    RegistrationFactory.create(ex_member_no="X-0007", wester_id="W2")
    BookingFactory.create(ex=True, ex_member_no="X-0007", reservation_no="R-0007")
    typed = {
        "WESTER ID": "W2",
        "receipt": receipt_number(entry.pk),
        "reservation": "R-0007",
        "EX number": "X-0007",
    }[kind]

    address = open_case(support, f" {typed}\u3000")

    assert CASE.fullmatch(address)
    assert MemberCase.objects.get().wester_id == "W2"
    assert receipt_number(entry.pk) in text_of(support.get(address))


@pytest.mark.parametrize("kind", ["WESTER ID", "receipt", "reservation", "EX number"])
def test_an_identifier_typed_in_another_way_is_a_candidate(
    campaign: Campaign, support: Client, kind: str
) -> None:
    entry = EntryFactory.create(campaign=campaign, wester_id="W000965-422")
    RegistrationFactory.create(ex_member_no="X-0007", wester_id="W000965-422")
    BookingFactory.create(ex=True, ex_member_no="X-0007", reservation_no="R-0007")
    stored, typed = {
        "WESTER ID": ("W000965-422", "ｗ０００９６５４２２"),
        "receipt": (receipt_number(entry.pk), receipt_number(entry.pk).lower().replace("-", " ")),
        "reservation": ("R-0007", "r0007"),
        "EX number": ("X-0007", "ｘー０００７"),
    }[kind]

    found = search(support, typed)

    assert not MemberCase.objects.exists()
    (candidate,) = found.context["found"].candidates
    assert candidate.match.value == stored
    page = text_of(found)
    assert stored in page
    chosen = support.post(MEMBER, {"wester_id": candidate.match.wester_id})
    assert receipt_number(entry.pk) in text_of(support.get(chosen.headers["Location"]))


def test_an_exact_identifier_offers_no_others(campaign: Campaign, support: Client) -> None:
    EntryFactory.create(campaign=campaign, wester_id="w1")
    EntryFactory.create(campaign=campaign, wester_id="W-1")

    open_case(support, "w1")

    assert MemberCase.objects.get().wester_id == "w1"


def test_a_number_of_two_members_is_chosen_among(campaign: Campaign, support: Client) -> None:
    BookingFactory.create(wester_id="W1", reservation_no="R-0007")
    RegistrationFactory.create(ex_member_no="X-0007", wester_id="W2")
    BookingFactory.create(ex=True, ex_member_no="X-0007", reservation_no="R-0007")

    found = search(support, "R-0007").context["found"]

    assert found.is_exact
    assert {one.match.wester_id for one in found.candidates} == {"W1", "W2"}


@pytest.mark.parametrize("typed", ["W-unknown", "Ｗ９９９", "W2W2", "-", "0000-0000-0000", "９"])
def test_an_unknown_identifier_is_never_answered_as_a_member(
    campaign: Campaign, support: Client, typed: str
) -> None:
    page = text_of(search(support, typed))

    assert UNKNOWN in page
    for answer in ("There is no entry.", "There is no draw yet.", "No booking is known."):
        assert answer not in page
    assert not MemberCase.objects.exists()


def test_a_reservation_that_belongs_to_nobody_is_named_as_that(
    campaign: Campaign, support: Client
) -> None:
    booking = BookingFactory.create(wester_id=None, reservation_no="R-0007")

    page = text_of(search(support, "R-0007"))

    assert "R-0007 is known, but its bookings belong to no WESTER ID" in page
    assert UNKNOWN not in page
    record = AuditRecord.objects.get(action="member.searched")
    assert record.detail == {"found": 0, "case": None, "bookings": [booking.pk]}


def test_an_unknown_number_that_waits_in_quarantine_is_found_there(
    campaign: Campaign, support: Client
) -> None:
    QuarantinedRowFactory.create(content=b"E1,R-0007,W2", reason="bad_amount")

    page = text_of(search(support, "R-0007"))

    assert UNKNOWN in page
    assert "The amount cannot be read" in page
    assert "bad_amount" not in page


def test_look_ups_are_limited_per_person_and_hour(
    campaign: Campaign,
    support: Client,
    set_clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking, "MAX_IN_AN_HOUR", 2)
    open_case(support, "W1")
    search(support, "W-unknown")

    refused = search(support, "W2")

    assert refused.status_code == 429
    assert "You have looked up 2 times in this hour" in refused.content.decode()
    other = staff("ops")
    open_case(other, "W2")
    address = MemberCase.objects.get(wester_id="W2").token
    assert support.get(f"/staff/member/case/{address}/").status_code == 429
    set_clock(FREEZES + timedelta(hours=1))
    open_case(support, "W2")


# The audit


def test_every_search_and_page_is_recorded_without_the_wester_id(
    campaign: Campaign, support: Client, caplog: pytest.LogCaptureFixture
) -> None:
    member: Member = MemberFactory.create(wester_id="W2")
    look_up(support, campaign, "W2")
    search(support, "W-unknown")

    entry, case = Entry.objects.get(wester_id="W2"), MemberCase.objects.get()
    searched, looked_up, unknown = AuditRecord.objects.filter(
        action__startswith="member."
    ).order_by("id")
    assert searched.detail == {"found": 1, "case": case.pk}
    assert (looked_up.action, looked_up.subject) == ("member.looked_up", campaign.code)
    assert looked_up.detail == {"entry": entry.pk, "member": member.pk, "case": case.pk}
    assert unknown.detail == {"found": 0, "case": None}
    for text in ("W2", "W-unknown"):
        assert text not in caplog.text


def test_a_member_without_entry_and_account_is_recorded_by_the_keyed_hash(
    campaign: Campaign, support: Client
) -> None:
    MembershipFactory.create(wester_id="W-known", status="active")

    page = text_of(look_up(support, campaign, "W-known"))

    for answer in ("There is no entry.", "There is no draw yet.", "No booking is known."):
        assert answer in page
    detail = AuditRecord.objects.get(action="member.looked_up").detail
    assert re.fullmatch("[0-9a-f]{64}", detail["hash"])
    assert "W-known" not in str(detail)


def test_a_case_opened_by_another_person_becomes_ones_own(
    campaign: Campaign, support: Client
) -> None:
    address = open_case(support, "W2")

    colleague = staff("ops")
    own = colleague.get(address, {"campaign": campaign.code}).headers["Location"]

    assert own.partition("?")[0] != address.partition("?")[0]
    assert own.endswith(f"?campaign={campaign.code}")
    page = text_of(colleague.get(own))
    for case in MemberCase.objects.select_related("opened_by"):
        assert case.opened_by.username in page


def test_a_case_of_the_last_hour_is_used_again(
    campaign: Campaign, support: Client, set_clock: SetClock
) -> None:
    first = open_case(support, "W2")
    set_clock(FREEZES + timedelta(minutes=59))
    assert open_case(support, "W2") == first
    set_clock(FREEZES + timedelta(hours=1))
    assert open_case(support, "W2") != first
    assert support.get(first).status_code == 200


def test_nothing_of_the_page_but_its_body_names_the_member(
    set_clock: SetClock, support: Client
) -> None:
    set_clock(FREEZES)
    campaign = closed_campaign({"W904101203": 5_000})

    page = look_up(support, campaign, "W904101203").content.decode()

    assert "<title>Member …03 |" in page
    assert "W9041***03" in page
    assert "W904101203" not in page.replace("&nbsp;", "")


# Campaigns


def test_a_draft_is_never_offered_and_never_shown(
    set_clock: SetClock, campaign: Campaign, support: Client
) -> None:
    BookingFactory.create(wester_id="W2", travel_date=date(2025, 1, 7), reservation_no="R-after")
    next_year = {name: FIRST_TERMS[name] + timedelta(days=365) for name in DATES}
    next_year["travel"] = [{"first": "2025-12-26", "last": "2026-01-06"}]
    draft = TermsFactory.create(campaign__code="next-year", **next_year).campaign
    TermsFactory.create(campaign=campaign, **next_year)

    page = text_of(support.get(open_case(support, "W2")))
    assert receipt_number(Entry.objects.get(wester_id="W2").pk) in page
    assert "within the travel period (December 26, 2024 to January 6, 2025)." in page
    assert "next-year" not in page
    refused = look_up(support, draft, "W2")
    assert "Choose the campaign that the caller means." in text_of(refused)
    assert "facts" not in refused.context


def test_of_several_public_campaigns_a_person_chooses_one(
    set_clock: SetClock, campaign: Campaign, support: Client
) -> None:
    later = {"public_at": FREEZES, "opens_at": FREEZES + timedelta(hours=1)}
    later |= {"closes_at": FREEZES + timedelta(days=1)}
    other = TermsFactory.create(campaign__code="later", published=True, **later).campaign
    receipt = receipt_number(Entry.objects.get(wester_id="W2").pk)

    unchosen = support.get(open_case(support, "W2"))

    assert "facts" not in unchosen.context
    assert [code for code, _label in unchosen.context["campaigns"]] == ["later", campaign.code]
    for code in ("later", campaign.code):
        assert f'<a href="?campaign={code}">' in text_of(unchosen)
    for one in (campaign, other):
        page = text_of(look_up(support, one, "W2"))
        assert ("There is no entry." in page) == (one == other)
    assert open_case(support, receipt).endswith(f"?campaign={campaign.code}")


# What is shown


@pytest.mark.parametrize(
    ("second", "words"),
    [
        pytest.param({"entry_needed": False}, "Nobody needs to enter.", id="no entry needed"),
        pytest.param(
            {"series_code": "s", "series_carried": True},
            "Entered by your entry to another campaign of this series",
            id="carried over",
        ),
        pytest.param({"series_code": "s"}, "There is no entry.", id="no entry"),
    ],
)
def test_a_case_shows_how_a_member_takes_part_without_an_own_entry(
    set_clock: SetClock, second: dict[str, Any], words: str
) -> None:
    first = TermsFactory.create(published=True, series_code="s")
    looked_at = TermsFactory.create(published=True, **second)
    EntryFactory.create(campaign=first.campaign, wester_id="W1", entered_at=first.opens_at)
    set_clock(first.opens_at + timedelta(hours=1))
    page = text_of(look_up(staff("support"), looked_at.campaign, "W1"))
    assert words in page
    assert ("There is no entry." in page) == (words == "There is no entry.")


def test_a_case_shows_no_result_before_its_confirmation(set_clock: SetClock) -> None:
    draw = drawn_draw(budget_points=6_000)
    set_clock(draw.round_time + timedelta(hours=1))
    for wester_id in steps.THREE:
        response = look_up(staff("auditor"), draw.campaign, wester_id)
        page = text_of(response)
        assert "In the draw, no result yet" in page
        assert response.context["facts"].result.award_points == 0
        assert response.context["answers"] == []


def test_a_case_shows_the_history_of_a_booking_in_japans_time(
    campaign: Campaign, support: Client
) -> None:
    booking = BookingFactory.create(wester_id="W2", reservation_no="R-0007")
    values = {name: getattr(booking, name) for name in EVENT_VALUES}
    BookingEvent.objects.create(
        event_id="E-1",
        event_type="booked",
        occurred_at=datetime.fromisoformat("2024-12-12T10:35:51+00:00"),
        operated_via="app",
        **values,
    )

    page = text_of(look_up(support, campaign, "W2"))

    assert "December 12, 2024, 19:35</time> Booked (app)" in page


@pytest.mark.parametrize(
    "content",
    [b"1,W2,2", b'"X-0007"', b"R-0007,bad"],
    ids=["by WESTER ID", "by EX number", "by a reservation"],
)
def test_a_case_shows_the_rows_of_the_member_in_quarantine(
    campaign: Campaign, support: Client, content: bytes
) -> None:
    RegistrationFactory.create(ex_member_no="X-0007", wester_id="W2")
    BookingFactory.create(wester_id="W2", reservation_no="R-0007")
    QuarantinedRowFactory.create(content=content, reason="unknown_station")
    QuarantinedRowFactory.create(content=b"W22,XX-0007,R-00070", reason="bad_date")
    QuarantinedRowFactory.create(
        content=content, reason="bad_date", status="replayed", settled_at=FREEZES
    )

    response = look_up(support, campaign, "W2")

    assert "The station is unknown" in text_of(response)
    assert len(response.context["facts"].rows) == 1


def test_a_case_takes_a_constant_number_of_queries(
    campaign: Campaign, support: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = open_case(support, "W2")
    support.get(address)
    with django_assert_max_num_queries(40) as few:
        support.get(address)
        queries = len(few)
    for number in range(12):
        BookingFactory.create(wester_id="W2", reservation_no=f"R-{number:04}")
        QuarantinedRowFactory.create(content=f"R-{number:04}".encode())
        support.post(f"{address}note/", {"kind": "answered", "text": "x"})

    with django_assert_max_num_queries(queries):
        support.get(address)


@pytest.mark.parametrize("role", ["support", "auditor", "ops"])
def test_a_case_leads_to_who_looked_in_the_audit(campaign: Campaign, role: str) -> None:
    client = staff(role)

    response = look_up(client, campaign, "W2")

    case, entry = MemberCase.objects.get(), Entry.objects.get(wester_id="W2")
    user = response.context["user"]
    for about, number in (("case", case.pk), ("entry", entry.pk)):
        address = f"/staff/audit/?about={about}&amp;number={number}"
        is_linked = address in text_of(response)
        assert is_linked == user.has_perm("core.view_auditrecord")
        if is_linked:
            assert client.get(address.replace("&amp;", "&")).context["records"]


# Identity, notes, receipts


@pytest.mark.parametrize(
    ("four", "day", "is_right"),
    [
        pytest.param("right", "", True, id="receipt"),
        pytest.param("", "2024-12-28", True, id="day of travel"),
        pytest.param("right", "2024-12-28", True, id="both"),
        pytest.param("small", "", True, id="receipt in small letters"),
        pytest.param("wrong", "", False, id="another receipt"),
        pytest.param("", "2024-12-29", False, id="another day"),
        pytest.param("right", "2024-12-29", False, id="one of both"),
    ],
)
def test_the_identity_check_says_right_or_wrong(
    campaign: Campaign, support: Client, four: str, day: str, is_right: bool
) -> None:
    BookingFactory.create(wester_id="W2", travel_date=date(2024, 12, 28), reservation_no="R-0007")
    address = open_case(support, "W2")
    last = receipt_number(Entry.objects.get(wester_id="W2").pk)[-4:]
    wrong = receipt_number(Entry.objects.get(wester_id="W1").pk)[-4:]
    typed = {"right": last, "small": last.lower(), "wrong": wrong, "": ""}[four]

    response = support.post(
        f"{address}identity/", {"last_four": typed, "travel_date": day}, follow=True
    )

    assert f"Identity check: this is {'right' if is_right else 'wrong'}." in text_of(response)
    assert response.redirect_chain[0][0].startswith(address)
    kind = "identified" if is_right else "not_identified"
    assert CaseNote.objects.get().kind == kind


def test_the_identity_check_asks_for_something(campaign: Campaign, support: Client) -> None:
    address = open_case(support, "W2")

    page = text_of(support.post(f"{address}identity/", {"last_four": "", "travel_date": ""}))

    assert "Fill in at least one of the two." in page
    assert not CaseNote.objects.exists()


def test_notes_stay_with_the_member_and_hand_over_to_a_superior(
    campaign: Campaign, support: Client
) -> None:
    address = open_case(support, "W2")
    text = "The ride of January 8 lies outside the period."
    support.post(f"{address}note/?campaign={campaign.code}", {"kind": "handed_over", "text": text})
    superior = staff("ops")

    first_page = text_of(superior.get(MEMBER))
    assert text in first_page
    own = open_case(superior, "W2")
    page = text_of(superior.get(own))
    assert text in page
    assert "Handed over to a superior" in page
    superior.post(f"{own}note/", {"kind": "answered", "text": "Called back."})
    assert text not in text_of(superior.get(MEMBER))
    record = AuditRecord.objects.filter(action="member.noted").order_by("id")[0]
    assert record.subject == campaign.code
    assert text not in str(record.detail)


@pytest.mark.parametrize("text", ["", "x" * 1_001], ids=["empty", "too long"])
def test_a_note_that_is_unfit_is_refused_at_its_field(
    campaign: Campaign, support: Client, text: str
) -> None:
    address = open_case(support, "W2")

    response = support.post(f"{address}note/", {"kind": "answered", "text": text})

    assert response.context["note"].errors.keys() == {"text"}
    assert not CaseNote.objects.exists()


def test_a_receipt_of_the_draw_is_issued_and_recorded(set_clock: SetClock, support: Client) -> None:
    draw = drawn_draw()
    set_clock(draw.round_time + timedelta(hours=1))
    page = look_up(support, draw.campaign, "W2")
    assert page.context["may_issue"]
    address = page.request["PATH_INFO"]

    response = support.post(f"{address}receipt/?campaign={draw.campaign.code}")

    assert response["Content-Disposition"] == 'attachment; filename="receipt.json"'
    assert response.json()["wester_id"] == "W2"
    assert AuditRecord.objects.filter(action="draw.receipt").count() == 1


def test_a_receipt_before_the_publication_is_refused(campaign: Campaign, support: Client) -> None:
    address = open_case(support, "W2")

    assert support.post(f"{address}receipt/?campaign={campaign.code}").status_code == 404


@pytest.mark.parametrize(
    "address", ["case/x/", "case/" + "x" * 32 + "/", "case/" + "9" * 5_000 + "/"]
)
def test_an_unknown_case_is_not_found(support: Client, address: str) -> None:
    assert support.get(f"{MEMBER}{address}").status_code == 404
