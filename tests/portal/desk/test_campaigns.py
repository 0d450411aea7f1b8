"""Campaigns in the browser: made, copied, revised step by step, and requested to be published."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaign import drafting, terms
from campaign.models import Terms, UnfinishedDraft
from campaign.termsfile import read_campaign_file, write_campaign_file
from core.audit import Actor
from core.models import AuditRecord
from portal.desk.campaigns.steps import STEPS
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import (
    AT,
    FIRST_FILE,
)
from tests.people import asking, deciding
from tests.portal.desk.browser_form import sent

__all__ = ["asking", "deciding"]
pytestmark = pytest.mark.django_db
SHIPPED = sorted(FIRST_FILE.parent.glob("*.json"))
FIRST = "012025121203"
SetClock = Callable[[datetime], None]


@pytest.fixture
def client(asking: Actor) -> Client:
    """Return the browser of a person who prepares campaigns, and reads English."""
    return signed_in(asking.user)


def step_page(code: str, slug: str) -> str:
    """Return the address of a step."""
    return reverse("desk:campaign_step", args=[code, slug])


def opened(client: Client, code: str, slug: str) -> str:
    """Open a step, and return its page."""
    response = client.get(step_page(code, slug))
    assert response.status_code == 200
    return str(response.content.decode())


def saved(client: Client, code: str, slug: str, **changed: Any) -> Any:
    """Open a step, change some fields, and save it."""
    return client.post(step_page(code, slug), sent(opened(client, code, slug), **changed))


def words_of(response: Any) -> str:
    """Return a page's text, in one line."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_passes_through_the_editor_unchanged(client: Client, path: Any) -> None:
    file = read_campaign_file(path.read_bytes())
    terms.load_campaign(file, at=AT)

    for step in STEPS:
        assert saved(client, file.code, step.slug).status_code == 302, step.slug

    draft = Terms.objects.get()
    now, before = terms.written_values(draft), write_campaign_file(file)
    assert [(k, now[k], before[k]) for k in before if now[k] != before[k]] == []
    edits = AuditRecord.objects.filter(action=drafting.EDITED)
    assert [edit.detail["changed"] for edit in edits] == []
    assert not UnfinishedDraft.objects.exists()
