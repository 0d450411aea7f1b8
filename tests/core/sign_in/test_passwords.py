"""Guessing passwords: what an outsider gets out of it, and what it costs others."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import Settings

from core.models import AuditRecord, SignInTries, User
from core.sign_in import passwords
from core.sign_in.lockout import MAX_TRIES
from tests.core.signing_in import (
    PASSWORD,
    browser,
    code_of,
    give_app,
    known_browser,
    leads_to,
    may_work,
    recorded,
    staff,
    type_code,
    type_password,
    wrong_code,
)
from tests.factories.campaign import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _second_factor(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names whose passwords were compared; unknown and paused ones cost the same."""
    names: list[str] = []
    compare = passwords.matches

    def note(user: User | None, password: str) -> bool:
        names.append(user.username if user else "")
        return compare(user, password)

    monkeypatch.setattr(passwords, "matches", note)
    return names


def error_of(response: Any) -> str:
    return " ".join(response.context["form"].non_field_errors())


def test_two_hundred_wrong_passwords_from_one_address(judged: list[str]) -> None:
    user = staff()
    secret = give_app(user)
    known = known_browser(user, secret)
    judged.clear()
    stranger = browser()

    answers = {error_of(type_password(stranger, password="guess"))}
    answers |= {refusal_of(f"guess-{n}") for n in range(199)}
    answers.add(error_of(type_password(stranger)))  # the right one, too late

    assert len(judged) == 201, "each costs the same"
    assert judged.count("hanako") == MAX_TRIES
    assert len(answers) == 1, "nobody learns from the answer what was wrong"
    assert not may_work(stranger)
    assert len(recorded("staff.sign_in_failed")) == MAX_TRIES
    assert recorded("staff.locked_out") == [("", "hanako", {"known_browser": False, "minutes": 15})]
    # The person whose account it is gets in meanwhile, and others do not notice.
    type_password(known)
    type_code(known, code_of(secret))
    assert may_work(known)
    other = staff("taro")
    assert may_work(known_in(browser(), other))


def refusal_of(password: str) -> str:
    """Return the sentence that the page would show, without its frame."""
    request = RequestFactory().post("/staff/login/")
    with pytest.raises(passwords.SignInFailed) as refused:
        passwords.check_sign_in(request=request, username="hanako", password=password, at=AT)
    return str(refused.value)


def known_in(client: Client, user: User) -> Client:
    secret = give_app(user)
    type_password(client, user.username)
    type_code(client, code_of(secret))
    return client


def test_a_pause_ends_by_itself() -> None:
    staff()
    stranger = browser()
    for n in range(MAX_TRIES):
        type_password(stranger, password=f"guess-{n}")
    assert type_password(stranger).status_code == 200

    SignInTries.objects.update(paused_until=Now())

    assert type_password(stranger).status_code == 302


def test_a_known_browser_pauses_only_itself() -> None:
    user = staff()
    secret = give_app(user)
    stolen = known_browser(user, secret)
    for n in range(MAX_TRIES):
        type_password(stolen, password=f"guess-{n}")

    assert type_password(stolen).status_code == 200
    assert type_password(browser()).status_code == 302
    assert recorded("staff.locked_out")[0][2]["known_browser"] is True


def test_the_cookie_of_a_known_browser_belongs_to_its_account(settings: Settings) -> None:
    user, other = staff(), staff("taro")
    give_app(other)
    client = known_browser(user, give_app(user))
    for n in range(MAX_TRIES):
        type_password(browser(), "taro", f"guess-{n}")

    assert type_password(client, "taro").status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "W10:1abc:def", "[]"])
def test_a_forged_cookie_makes_no_known_browser(cookie: str, settings: Settings) -> None:
    user = staff()
    for n in range(MAX_TRIES):
        type_password(browser(), password=f"guess-{n}")
    forger = browser()
    forger.cookies[settings.STAFF_DEVICE_COOKIE_NAME] = cookie

    assert type_password(forger).status_code == 200
    assert user.username == "hanako"


def test_a_password_gives_no_further_guesses_of_the_factor() -> None:
    secret = give_app(staff())
    thief = browser()

    for _ in range(3 * MAX_TRIES):
        type_password(thief)
        type_code(thief, wrong_code(secret))
    type_password(thief)
    type_code(thief, code_of(secret))

    assert not may_work(thief)
    steps = [detail["step"] for _name, _subject, detail in recorded("staff.sign_in_failed")]
    assert steps == ["factor"] * MAX_TRIES
    assert len(recorded("staff.locked_out")) == 1


def test_unknown_names_fill_no_audit_and_are_not_repeated() -> None:
    client = browser()
    for n in range(MAX_TRIES + 10):
        type_password(client, f"secret-{n}", "x")

    assert {subject for _name, subject, _detail in recorded("staff.sign_in_failed")} == {"-"}
    assert AuditRecord.objects.count() == MAX_TRIES + 1
    assert "secret-" not in str(list(AuditRecord.objects.values()))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"is_staff": True, "is_active": False}, id="an account that was disabled"),
        pytest.param({"is_staff": False}, id="an account that is no staff's"),
    ],
)
def test_only_active_staff_sign_in(values: dict[str, Any]) -> None:
    User.objects.create_user("hanako", password=PASSWORD, **values)

    assert type_password(browser()).status_code == 200


def test_an_account_without_a_password_takes_none() -> None:
    user = staff()
    user.set_unusable_password()
    user.save()

    assert type_password(browser(), password=user.password).status_code == 200
    assert not passwords.matches(None, "")


def test_one_password_is_checked_at_a_time_and_known_browsers_have_their_own_place() -> None:
    user = staff()
    secret = give_app(user)
    known = known_browser(user, secret)

    with passwords.place(known=False):
        assert "busy" in error_of(type_password(browser()))
        assert "busy" in error_of(type_password(browser(), "nobody"))
        assert leads_to(type_password(known)) == "/staff/"

    assert SignInTries.objects.count() == 1, "what was not judged is not counted"
    assert type_password(browser()).status_code == 302


def test_a_known_browser_waits_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "KNOWN_WAITS_S", 0.01)

    with passwords.place(known=True), pytest.raises(passwords.TooManyAtOnce):
        passwords.place(known=True).__enter__()

    with passwords.place(known=True):
        pass


def test_names_and_passwords_stand_in_no_record(settings: Settings) -> None:
    staff()
    client = browser()
    type_password(client, password="my-other-password")
    type_password(client, PASSWORD, "hanako")

    kept = str(list(AuditRecord.objects.values()))
    assert "my-other-password" not in kept
    assert PASSWORD not in kept


def test_a_name_longer_than_a_subject_is_cut_in_the_audit() -> None:
    staff("n" * 150)

    assert type_password(browser(), "n" * 150, "wrong").status_code == 200
    assert recorded("staff.sign_in_failed")[0][1] == "n" * 100


def test_tries_are_counted_by_the_servers_clock(settings: Settings) -> None:
    staff()
    type_password(browser(), password="wrong")

    near = SignInTries.objects.filter(tried_at__gt=Now() - timedelta(minutes=5))
    assert near.count() == 1
