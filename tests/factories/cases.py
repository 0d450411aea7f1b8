"""Cases in which staff answer members, and their notes."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from entries.models import CaseNote, LookUpCount, MemberCase
from tests.factories.campaign import UserFactory

AT = datetime(2025, 1, 8, tzinfo=UTC)


class MemberCaseFactory(DjangoModelFactory[MemberCase]):
    """A case of a member."""

    class Meta:
        model = MemberCase

    token = factory.Sequence(lambda n: f"{n:032}")
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    opened_by = factory.SubFactory(UserFactory, role="support")
    opened_at = AT


class CaseNoteFactory(DjangoModelFactory[CaseNote]):
    """A note of what was answered."""

    class Meta:
        model = CaseNote

    case = factory.SubFactory(MemberCaseFactory)
    kind = "answered"
    text = "When the points come."
    noted_by = factory.SelfAttribute("case.opened_by")
    noted_at = AT


class LookUpCountFactory(DjangoModelFactory[LookUpCount]):
    """A look-up of a person of staff."""

    class Meta:
        model = LookUpCount

    user = factory.SubFactory(UserFactory, role="support")
    hour = AT
    look_ups = 1
