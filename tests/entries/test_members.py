"""One account, one member, one WESTER ID."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from core.models import User
from entries.models import Member
from entries.sign_in.claims import Identity, read_identity
from entries.sign_in.members import find_or_create_member
from entries.sign_in.refusals import (
    AnswerRefused,
    SignInRefusal,
    WesterIdChanged,
    WesterIdMalformed,
    WesterIdMissing,
    WesterIdTaken,
)
from tests.campaign.refused import refused_as
from tests.entries.browsing import is_signed_in, sign_in
from tests.entries.fake_provider import FakeProvider
from tests.factories.campaign import UserFactory
from tests.factories.entries import MemberFactory

ISSUER = "https://id.example.jp"
PATIENCE_S = 30


def identity(sub: str = "a", wester_id: str = "W1", issuer: str = ISSUER) -> Identity:
    return Identity(issuer=issuer, sub=sub, wester_id=wester_id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        pytest.param(
            {"sub": "a", "issuer": ISSUER}, "member_one_per_account", id="an account twice"
        ),
        pytest.param({"wester_id": "W1"}, "member_one_per_wester_id", id="a WESTER ID twice"),
        pytest.param({"wester_id": ""}, "member_wester_id_is_identifier", id="no WESTER ID"),
        pytest.param({"wester_id": "W 1"}, "member_wester_id_is_identifier", id="a space in it"),
        pytest.param(
            {"wester_id": "W1\n"}, "member_wester_id_is_identifier", id="a line end in it"
        ),
        pytest.param({"sub": ""}, "member_account_is_named", id="an account without a name"),
        pytest.param({"issuer": ""}, "member_account_is_named", id="an account without issuer"),
    ],
)
def test_member_refuses(values: dict[str, str], constraint: str) -> None:
    MemberFactory(issuer=ISSUER, sub="a", wester_id="W1")

    with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
        MemberFactory(**values)

    MemberFactory()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"sub": "a", "issuer": "https://other.example"}, id="of another issuer"),
        pytest.param({"sub": "A", "issuer": ISSUER}, id="of another case"),
        pytest.param({"wester_id": "w1"}, id="with a WESTER ID of another case"),
        pytest.param({"wester_id": "a" * 40}, id="with the longest WESTER ID"),
        pytest.param({"sub": "s" * 255}, id="with the longest name"),
    ],
)
def test_member_accepts_a_neighbour(values: dict[str, str]) -> None:
    MemberFactory(issuer=ISSUER, sub="a", wester_id="W1")

    MemberFactory(**values)

    assert Member.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["issuer", "sub", "wester_id"])
def test_member_never_changes(column: str) -> None:
    MemberFactory()

    with refused_as("member_stays"):
        Member.objects.update(**{column: "other"})


@pytest.mark.django_db
def test_user_has_one_member() -> None:
    user = UserFactory()
    MemberFactory(user=user)

    with pytest.raises(IntegrityError, match="entries_member_user_id"), transaction.atomic():
        MemberFactory(user=user)


@pytest.mark.parametrize(
    ("id_token", "userinfo"),
    [
        pytest.param({}, {"wester_id": "W1"}, id="the userinfo"),
        pytest.param({"wester_id": "W1"}, {}, id="the ID token"),
        pytest.param({"wester_id": "W1"}, {"wester_id": "W1"}, id="both"),
        pytest.param({"wester_id": "W1"}, {"wester_id": ""}, id="one, and the other is empty"),
    ],
)
def test_read_identity_finds_the_wester_id_in(
    id_token: dict[str, Any], userinfo: dict[str, Any]
) -> None:
    found = read_identity(
        {"sub": "a", **id_token},
        {"sub": "a", **userinfo},
        issuer=ISSUER,
        wester_id_claim="wester_id",
    )

    assert found == identity()


def test_read_identity_reads_the_claim_that_is_set() -> None:
    claims = {"sub": "a", "wester_id": "other", "https://jr/id": "W1"}

    assert (
        read_identity(claims, claims, issuer=ISSUER, wester_id_claim="https://jr/id") == identity()
    )


@pytest.mark.parametrize(
    ("stated", "refusal"),
    [
        pytest.param({}, WesterIdMissing, id="nothing"),
        pytest.param({"wester_id": None}, WesterIdMissing, id="null"),
        pytest.param({"wester_id": ""}, WesterIdMissing, id="an empty text"),
        pytest.param({"wester_id": 7}, WesterIdMalformed, id="a number"),
        pytest.param({"wester_id": ["W1"]}, WesterIdMalformed, id="a list"),
        pytest.param({"wester_id": False}, WesterIdMalformed, id="a truth value"),
        pytest.param({"wester_id": "W 1"}, WesterIdMalformed, id="a space"),
        pytest.param({"wester_id": "W1\n"}, WesterIdMalformed, id="a line end"),
        pytest.param({"wester_id": "Ｗ１"}, WesterIdMalformed, id="full-width letters"),
        pytest.param({"wester_id": "W" * 41}, WesterIdMalformed, id="41 letters"),
    ],
)
def test_read_identity_refuses(stated: dict[str, Any], refusal: type[SignInRefusal]) -> None:
    with pytest.raises(refusal) as caught:
        read_identity(
            {"sub": "a"}, {"sub": "a", **stated}, issuer=ISSUER, wester_id_claim="wester_id"
        )

    assert type(caught.value) is refusal


def test_read_identity_refuses_a_contradiction() -> None:
    with pytest.raises(AnswerRefused, match="wester_id_contradicts"):
        read_identity(
            {"sub": "a", "wester_id": "W1"},
            {"sub": "a", "wester_id": "W2"},
            issuer=ISSUER,
            wester_id_claim="wester_id",
        )


def test_identity_does_not_show_itself() -> None:
    assert repr(identity("account-1", "W-0001")) == "Identity()"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("claims", "reason", "heading"),
    [
        pytest.param(
            {"wester_id": None},
            "wester_id_missing",
            "WESTER IDを確認できませんでした",
            id="missing",
        ),
        pytest.param(
            {"wester_id": "W 1"},
            "wester_id_malformed",
            "WESTER IDを確認できませんでした",
            id="malformed",
        ),
        pytest.param(
            {"wester_id": "W-0002"},
            "wester_id_changed",
            "前回と異なるWESTER IDです",
            id="changed",
        ),
        pytest.param(
            {"wester_id": "W-0009"},
            "wester_id_taken",
            "このWESTER IDは別のアカウントでご利用中です",
            id="taken",
        ),
    ],
)
def test_sign_in_is_refused_kindly(
    claims: dict[str, Any],
    reason: str,
    heading: str,
    provider: FakeProvider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client()
    MemberFactory(issuer=provider.issuer, sub="account-9", wester_id="W-0009")
    if reason == "wester_id_changed":
        MemberFactory(issuer=provider.issuer, sub="account-1", wester_id="W-0001")
    before = list(Member.objects.values().order_by("id")), User.objects.count()
    provider.userinfo = claims

    page = sign_in(client, provider)

    assert page.status_code == 403
    assert heading in page.content.decode()
    assert reason in caplog.text
    assert not is_signed_in(client)
    assert (list(Member.objects.values().order_by("id")), User.objects.count()) == before


@contextmanager
def another_session() -> Iterator[ThreadPoolExecutor]:
    """Run something on a connection of its own, and close it."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool
        pool.submit(connections.close_all).result()


def wait_until_blocked(other: "Future[Any]") -> None:
    """Return once a session waits for a transaction to end."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not other.done():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("no session waited")


@pytest.mark.django_db(transaction=True)
def test_two_accounts_with_one_wester_id_at_once_make_one_member() -> None:
    with another_session() as other:
        with transaction.atomic():
            first = find_or_create_member(identity=identity("a"))
            second = other.submit(find_or_create_member, identity=identity("b"))
            wait_until_blocked(second)
        with pytest.raises(WesterIdTaken) as refused:
            second.result(PATIENCE_S)

    assert refused.value.__suppress_context__
    assert [member.sub for member in Member.objects.all()] == ["a"]
    assert [user.pk for user in User.objects.all()] == [first.user_id]


@pytest.mark.django_db(transaction=True)
def test_one_account_twice_at_once_is_one_member() -> None:
    with another_session() as other:
        with transaction.atomic():
            first = find_or_create_member(identity=identity())
            second = other.submit(find_or_create_member, identity=identity())
            wait_until_blocked(second)
        assert second.result(PATIENCE_S) == first

    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_account_with_two_wester_ids_at_once_has_the_first() -> None:
    with another_session() as other:
        with transaction.atomic():
            find_or_create_member(identity=identity("a", "W1"))
            second = other.submit(find_or_create_member, identity=identity("a", "W2"))
            wait_until_blocked(second)
        with pytest.raises(WesterIdChanged):
            second.result(PATIENCE_S)

    assert [member.wester_id for member in Member.objects.all()] == ["W1"]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_wester_id_of_a_sign_in_that_came_to_nothing_is_free() -> None:
    with another_session() as other:
        with transaction.atomic():
            find_or_create_member(identity=identity("a"))
            second = other.submit(find_or_create_member, identity=identity("b"))
            wait_until_blocked(second)
            transaction.set_rollback(True)
        assert second.result(PATIENCE_S).sub == "b"

    assert [member.sub for member in Member.objects.all()] == ["b"]
