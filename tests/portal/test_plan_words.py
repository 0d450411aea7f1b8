"""The plan of prizes in sentences, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from campaign.plan import Fixed, Lots, Plan, Pool, Prize, Spent, Take, When
from portal import chances, listing, plan_words, service_words

ALL = Take("all")
TICKETLESS = frozenset(["ticketless"])


def prize(reward: Any = None, take: Take = ALL, *, number: int = 1, **values: Any) -> Prize:
    """Return a prize, by default of 100 points for all."""
    return Prize(number, f"p{number}", take, reward or Fixed(100), **values)


def plan(*prizes: Prize, lots: Lots | None = None, **values: Any) -> Plan:
    """Return a plan of these prizes, by default with a budget that may end."""
    usual = {"minimum_total_yen": 5_000, "budget_points": 12_340_000, "edge": "stop"}
    return Plan(lots=lots or Lots(), prizes=prizes, **{**usual, **values})


def who(one: Prize, *, gives_to_all: bool = False) -> Callable[[], str]:
    """Return what says who wins a prize."""
    return lambda: plan_words.who_wins(plan(one), one, gives_to_all=gives_to_all)


def what(reward: Any, lots: Lots | None = None) -> Callable[[], str]:
    """Return what says what a winner gets."""
    return lambda: plan_words.what_a_winner_gets(prize(reward), lots or Lots())


def joined(write: Callable[..., list[str]], *values: Any, **named: Any) -> Callable[[], str]:
    """Return what writes sentences, one a line."""
    return lambda: "\n".join(write(*values, **named))


SENTENCES = [
    pytest.param(
        who(prize()),
        "抽選で、還元総額1,234万ポイントに達するまで",
        "Drawn by lot until the total of 12,340,000 points is reached",
        id="all, by a budget that may end",
    ),
    pytest.param(
        who(prize(), gives_to_all=True), "条件を満たした方全員", "Everybody", id="all of them"
    ),
    pytest.param(who(prize(take=Take("winners", 1))), "1名様", "1 winner", id="one winner"),
    pytest.param(
        who(prize(take=Take("winners", 80_000))), "80,000名様", "80,000 winners", id="many winners"
    ),
    pytest.param(
        who(prize(take=Take("one_in", 2))), "抽選で2人に1人", "One in 2, drawn by lot", id="one in"
    ),
    pytest.param(
        who(prize(number=2)),
        "上記の賞に当選されなかった方全員",
        "Everybody who has won no prize above",
        id="all the others",
    ),
    pytest.param(
        who(prize(Pool(100), number=2, beside=True)),
        "条件を満たした方全員",
        "Everybody",
        id="a pool beside other prizes",
    ),
    pytest.param(
        what(Spent(100, 20_000)),
        "対象乗車期間のご利用額を合計した額を、1円につき1ポイントのWESTERポイントで還元します。"
        "1つのWESTER IDあたりの還元上限は20,000ポイントです。",
        "The total of what was spent in the travel period, one WESTER point for one yen, up to "
        "20,000 points for each WESTER ID.",
        id="all that was spent",
    ),
    pytest.param(
        what(Spent(5, 700)),
        "対象乗車期間のご利用額を合計した額の5%を、WESTERポイントで還元します。"
        "1つのWESTER IDあたりの還元上限は700ポイントです。",
        "5% of the total of what was spent in the travel period, in WESTER points, up to 700 "
        "points for each WESTER ID.",
        id="a share of what was spent",
    ),
    pytest.param(
        what(Fixed(10_000)),
        "お一人につき10,000ポイントを還元します。",
        "Each gets 10,000 points.",
        id="fixed points",
    ),
    pytest.param(
        what(Pool(1_000_000)),
        "100万ポイントを、全員で等しく分け合います。",
        "All share 1,000,000 points equally.",
        id="a pool in equal shares",
    ),
    pytest.param(
        what(Pool(1_000_000), Lots(yen=1_000, most=3)),
        "100万ポイントを、口数に応じて全員で分け合います。",
        "All share 1,000,000 points by the number of their lots.",
        id="a pool by lots",
    ),
    pytest.param(
        joined(plan_words.lots_in_words, plan(prize(), lots=Lots())), "", "", id="one lot each"
    ),
    pytest.param(
        joined(plan_words.lots_in_words, plan(prize(), lots=Lots(yen=5_000, most=20))),
        "対象ご利用額の合計5,000円ごとに1口、最大20口となります。",
        "You have one lot for every 5,000 yen of your total, at most 20.",
        id="lots by yen",
    ),
    pytest.param(
        joined(
            plan_words.lots_in_words,
            plan(
                prize(),
                lots=Lots(10_000, 3, (When(TICKETLESS | {"e5489"}, 3), When(TICKETLESS, 2))),
            ),
        ),
        "対象ご利用額の合計10,000円ごとに1口、最大3口となります。\n"
        "条件を満たした方には、少なくとも1口があります。\n"
        "「e5489」のご利用とチケットレスでのご乗車がある方は、口数が3倍になります。\n"
        "チケットレスでのご乗車がある方は、口数が2倍になります。\n"
        "複数に当てはまる場合は、先に記載のものを適用します。",
        "You have one lot for every 10,000 yen of your total, at most 3.\n"
        "Everybody who has met the conditions has at least one lot.\n"
        "With a booking on “e5489” and a ticketless journey, the number of your lots is "
        "multiplied by 3.\n"
        "With a ticketless journey, the number of your lots is multiplied by 2.\n"
        "If several of these apply to you, the one named first counts.",
        id="lots above the minimum, multiplied by facts",
    ),
    pytest.param(
        joined(
            plan_words.notes_of_prize,
            plan(prize(minimum_total_yen=30_000)),
            prize(Spent(100, 10_000, (When(TICKETLESS, 30_000),)), minimum_total_yen=30_000),
        ),
        "期間中総額30,000円以上ご利用の方が対象です。\n"
        "チケットレスでのご乗車がある方の還元上限は30,000ポイントです。",
        "For members with a total of 30,000 yen or more.\n"
        "With a ticketless journey, up to 30,000 points.",
        id="an own minimum, and another cap by facts",
    ),
    pytest.param(
        joined(plan_words.notes_of_prize, plan(prize()), prize(Pool(500, 20))),
        "1ポイント未満は切り捨てます。\nお一人あたりの還元上限は20ポイントです。",
        "Shares are rounded down to whole points.\nOne share is 20 points at most.",
        id="a pool with a cap",
    ),
    pytest.param(
        joined(
            plan_words.how_winners_are_chosen,
            plan(prize(Pool(500)), budget_points=500),
            gives_to_all=True,
        ),
        "抽選は行いません。条件を満たした方全員にポイントを還元します。",
        "Nobody is drawn: all who have met the conditions get points.",
        id="nobody is drawn",
    ),
    pytest.param(
        joined(plan_words.how_winners_are_chosen, plan(prize()), gives_to_all=True),
        "抽選は行いません。条件を満たした方全員にポイントを還元します。\n"
        "還元の合計が1,234万ポイントを超える場合に限り、抽選で還元する方を決定します。",
        "Nobody is drawn: all who have met the conditions get points.\n"
        "If all of it came to more than 12,340,000 points, a draw would decide who gets them.",
        id="nobody is drawn unless the budget ends",
    ),
    pytest.param(
        joined(plan_words.budget_in_words, plan(prize(), edge="partial")),
        "ポイント還元の総額は1,234万ポイントを予定しています。\n"
        "還元総額に達したときに当選された方には残りのポイントを還元し、そこで終了します。",
        "A total of 12,340,000 points is planned to be given back.\n"
        "Where the total ends, the member drawn there gets what is left of it.",
        id="what is left goes to the last one",
    ),
    pytest.param(
        joined(
            plan_words.budget_in_words,
            plan(prize(take=Take("winners", 5)), budget_points=500),
        ),
        "ポイント還元の総額は500ポイントを予定しています。",
        "A total of 500 points is planned to be given back.",
        id="a budget that cannot end",
    ),
    pytest.param(
        joined(
            plan_words.order_of_prizes,
            plan(
                prize(take=Take("winners", 5)),
                prize(number=2),
                prize(number=3, beside=True),
            ),
        ),
        "各賞の当選者は、記載の順に決定します。\n"
        "当選は、ほかの賞に加えて還元する賞を除き、1つのWESTER IDにつき1つの賞までです。\n"
        "対象の方が賞の当選者数に満たない場合、その賞の残りの還元は行いません。",
        "The prizes are drawn in the order in which they stand here.\n"
        "A member who has won one is passed over for the others but those in addition.\n"
        "If fewer can win a prize than it has winners, the rest of it is given to nobody.",
        id="several prizes, one of them in addition",
    ),
]


@pytest.mark.parametrize(("write", "japanese", "english"), SENTENCES)
def test_plan_in_words(write: Callable[[], str], japanese: str, english: str) -> None:
    with translation.override("ja"):
        assert write() == japanese
    with translation.override("en"):
        assert write() == english


@pytest.mark.parametrize(
    ("prizes", "budget", "fits"),
    [
        pytest.param([prize(Pool(500))], 500, True, id="a pool that is the budget"),
        pytest.param([prize(Pool(500))], 499, False, id="a pool above it"),
        pytest.param([prize(take=Take("winners", 5))], 500, True, id="all winners fit"),
        pytest.param([prize(take=Take("winners", 5))], 499, False, id="the last one does not"),
        pytest.param(
            [prize(take=Take("winners", 5)), prize(Pool(100), number=2)], 600, True, id="both fit"
        ),
        pytest.param(
            [prize(take=Take("winners", 5)), prize(Pool(100), number=2)], 599, False, id="not both"
        ),
        pytest.param([prize(take=Take("one_in", 2))], 10**9, False, id="who knows how many"),
        pytest.param([prize()], 10**9, False, id="all, by what they spent"),
    ],
)
def test_is_certain_to_fit(prizes: list[Prize], budget: int, fits: bool) -> None:
    assert plan_words.is_certain_to_fit(plan(*prizes, budget_points=budget)) is fits


PUBLISHED = {
    "total": "合計額そのものは公開しません。",
    "facts": "口数から、チケットレスでのご乗車の有無がわかる場合があります。",
    "spent": "番号ごとにご利用額の合計がわかります。",
    "end": "本来の還元ポイント数も公開します。",
}


@pytest.mark.parametrize(
    ("one", "shows"),
    [
        pytest.param(plan(prize(take=Take("winners", 1))), [], id="nothing but the list"),
        pytest.param(
            plan(prize(minimum_total_yen=9_000, take=Take("winners", 1))),
            ["total"],
            id="another minimum",
        ),
        pytest.param(
            plan(prize(take=Take("winners", 1)), lots=Lots(1_000, 2)), ["total"], id="lots by yen"
        ),
        pytest.param(
            plan(prize(take=Take("winners", 1)), lots=Lots(times=(When(TICKETLESS, 2),))),
            ["facts"],
            id="facts",
        ),
        pytest.param(
            plan(prize(Spent(100, 10), take=Take("winners", 1))), ["spent"], id="what was spent"
        ),
        pytest.param(plan(prize()), ["end"], id="a budget that may end"),
    ],
)
def test_what_is_published_is_said_before_one_enters(one: Plan, shows: list[str]) -> None:
    with translation.override("ja"):
        said = "\n".join(plan_words.what_is_published(one, gives_to_all=False))
    assert "抽選対象者の一覧（お名前やWESTER IDを含まない、抽選ごとに変わる番号）" in said
    assert [name for name, words in PUBLISHED.items() if words in said] == shows


CHANCES = plan(
    prize(Spent(100, 10_000, (When(TICKETLESS, 30_000),))),
    prize(Fixed(300), number=2),
    prize(Fixed(50), number=3, minimum_total_yen=20_000),
    prize(Pool(10**6), number=4),
    lots=Lots(5_000, 20),
)


@pytest.mark.parametrize(
    ("yen", "facts", "words"),
    [
        pytest.param(4_999, [], [], id="below the minimum"),
        pytest.param(
            5_000,
            [],
            ["5,000 points", "300 points", "15,000 yen more for this prize", "a share for 1 lot"],
            id="at the minimum",
        ),
        pytest.param(
            20_000,
            [],
            ["10,000 points", "300 points", "50 points", "a share for 4 lots"],
            id="above the cap",
        ),
        pytest.param(
            20_000,
            ["ticketless"],
            ["20,000 points", "300 points", "50 points", "a share for 4 lots"],
            id="below the cap of a fact",
        ),
    ],
)
def test_what_a_total_gives_of_each_prize(yen: int, facts: list[str], words: list[str]) -> None:
    names = dict.fromkeys(range(1, 5), "prize")
    with translation.override("en"):
        found = chances.chances_of(CHANCES, names, total_yen=yen, facts=facts)
    assert [one.words.split(", known")[0] for one in found] == words


@pytest.mark.parametrize(("yen", "is_at_cap"), [(9_999, False), (10_000, False), (10_001, True)])
def test_a_total_above_the_cap_is_known(yen: int, is_at_cap: bool) -> None:
    one = plan(prize(Spent(100, 10_000)))
    (found,) = chances.chances_of(one, {1: "prize"}, total_yen=yen, facts=[])
    assert found.is_at_cap is is_at_cap


@pytest.mark.parametrize(
    ("services", "japanese", "english"),
    [
        (
            ["e5489", "ex_yoyaku", "smart_ex"],
            "「e5489」または「EXサービス」（エクスプレス予約・スマートEX）",
            "“e5489” or the “EX Service” (Express Yoyaku and Smart EX)",
        ),
        (
            ["ex_yoyaku", "smart_ex"],
            "「EXサービス」（エクスプレス予約・スマートEX）",
            "the “EX Service” (Express Yoyaku and Smart EX)",
        ),
        (["e5489", "smart_ex"], "「e5489」または「スマートEX」", "“e5489” or “Smart EX”"),
        (["ex_yoyaku"], "「エクスプレス予約」", "“Express Yoyaku”"),
    ],
)
def test_services_in_words(services: list[str], japanese: str, english: str) -> None:
    with translation.override("ja"):
        assert service_words.any_service(services) == japanese
    with translation.override("en"):
        assert service_words.any_service(services) == english


@pytest.mark.parametrize(
    ("words", "joined_words"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_lists_in_words(words: list[str], joined_words: str) -> None:
    with translation.override("en"):
        assert listing.join_all(words) == joined_words
