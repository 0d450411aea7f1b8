"""Campaign files: read into the columns of the terms and their prizes, and written from them.

Source: docs/specs/campaigns.md 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from campaign.file_form import (
    ALL,
    BOOKINGS,
    FIXED,
    FORM,
    REWARDS,
    SCHEMA,
    SERIES,
    SPENT,
    TEXTS,
    TOUCH,
)
from campaign.file_values import broken, read_object, shown
from campaign.plan import Edge, Fixed, Lots, Plan, Pool, Prize, Spent, Take, TakeKind, When
from campaign.refusals import BrokenCampaignFile
from core.clock import JAPAN
from core.printable import printable_name
from core.strict_json import DuplicateKey, NotAnObject, join_place, parse_object

MAX_BYTES = 1_000_000  # a file has some 10,000
FIRST_VERSION = frozenset(
    ("name_ja", "name_en", "travel_first", "travel_last", "reward_cap_points", "policy", "operator")
)
# What a column has the name of in the file, and what stands there as it is.
SAME = (
    *("public_at", "opens_at", "closes_at", "entry_needed", "credit_at", "expires_on"),
    *("kept_until", "time_zone"),
)
SAME_LATER = (*("budget_points", "edge", "expected_sales_yen", "expected_sales_basis", "texts"),)
OF_BOOKINGS = tuple(name for name in BOOKINGS if name != "booked")
TERMS_COLUMNS = (
    *("series_code", "series_course", "series_carried", "name_ja", "name_en"),
    *SAME,
    *OF_BOOKINGS,
    *("booked_from", "booked_until"),
    *("minimum_total_yen", "lots_yen", "lots_most", "lots_times"),
    *SAME_LATER,
)
PRIZE_COLUMNS = (
    *("number", "code", "name_ja", "name_en", "take", "take_count", "minimum_total_yen"),
    *("beside", "kind", "percent", "cap", "cap_if", "points"),
)


@dataclass(frozen=True)
class CampaignFile:
    """What a file says: the campaign's code, and its terms and prizes by their columns' names."""

    code: str
    terms: dict[str, Any]
    prizes: list[dict[str, Any]]

    @property
    def plan(self) -> Plan:
        """The plan of prizes as plain values."""
        return plan_of(self.terms, self.prizes)


def read_campaign_file(content: bytes) -> CampaignFile:
    """Read a campaign file; a byte order mark is tolerated, as in the feeds.

    Raises:
        BrokenCampaignFile: it has not the form of campaign/2; the sentence names the place and
            what may stand there.
    """
    try:
        data = parse_object(content, max_bytes=MAX_BYTES, allow_bom=True)
    except DuplicateKey as failure:
        place = join_place(failure.place, shown(failure.key))
        raise broken(place, _("given twice; leave one.")) from failure
    except NotAnObject as failure:
        raise BrokenCampaignFile(_("The file must hold one JSON object.")) from failure
    except ValueError as failure:
        sentence = _("The file is not JSON in UTF-8 (%(failure)s).") % {"failure": failure}
        raise BrokenCampaignFile(sentence) from failure
    if "schema" not in data and FIRST_VERSION & data.keys():
        raise BrokenCampaignFile(
            _(
                "This file is of the first version, whose place campaign/2 has taken: move "
                "travel_first and travel_last to bookings.travel, operator to bookings.touches, "
                "reward_cap_points to the cap of a prize, policy to edge, and the names to name; "
                "campaign/data/012025121203.json is an example."
            )
        )
    return to_columns(read_object(data, "", readers=FORM))


def to_columns(found: Mapping[str, Any]) -> CampaignFile:
    """Return what a file says, its values read, by the names of the columns."""
    series = found["series"] or {"code": None, "course": None, "carried": False}
    bookings, lots = found["bookings"], found["lots"]
    booked = bookings["booked"] or {"from": None, "until": None}
    terms = {
        **{f"series_{name}": value for name, value in series.items()},
        **names_to_columns(found["name"]),
        **{name: found[name] for name in SAME},
        **{name: bookings[name] for name in OF_BOOKINGS},
        **{f"booked_{name}": value for name, value in booked.items()},
        "minimum_total_yen": found["minimum_total_yen"],
        **{f"lots_{name}": value for name, value in lots.items()},
        **{name: found[name] for name in SAME_LATER},
    }
    prizes = [prize_to_columns(number, prize) for number, prize in enumerate(found["prizes"], 1)]
    return CampaignFile(found["code"], terms, prizes)


def names_to_columns(name: Mapping[str, str]) -> dict[str, str]:
    """Return a name in both languages by the names of the columns."""
    return {f"name_{language}": text for language, text in name.items()}


def prize_to_columns(number: int, prize: Mapping[str, Any]) -> dict[str, Any]:
    """Return a prize of a file by the names of the columns."""
    ((take, count),) = prize["take"].items()
    reward = prize["reward"]
    return {
        "number": number,
        "code": prize["code"],
        **names_to_columns(prize["name"]),
        "take": take,
        "take_count": None if take == ALL else count,
        "minimum_total_yen": prize["minimum_total_yen"],
        "beside": prize["beside"],
        "kind": reward["kind"],
        "percent": reward.get("percent"),
        "cap": reward.get("cap"),
        "cap_if": reward.get("cap_if", []),
        "points": reward.get("points"),
    }


def write_campaign_file(file: CampaignFile) -> dict[str, Any]:
    """Return the JSON object of a campaign file, its keys in the order of the form.

    Read again, it is equal to ``file``. Instants are written with Japan's offset.
    """
    terms = {name: written(value) for name, value in file.terms.items()}
    series = {name: terms[f"series_{name}"] for name in SERIES}
    content = {
        **terms,
        "schema": SCHEMA,
        "code": file.code,
        "series": None if series["code"] is None else series,
        "name": names_of(terms),
        "bookings": write_bookings(terms),
        "lots": {
            "yen": terms["lots_yen"],
            "most": terms["lots_most"],
            "times": [pick(item, "when", "times") for item in terms["lots_times"]],
        },
        "prizes": [write_prize(prize) for prize in file.prizes],
        "texts": {name: written_text(terms["texts"][name]) for name in TEXTS},
    }
    return pick(content, *FORM)


def pick(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the values of these names in their order; a column of JSON has lost it."""
    return {name: values[name] for name in names}


def write_bookings(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a campaign file on bookings."""
    booked = {name: terms[f"booked_{name}"] for name in ("from", "until")}
    content = {
        **pick(terms, *OF_BOOKINGS),
        "touches": [pick(touch, *TOUCH) for touch in terms["touches"]],
        "travel": [pick(period, "first", "last") for period in terms["travel"]],
        "booked": None if booked["from"] is None else booked,
        "payment_methods": dict(sorted(terms["payment_methods"].items())),
    }
    return pick(content, *BOOKINGS)


def written_text(text: Any) -> Any:
    """Return a text of the pages: in both languages, several of such, or one."""
    if isinstance(text, list):
        return [written_text(one) for one in text]
    return pick(text, "ja", "en") if isinstance(text, dict) else text


def written(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def names_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the name that columns have, in both languages."""
    return {"ja": columns["name_ja"], "en": columns["name_en"]}


def write_prize(prize: Mapping[str, Any]) -> dict[str, Any]:
    """Return a prize of a campaign file."""
    take = prize["take"]
    caps = [pick(item, "when", "cap") for item in prize["cap_if"]]
    return {
        "code": prize["code"],
        "name": names_of(prize),
        "take": {take: True if take == ALL else prize["take_count"]},
        "minimum_total_yen": prize["minimum_total_yen"],
        "beside": prize["beside"],
        "reward": {
            **pick(prize, *REWARDS[prize["kind"]]),
            **({"cap_if": caps} if prize["kind"] == SPENT else {}),
        },
    }


def plan_of(terms: Mapping[str, Any], prizes: Sequence[Mapping[str, Any]]) -> Plan:
    """Return the plan that columns of terms and prizes say.

    Source: docs/specs/campaigns.md 3, 4.
    """
    times = whens_of(terms["lots_times"], "times")
    edge: Edge = "partial" if terms["edge"] == "partial" else "stop"
    return Plan(
        minimum_total_yen=terms["minimum_total_yen"],
        lots=Lots(terms["lots_yen"], terms["lots_most"], times),
        prizes=tuple(planned_prize(prize) for prize in prizes),
        budget_points=terms["budget_points"],
        edge=edge,
    )


def whens_of(items: Sequence[Mapping[str, Any]], name: str) -> tuple[When, ...]:
    """Return the values that hold for members with some facts."""
    return tuple(When(frozenset(item["when"]), item[name]) for item in items)


def planned_prize(prize: Mapping[str, Any]) -> Prize:
    """Return a prize as a plain value."""
    takes: dict[str, TakeKind] = {"all": "all", "winners": "winners", "one_in": "one_in"}
    return Prize(
        number=prize["number"],
        code=prize["code"],
        take=Take(takes[prize["take"]], prize["take_count"] or 0),
        reward=planned_reward(prize),
        minimum_total_yen=prize["minimum_total_yen"],
        beside=prize["beside"],
    )


def planned_reward(prize: Mapping[str, Any]) -> Spent | Fixed | Pool:
    """Return what a winner gets as a plain value."""
    if prize["kind"] == SPENT:
        return Spent(prize["percent"], prize["cap"], whens_of(prize["cap_if"], "cap"))
    if prize["kind"] == FIXED:
        return Fixed(prize["points"])
    return Pool(prize["points"], prize["cap"])


def read_campaign_file_at(path: Path) -> CampaignFile:
    """Read the campaign file at a path.

    Raises:
        BrokenCampaignFile: it cannot be read, or is no campaign file.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise BrokenCampaignFile(f"{printable_name(path)}: {failure.strerror}.") from failure
    return read_campaign_file(content)
