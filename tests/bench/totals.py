"""How fast totals are brought up to date, and one member is explained."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from statistics import median
from typing import Any

from django.db import connection, connections

from campaign import aggregation, reports
from campaign.models import AggregationRun, Campaign
from campaign.queries import get_campaign
from campaign.terms import load_campaign
from campaign.termsfile import read_campaign_file
from config.env import ROOT
from entries.standing import explain_member
from tests.bench.loading import execute, settle
from tests.bench.registry import Result, benchmark, compare, timed

BOOKINGS, MEMBERS = 2_000_000, 400_000
WORKERS = 2
CODE = "012025121203"
NOW = datetime(2025, 1, 8, tzinfo=UTC)
NIGHTS = 5  # a marked run is short, and one of three weighs too much
ASKED_OF_EXPLAIN_S = 0.02
EXPLAINED = 101
Work = Callable[[AggregationRun], object]

# Everybody holds an EX membership; one in ten is of a kind that is left out or unclear, one in
# twenty has not registered.
REGISTRATIONS = """
INSERT INTO bookings_exregistration
    (ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text)
SELECT 'X' || n,
    (ARRAY['smart_ex', 'smart_ex', 'smart_ex', 'smart_ex', 'j_west_card_express',
        'j_west_card_express', 'j_west_card_express', 'jr_central_express_card',
        'jq_card_express', 'corporate', 'smart_ex', 'plus_ex'])[1 + n %% 12],
    'W' || lpad(n::text, 7, '0'),
    CASE WHEN n %% 20 <> 0 THEN timestamptz '2024-12-01 00:00+09' END,
    timestamptz '2024-12-01 00:00+09', ''
FROM generate_series(0, %(members)s - 1) n"""

# Five bookings a member, three of e5489 to two of the EX service; each rule rejects some, about a
# third of all bookings in the end. Members and reasons follow from md5 alone.
BOOKED = """
INSERT INTO bookings_booking (
    booking_service, reservation_no, item_no, wester_id, ex_member_no, booked_at, travel_date,
    journey, sales_channel, product_kind, payment_method, amount_yen, operators, sections,
    cancelled, refunded, stopover, used, changed_by_phone, purchase_known,
    latest_occurred_at, latest_event_id
)
SELECT CASE WHEN is_ex THEN 'smart_ex' ELSE 'e5489' END, 'R' || n, 1,
    CASE WHEN NOT is_ex AND two %% 100 > 0 THEN 'W' || lpad(member::text, 7, '0') END,
    CASE WHEN is_ex THEN 'X' || member END,
    timestamptz '2024-12-05 00:00+09' + make_interval(secs => one %% 1500000),
    CASE WHEN two %% 12 = 0 THEN date '2025-01-07' ELSE date '2024-12-26' + one %% 12 END,
    '東海道・山陽・九州新幹線:東京>新神戸',
    CASE WHEN two %% 40 = 1 THEN 'counter' ELSE 'web' END,
    CASE two %% 50 WHEN 2 THEN 'fare_only' WHEN 3 THEN 'rail_points' ELSE 'standard' END,
    CASE WHEN two %% 15 = 4 THEN 'convenience_store' ELSE 'registered_card' END,
    500 + one %% 20000,
    CASE WHEN two %% 25 = 5 THEN ARRAY['JR Central'] ELSE ARRAY['JR Central', 'JR West'] END,
    CASE WHEN two %% 25 = 5 THEN ARRAY['JR Central:東海道・山陽・九州新幹線']
        ELSE ARRAY['JR Central:東海道・山陽・九州新幹線', 'JR West:東海道・山陽・九州新幹線'] END,
    two %% 20 = 6, two %% 60 = 7, two %% 200 = 8, two %% 10 <> 9, two %% 99 = 10 AND NOT is_ex,
    true, timestamptz '2024-12-28 00:00+09', 'E' || n
FROM (
    SELECT n, one, two, two %% %(members)s AS member, one %% 5 < 2 AS is_ex
    FROM generate_series(1, %(bookings)s) n,
        LATERAL (SELECT md5(n::text) AS digest) digested,
        LATERAL (SELECT ('x' || substr(digest, 1, 7))::bit(28)::int AS one,
            ('x' || substr(digest, 8, 7))::bit(28)::int AS two) numbers
) drawn"""

# The least that totals need: one pass over the same table, one row a member.
BARE = """
INSERT INTO bare_total
SELECT COALESCE(wester_id, ex_member_no), sum(amount_yen) FROM bookings_booking GROUP BY 1"""

# One booking each of one member in a hundred, marked as a load marks it: by its number.
CHANGE = """
WITH changed AS (
    UPDATE bookings_booking SET amount_yen = amount_yen + 1
    WHERE id IN (
        SELECT min(booking.id)
        FROM bookings_booking booking
            LEFT JOIN bookings_exregistration registration USING (ex_member_no),
            LATERAL (SELECT COALESCE(booking.wester_id, registration.wester_id) AS member) holder
        WHERE hashtext(member || %(round)s) & 2147483647 < 21474836
        GROUP BY member
    )
    RETURNING wester_id, ex_member_no
)
INSERT INTO bookings_membermark (wester_id, ex_member_no)
SELECT wester_id, ex_member_no FROM changed"""


@benchmark
def aggregate(scale: float) -> list[Result]:
    """Run everybody's totals, and those of one member in a hundred, by two workers."""
    full: list[tuple[float, float]] = []
    marked: list[tuple[float, float]] = []
    with filled_tables(scale) as campaign, workers() as work:
        for number in range(NIGHTS):
            execute("TRUNCATE bare_total", "TRUNCATE campaign_total")
            bare = measured(lambda: execute(BARE))
            everybody = measured(lambda: run(campaign, work, full=True))
            full.append((everybody, bare))
            execute("VACUUM ANALYZE campaign_total")
            change_some(number)
            marked.append((measured(lambda: run(campaign, work)), everybody))
        check(campaign, work)
    return [
        compare("aggregate_full", full, baseline="INSERT SELECT sum GROUP BY", asked=2.5),
        compare("aggregate_marked", marked, baseline="the full run", asked=0.05),
    ]


@benchmark
def explain(scale: float) -> list[Result]:
    """Explain members one after the other."""
    members = int(MEMBERS * scale)
    with filled_tables(scale) as campaign:
        seconds = [
            timed(lambda n=n: explain_member(campaign=campaign, wester_id=f"W{n:07}"))  # type: ignore[misc]
            for n in range(0, members, members // EXPLAINED)
        ]
    return [Result("explain", median(seconds), "as asked", ASKED_OF_EXPLAIN_S, 1.0)]


def measured(work: Callable[[], object]) -> float:
    """Return the seconds of work that begins with nothing left to write."""
    settle()
    return timed(work)


def run(campaign: Campaign, work: Work, *, full: bool = False) -> None:
    """Do what the bell and the workers do for a run, from its start to its end."""
    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW, full=full)
    work(started)
    if not aggregation.finish_run(started, at=NOW):
        raise AssertionError("the workers left something")


def change_some(number: int) -> None:
    """Change a booking of one member in a hundred, and mark them."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, {"round": number})
    # What the change leaves behind is its own cost, not the next reader's.
    execute("VACUUM ANALYZE bookings_membermark", "VACUUM bookings_booking")


def check(campaign: Campaign, work: Work) -> None:
    """Make sure that what was measured was also right."""
    incremental = b"".join(reports.export_totals(campaign))
    run(campaign, work, full=True)
    if incremental != b"".join(reports.export_totals(campaign)):
        raise AssertionError("a full run comes to something else")


@contextmanager
def workers() -> Iterator[Work]:
    """Provide processes with connections of their own that wait for work."""
    connections.close_all()  # a forked connection would be used by two
    with get_context("fork").Pool(WORKERS) as pool:
        pool.map(compute, [None] * WORKERS, chunksize=1)
        yield lambda started: pool.map(compute, [started.pk] * WORKERS, chunksize=1)


def compute(pk: int | None) -> None:
    """Compute shards of a run, or get ready to."""
    connection.ensure_connection()
    if pk is not None:
        aggregation.compute_shards(AggregationRun.objects.get(pk=pk))


@contextmanager
def filled_tables(scale: float, *, bookings: float = 1.0) -> Iterator[Campaign]:
    """Provide a campaign with bookings and registrations, and empty the tables again.

    Args: ``bookings``: how many of the usual ones.
    """
    load_campaign(read_campaign_file((ROOT / f"campaign/data/{CODE}.json").read_bytes()), at=NOW)
    sizes: dict[str, Any] = {
        "members": int(MEMBERS * scale),
        "bookings": int(BOOKINGS * scale * bookings),
    }
    with connection.cursor() as cursor:
        cursor.execute(REGISTRATIONS, sizes)
        cursor.execute(BOOKED, sizes)
    execute(
        'CREATE TABLE bare_total (member varchar(40) COLLATE "C", total_yen bigint)',
        "VACUUM ANALYZE bookings_booking",
        "VACUUM ANALYZE bookings_exregistration",
    )
    yield get_campaign(CODE)
    execute(
        "DROP TABLE bare_total",
        "TRUNCATE bookings_booking, bookings_exregistration, bookings_membermark, campaign_total",
    )
