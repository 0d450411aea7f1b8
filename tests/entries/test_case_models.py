"""What the database refuses of cases, notes and counts of look-ups, and what it takes beside it."""

from typing import Any

import pytest

from entries.models import LookUpCount
from tests.factories.cases import CaseNoteFactory, LookUpCountFactory, MemberCaseFactory
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
TOKEN = "a_b-" * 8


def test_a_token_is_of_one_case() -> None:
    MemberCaseFactory.create(token=TOKEN)
    with refused_as("membercase_one_per_token"):
        MemberCaseFactory.create(token=TOKEN)
    MemberCaseFactory.create(token=TOKEN[::-1])


@pytest.mark.parametrize("token", ["", "a" * 31, "a" * 31 + " ", "a" * 31 + "/"])
def test_a_token_is_32_random_letters(token: str) -> None:
    with refused_as("membercase_token_is_random"):
        MemberCaseFactory.create(token=token)
    MemberCaseFactory.create(token=TOKEN)


@pytest.mark.parametrize("wester_id", ["", "W 1", "Ｗ１"])
def test_a_case_is_of_an_identifier(wester_id: str) -> None:
    with refused_as("membercase_wester_id_is_identifier"):
        MemberCaseFactory.create(wester_id=wester_id)
    MemberCaseFactory.create(wester_id="W-1_a")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"kind": "answered", "text": ""}, id="an answer without words"),
        pytest.param({"kind": "identified", "text": "W1"}, id="words of an identity check"),
        pytest.param({"kind": "other", "text": "x"}, id="an unknown kind"),
    ],
)
def test_a_note_says_what_was_answered(values: dict[str, Any]) -> None:
    with refused_as("casenote_says_what"):
        CaseNoteFactory.create(**values)
    CaseNoteFactory.create(kind="handed_over", text="x")
    CaseNoteFactory.create(kind="not_identified", text="")


def test_a_note_is_short() -> None:
    with refused_as("casenote_text_is_short"):
        CaseNoteFactory.create(text="長" * 1_001)
    CaseNoteFactory.create(text="長" * 1_000)


def test_a_count_of_look_ups_begins_at_one() -> None:
    with refused_as("lookupcount_of_one_look_up_at_least"):
        LookUpCountFactory.create(look_ups=0)
    LookUpCountFactory.create(look_ups=1)
    assert LookUpCount.objects.count() == 1
