"""The staff pages as a browser sees them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from core.models import Approval, User

MODELS = ("campaign", "terms", "approval", "auditrecord", "auditseal")
OF_CORE = ("approval", "auditrecord", "auditseal", "user")
SignIn = Callable[[User], Client]


def signed_in(user: User) -> Client:
    """Return a browser of this person, who reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def page(model: str, view: str = "changelist", *arguments: object) -> str:
    """Return the address of a model's page."""
    app = "core" if model in OF_CORE else "campaign"
    return reverse(f"admin:{app}_{model}_{view}", args=arguments)


def act(client: Client, model: str, action: str, *rows: Any) -> list[tuple[str, str]]:
    """Choose rows of a list and an action; return the messages that the next page shows."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(page(model), chosen, follow=True)
    assert response.status_code == 200
    return [(one.level_tag, str(one)) for one in get_messages(response.wsgi_request)] or [
        (one.level_tag, str(one)) for one in response.context["messages"]
    ]


def decide(client: Client, approval: Approval, **sent: str) -> list[tuple[str, str]]:
    """Approve what the card of a request shows, or refuse it for a reason; return the messages."""
    step = "refuse" if sent else "confirm"
    address = reverse(f"desk:{step}_approval", args=[approval.pk])
    response = client.post(address, sent or {"shown": approval.content_sha256})
    assert response.status_code in (302, 403)
    return [(one.level_tag, str(one)) for one in get_messages(response.wsgi_request)]
