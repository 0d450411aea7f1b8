"""Campaign files with something changed at a place such as ``prizes[0].reward.cap``."""

import copy
import json
import re
from typing import Any

from tests.factories.campaign import file_values

STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
SPENT = {"kind": "spent", "percent": 10, "cap": 500, "cap_if": [{"when": ["smart_ex"], "cap": 600}]}
FIXED = {"kind": "fixed", "points": 300}
POOL = {"kind": "pool", "points": 1_000, "cap": 50}
NAME = {"ja": "賞", "en": "prize"}


def prize(code: str, reward: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return a prize that takes all, with some words changed."""
    usual = {"code": code, "name": {**NAME}, "take": {"all": True}, "minimum_total_yen": None}
    return {**usual, "beside": False, "reward": reward, **changed}


def full_values() -> dict[str, Any]:
    """Return a file in which everything that may be null or empty is given."""
    values = file_values(
        series={"code": "winter", "course": "north", "carried": True},
        lots={"yen": 5_000, "most": 20, "times": [{"when": ["ticketless"], "times": 2}]},
        prizes=[
            prize("a", SPENT, take={"winners": 10}),
            prize("b", FIXED, take={"one_in": 2}, minimum_total_yen=6_000),
            prize("c", POOL, beside=True),
        ],
    )
    values["bookings"] = {
        **values["bookings"],
        "touches": [
            {"services": ["e5489"], "operator": "JR West", "lines": ["のぞみ", "サンダーバード"]}
        ],
        "booked": {"from": "2024-12-01T00:00:00+09:00", "until": "2024-12-20T00:00:00+09:00"},
    }
    values["texts"]["notes"] = [{"ja": "注意", "en": "Note"}]
    return values


def steps(place: str) -> list[str | int]:
    """Return the keys and numbers of a place."""
    return [name or int(number) for name, number in STEP.findall(place)]


def value_at(values: Any, place: str) -> Any:
    """Return what stands at a place."""
    for step in steps(place):
        values = values[step]
    return values


def changed(place: str, value: Any, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the full file, or another, with this value at a place."""
    new = copy.deepcopy(values or full_values())
    *inside, last = steps(place)
    owner: Any = new
    for step in inside:
        owner = owner[step]
    owner[last] = value
    return new


def without(place: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the full file, or another, without the key at a place."""
    new = copy.deepcopy(values or full_values())
    *inside, last = steps(place)
    owner: Any = new
    for step in inside:
        owner = owner[step]
    del owner[last]
    return new


def as_bytes(values: Any) -> bytes:
    """Return values as a file."""
    return json.dumps(values).encode()


def places(values: Any, place: str = "") -> list[str]:
    """Return the place of every key of the objects inside."""
    found: list[str] = []
    if isinstance(values, dict):
        for name, inner in values.items():
            here = f"{place}.{name}" if place else name
            found += [here, *places(inner, here)]
    if isinstance(values, list):
        for number, inner in enumerate(values):
            found += places(inner, f"{place}[{number}]")
    return found


def objects(values: Any) -> list[str]:
    """Return the place of every object inside; "" is the file."""
    return ["", *objects_within(values)]


def objects_within(values: Any, place: str = "") -> list[str]:
    """Return the place of every object below a value."""
    found: list[str] = []
    inner = values.items() if isinstance(values, dict) else []
    for name, value in inner:
        here = f"{place}.{name}" if place else name
        found += [here] * isinstance(value, dict) + objects_within(value, here)
    for number, value in enumerate(values if isinstance(values, list) else []):
        here = f"{place}[{number}]"
        found += [here] * isinstance(value, dict) + objects_within(value, here)
    return found
