"""Refusals below the staff's address stand in the frame of staff, for staff at work only."""

import pytest
from django.conf import settings
from django.test import Client

from core.sign_in.backends import MEMBER_BACKEND
from tests.factories.campaign import UserFactory
from tests.factories.entries import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/staff/nowhere/", 404, id="no such page"),
        pytest.param("/staff/member/", 403, id="not permitted"),
        pytest.param("/staff/bookings/booking/?wester_id=W1", 400, id="a filter that is none"),
        pytest.param("/staff/logout/", 405, id="a button's address"),
    ],
)
def test_staff_go_on_from_an_error(address: str, status: int) -> None:
    client = Client(raise_request_exception=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(UserFactory.create(role="campaign"))

    response = client.get(address)

    page = response.content.decode()
    assert response.status_code == status
    if status != 405:  # answered by Django, without a page
        assert '<a class="button" href="/staff/">Back to home</a>' in page
        assert 'class="desk-menu"' in page
        assert "no-store" in response.headers["Cache-Control"]


def test_others_see_no_frame_of_staff() -> None:
    member = Client()
    member.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)
    for client in (Client(), member):
        response = client.get("/staff/nowhere/")
        assert response.status_code == 302
        assert "desk-menu" not in client.get("/nowhere/").content.decode()
