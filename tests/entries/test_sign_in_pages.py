"""Where signing in starts, where it leads to, how it ends, and who may send whom there."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver

from core.models import User
from entries.models import Member
from entries.sign_in.members import signed_in_member
from tests.database import trigger_off
from tests.entries.browsing import SIGN_IN, SIGN_OUT, is_signed_in, sign_in, start
from tests.entries.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        pytest.param(
            "/campaign/detail/x/mypage/", "/campaign/detail/x/mypage/", id="a page of ours"
        ),
        pytest.param("", "/", id="nothing"),
        pytest.param("https://evil.example/", "/", id="another site"),
        pytest.param("//evil.example/", "/", id="another site without its scheme"),
        pytest.param("/\\evil.example/", "/", id="a backslash"),
        pytest.param("\t//evil.example", "/", id="white space before"),
        pytest.param("http://testserver/x/", "/", id="our own host spelled out"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("mypage/", "/", id="a relative path"),
    ],
)
def test_sign_in_leads_to_own_pages_only(
    wanted: str, leads_to: str, client: Client, provider: FakeProvider
) -> None:
    assert sign_in(client, provider, next=wanted)["Location"] == leads_to


def test_callback_takes_its_destination_from_the_session_only(
    client: Client, provider: FakeProvider
) -> None:
    response = client.get(provider.authorize(start(client, next="/a/")) + "&next=/b/")

    assert response["Location"] == "/a/"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "cross-site"}, id="the browser reports another site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="the browser reports a neighbour"),
        pytest.param({"sec-fetch-site": "none"}, id="the browser reports no site"),
        pytest.param({"origin": "https://evil.example"}, id="another origin"),
        pytest.param({"origin": "null"}, id="an opaque origin"),
        pytest.param({"origin": "http://testserver:81"}, id="another port"),
        pytest.param({"origin": "https://testserver"}, id="another scheme"),
    ],
)
def test_button_of_another_site_signs_nobody_in(
    headers: dict[str, str], client: Client, provider: FakeProvider
) -> None:
    response = client.post(SIGN_IN, headers=headers)

    assert response.status_code == 200
    assert f'action="{SIGN_IN}"' in response.content.decode()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "same-origin"}, id="the browser reports the same origin"),
        pytest.param({"origin": "http://testserver"}, id="our origin"),
    ],
)
def test_own_button_works_without_a_token(headers: dict[str, str], provider: FakeProvider) -> None:
    assert Client(enforce_csrf_checks=True).post(SIGN_IN, headers=headers).status_code == 302


def test_sign_in_page_sends_no_request_to_the_provider(
    client: Client, provider: FakeProvider
) -> None:
    page = client.get(SIGN_IN, {"next": "/campaign/detail/x/"})

    assert page.status_code == 200
    assert '<input type="hidden" name="next" value="/campaign/detail/x/">' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not provider.requests


def test_sign_in_page_leads_on_who_is_signed_in(client: Client, provider: FakeProvider) -> None:
    sign_in(client, provider)

    assert client.get(SIGN_IN, {"next": "/a/"})["Location"] == "/a/"


def test_sign_in_page_does_not_send_staff_round_in_circles(client: Client) -> None:
    client.force_login(User.objects.create_user("ops", is_staff=True))

    assert client.get(SIGN_IN, {"next": "/a/"}).status_code == 200


def test_signed_in_member_is_nobody_else(client: Client, provider: FakeProvider) -> None:
    response = sign_in(client, provider)

    assert signed_in_member(response.wsgi_request.user) == Member.objects.get()
    assert signed_in_member(User.objects.create_user("ops", is_staff=True)) is None
    assert signed_in_member(AnonymousUser()) is None


def test_sign_out_ends_the_session(client: Client, provider: FakeProvider) -> None:
    sign_in(client, provider)

    response = client.post(SIGN_OUT, {"next": "/campaign/detail/x/"})

    assert (response.status_code, response["Location"]) == (302, "/campaign/detail/x/")
    assert not is_signed_in(client)
    assert not Session.objects.exists()


def test_sign_out_needs_a_post_with_a_token(provider: FakeProvider) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(provider.authorize(start(client)))

    assert client.get(SIGN_OUT).status_code == 405
    assert client.post(SIGN_OUT).status_code == 403

    assert is_signed_in(client)


@pytest.mark.parametrize("method", ["head", "post", "put"])
def test_callback_takes_nothing_but_get(
    method: str, client: Client, provider: FakeProvider
) -> None:
    address = provider.authorize(start(client))

    assert getattr(client, method)(address).status_code == 405
    assert client.get(address).status_code == 302


def test_there_are_no_other_account_pages() -> None:
    names = {str(name) for name in get_resolver().namespace_dict["entries"][1].reverse_dict}

    assert {name for name in names if name.isidentifier()} == {"sign_in", "callback", "sign_out"}
    assert get_resolver().namespace_dict["entries"][0] == "accounts/"
    assert not {"account_login", "account_signup", "account_email"} & set(
        get_resolver().reverse_dict
    )


def test_staff_have_their_own_sign_in(client: Client) -> None:
    User.objects.create_user("ops", password="long enough a password", is_staff=True)

    response = client.post(
        "/staff/login/", {"username": "ops", "password": "long enough a password"}
    )

    assert response.status_code == 302
    assert is_signed_in(client)


def test_staff_pages_do_not_let_a_member_in(client: Client, provider: FakeProvider) -> None:
    sign_in(client, provider)

    assert client.get("/staff/")["Location"].startswith("/staff/login/")


def test_wester_id_opens_no_staff_page_to_a_member_made_staff(
    client: Client, provider: FakeProvider
) -> None:
    sign_in(client, provider)
    with trigger_off("user_staff_from_the_beginning"):
        User.objects.update(is_staff=True, is_superuser=True)

    assert client.get("/staff/")["Location"].startswith("/staff/login/")
    sign_in(client, provider)
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
