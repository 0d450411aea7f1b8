"""Rides that look as if they touched JR West and do not, and the other way round.

Each trap of the network table is one test; the operators are written out, so that a wrong section
shows even where the verdict is right. Both directions are asked, and the sections of each ride are
those of its operators on its line.
"""

import pytest

from bookings.journeys import Network, UnknownStation, name_section
from tests.bookings.network_table import TABLE, stops

WEST, CENTRAL, EAST = "JR West", "JR Central", "JR East"
KYUSHU, SHIKOKU, HOKKAIDO = "JR Kyushu", "JR Shikoku", "JR Hokkaido"
THROUGH = "東海道・山陽・九州新幹線"
SUNRISE = "サンライズ瀬戸（東京–高松）"
HIDA_NAGOYA, HIDA_OSAKA = "ひだ（名古屋–富山）", "ひだ（大阪–高山）"
MARINE_LINER = "マリンライナー（快速・指定席）"


def check(network: Network, rides: dict[str, set[str]]) -> None:
    """Compare the operators of each ride, there and back."""
    for ride, operators in rides.items():
        service, between = ride.split(":")
        start, end = between.split(">")
        assert network.operators(ride) == operators, ride
        assert network.operators(f"{service}:{end}>{start}") == operators, f"back: {ride}"
        sections = {f"{operator}:{service}" for operator in operators}
        assert network.sections(ride) == sections, ride
        assert network.sections(f"{service}:{end}>{start}") == sections, f"back: {ride}"


def test_trap_1_tokaido_shinkansen_is_central_where_the_old_line_is_west(network: Network) -> None:
    check(
        network,
        {
            "東海道新幹線:東京>新大阪": {CENTRAL},
            "東海道新幹線:米原>京都": {CENTRAL},
            "東海道新幹線:京都>新大阪": {CENTRAL},
            "のぞみ:東京>新大阪": {CENTRAL},
            "ひかり:米原>新大阪": {CENTRAL},
            "こだま（東海道）:米原>新大阪": {CENTRAL},
            f"{THROUGH}:東京>新大阪": {CENTRAL},
            "サンダーバード:京都>大阪": {WEST},
            f"{HIDA_OSAKA}:米原>京都": {WEST},
            f"{HIDA_OSAKA}:米原>大阪": {WEST},
        },
    )


def test_trap_2_nozomi_counts_from_the_first_stop_behind_shin_osaka(network: Network) -> None:
    check(
        network,
        {
            "のぞみ:東京>新大阪": {CENTRAL},
            "のぞみ:東京>新神戸": {CENTRAL, WEST},
            "のぞみ:新大阪>新神戸": {WEST},
            "のぞみ:東京>博多": {CENTRAL, WEST},
        },
    )


def test_trap_3_kokura_to_hakata_depends_on_the_train(network: Network) -> None:
    check(
        network,
        {
            "山陽新幹線:小倉>博多": {WEST},
            "のぞみ:小倉>博多": {WEST},
            "こだま（山陽）:小倉>博多": {WEST},
            "ソニック:小倉>博多": {KYUSHU},
            "きらめき:小倉>博多": {KYUSHU},
            "かささぎ:小倉>博多": {KYUSHU},
            "博多南線:博多>博多南": {WEST},
        },
    )


def test_trap_4_kyushu_shinkansen_counts_one_stop_beyond_hakata(network: Network) -> None:
    check(
        network,
        {
            "九州新幹線:博多>鹿児島中央": {KYUSHU},
            "さくら:博多>鹿児島中央": {KYUSHU},
            "みずほ:博多>鹿児島中央": {KYUSHU},
            "つばめ:博多>鹿児島中央": {KYUSHU},
            "さくら:小倉>鹿児島中央": {WEST, KYUSHU},
            "みずほ:小倉>鹿児島中央": {WEST, KYUSHU},
            f"{THROUGH}:小倉>鹿児島中央": {WEST, KYUSHU},
        },
    )


def test_trap_5_hokuriku_shinkansen_changes_hands_at_joetsu_myoko(network: Network) -> None:
    check(
        network,
        {
            "北陸新幹線:東京>上越妙高": {EAST},
            "はくたか:東京>上越妙高": {EAST},
            "はくたか:長野>上越妙高": {EAST},
            "はくたか:上越妙高>糸魚川": {WEST},
            "かがやき:東京>長野": {EAST},
            "かがやき:長野>富山": {EAST, WEST},
            "かがやき:富山>金沢": {WEST},
            "あさま:東京>長野": {EAST},
        },
    )
    with pytest.raises(UnknownStation):
        network.operators("かがやき:東京>上越妙高")


def test_trap_6_shirasagi_changes_hands_at_maibara(network: Network) -> None:
    check(
        network,
        {
            "しらさぎ:名古屋>米原": {CENTRAL},
            "しらさぎ:米原>敦賀": {WEST},
            "しらさぎ:名古屋>敦賀": {CENTRAL, WEST},
        },
    )


def test_trap_7_hida_counts_from_inotani_and_from_osaka(network: Network) -> None:
    check(
        network,
        {
            f"{HIDA_NAGOYA}:名古屋>高山": {CENTRAL},
            f"{HIDA_NAGOYA}:名古屋>猪谷": {CENTRAL},
            f"{HIDA_NAGOYA}:名古屋>富山": {CENTRAL, WEST},
            f"{HIDA_NAGOYA}:猪谷>富山": {WEST},
            f"{HIDA_OSAKA}:大阪>高山": {WEST, CENTRAL},
            f"{HIDA_OSAKA}:米原>高山": {CENTRAL},
        },
    )


def test_trap_8_nanki_counts_only_beyond_shingu(network: Network) -> None:
    check(
        network,
        {
            "南紀:名古屋>新宮": {CENTRAL, "伊勢鉄道"},
            "南紀:津>新宮": {CENTRAL},
            "南紀:四日市>津": {CENTRAL, "伊勢鉄道"},
            "南紀:新宮>紀伊勝浦": {WEST},
            "南紀:名古屋>紀伊勝浦": {CENTRAL, "伊勢鉄道", WEST},
            "くろしお:紀伊勝浦>新宮": {WEST},
        },
    )


def test_trap_9_the_great_bridge_is_shikoku_up_to_kojima(network: Network) -> None:
    check(
        network,
        {
            "しおかぜ:松山>児島": {SHIKOKU},
            "しおかぜ:児島>岡山": {WEST},
            "しおかぜ:松山>岡山": {SHIKOKU, WEST},
            "南風:高知>児島": {SHIKOKU},
            "南風:児島>岡山": {WEST},
            "うずしお（岡山–徳島）:徳島>児島": {SHIKOKU},
            "うずしお（岡山–徳島）:児島>岡山": {WEST},
            "うずしお（高松–徳島）:徳島>高松": {SHIKOKU},
            f"{MARINE_LINER}:高松>児島": {SHIKOKU},
            f"{MARINE_LINER}:児島>岡山": {WEST},
            f"{SUNRISE}:児島>高松": {SHIKOKU},
            f"{SUNRISE}:岡山>児島": {WEST},
        },
    )


def test_trap_10_sunrise_counts_once_it_has_passed_maibara_at_night(network: Network) -> None:
    check(
        network,
        {
            f"{SUNRISE}:東京>浜松": {EAST, CENTRAL},
            f"{SUNRISE}:静岡>浜松": {CENTRAL},
            f"{SUNRISE}:静岡>姫路": {CENTRAL, WEST},
            f"{SUNRISE}:児島>高松": {SHIKOKU},
            "サンライズ出雲:東京>浜松": {EAST, CENTRAL},
            "サンライズ出雲:静岡>姫路": {CENTRAL, WEST},
            "サンライズ出雲:岡山>出雲市": {WEST},
        },
    )
    with pytest.raises(UnknownStation):
        network.operators(f"{SUNRISE}:東京>米原")


def test_trap_11_third_sector_islands_inside_west_trains(network: Network) -> None:
    check(
        network,
        {
            "スーパーはくと:上郡>智頭": {"智頭急行"},
            "スーパーはくと:姫路>智頭": {WEST, "智頭急行"},
            "スーパーいなば:上郡>智頭": {"智頭急行"},
            "はしだて:福知山>天橋立": {"京都丹後鉄道"},
            "はしだて:天橋立>豊岡": {"京都丹後鉄道"},
            "はしだて:福知山>豊岡": {"京都丹後鉄道"},
            "はしだて:綾部>宮津": {WEST, "京都丹後鉄道"},
            "能登かがり火:金沢>津幡": {"IRいしかわ鉄道"},
            "能登かがり火:金沢>高松": {"IRいしかわ鉄道", WEST},
        },
    )


def test_trap_12_azusa_shirayuki_and_shinano_never_meet_west(network: Network) -> None:
    check(
        network,
        {
            "あずさ:新宿>南小谷": {EAST},
            "しらゆき:新井>新潟": {"えちごトキめき鉄道", EAST},
            "しらゆき:上越妙高>直江津": {"えちごトキめき鉄道"},
            "しなの:名古屋>長野": {CENTRAL, EAST},
        },
    )


def test_trap_13_the_home_area_of_a_station_says_nothing(network: Network) -> None:
    check(
        network,
        {
            "東海道新幹線:京都>新大阪": {CENTRAL},  # two stations of the West, run by Central
            "山陽新幹線:小倉>博多": {WEST},  # two stations of Kyushu, run by West
            "しおかぜ:児島>宇多津": {SHIKOKU},  # 児島 is in Okayama
            "能登かがり火:高松>羽咋": {WEST},  # 高松 in Ishikawa ...
            f"{MARINE_LINER}:坂出>高松": {SHIKOKU},  # ... and in Kagawa
        },
    )


def test_trap_14_a_fare_beyond_the_train_is_no_section(network: Network) -> None:
    check(network, {"のぞみ:東京>新大阪": {CENTRAL}})
    for fare_only in ("のぞみ:東京>神戸", "のぞみ:東京>三ノ宮", "のぞみ:東京>神戸市内"):
        with pytest.raises(UnknownStation):
            network.operators(fare_only)


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        pytest.param(("のぞみ:京都>新大阪", CENTRAL), ("のぞみ:新大阪>新神戸", WEST), id="新大阪"),
        pytest.param(("さくら:小倉>博多", WEST), ("さくら:博多>久留米", KYUSHU), id="博多"),
        pytest.param(
            ("北陸新幹線:飯山>上越妙高", EAST), ("北陸新幹線:上越妙高>糸魚川", WEST), id="上越妙高"
        ),
        pytest.param(
            ("はやぶさ:七戸十和田>新青森", EAST),
            ("はやぶさ:新青森>新函館北斗", HOKKAIDO),
            id="新青森",
        ),
        pytest.param((f"{SUNRISE}:横浜>熱海", EAST), (f"{SUNRISE}:熱海>沼津", CENTRAL), id="熱海"),
        pytest.param(("しらさぎ:大垣>米原", CENTRAL), ("しらさぎ:米原>長浜", WEST), id="米原"),
        pytest.param(
            (f"{HIDA_NAGOYA}:飛騨古川>猪谷", CENTRAL), (f"{HIDA_NAGOYA}:猪谷>速星", WEST), id="猪谷"
        ),
        pytest.param(("南紀:熊野市>新宮", CENTRAL), ("南紀:新宮>紀伊勝浦", WEST), id="新宮"),
        pytest.param(("しなの:木曽福島>塩尻", CENTRAL), ("しなの:塩尻>松本", EAST), id="塩尻"),
        pytest.param(("南風:岡山>児島", WEST), ("南風:児島>宇多津", SHIKOKU), id="児島"),
    ],
)
def test_boundary_station_touches_only_the_side_that_is_ridden(
    before: tuple[str, str], behind: tuple[str, str], network: Network
) -> None:
    check(network, {ride: {operator} for ride, operator in (before, behind)})
    assert network.operators(f"{before[0]}|{behind[0]}") == {before[1], behind[1]}
    assert network.sections(f"{before[0]}|{behind[0]}") == {
        f"{operator}:{ride.partition(':')[0]}" for ride, operator in (before, behind)
    }


@pytest.mark.parametrize("station", ["亀山", "下関"])
def test_boundary_station_where_no_listed_train_calls(station: str) -> None:
    assert not [service for service in TABLE if station in stops(service)]


def test_boundary_station_at_the_end_of_its_trains(network: Network) -> None:
    assert [service for service in TABLE if "南小谷" in stops(service)] == ["あずさ"]
    check(network, {"あずさ:白馬>南小谷": {EAST}})


SANYO = [THROUGH, "山陽新幹線", "のぞみ", "ひかり", "こだま（山陽）", "みずほ", "さくら"]
HOKURIKU = ["北陸新幹線", "かがやき", "はくたか", "つるぎ"]


def touches(network: Network, journey: str, lines: list[str]) -> bool:
    """Return whether a section of the journey is JR West's on one of the lines."""
    return not network.sections(journey).isdisjoint(name_section(WEST, line) for line in lines)


@pytest.mark.parametrize(
    ("journey", "sanyo", "hokuriku"),
    [
        pytest.param("山陽新幹線:新大阪>博多", True, False, id="by the line"),
        pytest.param("のぞみ:新大阪>博多", True, False, id="by the train"),
        pytest.param("ひかり:岡山>新大阪", True, False, id="back, a part of it"),
        pytest.param("こだま（山陽）:相生>姫路", True, False, id="between small stops"),
        pytest.param("みずほ:小倉>熊本", True, False, id="one section of it, and on"),
        pytest.param("さくら:博多>熊本", False, False, id="from its end"),
        pytest.param("のぞみ:東京>新大阪", False, False, id="to its beginning"),
        pytest.param("こだま（東海道）:東京>新大阪", False, False, id="the other Kodama"),
        pytest.param(f"{THROUGH}:東京>新神戸", True, False, id="by the chain, across"),
        pytest.param(f"{THROUGH}:博多>鹿児島中央", False, False, id="by the chain, beyond"),
        pytest.param("博多南線:博多>博多南", False, False, id="another line of JR West"),
        pytest.param("きらめき:小倉>博多", False, False, id="beside it"),
        pytest.param("サンダーバード:大阪>敦賀", False, False, id="a limited express"),
        pytest.param("北陸新幹線:敦賀>上越妙高", False, True, id="Hokuriku by the line"),
        pytest.param("つるぎ:富山>敦賀", False, True, id="Hokuriku by the train"),
        pytest.param("かがやき:長野>富山", False, True, id="past its end"),
        pytest.param("はくたか:上越妙高>長野", False, False, id="from its end to the East"),
        pytest.param("あさま:東京>長野", False, False, id="a train of the East"),
        pytest.param(
            "サンダーバード:大阪>敦賀|北陸新幹線:敦賀>金沢", False, True, id="the next leg"
        ),
        pytest.param(
            "のぞみ:東京>新神戸|はくたか:東京>長野", True, False, id="the line of the other leg"
        ),
        pytest.param("つるぎ:敦賀>金沢|ひかり:新大阪>岡山", True, True, id="one leg on each"),
        pytest.param(
            "のぞみ:東京>新大阪|サンダーバード:新大阪>敦賀",
            False,
            False,
            id="a line without its operator, an operator without the line",
        ),
    ],
)
def test_sections_tell_the_lines_of_an_operator_apart(
    journey: str, sanyo: bool, hokuriku: bool, network: Network
) -> None:
    assert touches(network, journey, SANYO) == sanyo
    assert touches(network, journey, HOKURIKU) == hokuriku


@pytest.mark.parametrize(
    ("stations", "lines"),
    [(("新大阪", "博多"), SANYO), (("敦賀", "上越妙高"), [*HOKURIKU[:1], HOKURIKU[2]])],
)
def test_lines_between_two_stations_are_all_that_stop_at_both(
    stations: tuple[str, str], lines: list[str], network: Network
) -> None:
    found = {service for service in TABLE if set(stations) <= set(stops(service))}
    ride = "{}:{}>{}".format

    assert found >= set(lines)
    for line in lines:
        assert name_section(WEST, line) in network.sections(ride(line, *stations))
    for other in found - set(lines):
        assert network.sections(ride(other, *stations)).isdisjoint([name_section(WEST, other)])
