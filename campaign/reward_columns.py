"""Lots, rewards and masks of many members by a plan of prizes, for queries.

The functions of campaign/sql/rewards.sql with the plan's numbers put in; what they compute, and its
units, is that of campaign/rewards.py. PostgreSQL inlines them, so that a column costs as if its
formula were written out. Source: docs/specs/campaigns.md 3, 4.
"""

from collections.abc import Mapping, Sequence

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.expressions import Combinable

from campaign.facts import COMBINATIONS
from campaign.plan import Fixed, Plan, Pool, Prize, Spent, When, first_that_fits
from campaign.rewards import NOT_KNOWN

Column = str | Combinable
Shares = Mapping[int, int] | Mapping[int, Combinable]  # as campaign.rewards.shares_of


def lots_column(plan: Plan, *, total: Column = "total_yen", facts: Column = "facts") -> Func:
    """Return ``lots_of`` for a query, an integer.

    PostgreSQL inlines this and the columns below, so that they cost as if they were written out.
    """
    return Func(
        column(total),
        Value(plan.minimum_total_yen),
        number(plan.lots.yen),
        Value(plan.lots.most),
        by_facts(plan.lots.times, facts, otherwise=1),
        function="campaign_lots",
        output_field=models.IntegerField(),
    )


def reward_column(
    plan: Plan,
    prize: Prize,
    *,
    total: Column = "total_yen",
    facts: Column = "facts",
    share: int | Combinable | None = None,
) -> Func:
    """Return ``reward_of`` for a query; null in a pool without a share."""
    reward = prize.reward
    caps = reward.cap_if if isinstance(reward, Spent) else ()
    ceiling = reward.points if isinstance(reward, Fixed) else reward.cap
    return Func(
        column(total),
        Value(plan.minimum_of(prize)),
        Value(kind_of(prize)),
        number(reward.percent if isinstance(reward, Spent) else None),
        by_facts(caps, facts, otherwise=ceiling),
        lots_column(plan, total=total, facts=facts) if isinstance(reward, Pool) else number(None),
        share if isinstance(share, Combinable) else number(share),
        function="campaign_reward",
        output_field=models.BigIntegerField(),
    )


def rewards_column(
    plan: Plan,
    *,
    total: Column = "total_yen",
    facts: Column = "facts",
    shares: Shares = NOT_KNOWN,
) -> Func:
    """Return ``rewards_of`` for a query, an array in the order of the prizes."""
    return Func(
        *reward_columns(plan, total=total, facts=facts, shares=shares),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(models.BigIntegerField()),
    )


def mask_column(
    plan: Plan,
    *,
    total: Column = "total_yen",
    facts: Column = "facts",
    shares: Shares = NOT_KNOWN,
) -> Combinable:
    """Return a query's mask of the prizes that a member may win, an integer.

    Bit i - 1 is 1 where the reward in prize i is at least 1; null with a pool without a share.
    """
    rewards = reward_columns(plan, total=total, facts=facts, shares=shares)
    bits = [
        Func(
            reward,
            Value(place),
            function="campaign_mask_bit",
            output_field=models.IntegerField(),
        )
        for place, reward in enumerate(rewards, 1)
    ]
    return Func(
        *bits, template="(%(expressions)s)", arg_joiner=" | ", output_field=models.IntegerField()
    )


def reward_columns(plan: Plan, *, total: Column, facts: Column, shares: Shares) -> list[Func]:
    """Return the column of each prize's reward, in their order."""
    return [
        reward_column(plan, prize, total=total, facts=facts, share=shares.get(prize.number))
        for prize in plan.prizes
    ]


def kind_of(prize: Prize) -> str:
    """Return the kind of a reward, as a campaign file names it."""
    return type(prize.reward).__name__.lower()


def by_facts(items: Sequence[When], facts: Column, *, otherwise: int | None) -> Combinable:
    """Return a query's value by facts: that of the first item that fits, else ``otherwise``."""
    if not items:
        return number(otherwise)
    values = [first_that_fits(items, names, otherwise=otherwise or 0) for names in COMBINATIONS]
    return Func(
        Value(values, output_field=ArrayField(models.BigIntegerField())),
        column(facts),
        function="campaign_of_facts",
        output_field=models.BigIntegerField(),
    )


def column(name: Column) -> Combinable:
    """Return a column by its name."""
    return F(name) if isinstance(name, str) else name


def number(value: int | None) -> Value:
    """Return a whole number, or null, for a query."""
    return Value(value, output_field=models.BigIntegerField())
