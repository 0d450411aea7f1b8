"""Who takes part."""

from datetime import datetime

import factory
from factory.django import DjangoModelFactory

from campaign.models import User
from entries.models import Channel, Entry, Member
from tests.factories.campaign import JAPAN, CampaignFactory


class UserFactory(DjangoModelFactory):
    """A member's user."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"member-{n}")


class MemberFactory(DjangoModelFactory):
    """A member with an account and a WESTER ID of their own."""

    class Meta:
        model = Member

    user = factory.SubFactory(UserFactory)
    issuer = "https://id.example.jp"
    sub = factory.Sequence(lambda n: f"account-{n}-of-a-factory")
    wester_id = factory.Sequence(lambda n: f"W-{n}-of-a-factory")


class EntryFactory(DjangoModelFactory):
    """A member's entry, made on the web page a minute after the first campaign opened."""

    class Meta:
        model = Entry

    campaign = factory.SubFactory(CampaignFactory, published=True)
    wester_id = factory.Sequence(lambda n: f"W-{n}-entered")
    entered_at = datetime(2024, 12, 10, 12, 1, tzinfo=JAPAN)
    channel = Channel.WEB
