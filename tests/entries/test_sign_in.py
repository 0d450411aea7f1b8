"""Signing in and out as a member does."""

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from core.models import User
from entries.models import Member
from tests.entries.browsing import CALLBACK, SIGN_IN, is_signed_in, sign_in, start
from tests.entries.fake_provider import FakeProvider, ec_jwk, ec_key, jwk, rsa_key, signed

pytestmark = pytest.mark.django_db


def test_first_sign_in_makes_a_member_and_leads_on(client: Client, provider: FakeProvider) -> None:
    response = sign_in(client, provider, next="/campaign/detail/012025121203/?a=b")

    assert (response.status_code, response["Location"]) == (
        302,
        "/campaign/detail/012025121203/?a=b",
    )
    member = Member.objects.get()
    assert (member.issuer, member.sub, member.wester_id) == (provider.issuer, "account-1", "W-0001")
    assert client.session["_auth_user_id"] == str(member.user_id)


def test_second_sign_in_finds_the_member(provider: FakeProvider) -> None:
    clients = [Client(), Client()]

    assert [sign_in(client, provider).status_code for client in clients] == [302, 302]

    assert {client.session["_auth_user_id"] for client in clients} == {
        str(Member.objects.get().user_id)
    }


def test_members_differ_by_account(provider: FakeProvider) -> None:
    sign_in(Client(), provider)
    provider.sub, provider.wester_id = "account-2", "W-0002"
    sign_in(Client(), provider)

    assert set(Member.objects.values_list("sub", "wester_id")) == {
        ("account-1", "W-0001"),
        ("account-2", "W-0002"),
    }


def test_user_of_a_member_has_no_data_of_the_person(client: Client, provider: FakeProvider) -> None:
    provider.userinfo = {
        "email": "w-0001@example.jp",
        "email_verified": True,
        "name": "Hanako",
        "preferred_username": "hanako",
    }

    sign_in(client, provider)

    user = User.objects.get()
    assert not user.has_usable_password()
    assert (user.email, user.first_name, user.last_name) == ("", "", "")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert not any(word in user.username for word in ("account-1", "W-0001", "hanako"))


def test_sign_in_stores_no_token_and_no_address(client: Client, provider: FakeProvider) -> None:
    provider.userinfo = {"email": "w-0001@example.jp", "email_verified": True}

    sign_in(client, provider)

    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    assert not EmailAddress.objects.exists()
    stored = str([session.get_decoded() for session in Session.objects.all()])
    assert not any(
        word in stored for word in ("an-access-token", "example.jp", "account-1", "W-00")
    )


def test_same_address_does_not_link_to_another_account(
    client: Client, provider: FakeProvider
) -> None:
    staff = User.objects.create_user("ops", email="ops@example.jp", is_staff=True)
    provider.userinfo = {"email": "ops@example.jp", "email_verified": True}

    sign_in(client, provider)

    assert client.session["_auth_user_id"] != str(staff.pk)


def test_authorization_request_is_complete(client: Client, provider: FakeProvider) -> None:
    address = start(client)

    query = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert {name: query[name] for name in ("response_type", "scope", "client_id")} == {
        "response_type": "code",
        "scope": "openid",
        "client_id": "our-client",
    }
    assert query["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert (query["code_challenge_method"], query["ui_locales"]) == ("S256", "ja")
    assert all(len(query[name]) >= 16 for name in ("state", "nonce", "code_challenge"))
    assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3


def test_authorization_request_ignores_what_the_address_adds(
    client: Client, provider: FakeProvider
) -> None:
    tricks = "?scope=everything&process=connect&auth_params=nonce%3Dmine%26redirect_uri%3Dhttp://x"
    response = client.post(SIGN_IN + tricks)

    query = parse_qs(urlsplit(response["Location"]).query)
    assert query["scope"] == ["openid"]
    assert query["nonce"] != ["mine"]
    assert query["redirect_uri"] == [f"http://testserver{CALLBACK}"]


def test_state_nonce_and_challenge_are_new_each_time(
    client: Client, provider: FakeProvider
) -> None:
    queries = [parse_qs(urlsplit(start(client)).query) for _ in range(2)]

    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]


def test_authorization_endpoint_may_have_a_query(client: Client, provider: FakeProvider) -> None:
    provider.configuration = {"authorization_endpoint": f"{provider.issuer}/authorize?policy=b2c"}

    assert parse_qs(urlsplit(start(client)).query)["policy"] == ["b2c"]
    assert sign_in(client, provider).status_code == 302


def test_session_key_changes_at_sign_in(client: Client, provider: FakeProvider) -> None:
    sign_in(client, provider)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    sign_in(client, provider)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_two_windows_of_one_browser_both_arrive(client: Client, provider: FakeProvider) -> None:
    first, second = start(client), start(client)

    assert client.get(provider.authorize(first)).status_code == 302
    assert client.get(provider.authorize(second)).status_code == 302

    assert is_signed_in(client)


def test_sign_in_as_another_member_leaves_nothing_of_the_one_before(
    client: Client, provider: FakeProvider
) -> None:
    sign_in(client, provider)
    client.session["draft"] = "of the first"
    provider.sub, provider.wester_id = "account-2", "W-0002"

    sign_in(client, provider)

    assert client.session["_auth_user_id"] == str(Member.objects.get(sub="account-2").user_id)
    assert "draft" not in client.session


@pytest.mark.parametrize(
    "configuration",
    [
        pytest.param({}, id="in the header"),
        pytest.param(
            {"token_endpoint_auth_methods_supported": ["client_secret_post"]}, id="in the form"
        ),
        pytest.param({"token_endpoint_auth_methods_supported": None}, id="where it names none"),
    ],
)
def test_client_secret_goes_where_the_provider_wants_it(
    configuration: dict[str, object], client: Client, provider: FakeProvider
) -> None:
    provider.configuration = configuration

    assert sign_in(client, provider).status_code == 302


def test_token_signed_on_a_curve_is_believed(client: Client, provider: FakeProvider) -> None:
    provider.keys = [jwk("first"), ec_jwk()]
    provider.sign = lambda claims: jwt.encode(
        claims, ec_key(), algorithm="ES256", headers={"kid": "curve"}
    )

    assert sign_in(client, provider).status_code == 302


def test_token_without_a_key_name_is_believed_where_there_is_one_key(
    client: Client, provider: FakeProvider
) -> None:
    provider.sign = lambda claims: jwt.encode(claims, rsa_key("first"), algorithm="RS256")

    assert sign_in(client, provider).status_code == 302


def test_new_key_of_the_provider_is_fetched(provider: FakeProvider) -> None:
    sign_in(Client(), provider)
    provider.keys, provider.sign = [jwk("second")], lambda claims: signed(claims, "second")

    assert sign_in(Client(), provider).status_code == 302
    assert provider.requests["/keys"] == 2


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"aud": ["our-client"]}, id="a list of only us"),
        pytest.param({"aud": ["our-client", "other"], "azp": "our-client"}, id="made for us"),
    ],
)
def test_audience_of_us_is_believed(
    claims: dict[str, object], client: Client, provider: FakeProvider
) -> None:
    provider.id_claims = claims

    assert sign_in(client, provider).status_code == 302
