"""Totals, runs and their shards."""

import factory
from factory.django import DjangoModelFactory

from campaign.models import AggregationRun, AggregationShard, DueMember, Total
from tests.factories.campaign import AT, LATER, CampaignFactory

SHA256 = "0123456789abcdef" * 4


class TotalFactory(DjangoModelFactory[Total]):
    """A total of one booking."""

    class Meta:
        model = Total

    campaign = factory.SubFactory(CampaignFactory)
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    total_yen = 5_000
    bookings = 1
    awaiting_yen = 0


class RunFactory(DjangoModelFactory[AggregationRun]):
    """A run that is under way."""

    class Meta:
        model = AggregationRun

    class Params:
        finished = factory.Trait(finished_at=LATER)

    campaign = factory.SubFactory(CampaignFactory, published=True)
    mode = "full"
    night = None
    terms = factory.LazyAttribute(lambda run: run.campaign.terms.latest("version"))
    terms_sha256 = SHA256
    as_of = AT
    finished_at = None


class ShardFactory(DjangoModelFactory[AggregationShard]):
    """A shard of a run that is not computed yet."""

    class Meta:
        model = AggregationShard

    run = factory.SubFactory(RunFactory)
    number = factory.Sequence(int)
    members = None
    done = False


class DueMemberFactory(DjangoModelFactory[DueMember]):
    """A member who waits for the campaign's next run."""

    class Meta:
        model = DueMember

    campaign = factory.SubFactory(CampaignFactory)
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
