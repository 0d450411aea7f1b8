"""Staff sessions end by real time, by their owner, and by those who run accounts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from config.env import MovedClock
from core.models import StaffSession
from core.sign_in.sessions import ABSOLUTE, IDLE, LISTED
from tests.core.signing_in import (
    ACCOUNT,
    browser,
    change_sessions,
    give_app,
    leads_to,
    may_work,
    recorded,
    sign_in,
    staff,
    type_password,
)
from tests.factories.campaign import UserFactory
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
NEARLY = timedelta(seconds=-20)  # a busy machine is slow


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(UserFactory.create(username="hanako", role="ops"))
    assert may_work(client)
    return client


@pytest.mark.parametrize(
    ("field", "ago", "is_open"),
    [
        pytest.param("seen_at", IDLE + NEARLY, True, id="used just within 30 minutes"),
        pytest.param("seen_at", IDLE, False, id="not used for 30 minutes"),
        pytest.param("started_at", ABSOLUTE + NEARLY, True, id="just within 12 hours"),
        pytest.param("started_at", ABSOLUTE, False, id="after 12 hours, however used"),
    ],
)
def test_a_session_ends(field: str, ago: timedelta, is_open: bool, signed_in: Client) -> None:
    change_sessions(**{field: Now() - ago})

    assert may_work(signed_in) is is_open
    assert bool(signed_in.session.keys()) is is_open, "on other pages it signs nobody in either"


def test_the_page_says_why(signed_in: Client) -> None:
    signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    change_sessions(seen_at=Now() - IDLE)

    page = signed_in.get("/staff/", follow=True)

    assert "You were signed out" in page.content.decode()


def test_use_keeps_a_session_open_without_a_write_for_each_request(signed_in: Client) -> None:
    session = StaffSession.objects.get()
    may_work(signed_in)
    session.refresh_from_db()
    seen = session.seen_at
    may_work(signed_in)
    session.refresh_from_db()
    assert session.seen_at == seen

    change_sessions(seen_at=Now() - IDLE / 2)
    may_work(signed_in)

    session.refresh_from_db()
    assert session.seen_at >= seen


@pytest.mark.parametrize("year", [2020, 2040])
def test_a_moved_clock_ends_no_session_and_extends_none(
    year: int, signed_in: Client, settings: Settings
) -> None:
    settings.CAMPAIGN_NOW = MovedClock(
        datetime(year, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), runs=False
    )

    assert may_work(signed_in)
    change_sessions(seen_at=Now() - IDLE)
    assert not may_work(signed_in)


def test_a_session_without_its_row_signs_nobody_in(signed_in: Client) -> None:
    StaffSession.objects.all().delete()

    assert not may_work(signed_in)


def test_a_session_of_another_account_signs_nobody_in(signed_in: Client) -> None:
    change_sessions(user=UserFactory.create())

    assert not may_work(signed_in)


def test_the_owner_sees_and_ends_own_sessions(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    secret = give_app(staff())
    stolen, own = browser(), browser()
    for client in (stolen, own):
        client.defaults["HTTP_USER_AGENT"] = "Firefox" if client is own else "<Thief>\x00\x1b"
        sign_in(client, secret)
    half = browser()
    type_password(half)

    page = own.get(ACCOUNT, secure=True)
    listed = {one.browser: one for one in page.context["sessions"]}
    assert set(listed) == {"Firefox", "<Thief>\\x00\\x1b", ""}
    assert listed[""].factor_at is None, "somebody has the password, and no factor"
    assert page.context["current_session"] == listed["Firefox"]
    assert "<Thief>" not in page.content.decode()

    ended = listed["<Thief>\\x00\\x1b"]
    own.post(f"{ACCOUNT}sessions/{ended.pk}/end/", secure=True)

    assert not may_work(stolen)
    assert may_work(own)
    assert recorded("staff.session_ended") == [("hanako", "hanako", {"session": ended.pk})]
    own.post(f"{ACCOUNT}sessions/{listed['Firefox'].pk}/end/", secure=True)
    assert not may_work(own)


def test_who_runs_accounts_ends_the_sessions_of_others(signed_in: Client) -> None:
    session = StaffSession.objects.get()
    manager = Client()
    manager.force_login(UserFactory.create(username="manager", role="accounts"))

    page = manager.get(f"{ACCOUNT}{session.user_id}/sessions/")
    assert list(page.context["sessions"]) == [session]
    ended = manager.post(f"{ACCOUNT}sessions/{session.pk}/end/")

    assert leads_to(ended) == f"{ACCOUNT}{session.user_id}/sessions/"
    assert not may_work(signed_in)
    assert recorded("staff.session_ended") == [("manager", "hanako", {"session": session.pk})]


@pytest.mark.parametrize("role", ["approver", "ops", "campaign", "support", "auditor"])
def test_other_roles_neither_see_nor_end_them(role: str, signed_in: Client) -> None:
    session = StaffSession.objects.get()
    other = Client()
    other.force_login(UserFactory.create(role=role))

    assert other.get(f"{ACCOUNT}{session.user_id}/sessions/").status_code == 403
    assert other.post(f"{ACCOUNT}sessions/{session.pk}/end/").status_code == 403
    assert may_work(signed_in)


def test_an_ended_session_is_ended_once(signed_in: Client) -> None:
    change_sessions(ended_at=Now(), ended_by=UserFactory.create(username="first"))
    session = StaffSession.objects.get()
    manager = Client()
    manager.force_login(UserFactory.create(role="accounts"))

    manager.post(f"{ACCOUNT}sessions/{session.pk}/end/")

    session.refresh_from_db()
    assert session.ended_by is not None
    assert session.ended_by.username == "first"


@pytest.mark.parametrize(
    ("ago", "left"),
    [
        pytest.param(LISTED + NEARLY, 2, id="within 90 days"),
        pytest.param(LISTED, 2 - 1, id="after 90 days"),
    ],
)
def test_rows_of_long_ago_go_with_the_next_sign_in(
    ago: timedelta, left: int, signed_in: Client
) -> None:
    session = StaffSession.objects.get()
    change_sessions(started_at=Now() - ago - timedelta(seconds=1))

    Client().force_login(session.user)

    assert StaffSession.objects.count() == left


def test_a_session_is_open_or_was_ended_by_a_person() -> None:
    user = UserFactory.create()

    for half in ({"ended_at": Now()}, {"ended_by": user}):
        with refused_as("staffsession_open_or_ended_by_a_person"):
            StaffSession.objects.create(user=user, browser="", **half)

    StaffSession.objects.create(user=user, browser="")
    ended = StaffSession.objects.create(user=user, browser="", ended_at=Now(), ended_by=user)
    assert str(user.pk) in str(ended)
