"""A made-up draw and payout of a version of the terms; nothing of it is saved."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from campaign.models import Terms
from campaign.plan import PERCENT, Plan, Prize, Spent
from campaign.rewards import lots_of, rewards_of, shares_of
from core.canonical_json import canonical_json
from lottery.models import Draw
from portal.desk.preview.scenes import Scene
from portal.states import ShownState

ENTRANTS = 4_000
LOSES_POINTS = 12  # winners to whom nothing is credited
DAY = timedelta(days=1)
MANIFEST = {"min_gap_s": 86_400, "signing_key": "0" * 64}
ROUND = 12_345_678


def usual_total(plan: Plan) -> int:
    """Return the total (yen) of a member who may win each prize."""
    return 2 * max(plan.minimum_of(prize) for prize in plan.prizes) + 2_340


def total_above_caps(plan: Plan) -> int:
    """Return a total (yen) above what any prize gives back."""
    spent = (prize.reward for prize in plan.prizes if isinstance(prize.reward, Spent))
    above = (one.cap_of([]) * PERCENT // max(one.percent, 1) for one in spent)
    return max(usual_total(plan), *above, 0) + 11_200


def rewards_for(plan: Plan, total_yen: int) -> list[int]:
    """Return what a member without facts would get of each prize; pools shared by all entrants."""
    lots = ENTRANTS * max(lots_of(plan, usual_total(plan), []), 1)
    return [reward or 0 for reward in rewards_of(plan, total_yen, [], shares=shares_of(plan, lots))]


def winners_of(plan: Plan, prize: Prize, reward: int) -> int:
    """Return how many win a prize, as far as the budget holds it."""
    planned = {"all": ENTRANTS, "winners": prize.take.count}.get(
        prize.take.kind, ENTRANTS // max(prize.take.count, 1)
    )
    return min(planned, ENTRANTS, plan.budget_points // max(reward, 1))


def make_draw(scene: Scene) -> Draw | None:
    """Return the draw as it stands in the scene, not saved; None before the list is fixed."""
    if not scene.has_draw:
        return None
    terms, now = scene.terms, scene.now
    manifest = canonical_json(MANIFEST)
    draw = Draw(
        pk=0,  # of no row: what is read by it is empty
        campaign=terms.campaign,
        terms=terms,
        sequence=1,
        chain=Draw.Chain.QUICKNET,
        round=ROUND,
        manifest=manifest,
        manifest_sha256=hashlib.sha256(manifest).digest(),
        entry_count=ENTRANTS,
        lots_total=ENTRANTS * max(lots_of(terms.plan, usual_total(terms.plan), []), 1),
        eligible=[ENTRANTS] * len(terms.plan.prizes),
        **instants_of(scene.state, now),
    )
    draw.state = Draw.State.PUBLISHED
    if scene.state is not ShownState.COUNTING:
        draw.state = Draw.State.CONFIRMED
        give_result(draw, terms)
    return draw


def instants_of(state: ShownState, now: datetime) -> dict[str, Any]:
    """Return the instants of a draw: published and awaited while counting, else confirmed."""
    round_time = now.replace(minute=0) + (DAY if state is ShownState.COUNTING else -3 * DAY)
    found = {
        "round_time": round_time,
        "publish_by": round_time - DAY,
        "frozen_at": round_time - 3 * DAY,
        "published_at": round_time - 2 * DAY,
    }
    if state is ShownState.COUNTING:
        return found
    return {**found, "drawn_at": round_time, "confirmed_at": round_time + DAY}


def give_result(draw: Draw, terms: Terms) -> None:
    """Give a draw winners of each prize, within the budget."""
    plan, left, winners = terms.plan, terms.budget_points, []
    for prize, reward in zip(plan.prizes, rewards_for(plan, usual_total(plan)), strict=True):
        won = min(winners_of(plan, prize, reward), left // max(reward, 1))
        winners.append(won)
        left -= won * reward
    draw.winners, draw.leftover_points = winners, left
    draw.total_points = terms.budget_points - left


def payout_of(draw: Draw) -> dict[str, int]:
    """Return what was credited after a made-up draw, as the campaign page sums it up."""
    winners = max(draw.winner_count, 1)
    lost = min(LOSES_POINTS, winners) * (int(draw.total_points or 0) // winners)
    points = int(draw.total_points or 0) - lost
    return {
        "members": max(winners - LOSES_POINTS, 0),
        "points": points,
        "unspent_points": draw.terms.budget_points - points,
    }
