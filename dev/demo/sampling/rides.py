"""Where the samples travel: the busy routes of the holidays, and anywhere else on the network."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from random import Random
from typing import NamedTuple

from bookings.network_files import read_network
from dev.demo.sampling.choosing import below, pick

NETWORK = Path(__file__).parents[3] / "bookings" / "data" / "network"
EX_LINES = frozenset(
    {
        "のぞみ",
        "ひかり",
        "さくら",
        "みずほ",
        "こだま（東海道）",
        "こだま（山陽）",
        "東海道・山陽・九州新幹線",
    }
)
YEN_A_STOP, YEN_OF_A_LEG = 530, 1_160


class Ride(NamedTuple):
    """A journey one way, as the feed writes it, and what one person pays for it."""

    journey: str
    fare_yen: int


# Fares are about right; how often a route stands here is how busy it is.
EX_ROUTES = [
    Ride("のぞみ:東京>新大阪", 14_720),
    Ride("のぞみ:東京>京都", 14_170),
    Ride("のぞみ:新大阪>博多", 15_600),
    Ride("のぞみ:新大阪>博多", 15_600),
    Ride("のぞみ:東京>広島", 19_760),
    Ride("のぞみ:東京>岡山", 17_660),
    Ride("のぞみ:名古屋>広島", 14_480),
    Ride("のぞみ:新大阪>広島", 10_630),
    Ride("のぞみ:新大阪>広島", 10_630),
    Ride("のぞみ:新神戸>東京", 15_380),
    Ride("のぞみ:姫路>東京", 16_200),
    Ride("のぞみ:名古屋>新大阪", 6_680),
    Ride("ひかり:新大阪>岡山", 6_020),
    Ride("さくら:新大阪>鹿児島中央", 22_510),
    Ride("さくら:岡山>博多", 12_870),
    Ride("みずほ:新大阪>熊本", 18_950),
    Ride("こだま（山陽）:小倉>博多", 2_160),
    Ride("東海道・山陽・九州新幹線:新大阪>新神戸", 3_120),
    Ride("東海道・山陽・九州新幹線:福山>広島", 4_990),
    Ride("東海道・山陽・九州新幹線:広島>徳山", 5_000),
]
E5489_ROUTES = [
    Ride("サンダーバード:大阪>敦賀|北陸新幹線:敦賀>金沢", 9_410),
    Ride("サンダーバード:大阪>敦賀|北陸新幹線:敦賀>金沢", 9_410),
    Ride("サンダーバード:京都>敦賀|北陸新幹線:敦賀>福井", 6_210),
    Ride("サンダーバード:新大阪>敦賀|北陸新幹線:敦賀>富山", 11_300),
    Ride("しらさぎ:名古屋>敦賀|北陸新幹線:敦賀>金沢", 9_600),
    Ride("北陸新幹線:東京>金沢", 14_380),
    Ride("北陸新幹線:東京>長野", 8_340),
    Ride("くろしお:新大阪>白浜", 5_700),
    Ride("くろしお:天王寺>和歌山", 2_240),
    Ride("こうのとり:大阪>城崎温泉", 6_150),
    Ride("スーパーはくと:大阪>鳥取", 7_670),
    Ride("やくも:岡山>出雲市", 7_350),
    Ride("やくも:岡山>松江", 6_890),
    Ride("のぞみ:新大阪>岡山|やくも:岡山>米子", 12_030),
    Ride("のぞみ:新大阪>岡山|南風:岡山>高知", 12_110),
    Ride("はるか:京都>関西空港", 3_640),
    Ride("みずほ:新大阪>博多", 15_600),
    Ride("こだま（山陽）:新大阪>広島", 7_100),
    Ride("ソニック:小倉>大分", 4_590),
    Ride("ひたち:上野>水戸", 3_890),
]
NIGHT_TRAINS = [
    Ride("サンライズ出雲:東京>出雲市", 15_950),
    Ride("サンライズ出雲:出雲市>大阪", 9_880),
    Ride("サンライズ瀬戸（東京–高松）:東京>高松", 15_950),
]


class Rides:
    """All rides that the samples choose from."""

    def __init__(self) -> None:
        services = groupby(read_network(NETWORK), key=lambda row: row.service)
        calls = {
            service: [row.station for row in rows if row.kind == "stop"]
            for service, rows in services
        }
        self.anywhere = list(every_ride(calls))
        self.anywhere_ex = [
            ride for ride in self.anywhere if ride.journey.partition(":")[0] in EX_LINES
        ]

    def choose(self, random: Random, *, is_ex: bool) -> Ride:
        """Return a ride: in four of five cases one of the busy routes."""
        if below(random, 5):
            return turned(random, pick(random, EX_ROUTES if is_ex else E5489_ROUTES))
        return pick(random, self.anywhere_ex if is_ex else self.anywhere)


def every_ride(calls: dict[str, list[str]]) -> Iterable[Ride]:
    """Yield the rides between any two stops of a service, in both directions."""
    for service, stations in calls.items():
        for start, origin in enumerate(stations):
            for end, destination in enumerate(stations):
                if start != end:
                    yen = YEN_OF_A_LEG + YEN_A_STOP * abs(start - end)
                    yield Ride(f"{service}:{origin}>{destination}", yen)


def turned(random: Random, ride: Ride) -> Ride:
    """Return a ride in one of its two directions."""
    return Ride(reverse(ride.journey), ride.fare_yen) if below(random, 2) else ride


def reverse(journey: str) -> str:
    """Return the way back."""
    legs = []
    for leg in reversed(journey.split("|")):
        service, _, way = leg.partition(":")
        start, _, end = way.partition(">")
        legs.append(f"{service}:{end}>{start}")
    return "|".join(legs)
