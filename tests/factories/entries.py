"""Who takes part."""

import factory
from factory.django import DjangoModelFactory

from campaign.models import User
from entries.models import Member


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
