"""The form of a campaign file: its keys at every level, and what each must be.

Source: docs/specs/campaigns.md 1 to 4, 9.
"""

from typing import Any

from django.utils.translation import gettext as _

from campaign.file_values import (
    Reader,
    broken,
    in_both_languages,
    list_of,
    null_or,
    number_from,
    object_of,
    one_of,
    read_code,
    read_day,
    read_given_name,
    read_instant,
    read_name,
    read_object,
    read_text,
    read_truth,
    set_of,
    shown,
    words,
)
from core.strict_json import join_place

SCHEMA = "campaign/2"
MAX_PRIZES = 16
MAX_PERCENT = 1_000
MAX_LOTS = 2**16 - 1
TRANSLATED = (
    *("heading", "slogan", "overview", "products", "rail_points_name", "registration_name"),
    *("points_use", "organiser", "privacy", "contact_name", "contact_hours"),
)
ALL, WINNERS, ONE_IN = "all", "winners", "one_in"
SPENT, FIXED, POOL = "spent", "fixed", "pool"

read_number = number_from(1)
read_codes = set_of(read_code)
read_codes_if_any = set_of(read_code, may_be_empty=True)


def whens(name: str, reader: Reader[int]) -> Reader[list[dict[str, Any]]]:
    """Return the reader of values that hold for members with some facts, in their order."""
    return list_of(object_of({"when": read_codes, name: reader}), may_be_empty=True)


def read_payment_methods(value: Any, place: str) -> dict[str, list[str]]:
    """Read the payment methods that count, by service; services are sorted."""
    if not isinstance(value, dict):
        raise broken(place, _("must be an object: by service a list of payment methods."))
    for service in value:
        read_code(service, join_place(place, shown(service)))
    return {
        service: read_codes(value[service], join_place(place, service)) for service in sorted(value)
    }


def read_lots(value: Any, place: str) -> dict[str, Any]:
    """Read how many lots an entrant has.

    Source: docs/specs/campaigns.md 3.
    """
    lots = object_of(LOTS)(value, place)
    if lots["yen"] is None and lots["most"] != 1:
        raise broken(f"{place}.most", _("must be 1 while lots.yen is null."))
    greatest = lots["most"] * max((item["times"] for item in lots["times"]), default=1)
    if greatest > MAX_LOTS:
        rule = _("most by the greatest times is %(lots)s; it must be at most %(most)s.")
        raise broken(place, rule % {"lots": f"{greatest:,}", "most": f"{MAX_LOTS:,}"})
    return lots


def read_take(value: Any, place: str) -> dict[str, Any]:
    """Read how many win a prize: exactly one of three keys."""
    readers: dict[str, Reader[Any]] = {
        WINNERS: number_from(1),
        ONE_IN: number_from(2),
        ALL: _read_true,
    }
    if not isinstance(value, dict):
        raise broken(place, _('must be {"winners": N}, {"one_in": k} or {"all": true}.'))
    for key in value:
        if key not in readers:
            rule = _("no such field; allowed here is one of: winners, one_in, all.")
            raise broken(join_place(place, shown(key)), rule)
    if len(value) != 1:
        raise broken(place, _("must have exactly one of: winners, one_in, all."))
    return {key: readers[key](item, join_place(place, key)) for key, item in value.items()}


def _read_true(value: Any, place: str) -> bool:
    if value is not True:
        raise broken(place, _("must be true; for fewer winners write winners or one_in instead."))
    return True


def read_reward(value: Any, place: str) -> dict[str, Any]:
    """Read what a winner gets: its kind, and exactly the words of that kind."""
    if not isinstance(value, dict):
        raise broken(place, _("must be an object with kind and the words of that kind."))
    if "kind" not in value:
        rule = _("missing; allowed are: %(allowed)s.")
        raise broken(f"{place}.kind", rule % {"allowed": words(REWARDS)})
    kind = one_of(*REWARDS)(value["kind"], f"{place}.kind")
    return read_object(value, place, readers=REWARDS[kind], hint=f' ("kind": "{kind}")')


def read_prize(value: Any, place: str) -> dict[str, Any]:
    """Read one prize.

    Source: docs/specs/campaigns.md 4.
    """
    prize = object_of(PRIZE)(value, place)
    takes_all = ALL in prize["take"]
    if prize["beside"] and not takes_all:
        raise broken(f"{place}.beside", _('may be true only with "take": {"all": true}.'))
    if prize["reward"]["kind"] != POOL:
        return prize
    if not takes_all:
        raise broken(f"{place}.take", _('must be {"all": true}, as all share a pool.'))
    if prize["minimum_total_yen"] is not None:
        raise broken(f"{place}.minimum_total_yen", _("must be null, as all share a pool."))
    return prize


def read_prizes(value: Any, place: str) -> list[dict[str, Any]]:
    """Read the prizes in their order, each with its own code."""
    prizes = list_of(read_prize, max_items=MAX_PRIZES)(value, place)
    codes: dict[str, int] = {}
    for number, prize in enumerate(prizes):
        first = codes.setdefault(prize["code"], number)
        if first != number:
            rule = _("is the code of %(first)s too; give each prize its own.")
            raise broken(f"{place}[{number}].code", rule % {"first": f"{place}[{first}]"})
    return prizes


LOTS: dict[str, Reader[Any]] = {
    "yen": null_or(read_number),
    "most": number_from(1, MAX_LOTS),
    "times": whens("times", number_from(2, MAX_LOTS)),
}
REWARDS: dict[str, dict[str, Reader[Any]]] = {
    SPENT: {
        "kind": read_code,
        "percent": number_from(1, MAX_PERCENT),
        "cap": read_number,
        "cap_if": whens("cap", read_number),
    },
    FIXED: {"kind": read_code, "points": read_number},
    POOL: {"kind": read_code, "points": read_number, "cap": null_or(read_number)},
}
PRIZE: dict[str, Reader[Any]] = {
    "code": read_code,
    "name": in_both_languages(read_name),
    "take": read_take,
    "minimum_total_yen": null_or(read_number),
    "beside": read_truth,
    "reward": read_reward,
}
SERIES: dict[str, Reader[Any]] = {
    "code": read_code,
    "course": null_or(read_code),
    "carried": read_truth,
}
TOUCH: dict[str, Reader[Any]] = {
    "services": read_codes,
    "operator": read_given_name,
    "lines": null_or(set_of(read_given_name)),
}


def read_travel_period(value: Any, place: str) -> dict[str, str]:
    """Read a travel period as the database has it: its days as they are written."""
    period = object_of({"first": read_day, "last": read_day})(value, place)
    return {name: day.isoformat() for name, day in period.items()}


BOOKINGS: dict[str, Reader[Any]] = {
    "touches": list_of(object_of(TOUCH)),
    "travel": list_of(read_travel_period),
    "booked": null_or(object_of({"from": read_instant, "until": read_instant})),
    "products_excluded": read_codes_if_any,
    "channels_excluded": read_codes_if_any,
    "payment_methods": read_payment_methods,
    "kinds_excluded": read_codes_if_any,
    "kinds_registered": read_codes_if_any,
    "kinds_free": read_codes_if_any,
    "phone_changes_excluded": read_truth,
    "stopovers_excluded": read_truth,
}
TEXTS: dict[str, Reader[Any]] = {
    **{name: in_both_languages(read_text) for name in TRANSLATED},
    "notes": list_of(in_both_languages(read_text), may_be_empty=True),
    "contact_telephone": read_name,
    "drawing": read_code,
}
FORM: dict[str, Reader[Any]] = {
    "schema": one_of(SCHEMA),
    "code": read_code,
    "series": null_or(object_of(SERIES)),
    "name": in_both_languages(read_name),
    "public_at": read_instant,
    "opens_at": read_instant,
    "closes_at": read_instant,
    "entry_needed": read_truth,
    "credit_at": read_instant,
    "expires_on": read_day,
    "kept_until": read_day,
    "time_zone": one_of("Asia/Tokyo"),
    "bookings": object_of(BOOKINGS),
    "minimum_total_yen": read_number,
    "lots": read_lots,
    "budget_points": read_number,
    "edge": one_of("stop", "partial"),
    "prizes": read_prizes,
    "expected_sales_yen": read_number,
    "expected_sales_basis": read_text,
    "texts": object_of(TEXTS),
}
