"""What staff see of draws in the lists, and that nobody can write there."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.env import MovedClock
from core import roles
from lottery.models import Award, Draw, Entrant
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import UserFactory
from tests.factories.lottery import (
    FREEZES,
    PUBLISHES,
    ROUND,
    confirmed_draw,
    frozen_draw,
    published_draw,
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


@pytest.mark.parametrize("role", sorted({*roles.ROLES} - {roles.ACCOUNTS}))
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
