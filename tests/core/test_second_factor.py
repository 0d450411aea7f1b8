"""The second factor is asked for again before what matters most."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core.models import Approval, StaffSession, User
from core.sign_in.sessions import FACTOR_IS_RECENT
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
    sign_in,
    staff,
    type_code,
    wrong_code,
)
from tests.core.soft_key import SoftKey
from tests.factories.campaign import ApprovalFactory

pytestmark = pytest.mark.django_db
NEARLY = timedelta(seconds=-20)  # a busy machine is slow


@pytest.fixture(autouse=True)
def _second_factor(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def approver() -> User:
    return staff(role="approver")


@pytest.fixture
def secret(approver: User) -> str:
    return give_app(approver)


@pytest.fixture
def client(secret: str) -> Client:
    client = browser()
    sign_in(client, secret)
    return client


def set_factor_ago(ago: timedelta) -> None:
    StaffSession.objects.update(factor_at=Now() - ago)


def decide(client: Client, action: str, approval: Approval) -> Any:
    sent = {"reason": "No."} if action == "refuse" else {"shown": approval.content_sha256}
    return client.post(step_of(action, approval), sent, secure=True)


def step_of(action: str, approval: Approval) -> str:
    return reverse(f"desk:{action}_approval", args=[approval.pk])


@pytest.mark.parametrize("action", ["confirm", "refuse"])
def test_an_old_factor_decides_nothing(action: str, client: Client) -> None:
    approval = ApprovalFactory.create()
    set_factor_ago(FACTOR_IS_RECENT)

    assert leads_to(decide(client, action, approval)) == FACTOR

    approval.refresh_from_db()
    assert approval.state == "open"


def test_a_fresh_factor_decides(client: Client, secret: str, approver: User) -> None:
    approval = ApprovalFactory.create()
    set_factor_ago(FACTOR_IS_RECENT)
    asking = decide(client, "refuse", approval)
    assert type_code(client, wrong_code(secret)).status_code == 200
    assert leads_to(decide(client, "refuse", approval)) == FACTOR

    forget_used_codes(approver)
    back = client.post(asking.headers["Location"], {"code": code_of(secret)}, secure=True)
    assert leads_to(back) == step_of("refuse", approval)
    decide(client, "refuse", approval)

    approval.refresh_from_db()
    assert approval.state == "refused"


def test_a_factor_is_fresh_for_five_minutes(client: Client) -> None:
    approval = ApprovalFactory.create()
    set_factor_ago(FACTOR_IS_RECENT + NEARLY)

    decide(client, "refuse", approval)

    approval.refresh_from_db()
    assert approval.state == "refused"


def test_where_none_is_required_none_is_asked_for(client: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    approval = ApprovalFactory.create()
    set_factor_ago(timedelta(days=1))

    decide(client, "refuse", approval)

    approval.refresh_from_db()
    assert approval.state == "refused"


@pytest.mark.parametrize("path", [f"{ACCOUNT}recovery-codes/", f"{ACCOUNT}factors/1/remove/"])
def test_an_old_factor_changes_no_factor(path: str, client: Client) -> None:
    set_factor_ago(FACTOR_IS_RECENT)

    asking = client.post(path, secure=True)

    assert asking.headers["Location"] == f"{FACTOR}?next=%2Fstaff%2Faccount%2F"


@pytest.mark.parametrize("kind", ["app", "key"])
def test_an_old_factor_adds_none(kind: str, client: Client, approver: User) -> None:
    question = question_on(client, ENROL)
    new_secret = client.get(ENROL, secure=True).context["secret"]
    set_factor_ago(FACTOR_IS_RECENT)
    answer = json.dumps(SoftKey().create(question))
    sent = {"code": code_of(new_secret)} if kind == "app" else {"credential": answer}

    assert leads_to(client.get(ENROL, secure=True)) == FACTOR
    assert leads_to(client.post(ENROL, sent, secure=True)) == FACTOR
    assert leads_to(client.get(CODES, secure=True)) == "/staff/"


def test_the_page_that_asks_says_why(client: Client) -> None:
    text = client.get(FACTOR, secure=True).content.decode()

    assert "Confirm that it is you." in text
