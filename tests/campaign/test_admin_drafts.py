"""A draft is changed in the admin, in the words of the campaign file; a published version never."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.test import Client

from campaign.forms import TermsForm
from campaign.models import Terms
from campaign.queries import terms_values
from campaign.sentences import TERMS_SENTENCES
from core.audit import Actor
from tests.campaign.sessions import another_session, ended, wait_until_blocked
from tests.campaign.staffpages import act, filled_in, page, signed_in, typed
from tests.campaign.steps import approve, ask_publication, stored
from tests.campaign.terms_rules_table import RULES
from tests.factories.campaign import (
    FIRST_TERMS,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
# What a form's own fields say: an empty text, a value that is not among the choices.
BY_FIELD = {"terms_names_not_empty", "terms_policy_known", "terms_kinds_known"}


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
    changed = {
        "budget_points": 90_000_000,
        "closes_at": FIRST_TERMS["closes_at"] + timedelta(days=1),
        "kinds_free": ["plus_ex", "j_west_card_express"],
        "kinds_registered": [],
    }

    assert change(client, draft, **changed).status_code == 302

    draft.refresh_from_db()
    assert terms_values(draft) == {
        **FIRST_TERMS,
        **changed,
        "kinds_free": ["j_west_card_express", "plus_ex"],
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
    ("name", "broken", "kept"),
    [rule for rule in RULES if rule.values[0] not in BY_FIELD | {"terms_kinds_sorted_once"}],
)
def test_form_refuses_a_broken_rule_in_its_sentence(
    name: str, broken: dict[str, Any], kept: dict[str, Any]
) -> None:
    draft = TermsFactory.create()

    refused = TermsForm(typed(draft, **broken), instance=draft)
    assert [str(error) for error in refused.non_field_errors()] == [str(TERMS_SENTENCES[name])]

    assert TermsForm(typed(draft, **kept), instance=draft).is_valid()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_ja": ""}, "name_ja"),
        ({"name_en": "   "}, "name_en"),
        ({"operator": ""}, "operator"),
        ({"operator": "x" * 101}, "operator"),
        ({"policy": "other"}, "policy"),
        ({"kinds_free": ["nobody"]}, "kinds_free"),
        ({"budget_points": "1.5"}, "budget_points"),
        ({"budget_points": "9" * 30}, "budget_points"),
        ({"travel_first": "2025-02-29"}, "travel_first"),
    ],
)
def test_form_refuses_what_is_no_value_at_its_field(
    client: Client, changed: dict[str, Any], field: str
) -> None:
    draft = TermsFactory.create()
    before = stored()

    assert set(form_errors(change(client, draft, **changed))) == {field}
    assert stored() == before


def test_form_sorts_lists_and_refuses_a_kind_named_twice(client: Client) -> None:
    draft = TermsFactory.create()
    sentence = str(TERMS_SENTENCES["terms_kinds_sorted_once"])

    twice = change(client, draft, kinds_free=["plus_ex", "plus_ex"])
    assert form_errors(twice) == {"__all__": [sentence]}

    assert change(client, draft, kinds_free=["view_express_card", "plus_ex"]).status_code == 302
    draft.refresh_from_db()
    assert draft.kinds_free == ["plus_ex", "view_express_card"]


def test_form_names_every_broken_rule_at_once(client: Client) -> None:
    draft = TermsFactory.create()

    errors = form_errors(change(client, draft, budget_points=0, time_zone="UTC"))

    assert set(errors["__all__"]) == {
        "budget_points must be from 1 to 9,007,199,254,740,991.",
        "time_zone must be Asia/Tokyo.",
    }


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
    assert 'name="budget_points"' not in text
    assert "100000000" in text
    assert "corporate" in text.lower()
    assert change(client, published, budget_points=1).status_code == 403
    assert stored() == before


def test_draft_of_a_revision_is_changed_while_the_version_in_force_stays(client: Client) -> None:
    campaign = CampaignFactory.create(redrafted=True)

    assert change(client, campaign.terms.get(version=2), policy="partial").status_code == 302

    assert list(campaign.terms.order_by("version").values_list("policy", flat=True)) == [
        "stop",
        "partial",
    ]


def test_draft_changed_after_the_request_is_not_published(
    client: Client, asking: Actor, deciding: Actor
) -> None:
    draft = TermsFactory.create()
    approval = ask_publication(draft.campaign, asking)
    change(client, draft, budget_points=99_999_999)

    (message,) = act(signed_in(deciding.user), "approval", "approve", approval)

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
