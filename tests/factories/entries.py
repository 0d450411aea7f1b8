"""Members, entries and memberships, and the feed rows that they come from."""

import factory
from factory.django import DjangoModelFactory

from entries.models import Entry, EntryRow, Member, Membership, MembershipRow
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, UserFactory


class MemberFactory(DjangoModelFactory[Member]):
    """A member with an account and a WESTER ID of their own."""

    class Meta:
        model = Member

    user = factory.SubFactory(UserFactory)
    issuer = "https://id.example.jp"
    sub = factory.Sequence(lambda n: f"account-{n:06}-of-a-factory")
    wester_id = factory.Sequence(lambda n: f"W-{n:06}-of-a-factory")


class EntryFactory(DjangoModelFactory[Entry]):
    """An entry on the web page at the first instant."""

    class Meta:
        model = Entry

    campaign = factory.SubFactory(CampaignFactory, published=True)
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    entered_at = FIRST_TERMS["opens_at"]
    channel = "web"


class EntryRowFactory(DjangoModelFactory[EntryRow]):
    """An accepted row of the entries feed."""

    class Meta:
        model = EntryRow

    campaign = factory.SubFactory(CampaignFactory, published=True)
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    entered_at = FIRST_TERMS["opens_at"]
    channel = "app"


class MembershipFactory(DjangoModelFactory[Membership]):
    """Somebody who has left WESTER."""

    class Meta:
        model = Membership

    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    status = "withdrawn"
    changed_at = FIRST_TERMS["opens_at"]


class MembershipRowFactory(DjangoModelFactory[MembershipRow]):
    """An accepted row of the memberships feed."""

    class Meta:
        model = MembershipRow

    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    status = "withdrawn"
    changed_at = FIRST_TERMS["opens_at"]
