"""Lots and rewards by any plan: PostgreSQL and Python agree on every total and all facts."""

from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import facts, reward_columns, rewards
from campaign.models import Terms, Total
from core.sql_files import name_values
from tests.campaign import any_plan
from tests.factories.campaign import TermsFactory

pytestmark = pytest.mark.django_db
# As a trigger has it: a total and facts in columns, the plan in the view.
BY_THE_VIEW = """
WITH given AS (SELECT unnest(%s::bigint[]) AS total_yen),
bits AS (SELECT generate_series(0, 15) AS facts),
shares AS (SELECT unnest(%s::int[]) AS number, unnest(%s::bigint[]) AS share)
SELECT given.total_yen, bits.facts, plan.number, lots.lots, campaign_reward(
    given.total_yen, plan.prize_minimum_yen, plan.kind, plan.percent,
    campaign_of_facts(plan.ceilings, bits.facts), lots.lots, shares.share
)
FROM campaign_plannedprize plan CROSS JOIN given CROSS JOIN bits
LEFT JOIN shares ON shares.number = plan.number
CROSS JOIN LATERAL (
    SELECT campaign_lots(
        given.total_yen, plan.minimum_total_yen, plan.lots_yen, plan.lots_most,
        campaign_of_facts(plan.times, bits.facts)
    ) AS lots
) lots
WHERE plan.terms_id = %s
"""
Row = tuple[int, list[int | None], int | None]


def by_columns(terms: Terms, totals: list[int], shares: dict[int, int]) -> dict[Any, Row]:
    """Return lots, rewards and mask by total and facts, as a query of many members has them."""
    plan = terms.plan
    columns = {"total": "total_yen", "facts": "facts"}
    query = Total.objects.order_by().values_list(
        "total_yen",
        "facts",
        reward_columns.lots_column(plan, **columns),
        reward_columns.rewards_column(plan, **columns, shares=shares),
        reward_columns.mask_column(plan, **columns, shares=shares),
    )
    text, values = name_values(*query.query.sql_with_params(), prefix="query")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH campaign_total AS (SELECT * FROM unnest(%(totals)s::bigint[]) total_yen,"
            f" generate_series(0, 15) facts) {text.as_string()}",
            {**values, "totals": totals},
        )
        return {(total, bits): tuple(found) for total, bits, *found in cursor.fetchall()}


def by_python(terms: Terms, totals: list[int], shares: dict[int, int]) -> dict[Any, Row]:
    """Return the same from the plan as plain values."""
    plan = terms.plan
    found: dict[Any, Row] = {}
    for total in totals:
        for bits, names in enumerate(facts.COMBINATIONS):
            of_member = rewards.rewards_of(plan, total, names, shares=shares)
            mask = 0
            for place, reward in enumerate(of_member):
                mask |= (reward is not None and reward >= 1) << place
            known = None not in of_member
            lots = rewards.lots_of(plan, total, names)
            found[total, bits] = (lots, of_member, mask if known else None)
    return found


def assert_all_agree(terms: Terms, lots_total: int) -> None:
    """Compare Python with a query and with the view, with shares of pools and without."""
    totals = any_plan.edges(terms.plan)
    for shares in ({}, rewards.shares_of(terms.plan, lots_total)):
        expected = by_python(terms, totals, shares)
        assert by_columns(terms, totals, shares) == expected
        with connection.cursor() as cursor:
            numbers: list[Any] = [totals, list(shares), list(shares.values()), terms.pk]
            cursor.execute(BY_THE_VIEW, numbers)
            rows = cursor.fetchall()
        assert len(rows) == len(expected) * len(terms.plan.prizes)
        for total, bits, number, lots, reward in rows:
            assert (lots, reward) == (
                expected[total, bits][0],
                expected[total, bits][1][number - 1],
            )


@pytest.mark.parametrize("seed", range(8))
def test_some_plans_agree(seed: int) -> None:
    random = Random(seed)
    terms = TermsFactory.create(published=True, **any_plan.any_terms_with_a_plan(random))

    assert_all_agree(terms, lots_total=random.choice([1, 7, 10**6]))


@pytest.mark.slow
@given(random=st.randoms(use_true_random=False), lots_total=st.integers(0, 10**8))
@settings(max_examples=200)
def test_any_plan_agrees(random: Random, lots_total: int) -> None:
    with transaction.atomic():
        terms = TermsFactory.create(published=True, **any_plan.any_terms_with_a_plan(random))

        assert_all_agree(terms, lots_total)
        transaction.set_rollback(True)
