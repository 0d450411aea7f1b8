"""The staff pages as a browser sees them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from campaign.models import Terms
from campaign.termsfile import FIELDS
from core.models import User
from tests.factories.campaign import JAPAN

MODELS = ("campaign", "terms", "approval", "auditrecord")
OF_CORE = ("approval", "auditrecord", "user")
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


def typed(terms: Terms, **changed: Any) -> dict[str, Any]:
    """Return these terms with some changes as they are typed into a form."""
    values = {name: changed.get(name, getattr(terms, name)) for name in FIELDS}
    return {name: as_typed(value) for name, value in values.items()}


def filled_in(terms: Terms, **changed: Any) -> dict[str, Any]:
    """Return what a browser sends when the page of these terms is saved with some changes."""
    sent = typed(terms, **changed)
    for name in ("public_at", "opens_at", "closes_at", "credit_at"):
        sent[f"{name}_0"], sent[f"{name}_1"] = sent.pop(name).split(" ")
    return sent


def as_typed(value: Any) -> Any:
    """Return a value as a person types it: days and instants of Japan."""
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
