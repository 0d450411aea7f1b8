"""A draft is changed in the admin as its campaign file; a published version never."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.test import Client

from campaign.models import Terms
from campaign.queries import terms_values
from campaign.terms import written_values
from core.audit import Actor
from core.canonical_json import content_sha256
from core.models import AuditRecord
from tests.approving import approve
from tests.campaign.staffpages import decide, filled_in, page, signed_in
from tests.campaign.steps import ask_publication, stored
from tests.factories.campaign import (
    FIRST_PRIZE,
    FIRST_TERMS,
    CampaignFactory,
    TermsFactory,
    UserFactory,
    file_values,
)
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db
PRIZE = file_values()["prizes"][0]


@pytest.fixture
def client(asking: Actor) -> Client:
    """Return the browser of a person who prepares campaigns."""
    return signed_in(asking.user)


def change(client: Client, version: Terms, **changed: Any) -> Any:
    """Save the form of a version with some changes."""
    return client.post(page("terms", "change", version.pk), filled_in(version, **changed))


def form_errors(response: Any) -> dict[str, list[str]]:
    """Return the errors of the form, by field."""
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    return {name: [str(error) for error in of_field] for name, of_field in errors.items()}


def test_form_shows_the_draft_and_saves_what_it_shows(client: Client) -> None:
    draft = TermsFactory.create()
    before = Terms.objects.values().get()

    shown = client.get(page("terms", "change", draft.pk))
    saved = change(client, draft)

    assert shown.status_code == 200
    assert str(draft.campaign) in shown.content.decode()
    assert saved.status_code == 302
    assert Terms.objects.values().get() == before


def test_draft_is_changed_by_who_prepares_campaigns(client: Client, asking: Actor) -> None:
    draft = TermsFactory.create()
    two = [{**PRIZE, "code": code, "take": {"winners": 5}} for code in ("pine", "plum")]

    saved = change(client, draft, budget_points=90_000_000, prizes=two)

    assert saved.status_code == 302
    draft.refresh_from_db()
    assert terms_values(draft) == {
        **FIRST_TERMS,
        "budget_points": 90_000_000,
        "prizes": [
            {**FIRST_PRIZE, "number": number, "code": code, "take": "winners", "take_count": 5}
            for number, code in enumerate(("pine", "plum"), 1)
        ],
    }
    assert (draft.version, draft.published_at, draft.published_by) == (1, None, None)
    assert LogEntry.objects.get().user == asking.user


def test_what_the_form_does_not_show_cannot_be_sent_along(client: Client) -> None:
    draft = TermsFactory.create()
    other = CampaignFactory.create()
    person = UserFactory.create()
    sent = {
        "campaign": other.pk,
        "version": 7,
        "published_at_0": "2024-12-01",
        "published_at_1": "12:00:00",
        "published_by": person.pk,
    }

    client.post(page("terms", "change", draft.pk), {**filled_in(draft), **sent})

    kept = Terms.objects.get()
    assert (kept.campaign, kept.version, kept.published_at) == (draft.campaign, 1, None)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        pytest.param("", "This field is required.", id="nothing"),
        pytest.param("[]", "The file must hold one JSON object.", id="a list"),
        pytest.param({"budget_points": 0}, "budget_points: must be", id="a number"),
        pytest.param({"budget": 1}, "budget: no such field", id="a field that there is not"),
        pytest.param({"code": "other"}, "code: must stay the code", id="another code"),
    ],
)
def test_form_refuses_what_a_file_may_not_say(client: Client, sent: Any, sentence: str) -> None:
    draft = TermsFactory.create()
    before = stored()
    typed = filled_in(draft, **sent) if isinstance(sent, dict) else {"file": sent}

    response = client.post(page("terms", "change", draft.pk), typed)

    errors = form_errors(response)
    assert set(errors) == {"file"}
    assert errors["file"][0].startswith(sentence)
    assert stored() == before


@pytest.mark.parametrize("role", ["support", "ops", "approver", "auditor"])
def test_draft_is_only_seen_by_the_other_roles(role: str) -> None:
    draft = TermsFactory.create()
    before = stored()
    other = signed_in(UserFactory.create(role=role))

    assert other.get(page("terms", "change", draft.pk)).status_code == 200
    assert change(other, draft, budget_points=1).status_code == 403
    assert stored()[1] == before[1]


def test_published_version_is_only_seen(client: Client) -> None:
    published = TermsFactory.create(published=True)
    before = stored()

    response = client.get(page("terms", "change", published.pk))

    assert response.status_code == 200
    text = response.content.decode()
    assert "<textarea" not in text
    assert "&quot;budget_points&quot;: 100000000" in text
    assert change(client, published, budget_points=1).status_code == 403
    assert stored() == before


def test_draft_of_a_revision_is_changed_while_the_version_in_force_stays(client: Client) -> None:
    campaign = CampaignFactory.create(redrafted=True)

    assert change(client, campaign.terms.get(version=2), edge="partial").status_code == 302

    assert list(campaign.terms.order_by("version").values_list("edge", flat=True)) == [
        "stop",
        "partial",
    ]


def test_draft_changed_after_the_request_is_not_published(
    client: Client, asking: Actor, deciding: Actor
) -> None:
    draft = TermsFactory.create()
    approval = ask_publication(draft.campaign, asking)
    change(client, draft, budget_points=99_999_999)

    (message,) = decide(signed_in(deciding.user), approval)

    assert message[0] == "warning"
    assert message[1].startswith("The content changed after it was asked for")
    draft.refresh_from_db()
    assert draft.published_at is None


@pytest.mark.django_db(transaction=True)
def test_draft_published_while_its_form_is_saved_stays_as_published(
    client: Client, asking: Actor, deciding: Actor
) -> None:
    draft = TermsFactory.create()
    approval = ask_publication(draft.campaign, asking)

    with another_session() as submit:
        with transaction.atomic():
            approve(approval, deciding)
            saved = submit(change, client, draft, budget_points=99_999_999)
            wait_until_blocked(saved)
        assert ended(saved).status_code == 403

    assert draft.campaign.terms.get().budget_points == 100_000_000


def test_form_cannot_be_opened_for_what_is_not_there(client: Client) -> None:
    for number in (0, 10**30, "x"):
        assert client.get(page("terms", "change", number)).status_code == 302
        assert client.post(page("terms", "change", number), {}).status_code == 302


def test_an_edited_draft_is_audited_by_its_fields_and_hash(client: Client, asking: Actor) -> None:
    draft = TermsFactory.create()

    assert change(client, draft).status_code == 302  # with nothing changed
    assert not AuditRecord.objects.exists()
    assert change(client, draft, edge="partial", budget_points=5_000_000).status_code == 302

    record = AuditRecord.objects.get()
    draft.refresh_from_db()
    assert (record.action, record.subject) == ("draft.edited", draft.campaign.code)
    assert (record.user, record.name) == (asking.user, asking.user.username)
    assert record.detail == {
        "version": 1,
        "changed": ["budget_points", "edge"],
        "terms_sha256": content_sha256(written_values(draft)),
    }
