"""The page of the audit: search, pages, words, export."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from core import audit
from core.audit import Actor
from core.models import AuditRecord, User
from portal.desk.audit import exporting, searching
from portal.desk.audit.searching import Position, Search, find_page
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import CampaignFactory, TermsFactory, UserFactory
from tests.factories.entries import EntryFactory
from tests.factories.points import MemberAccountFactory

pytestmark = pytest.mark.django_db
AUDIT, EXPORT = "/staff/audit/", "/staff/audit/export/"
AT = datetime(2025, 1, 14, 3, tzinfo=UTC)  # noon in Japan
MIDNIGHT = datetime(2025, 1, 13, 15, tzinfo=UTC)  # in Japan, of the 14th
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """What is called without a request answers in English, too."""
    with translation.override("en"):
        yield


def staff(role: str = "auditor", *, language: str = "en") -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(role=role))
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def record(
    action: str = "draw.run", *, at: datetime = AT, subject: str = "c/1", **detail: Any
) -> int:
    """Record an action of hanako; return the number of the record."""
    hanako = User.objects.filter(username="hanako").first()
    actor = Actor(hanako or UserFactory.create(username="hanako", role="ops"))
    return audit.record(actor=actor, action=action, subject=subject, at=at, detail=detail).pk


def found(**search: Any) -> list[int]:
    return [one.pk for one in find_page(Search(**search)).records]


def test_search_by_person_finds_what_they_did() -> None:
    number = record()
    audit.record(actor=Actor(UserFactory.create()), action="a", subject="c/1", at=AT, detail={})

    assert found(person="hanako") == [number]
    assert found(person="hana") == []


def test_search_by_days_of_japan_has_both_ends() -> None:
    before = record(at=MIDNIGHT - SECOND)
    first, last = record(at=MIDNIGHT), record(at=MIDNIGHT + timedelta(days=1) - SECOND)
    after = record(at=MIDNIGHT + timedelta(days=1))
    day = datetime(2025, 1, 14, tzinfo=UTC).date()

    assert found(since=day, until=day) == [last, first]
    assert found(since=day) == [after, last, first]
    assert found(until=day) == [last, first, before]


def test_search_by_action_and_by_subject() -> None:
    number, other = record("draw.run"), record("draw.freeze", subject="d/1")

    assert found(action="draw.run") == [number]
    assert found(subject="d/1") == [other]
    assert found(action="draw.run", subject="d/1") == []


@pytest.mark.parametrize(
    ("action", "subject", "detail", "is_found"),
    [
        pytest.param("member.looked_up", "c", {"entry": 844}, True, id="looked up"),
        pytest.param("member.looked_up", "c", {"entry": 8440}, False, id="another entry"),
        pytest.param("member.looked_up", "c", {"member": 844}, False, id="a member of this number"),
        pytest.param("member.disclosed", "1", {"entries": [3, 844]}, True, id="disclosed"),
        pytest.param("member.listed", "points.account", {"rows": [844]}, False, id="another list"),
    ],
)
def test_who_looked_at_an_entry(
    action: str, subject: str, detail: dict[str, Any], is_found: bool
) -> None:
    number = record(action, subject=subject, **detail)

    assert found(about="entry", number=844) == ([number] if is_found else [])


@pytest.mark.parametrize("text", ["HANAKO", "c/1", "load was", "1,2", "draw run"])
def test_search_by_text_finds_any_part(text: str) -> None:
    number = record(reason="A load was missing.", other="1,2")
    record("draw.freeze", subject="d/1", at=AT - SECOND)

    with translation.override("en"):
        assert number in found(text=text)


def test_who_looked_at_an_entry_finds_the_person_under_each_number() -> None:
    entry = EntryFactory.create(wester_id="W1")
    booking, account = (
        BookingFactory.create(wester_id="W1"),
        MemberAccountFactory.create(wester_id="W1"),
    )
    other = BookingFactory.create(wester_id="W2")
    expected = [
        record("member.listed", subject="bookings.booking", rows=[other.pk, booking.pk]),
        record("member.listed", subject="points.account", rows=[account.pk]),
        record("member.looked_up", subject="c", bookings=[booking.pk]),
    ]
    record("member.listed", subject="bookings.booking", rows=[other.pk])
    record("member.listed", subject="points.transfer", rows=[booking.pk])

    assert found(about="entry", number=entry.pk) == expected[::-1]


def test_search_by_what_was_approved() -> None:
    number = record("approval.refused", subject="draw.publish c/1")
    record("approval.refused", subject="draw.publish_more c/1")
    record("draw.publish", subject="draw.publish c/1")

    assert found(action="approval:draw.publish") == [number]
    with translation.override("en"):
        assert found(text="publication of the list") == [number]


def test_pages_have_each_record_once_also_of_one_instant() -> None:
    numbers = [record() for _ in range(5)] + [record(at=AT - SECOND), record(at=AT + SECOND)]
    expected = [numbers[6], *reversed(numbers[:5]), numbers[5]]

    seen: list[int] = []
    after: Position | None = None
    for _ in range(10):
        page = find_page(Search(), after=after, size=2)
        seen += [one.pk for one in page.records]
        after = page.next
        if after is None:
            break

    assert seen == expected


def test_a_text_is_looked_for_in_so_many_records_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WINDOW", 3)
    old = record(subject="needle")
    for _ in range(4):
        record()

    first = find_page(Search(text="needle"))
    second = find_page(Search(text="needle"), after=first.next)

    assert first.records == []
    assert first.looked_back_to == AT
    assert [one.pk for one in second.records] == [old]
    assert second.next is None


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "approver", "auditor", "accounts"])
def test_the_page_is_for_who_may_see_the_audit(role: str) -> None:
    assert staff(role).get(AUDIT).status_code == 200


def test_the_page_shows_records_in_words_and_japans_time() -> None:
    campaign = CampaignFactory.create(code="winter", published=True)
    name = campaign.terms.get().name_en
    record("draw.run", subject="winter/1", result_sha256="0" * 64)
    record("approval.approved", subject="campaign.publish winter", approval=7)
    page = staff().get(AUDIT)

    text = text_of(page)
    assert f"{name}, draw no. 1" in text
    assert f"Publication of the terms: {name}" in text
    assert "12:00:00" in text
    assert "fingerprint of the result 000000000000…" in text
    assert "/staff/approvals/7/" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_the_page_in_japanese_shows_no_code() -> None:
    record("staff.role_added", subject="taro", role="ops")
    record(
        "page.refused", subject="admin:bookings_booking_changelist", route="staff/", method="GET"
    )
    audit.record_of_nobody(
        action="staff.sign_in_failed", subject="-", at=AT, detail={"step": "password"}
    )

    text = text_of(staff(language="ja").get(AUDIT))

    assert not [code for code in ("role_added", "sign_in_failed", "changelist") if code in text]


def test_older_records_are_a_link_away(monkeypatch: pytest.MonkeyPatch) -> None:
    oldest = record("draw.freeze", at=AT - SECOND)
    for _ in range(searching.PAGE):
        record("draw.freeze")
    client = staff()
    first = client.get(AUDIT, {"action": "draw.freeze"})
    address = first.context["older"]
    second = client.get(address)

    assert f"no. {oldest}" not in text_of(first)
    assert f"no. {oldest}" in text_of(second)
    assert parse_qs(urlsplit(address).query)["action"] == ["draw.freeze"]
    assert second.context["older"] == ""


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"since": "0001-01-01"}, id="a day before all records"),
        pytest.param({"until": "9999-12-31"}, id="a day after all records"),
        pytest.param({"action": "no.such"}, id="an unknown action"),
        pytest.param({"number": "9" * 30}, id="a number that is too large"),
        pytest.param({"after": "x"}, id="no position"),
        pytest.param({"after": "2025-01-01T00:00:00,1"}, id="a position without a zone"),
        pytest.param({"after": f"2025-01-01T00:00:00+09:00,{'9' * 30}"}, id="no such number"),
        pytest.param({"text": "%_'\\"}, id="signs of a pattern"),
    ],
)
def test_any_query_is_answered(query: dict[str, str]) -> None:
    record()

    assert staff().get(AUDIT, query).status_code == 200


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        record("approval.approved", subject=f"draw.publish c/{number}", approval=number + 1)
    client = staff()
    with django_assert_max_num_queries(16):
        client.get(AUDIT)


def test_export_is_csv_without_formulas_and_is_recorded() -> None:
    number = record("staff.add", subject="=1+1", reason="a SUM")
    record("draw.run")
    client = staff()
    response = client.post(f"{EXPORT}?action=staff.add&text=SUM")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header[1] == "Time in Japan"
    assert row[:3] == [str(number), "2025-01-14 12:00:00", "hanako"]
    assert row[6] == "'=1+1"
    exported = AuditRecord.objects.get(action="file.exported")
    assert exported.detail == {
        "file": "audit",
        "records": 1,
        "search": {"action": "staff.add", "text": True},
    }


def test_export_of_too_many_records_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MAX_ROWS", 1)
    record()
    record()
    response = staff().post(EXPORT, follow=True)

    assert "choose a shorter period" in text_of(response)
    assert not AuditRecord.objects.filter(action="file.exported").exists()


@pytest.mark.parametrize(
    ("search", "finds"),
    [
        ({"text": "Winter"}, ["run", "approved", "read"]),
        ({"subject": "Winter Points"}, ["read"]),
        ({"text": "Summer"}, []),
    ],
    ids=["part-of-name", "whole-name", "another"],
)
def test_a_campaign_is_found_by_its_name(search: dict[str, str], finds: list[str]) -> None:
    TermsFactory.create(campaign=CampaignFactory.create(code="c"), name_en="Winter Points")
    numbers = {
        "read": record("draft.loaded", subject="c"),
        "approved": record("approval.approved", subject="draw.publish c/1"),
        "run": record("draw.run", subject="c/1"),
    }
    record("draw.run", subject="cc/1")

    assert found(**search) == [numbers[one] for one in finds]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"about": "entry"}, "Enter the number."),
        ({"number": "3"}, "Choose what has this number."),
        ({"since": "2025-06-05", "until": "2025-06-03"}, "The last day is before the first."),
    ],
    ids=["no-number", "number-of-nothing", "days-turned"],
)
def test_half_a_question_is_not_answered(query: dict[str, str], sentence: str) -> None:
    record()

    text = text_of(staff().get(AUDIT, query))

    assert sentence in text
    assert "no. " not in text.split("Search Clear")[-1]


def test_a_person_is_found_in_any_case() -> None:
    record()

    assert "no. " in text_of(staff().get(AUDIT, {"person": "HANAKO"}))


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        ("payout.resolve c/3", "c, resolution no. 3"),
        ("points.reverse 12", "movement of points no. 12"),
    ],
    ids=["resolution", "reversal"],
)
def test_no_other_number_is_taken_for_that_of_a_draw(subject: str, named: str) -> None:
    record("approval.requested", subject=subject)

    text = text_of(staff().get(AUDIT))

    assert named in text
    assert "draw no." not in text
