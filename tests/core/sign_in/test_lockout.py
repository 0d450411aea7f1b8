"""Pauses after wrong tries: exactly so many, for exactly so long, of exactly these browsers."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from core.models import SignInTries, User
from core.sign_in.lockout import (
    FORGOTTEN,
    MAX_TRIES,
    PAUSE,
    Try,
    claim_try,
    forget_tries,
    give_back,
)
from tests.core.signing_in import staff
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
GRANTED = [Try.GRANTED] * (MAX_TRIES - 1) + [Try.LAST]
NEARLY = timedelta(seconds=-20)  # a busy machine is slow


def claim(user: User | None, times: int, device: str = "") -> list[Try]:
    return [claim_try(user=user, device=device) for _ in range(times)]


def test_so_many_tries_are_granted_and_no_more() -> None:
    user = staff()

    assert claim(user, MAX_TRIES + 3) == [*GRANTED, *[Try.PAUSED] * 3]


def test_names_of_no_account_are_counted_together() -> None:
    assert claim(None, MAX_TRIES + 1) == [*GRANTED, Try.PAUSED]
    assert claim(staff(), 1) == [Try.GRANTED]


def test_a_known_browser_has_tries_of_its_own() -> None:
    user = staff()
    claim(user, MAX_TRIES)

    assert claim(user, 2, "a") == [Try.GRANTED] * 2
    claim(user, MAX_TRIES - 2, "a")
    assert claim(user, 1, "a") == [Try.PAUSED]
    assert claim(user, 1, "b") == [Try.GRANTED]


@pytest.mark.parametrize(
    ("passed", "then"),
    [
        pytest.param(PAUSE + NEARLY, Try.PAUSED, id="just before it ends"),
        pytest.param(PAUSE, Try.GRANTED, id="when it ends: the end is exclusive"),
    ],
)
def test_a_pause_ends(passed: timedelta, then: Try) -> None:
    user = staff()
    claim(user, MAX_TRIES)

    SignInTries.objects.update(paused_until=Now() + PAUSE - passed)

    assert claim(user, 1) == [then]
    assert claim(user, MAX_TRIES - 1)[-1] is (Try.LAST if then is Try.GRANTED else Try.PAUSED)


@pytest.mark.parametrize(
    ("ago", "last"),
    [
        pytest.param(FORGOTTEN + NEARLY, Try.LAST, id="remembered"),
        pytest.param(FORGOTTEN, Try.GRANTED, id="forgotten"),
    ],
)
def test_tries_of_long_ago_do_not_count(ago: timedelta, last: Try) -> None:
    user = staff()
    claim(user, MAX_TRIES - 1)

    SignInTries.objects.update(tried_at=Now() - ago)

    assert claim(user, 1) == [last]


def test_what_is_given_back_leaves_the_tries_before_it() -> None:
    user = staff()
    claim(user, MAX_TRIES)

    give_back(user=user, device="")

    assert claim(user, 2) == [Try.LAST, Try.PAUSED]


def test_tries_of_one_browser_or_of_all_are_forgotten() -> None:
    user = staff()
    claim(user, MAX_TRIES)
    claim(user, MAX_TRIES, "a")

    forget_tries(user=user, device="a")
    assert [*claim(user, 1, "a"), *claim(user, 1)] == [Try.GRANTED, Try.PAUSED]

    forget_tries(user=user)
    assert claim(user, 1) == [Try.GRANTED]


@pytest.mark.parametrize("owner", ["an account", "no account"])
def test_an_account_has_one_row_for_each_browser(owner: str) -> None:
    user = staff() if owner == "an account" else None
    first = SignInTries.objects.create(user=user, device="a", tries=1, tried_at=Now())

    with refused_as("signintries_one_per_account_and_browser"):
        SignInTries.objects.create(user=user, device="a", tries=1, tried_at=Now())

    other = SignInTries.objects.create(user=user, device="b", tries=1, tried_at=Now())
    assert {first, other} == set(SignInTries.objects.all())
    assert str(user.pk if user else None) in str(first)
