"""From the password to the work: no step can be left out, and no address leads around one."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db.models.functions import Now
from django.test import Client
from django.urls import URLPattern, get_resolver
from pytest_django import Settings

from core import second_factor
from core.models import StaffSession, User
from core.sign_in.backends import MEMBER_BACKEND
from core.sign_in.passwords import check_own_password
from tests.core.signing_in import (
    ACCOUNT,
    CHANGE,
    CODES,
    ENROL,
    FACTOR,
    INDEX,
    PASSWORD,
    SIGN_IN,
    browser,
    code_of,
    give_app,
    leads_to,
    may_work,
    question_on,
    recorded,
    sign_in,
    staff,
    type_code,
    type_password,
    wrong_code,
)
from tests.core.soft_key import SoftKey
from tests.database import as_owner

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "copper-window-thistle-40"
OPEN_WITHOUT_STEPS = {SIGN_IN, "/staff/logout/"}
STEPS = {FACTOR, ENROL, CODES, CHANGE}


@pytest.fixture(autouse=True)
def _second_factor(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


def staff_addresses() -> list[str]:
    """Return the address of every staff page; numbers and names in it are made up."""
    found = {
        f"/{prefix}{pattern.pattern}"
        for prefix, pattern in patterns(get_resolver().url_patterns, "")
    }
    return sorted(made_up(path) for path in found if path.startswith("/staff/"))


def patterns(of: Any, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in of:
        if isinstance(pattern, URLPattern):
            yield prefix, pattern
        else:
            yield from patterns(pattern.url_patterns, f"{prefix}{pattern.pattern}")


def made_up(path: str) -> str:
    path = re.sub(r"<(?:int:|path:)?\w*id>", "1", path)
    path = re.sub(r"<\w+:\w+>|<\w+>", "1", path)
    return re.sub(r"\(\?P1?<?.*$", "core/", path.replace("^", "").replace("$", "")) or path


def test_there_are_staff_pages() -> None:
    assert len(staff_addresses()) > 60
    assert STEPS | OPEN_WITHOUT_STEPS | {ACCOUNT, INDEX} <= set(staff_addresses())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("has_app", "step"),
    [
        pytest.param(False, ENROL, id="skip enrolment by address"),
        pytest.param(True, FACTOR, id="skip the second factor by address"),
    ],
)
def test_a_password_alone_opens_no_page(has_app: bool, step: str, method: str) -> None:
    user = staff(is_superuser=True)
    if has_app:
        give_app(user)
    thief = browser()
    type_password(thief)

    answers = {
        path: getattr(thief, method)(path, secure=True)
        for path in staff_addresses()
        if path not in OPEN_WITHOUT_STEPS and path != step
    }

    refused = {path for path, answer in answers.items() if answer.status_code == 405}
    led = {leads_to(answer) for path, answer in answers.items() if path not in refused}
    assert led == {step}
    assert len(refused) < 10
    assert Authenticator.objects.count() == 2 * has_app


def test_nobody_opens_a_page_without_a_password() -> None:
    visitor = browser()

    led = {
        leads_to(visitor.get(path, secure=True))
        for path in staff_addresses()
        if path not in OPEN_WITHOUT_STEPS and visitor.get(path, secure=True).status_code != 405
    }

    assert led <= {SIGN_IN, INDEX}  # signed out already


def test_first_sign_in_sets_up_an_app_and_shows_the_codes_once() -> None:
    user = staff()
    client = browser()
    assert leads_to(type_password(client)) == INDEX
    page = client.get(f"{INDEX}?x=1", secure=True, follow=True)
    assert page.redirect_chain == [(f"{ENROL}?next=%2Fstaff%2F%3Fx%3D1", 302)]
    secret = page.context["secret"]

    wrong = client.post(ENROL, {"code": wrong_code(secret)}, secure=True)
    assert wrong.status_code == 200
    assert not second_factor.has_factor(user)
    done = client.post(ENROL, {"code": code_of(secret), "next": "/staff/?x=1"}, secure=True)
    assert done.headers["Location"] == "/staff/?x=1"

    assert leads_to(client.get(INDEX, secure=True)) == CODES
    codes = client.get(CODES, secure=True).context["codes"]
    assert len(set(codes)) == 10
    assert client.get(CODES, secure=True).context["codes"] == codes, "until they are confirmed"
    assert leads_to(client.post(CODES, secure=True)) == INDEX
    assert may_work(client)
    assert leads_to(client.get(CODES, secure=True)) == INDEX
    assert [name for name, _subject, _detail in recorded("staff.factor_added")] == ["hanako"]
    assert recorded("staff.signed_in") == [
        ("hanako", "hanako", {"factor": "totp", "known_browser": False})
    ]


def test_a_security_key_is_set_up_and_signs_in() -> None:
    user = staff()
    key, client = SoftKey(), browser()
    type_password(client)

    answer = key.create(question_on(client, ENROL))
    done = client.post(ENROL, {"credential": as_text(answer), "name": "blue"}, secure=True)
    assert leads_to(done) == INDEX
    client.post(CODES, secure=True)
    assert may_work(client)
    assert [str(factor) for factor in Authenticator.objects.filter(type="webauthn")] == ["blue"]

    other = browser()
    type_password(other)
    answer = key.get(question_on(other, FACTOR))
    assert leads_to(other.post(FACTOR, {"credential": as_text(answer)}, secure=True)) == INDEX
    assert may_work(other)
    assert user.username == "hanako"


def as_text(answer: Any) -> str:
    return json.dumps(answer)


def test_answers_that_are_not_the_keys_are_refused() -> None:
    staff()
    key, client = SoftKey(), browser()
    type_password(client)
    client.post(ENROL, {"credential": as_text(key.create(question_on(client, ENROL)))}, secure=True)
    thief = browser()
    type_password(thief)
    question = question_on(thief, FACTOR)
    copy, elsewhere, old = SoftKey(), SoftKey("evil.example"), {"publicKey": {"challenge": "AA"}}
    copy.id = elsewhere.id = key.id
    elsewhere.private = key.private

    for answer in [
        SoftKey().get(question),  # an unknown key
        copy.get(question),  # another signature
        elsewhere.get(question),  # on another site
        key.get(old),  # to another question
        {},
        {**key.get(question), "response": {}},
        {**key.get(question), "id": 1},
        {**key.get(question), "rawId": "AA"},
        [],
        "x",
    ]:
        response = thief.post(FACTOR, {"credential": as_text(answer)}, secure=True)
        if response.status_code != 200:
            pytest.fail(f"{answer} was taken")
    assert not may_work(thief)


@pytest.mark.parametrize("answer", ["{}", "[]", "x", '{"id": "AA", "response": {"a": 1}}'])
def test_what_is_no_answer_sets_up_no_key(answer: str) -> None:
    staff()
    client = browser()
    type_password(client)
    question_on(client, ENROL)

    assert client.post(ENROL, {"credential": answer}, secure=True).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_code_is_taken_once() -> None:
    user = staff()
    secret = give_app(user)
    code = code_of(secret)
    first, second = browser(), browser()
    for client in (first, second):
        type_password(client)

    assert leads_to(type_code(first, code)) == INDEX
    assert type_code(second, code).status_code == 200
    assert type_code(second, code_of(secret, steps=-1)).status_code == 200, "nor one before it"
    assert leads_to(type_code(second, code_of(secret, steps=1))) == INDEX


@pytest.mark.parametrize(
    ("steps", "is_taken"),
    [(-2, False), (-1, True), (0, True), (1, True), (2, False)],
    ids=["a minute ago", "half a minute ago", "now", "in half a minute", "in a minute"],
)
def test_a_code_is_taken_half_a_minute_around(
    steps: int, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: 1_700_000_000)
    secret = give_app(staff())
    client = browser()
    type_password(client)

    assert bool(leads_to(type_code(client, code_of(secret, steps=steps)))) is is_taken


def test_a_recovery_code_is_taken_once() -> None:
    user = staff()
    give_app(user)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[3]
    first, second = browser(), browser()
    for client in (first, second):
        type_password(client)

    assert leads_to(type_code(first, code)) == INDEX
    assert "Recovery codes left: 9." in first.get(INDEX, secure=True).content.decode()
    assert type_code(second, code).status_code == 200
    assert recorded("staff.signed_in")[0][2]["factor"] == "recovery_codes"


def test_a_factor_of_another_account_is_refused() -> None:
    staff("taro")
    give_app(User.objects.get(username="taro"))
    other = give_app(staff())
    client = browser()
    type_password(client, "taro")

    assert type_code(client, code_of(other)).status_code == 200


def test_a_members_account_made_staff_opens_no_page(client: Client) -> None:
    user = staff(is_superuser=True)
    secret = give_app(user)
    client.force_login(user, backend=MEMBER_BACKEND)

    led = {
        leads_to(client.get(path)) for path in staff_addresses() if path not in OPEN_WITHOUT_STEPS
    }
    assert led <= {SIGN_IN, INDEX, ""}
    assert {path for path in staff_addresses() if client.get(path).status_code == 200} == {SIGN_IN}
    assert type_code(client, code_of(secret)).headers["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("factor", [True, False], ids=["with a factor", "in a demo"])
def test_a_members_session_stays_one_without_a_second_factor_too(
    factor: bool, client: Client, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = factor
    client.force_login(staff(is_superuser=True), backend=MEMBER_BACKEND)

    assert leads_to(client.get(INDEX)) == SIGN_IN
    assert not StaffSession.objects.exists()


def test_a_demo_takes_a_password_alone(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    staff()
    client = browser()

    assert leads_to(type_password(client)) == INDEX
    assert may_work(client)
    assert recorded("staff.signed_in")[0][2]["factor"] == "none"


def test_an_initial_password_is_changed_before_the_work() -> None:
    user = staff(must_change_password=True)
    client = browser()
    secret = give_app(user)
    type_password(client)
    type_code(client, code_of(secret))

    led = {
        leads_to(client.get(path, secure=True))
        for path in (INDEX, ACCOUNT, ENROL, "/staff/core/user/", "/staff/password_change/")
    }
    assert led == {CHANGE}
    for new in (PASSWORD, "violet-dodonto-71", "short"):
        assert change(client, PASSWORD, new).status_code == 200
    assert change(client, "wrong", NEW_PASSWORD).status_code == 200
    assert not may_work(client)

    assert leads_to(change(client, PASSWORD, NEW_PASSWORD)) == INDEX
    assert may_work(client)
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert not user.must_change_password
    assert recorded("staff.password_changed") == [("hanako", "hanako", {})]


def change(client: Client, old: str, new: str) -> Any:
    """Send the form that changes a password."""
    sent = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(CHANGE, sent, secure=True)


def disable(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def reset(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password="!", must_change_password=True)


def end(user: User) -> None:
    with as_owner():
        StaffSession.objects.filter(user=user).update(ended_at=Now(), ended_by=user)


@pytest.mark.parametrize("change_account", [disable, reset, end])
def test_a_change_of_the_own_password_undoes_no_change_of_the_account(
    change_account: Callable[[User], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the present password is checked, who runs accounts disables or resets the account."""
    user = staff()
    client = browser()
    sign_in(client, give_app(user))
    check = check_own_password

    def check_slowly(**values: Any) -> None:
        check(**values)
        change_account(user)

    monkeypatch.setattr("core.account.forms.check_own_password", check_slowly)
    change(client, PASSWORD, NEW_PASSWORD)

    user.refresh_from_db()
    assert not user.check_password(NEW_PASSWORD)
    assert (user.is_active, user.must_change_password) == (
        change_account is not disable,
        change_account is reset,
    )
    assert recorded("staff.password_changed") == []


def test_a_changed_password_ends_the_other_sessions() -> None:
    user = staff()
    secret = give_app(user)
    one, other = browser(), browser()
    for client in (one, other):
        sign_in(client, secret)

    change(one, PASSWORD, NEW_PASSWORD)

    assert may_work(one)
    assert not may_work(other)
    assert StaffSession.objects.filter(ended_by=user).count() == 1


def test_the_present_password_is_guessed_no_more_often_than_at_sign_in() -> None:
    secret = give_app(staff())
    client = browser()
    sign_in(client, secret)

    for n in range(12):
        change(client, f"guess-{n}", NEW_PASSWORD)

    assert change(client, PASSWORD, NEW_PASSWORD).status_code == 200
    assert len(recorded("staff.sign_in_failed")) == 10


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "javascript:x", ""])
def test_no_step_leads_elsewhere(path: str) -> None:
    user = staff()
    secret = give_app(user)
    client = browser()
    type_password(client)

    assert type_code(client, code_of(secret), next=path).headers["Location"] == INDEX


def test_signing_out_is_recorded_and_ends_the_session() -> None:
    secret = give_app(staff())
    client = browser()
    sign_in(client, secret)

    client.post("/staff/logout/", secure=True)

    assert recorded("staff.signed_out") == [("hanako", "hanako", {})]
    assert StaffSession.objects.get().ended_by is not None


def test_the_key_of_a_session_changes_with_each_step() -> None:
    user = staff()
    secret = give_app(user)
    client = browser()
    type_password(client)
    before = client.session.session_key
    type_code(client, code_of(secret))

    assert client.session.session_key != before


def test_who_is_half_signed_in_is_led_on() -> None:
    give_app(staff())
    client = browser()
    type_password(client)

    assert leads_to(client.get(SIGN_IN, secure=True)) == FACTOR
