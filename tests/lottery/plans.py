"""Plans of every kind, with their members: what bundles and selections are tried on."""

from tests.lottery.reference import (
    ALL,
    Member,
    Plan,
    fixed,
    members,
    one_in,
    pool,
    prize,
    spent,
    winners,
)

TICKETLESS = frozenset({"ticketless"})
EX = frozenset({"e5489", "ticketless"})
A_LOT_PER_5000 = {
    "yen": 5000,
    "most": 4,
    "times": [{"when": ["e5489", "ticketless"], "times": 3}, {"when": ["ticketless"], "times": 2}],
}
# Totals and facts around every minimum and multiple of the rules above.
MIXED = [
    *(Member(5000), Member(6999), Member(7000), Member(9999, TICKETLESS), Member(10_000, EX)),
    *(Member(12_345), Member(14_999, EX), Member(25_000, TICKETLESS), Member(99_999, EX)),
    *(Member(5001, TICKETLESS), Member(20_000), Member(40_000)),
]
TIERS = [
    prize(winners(1), spent(100, 20_000, ticketless=30_000), minimum=10_000),
    prize(winners(2), fixed(3000), minimum=7000),
    prize(one_in(3), fixed(500)),
    prize(ALL, spent(5, 400)),
    prize(ALL, pool(1000, 60), beside=1),
]
SEVERAL = Plan(members=MIXED, prizes=TIERS, lots=A_LOT_PER_5000, budget=60_000)
# 2,000, 1,500 and 700 points, in this order.
STEPS_DOWN = [prize(winners(2), fixed(1000)), prize(winners(3), fixed(500)), prize(ALL, fixed(100))]
BUDGETS = {
    "less than one reward": 999,
    "the first prize but one point": 1999,
    "the first prize exactly": 2000,
    "the middle of the second prize": 2600,
    "two prizes exactly": 3500,
    "all but one point": 4199,
    "all exactly": 4200,
}
# Some may not win the first prize; the budget ends in the second, whatever the seed is.
ENDS_INSIDE = Plan(
    members=MIXED,
    prizes=[
        prize(winners(2), fixed(1000), minimum=7000),
        *STEPS_DOWN[1:],
        prize(ALL, pool(490, 60), beside=1),
    ],
    lots=A_LOT_PER_5000,
    budget=2600,
    edge="partial",
)

PLANS = {
    "several prizes": SEVERAL,
    "several prizes, nobody": Plan(members=[], prizes=TIERS, lots=A_LOT_PER_5000),
    "several prizes, who may win few": Plan(
        members=members(5000, 5000, 5001), prizes=TIERS, lots=A_LOT_PER_5000
    ),
    **{
        f"{edge}, the budget is {name}": Plan(
            members=MIXED, prizes=STEPS_DOWN, lots=A_LOT_PER_5000, budget=budget, edge=edge
        )
        for name, budget in BUDGETS.items()
        for edge in ("stop", "partial")
    },
    "a pool alone": Plan(members=MIXED, prizes=[prize(ALL, pool(29_000))], lots=A_LOT_PER_5000),
    "a pool of nothing": Plan(members=MIXED, prizes=[prize(ALL, pool(11))]),
    "one in two": Plan(members=MIXED, prizes=[prize(one_in(2), spent(50))], budget=10**6),
    "more winners than there are": Plan(
        members=MIXED, prizes=[prize(winners(10), fixed(9)), prize(winners(10), fixed(8))]
    ),
    "everything beside": Plan(
        members=MIXED,
        prizes=[prize(ALL, fixed(10 + number), beside=1) for number in range(16)],
        budget=10**6,
    ),
    "sixteen prizes": Plan(
        members=MIXED,
        prizes=[prize(winners(1), fixed(100 - number), minimum=5000) for number in range(16)],
        lots=A_LOT_PER_5000,
    ),
    "the facts multiply the lots alone": Plan(
        members=MIXED, lots={"yen": None, "most": 1, "times": A_LOT_PER_5000["times"]}
    ),
}
