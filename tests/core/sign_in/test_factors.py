"""How second factors are stored, renewed and removed."""

import json

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.test import Client
from pytest_django import Settings

from core import second_factor
from core.models import User
from core.sign_in import factors
from tests.core.signing_in import (
    ACCOUNT,
    CODES,
    ENROL,
    FACTOR,
    browser,
    code_of,
    forget_used_codes,
    give_app,
    leads_to,
    question_on,
    recorded,
    sign_in,
    staff,
    type_code,
    type_password,
)
from tests.core.soft_key import SoftKey
from tests.factories.campaign import AT

pytestmark = pytest.mark.django_db
NEW_KEY = "n" * 60


@pytest.fixture(autouse=True)
def _second_factor(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def user() -> User:
    return staff()


@pytest.fixture
def secret(user: User) -> str:
    return give_app(user)


@pytest.fixture
def signed_in(secret: str) -> Client:
    client = browser()
    sign_in(client, secret)
    return client


def app() -> Authenticator:
    found: Authenticator = Authenticator.objects.get(type="totp")
    return found


def test_the_database_holds_no_secret_that_could_be_used(user: User, secret: str) -> None:
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    codes = Authenticator.objects.get(type="recovery_codes").wrap()

    assert secret not in kept
    assert not {code for code in codes.get_unused_codes() if code in kept}
    assert factors.FactorAdapter().decrypt(app().data["secret"]) == secret


def test_a_factor_outlives_the_change_of_the_sites_secret(
    user: User, secret: str, settings: Settings
) -> None:
    before = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, [before]
    client = browser()
    type_password(client)
    assert type_code(client, code_of(secret)).status_code == 302

    settings.SECRET_KEY_FALLBACKS = []  # stored again under the new one at its use

    assert factors.FactorAdapter().decrypt(app().data["secret"]) == secret


def test_a_factor_that_was_never_used_ends_with_the_secret_of_its_time(
    user: User, secret: str, settings: Settings
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, []

    with pytest.raises(InvalidToken):
        factors.FactorAdapter().decrypt(app().data["secret"])


def test_a_second_factor_is_added_and_one_of_two_removed(signed_in: Client, user: User) -> None:
    key = SoftKey()
    answer = key.create(question_on(signed_in, ENROL))
    signed_in.post(ENROL, {"credential": json.dumps(answer)}, secure=True)
    assert [str(one.type) for one in factors.list_factors(user)] == ["totp", "webauthn"]

    signed_in.post(f"{ACCOUNT}factors/{app().pk}/remove/", secure=True)

    assert [str(one.type) for one in factors.list_factors(user)] == ["webauthn"]
    assert recorded("staff.factor_removed") == [("hanako", "hanako", {"factor": "totp"})]


def test_the_last_factor_stays(signed_in: Client, user: User) -> None:
    page = signed_in.post(f"{ACCOUNT}factors/{app().pk}/remove/", secure=True, follow=True)

    assert "The last second factor stays." in page.content.decode()
    assert second_factor.has_factor(user)
    with pytest.raises(factors.LastFactor):
        factors.remove_factor(user=user, factor_id=0, at=AT)


def test_a_factor_of_somebody_else_is_not_removed(signed_in: Client) -> None:
    other = staff("taro")
    give_app(other)
    (factor,) = factors.list_factors(other)

    signed_in.post(f"{ACCOUNT}factors/{factor.pk}/remove/", secure=True)

    assert second_factor.has_factor(other)


def test_another_app_replaces_the_first(signed_in: Client, user: User, secret: str) -> None:
    page = signed_in.get(ENROL, secure=True)
    other = page.context["secret"]
    signed_in.post(ENROL, {"code": code_of(other)}, secure=True)

    assert len(factors.list_factors(user)) == 1
    client = browser()
    type_password(client)
    assert type_code(client, code_of(secret, steps=1)).status_code == 200
    assert type_code(client, code_of(other, steps=1)).status_code == 302


def test_new_recovery_codes_end_the_ones_before(signed_in: Client, user: User) -> None:
    before = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    assert leads_to(signed_in.post(f"{ACCOUNT}recovery-codes/", secure=True)) == CODES

    assert set(factors.unused_codes(user)).isdisjoint(before)
    assert leads_to(signed_in.get(ACCOUNT, secure=True)) == CODES, "written down first"
    signed_in.post(CODES, secure=True)
    assert factors.unused_codes(user) == []
    assert factors.count_codes(user) == 10


def test_removing_all_leads_to_enrolment_again(signed_in: Client, user: User) -> None:
    assert second_factor.remove_factors(user) == 2
    assert leads_to(signed_in.get(ACCOUNT, secure=True)) == ENROL
    client = browser()
    type_password(client)

    assert leads_to(client.get(FACTOR, secure=True)) == ENROL
    forget_used_codes(user)
    assert (factors.count_codes(user), factors.unused_codes(user)) == (0, [])
    factors.confirm_codes(user)
    assert not Authenticator.objects.exists()
