"""Any campaign file of the right form, for property tests."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from campaign.file_form import MAX_LOTS, TRANSLATED

MOST = 10**12
CODES = ("e5489", "ex_yoyaku", "smart_ex", "ticketless", "corporate", "0", "-_9Z", "a" * 40)
NAMES = ("", " ", "JR West", "のぞみ", "こだま（山陽）", "冬　の〜🚄", "%41", '"\\', "年" * 100)
codes = st.sampled_from(CODES)
numbers = st.sampled_from((1, 2, 999, 1_000, 5_000, 100_000, MOST - 1, MOST))
names = st.sampled_from(NAMES)
given_names = st.sampled_from(NAMES[2:])
texts = st.sampled_from((*NAMES, "一\n二\n", "<b>", "年" * 10_000))
days = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(date.isoformat)
offsets = st.integers(-15 * 60, 15 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.builds(
    lambda instant, offset: instant.replace(microsecond=0).astimezone(offset).isoformat(),
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    offsets,
)


def both(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    """Return a text in both languages."""
    return st.fixed_dictionaries({"ja": strategy, "en": strategy})


def as_one(value: Any) -> str:
    """Return a value as one text, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True)


def lists(strategy: st.SearchStrategy[Any], *, least: int = 0) -> st.SearchStrategy[list[Any]]:
    """Return a list without repetition."""
    return st.lists(strategy, min_size=least, max_size=3, unique_by=as_one)


def whens(name: str, values: st.SearchStrategy[int]) -> st.SearchStrategy[list[Any]]:
    """Return values by facts."""
    item = st.fixed_dictionaries({"when": lists(codes, least=1).map(sorted), name: values})
    return lists(item)


spent = st.fixed_dictionaries(
    {
        "kind": st.just("spent"),
        "percent": st.integers(1, 1_000),
        "cap": numbers,
        "cap_if": whens("cap", numbers),
    }
)
fixed = st.fixed_dictionaries({"kind": st.just("fixed"), "points": numbers})
pool = st.fixed_dictionaries(
    {"kind": st.just("pool"), "points": numbers, "cap": st.none() | numbers}
)
everybody = st.just({"all": True})
some = st.fixed_dictionaries({"winners": numbers}) | st.fixed_dictionaries(
    {"one_in": st.integers(2, MOST)}
)


def prize(
    take: st.SearchStrategy[Any],
    reward: st.SearchStrategy[Any],
    *,
    minimum: st.SearchStrategy[Any] = st.none() | numbers,  # noqa: B008
    beside: st.SearchStrategy[bool] = st.just(False),  # noqa: B008
) -> st.SearchStrategy[dict[str, Any]]:
    """Return a prize."""
    return st.fixed_dictionaries(
        {
            "code": codes,
            "name": both(names),
            "take": take,
            "minimum_total_yen": minimum,
            "beside": beside,
            "reward": reward,
        }
    )


prizes = st.lists(
    prize(some, spent | fixed)
    | prize(everybody, spent | fixed, beside=st.booleans())
    | prize(everybody, pool, minimum=st.none(), beside=st.booleans()),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one["code"],
)
one_lot = st.fixed_dictionaries(
    {
        "yen": st.none(),
        "most": st.just(1),
        "times": whens("times", st.integers(2, MAX_LOTS)),
    }
)
many_lots = st.fixed_dictionaries(
    {
        "yen": numbers,
        "most": st.integers(1, 255),
        "times": whens("times", st.integers(2, 257)),
    }
)
touch = st.fixed_dictionaries(
    {
        "services": lists(codes, least=1).map(sorted),
        "operator": given_names,
        "lines": st.none() | lists(given_names, least=1).map(sorted),
    }
)
sets = lists(codes).map(sorted)
bookings = st.fixed_dictionaries(
    {
        "touches": lists(touch, least=1),
        "travel": lists(st.fixed_dictionaries({"first": days, "last": days}), least=1),
        "booked": st.none() | st.fixed_dictionaries({"from": instants, "until": instants}),
        "products_excluded": sets,
        "channels_excluded": sets,
        "payment_methods": st.dictionaries(codes, lists(codes, least=1).map(sorted), max_size=3),
        "kinds_excluded": sets,
        "kinds_registered": sets,
        "kinds_free": sets,
        "phone_changes_excluded": st.booleans(),
        "stopovers_excluded": st.booleans(),
    }
)
files = st.fixed_dictionaries(
    {
        "schema": st.just("campaign/2"),
        "code": codes,
        "series": st.none()
        | st.fixed_dictionaries(
            {"code": codes, "course": st.none() | codes, "carried": st.booleans()}
        ),
        "name": both(names),
        "public_at": instants,
        "opens_at": instants,
        "closes_at": instants,
        "entry_needed": st.booleans(),
        "credit_at": instants,
        "expires_on": days,
        "kept_until": days,
        "time_zone": st.just("Asia/Tokyo"),
        "bookings": bookings,
        "minimum_total_yen": numbers,
        "lots": one_lot | many_lots,
        "budget_points": numbers,
        "edge": st.sampled_from(["stop", "partial"]),
        "prizes": prizes,
        "expected_sales_yen": numbers,
        "expected_sales_basis": texts,
        "texts": st.fixed_dictionaries(
            {
                **{name: both(texts) for name in TRANSLATED},
                "notes": lists(both(texts)),
                "contact_telephone": names,
                "drawing": codes,
            }
        ),
    }
)
