"""What staff see of draws, what they ask for there, and what nobody can write."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.env import MovedClock
from core import roles
from core.models import Approval, AuditRecord
from lottery import chains
from lottery.local_chain import sign_round
from lottery.models import Award, Draw, Entrant
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import UserFactory
from tests.factories.lottery import (
    FREEZES,
    PUBLISHES,
    ROUND,
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    reread,
    void,
)

pytestmark = pytest.mark.django_db
LATER = ROUND + timedelta(hours=1)


def page(view: str = "changelist", *arguments: object) -> str:
    return reverse(f"admin:lottery_draw_{view}", args=arguments)


@pytest.fixture
def stand(settings: Settings) -> Any:
    def stand(instant: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)

    stand(PUBLISHES)
    return stand


def act(client: Client, action: str, draw: Draw, **more: str) -> list[str]:
    """Choose a draw and an action; return the messages that the next page shows."""
    chosen = {"action": action, "_selected_action": [draw.pk], **more}
    response = client.post(page(), chosen, follow=True)
    assert response.status_code == 200
    return [str(one) for one in get_messages(response.wsgi_request)] or [
        str(one) for one in response.context["messages"]
    ]


@pytest.fixture
def ops() -> Client:
    return signed_in(UserFactory.create(role="ops"))


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_sees_draws_and_no_secret(stand: Any, role: str) -> None:
    draw = confirmed_draw({"W-secret": 5_000})
    client = signed_in(UserFactory.create(role=role))
    entrant = draw.entrants.get()

    for address in (page(), page("change", draw.pk)):
        response = client.get(address)
        assert response.status_code == 200
        text = response.content.decode()
        assert "confirmed" in text
        for secret in (entrant.pid, entrant.nonces, draw.pid_key, draw.nonce_key):
            assert bytes(secret or b"").hex() not in text
        assert "W-secret" not in text
    assert bytes(draw.manifest_sha256).hex() in text


def test_nothing_is_written_by_a_superuser(stand: Any) -> None:
    draw = published_draw()
    client = signed_in(UserFactory.create(is_staff=True, is_superuser=True))
    before = [list(model.objects.order_by("pk").values()) for model in (Draw, Entrant, Award)]

    assert client.get(page("add")).status_code == 403
    assert client.post(page("change", draw.pk), {"state": "void"}).status_code == 403
    assert client.post(page("delete", draw.pk), {"post": "yes"}).status_code == 403
    act(client, "delete_selected", draw, post="yes")
    after = [list(model.objects.order_by("pk").values()) for model in (Draw, Entrant, Award)]
    assert after == before


def requested() -> list[tuple[str, str]]:
    return list(Approval.objects.order_by("id").values_list("action", "subject"))


def test_staff_ask_for_what_two_people_do(stand: Any, ops: Client, money: None) -> None:
    draw = frozen_draw()
    subject = f"{draw.campaign.code}/1"
    assert act(ops, "publish", draw) == ["Done."]
    assert act(ops, "void", draw, reason="A load was missing.") == ["Done."]
    drawn = drawn_draw({"W5": 5_000})
    assert act(ops, "confirm", drawn) == ["Done."]
    gone = void(published_draw({"W6": 5_000}))
    assert act(ops, "forget", gone) == ["Done."]

    subjects = [subject, subject, f"{drawn.campaign.code}/1", f"{gone.campaign.code}/1"]
    actions = ["draw.publish", "draw.void", "draw.confirm", "draw.forget"]
    made = set(requested())
    assert set(zip(actions, subjects, strict=True)) <= made
    assert Approval.objects.get(action="draw.void").content["reason"] == "A load was missing."


def test_refusals_are_warnings(stand: Any, ops: Client, money: None) -> None:
    draw = frozen_draw()

    assert "one line of at most 500" in act(ops, "void", draw)[0]
    assert "not been run" in act(ops, "confirm", draw)[0]
    assert "confirmed or void" in act(ops, "forget", draw)[0]
    assert "not published" in act(ops, "run", draw)[0]
    stand(LATER)
    assert "had to be published by" in act(ops, "publish", draw)[0]
    assert requested() == []


def test_run_in_the_name_of_who_pressed(stand: Any, ops: Client) -> None:
    draw = published_draw()
    stand(LATER)

    assert act(ops, "run", draw) == ["Done."]
    assert reread(draw).state == Draw.State.DRAWN
    assert AuditRecord.objects.get(action="draw.run").user_id == int(ops.session["_auth_user_id"])
    assert act(ops, "run", draw) == ["Done."]


def test_public_round_is_fetched_once_it_is_due(
    stand: Any, ops: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    fetched: list[int] = []

    def fetch(_chain: object, number: int) -> object:
        fetched.append(number)
        return sign_round(settings.DRAW_CHAIN_FOLDER, number)

    monkeypatch.setattr(chains, "fetch_round", fetch)
    monkeypatch.setattr(chains, "QUICKNET", chains.chain_named("local"))
    draw = published_draw(chain="quicknet")

    stand(ROUND - timedelta(seconds=1))
    assert "has not come" in act(ops, "run", draw)[0]
    assert fetched == []
    stand(LATER)
    assert act(ops, "run", draw) == ["Done."]
    assert fetched == [draw.round]


@pytest.mark.parametrize("action", ["publish", "run", "confirm", "void", "forget"])
@pytest.mark.parametrize("role", ["support", "approver", "auditor"])
def test_other_roles_ask_for_nothing(stand: Any, role: str, action: str) -> None:
    draw = published_draw()
    stand(LATER)
    act(signed_in(UserFactory.create(role=role)), action, draw, reason="x")

    assert (reread(draw).state, Approval.objects.filter(state="open").count()) == (
        Draw.State.PUBLISHED,
        0,
    )


def test_lists_cost_the_same_for_many_draws(
    stand: Any, ops: Client, django_assert_max_num_queries: Any
) -> None:
    first = void(frozen_draw())
    for number in range(1, 4):
        frozen = frozen_draw(
            campaign=first.campaign, round_time=ROUND + timedelta(days=number), at=FREEZES
        )
        void(frozen)
    with django_assert_max_num_queries(10):
        assert ops.get(page()).status_code == 200
