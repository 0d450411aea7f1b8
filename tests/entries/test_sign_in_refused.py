"""Answers of the provider that prove nothing, each with a friendly page and nothing half made."""

import time
from typing import Any

import pytest
from django.test import Client

from core.models import User
from tests.entries.browsing import CALLBACK, SIGN_IN, is_signed_in, sign_in, start
from tests.entries.fake_provider import CLIENT_ID, FakeProvider, jwk, rsa_key, send, signed
from tests.entries.misbehaving import (
    UNAVAILABLE,
    UNCONFIRMED,
    Change,
    answer_tokens,
    assert_nobody_signed_in,
    both,
    claim,
    encode,
    inform,
    misbehave,
    publish,
    reason_of_refusal,
    sign,
)

pytestmark = pytest.mark.django_db


NOW = int(time.time())
HMAC_KEY = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            claim(iss="https://other.example"),
            "id_token_InvalidIssuerError",
            id="of another issuer",
        ),
        pytest.param(claim(iss=None), "id_token_MissingRequiredClaimError", id="of nobody"),
        pytest.param(
            claim(aud="other-client"), "id_token_InvalidAudienceError", id="for another client"
        ),
        pytest.param(claim(aud=None), "id_token_MissingRequiredClaimError", id="for nobody"),
        pytest.param(
            claim(aud=[CLIENT_ID, "other"]), "authorized_party_differs", id="for others as well"
        ),
        pytest.param(
            claim(azp="other-client"), "authorized_party_differs", id="made for another client"
        ),
        pytest.param(claim(exp=NOW - 60), "id_token_ExpiredSignatureError", id="expired"),
        pytest.param(claim(exp=None), "id_token_MissingRequiredClaimError", id="without an end"),
        pytest.param(claim(exp="soon"), "id_token_DecodeError", id="ending in words"),
        pytest.param(claim(iat=NOW + 3600), "id_token_ImmatureSignatureError", id="of the future"),
        pytest.param(claim(iat=None), "id_token_MissingRequiredClaimError", id="of no time"),
        pytest.param(claim(nbf=NOW + 3600), "id_token_ImmatureSignatureError", id="not valid yet"),
        pytest.param(claim(nonce="another"), "nonce_differs", id="of another sign-in"),
        pytest.param(claim(nonce=None), "id_token_MissingRequiredClaimError", id="without a nonce"),
        pytest.param(claim(nonce=7), "nonce_differs", id="with a number for a nonce"),
        pytest.param(claim(sub=None), "id_token_MissingRequiredClaimError", id="about nobody"),
        pytest.param(claim(sub=7), "id_token_InvalidSubjectError", id="about a number"),
        pytest.param(
            both(claim(sub=""), inform(sub="")), "sub_differs", id="about an empty account"
        ),
        pytest.param(
            both(claim(sub="x" * 256), inform(sub="x" * 256)),
            "sub_differs",
            id="about a long account",
        ),
        pytest.param(
            both(claim(sub="あ"), inform(sub="あ")),
            "sub_differs",
            id="about an account not in ASCII",
        ),
        pytest.param(
            both(claim(sub="a\0b"), inform(sub="a\0b")),
            "sub_differs",
            id="about an account with NUL",
        ),
        pytest.param(
            sign(encode(rsa_key("forger"), "RS256")), "id_token_InvalidSignatureError", id="forged"
        ),
        pytest.param(
            both(publish(jwk("first"), jwk("weak")), sign(lambda claims: signed(claims, "weak"))),
            "id_token_InvalidKeyError",
            id="signed with a short key",
        ),
        pytest.param(
            sign(encode(rsa_key("first"), "RS256", "other")), "unknown_key", id="of an unknown key"
        ),
        pytest.param(
            sign(encode(rsa_key("first"), "RS512")),
            "id_token_InvalidAlgorithmError",
            id="of another algorithm",
        ),
        pytest.param(
            sign(encode(rsa_key("first"), "PS256")),
            "id_token_InvalidAlgorithmError",
            id="of another padding",
        ),
        pytest.param(sign(encode(None, "none")), "id_token_InvalidAlgorithmError", id="not signed"),
        pytest.param(
            both(
                publish(
                    {
                        "kty": "oct",
                        "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
                        "kid": "first",
                    },
                    jwk("second"),
                ),
                sign(encode(HMAC_KEY, "HS256")),
            ),
            "id_token_InvalidAlgorithmError",
            id="signed with a published secret",
        ),
        pytest.param(
            both(publish({**jwk("first"), "use": "enc"}, jwk("second"))),
            "unknown_key",
            id="signed with a key for other uses",
        ),
        pytest.param(sign(lambda _: "no.token.at-all"), "id_token_DecodeError", id="no token"),
        pytest.param(sign(lambda _: "あ"), "id_token_missing", id="no ASCII"),
        pytest.param(answer_tokens(id_token=None), "id_token_missing", id="missing"),
        pytest.param(
            answer_tokens(id_token={"sub": "account-1"}), "id_token_missing", id="an object"
        ),
        pytest.param(
            answer_tokens(access_token=None), "access_token_missing", id="without an access token"
        ),
        pytest.param(inform(sub="account-2"), "sub_differs", id="about another than the userinfo"),
        pytest.param(
            inform(sub="account-12"), "sub_differs", id="whose account begins the userinfo's"
        ),
        pytest.param(
            inform(sub="account-"), "sub_differs", id="whose account begins as the userinfo's"
        ),
        pytest.param(inform(sub="Account-1"), "sub_differs", id="of a userinfo in another case"),
        pytest.param(inform(sub=None), "sub_differs", id="of a userinfo about nobody"),
        pytest.param(
            claim(wester_id="W-0002"), "wester_id_contradicts", id="contradicting the userinfo"
        ),
        pytest.param(
            misbehave("/token", send(400, b'{"error":"invalid_grant"}')),
            "status_400",
            id="not given",
        ),
        pytest.param(misbehave("/token", send(401, b"who?")), "status_401", id="not given to us"),
        pytest.param(
            misbehave("/userinfo", send(403, b"")), "status_403", id="of nobody's business"
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")  # of the one who signs
def test_token_is_refused(
    change: Change, reason: str, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    change(provider)

    page = sign_in(client, provider)

    assert page.status_code == 503
    assert UNCONFIRMED in page.content.decode()
    assert reason_of_refusal(caplog) == reason
    assert_nobody_signed_in(client)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([], id="none"),
        pytest.param(["first"], id="a name"),
        pytest.param([{**jwk("first"), "d": "AQAB"}], id="a private one"),
        pytest.param([{"kty": "RSA", "kid": "first"}], id="half a one"),
    ],
)
def test_unusable_keys_are_not_cached(
    keys: list[Any], client: Client, provider: FakeProvider
) -> None:
    provider.keys = keys
    assert sign_in(client, provider).status_code == 503

    provider.keys = [jwk("first")]

    assert sign_in(client, provider).status_code == 302


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        pytest.param(
            {"error": "access_denied"}, 200, "ログインをキャンセルしました", id="the member says no"
        ),
        pytest.param({"error": "server_error"}, 503, UNAVAILABLE, id="the provider is broken"),
        pytest.param({"error": "temporarily_unavailable"}, 503, UNAVAILABLE, id="it is down"),
        pytest.param({"error": "invalid_scope"}, 503, UNCONFIRMED, id="it does not like us"),
        pytest.param({"error": ""}, 503, UNCONFIRMED, id="an error without a name"),
        pytest.param({"nothing": "x"}, 503, UNCONFIRMED, id="neither code nor error"),
        pytest.param({"code": ""}, 400, "もう一度ログインしてください", id="an empty code"),
        pytest.param(
            {"code": "a\nb"}, 400, "もう一度ログインしてください", id="a code of two lines"
        ),
        pytest.param(
            {"code": "x" * 5000}, 400, "もう一度ログインしてください", id="an endless code"
        ),
        pytest.param({"code": "made-up"}, 503, UNCONFIRMED, id="a made-up code"),
        pytest.param(
            {"code": "x", "iss": "https://other.example"}, 503, UNCONFIRMED, id="another issuer's"
        ),
    ],
)
def test_answer_without_a_sign_in(
    answer: dict[str, str], status: int, words: str, client: Client, provider: FakeProvider
) -> None:
    page = client.get(provider.authorize(start(client), **answer))

    assert page.status_code == status
    assert words in page.content.decode()
    assert_nobody_signed_in(client)


def test_answer_in_another_browser_signs_nobody_in(provider: FakeProvider) -> None:
    victim, address = Client(), provider.authorize(start(Client()))

    page = victim.get(address)

    assert page.status_code == 400
    assert "もう一度ログインしてください" in page.content.decode()
    assert_nobody_signed_in(victim)
    assert not provider.requests["/token"]


def test_answer_counts_once(client: Client, provider: FakeProvider) -> None:
    address = provider.authorize(start(client), error="access_denied")
    client.get(address)

    assert client.get(address).status_code == 400


def test_answer_after_the_sign_in_leads_on(client: Client, provider: FakeProvider) -> None:
    address = provider.authorize(start(client))
    client.get(address)

    again = client.get(address)

    assert (again.status_code, again["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_code_of_another_sign_in_is_refused(client: Client, provider: FakeProvider) -> None:
    stolen = next(iter_codes(provider, Client()))

    page = client.get(provider.authorize(start(client), code=stolen))

    assert page.status_code == 503
    assert_nobody_signed_in(client)


def iter_codes(provider: FakeProvider, victim: Client) -> Any:
    provider.authorize(start(victim))
    yield from provider.codes


def test_callback_without_anything_is_refused(client: Client) -> None:
    assert client.get(CALLBACK).status_code == 400


def test_page_of_a_refusal_does_not_show_the_code(client: Client, provider: FakeProvider) -> None:
    provider.misbehaviours["/token"] = send(500, b"")

    page = sign_in(client, provider)

    (code,) = provider.codes
    assert code not in page.content.decode()
    assert provider.authorizations[0]["state"] not in page.content.decode()


def test_page_of_a_refusal_speaks_english(client: Client, provider: FakeProvider) -> None:
    client.cookies["django_language"] = "en"
    provider.misbehaviours["/token"] = send(500, b"")

    assert "Logging in is not possible at the moment" in sign_in(client, provider).content.decode()


def test_page_of_a_refusal_offers_another_try(client: Client, provider: FakeProvider) -> None:
    provider.misbehaviours["/token"] = send(500, b"")
    assert f'action="{SIGN_IN}"' in sign_in(client, provider).content.decode()

    provider.misbehaviours.clear()

    assert sign_in(client, provider).status_code == 302


def test_account_that_staff_closed_is_refused(client: Client, provider: FakeProvider) -> None:
    sign_in(Client(), provider)
    User.objects.update(is_active=False)

    page = sign_in(client, provider)

    assert page.status_code == 403
    assert "このアカウントはご利用いただけません" in page.content.decode()
    assert not is_signed_in(client)
