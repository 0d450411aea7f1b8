"""Make a folder of sample feeds: a whole campaign's deliveries for so many members."""

import json
import shutil
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from bookings.definitions import BOOKINGS_2, EX_REGISTRATIONS, FeedDefinition
from core.clock import JAPAN
from dev.demo.sampling import mistakes
from dev.demo.sampling.choosing import below, happens
from dev.demo.sampling.files import FeedFolder, Intended, shift_dates
from dev.demo.sampling.histories import Histories
from dev.demo.sampling.mistakes import Mistake
from dev.demo.sampling.people import CLOSES, LONG_AGO, OPENS, Entering, Person, make_people
from dev.demo.sampling.times import DAY_S, HOUR_S, day_number, instant, stamp
from entries.definitions import ENTRIES, MEMBERSHIPS

SEED = "012025121203"
WEB_ENTRIES = "web_entries.json"  # who enters on the page and when; no feed file
MAX_WEB_ENTRIES = 1_500

FIRST_DAY, LAST_DAILY = day_number("2024-12-09"), day_number("2025-01-19")
LATE_DAYS = [
    day_number(f"2025-{text}") for text in ("01-23", "01-31", "02-07", "02-13", "02-14", "02-17")
]
KIND_CORRECTED = instant("2025-01-10", 9)
FORGOTTEN_ENTRIES = day_number("2025-01-23")
Rows = dict[int, list[tuple[int, str]]]


class Sample(NamedTuple):
    """What was made: counts, and the rows that are bad on purpose."""

    members: int
    files: int
    rows: int
    web_entries: int
    intended: list[Intended]


class Feeds:
    """The rows of all feeds, by the day whose file has them."""

    def __init__(
        self, *, random: Random, campaign: str, first_number: int = 0, closes: int = CLOSES
    ) -> None:
        self.random = random
        self.closes = closes
        self.campaign = campaign
        self.histories = Histories(random, first_number=first_number)
        self.registrations: Rows = defaultdict(list)
        self.memberships: Rows = defaultdict(list)
        self.entries: Rows = defaultdict(list)
        self.web: list[tuple[int, str]] = []

    def add(self, person: Person) -> None:
        """Add the bookings, registrations, entry and memberships of a person."""
        self.histories.travel(person)
        self.link(person)
        if person.entering is not None:
            self.enter(person, person.entering)
        self.add_memberships(person)

    def link(self, person: Person) -> None:
        """Add the registrations of an EX number, with later changes of points and kind."""
        if person.linked_at is None:
            return
        known = [person.linked_at]
        if person.points_registered_at is not None:
            known.append(max(person.points_registered_at + 60, person.linked_at))
        kind = person.kind
        for at in sorted(set(known)):
            registered = person.points_registered_at
            is_known = registered is not None and registered < at
            self.register(person, kind, registered if is_known else None, at)
        if kind == "plus_ex" and happens(self.random, 10):
            self.register(person, "j_west_card_express", None, KIND_CORRECTED)

    def register(self, person: Person, kind: str, registered: int | None, at: int) -> None:
        """Add a registration to the file of its day."""
        points = "" if registered is None else stamp(registered)
        row = f"{person.ex_member_no},{kind},{person.wester_id},{points},{stamp(at)}"
        self.registrations[at // DAY_S].append((at, row))

    def enter(self, person: Person, entering: Entering) -> None:
        """Add an entry to the files of app and call centre, or to the entries on the page."""
        at = min(entering.at, self.closes - 1 - entering.at % HOUR_S)
        is_web = entering.channel == "web" and len(self.web) < MAX_WEB_ENTRIES
        if is_web:
            self.web.append((at, person.wester_id))
            return
        channel = "app" if entering.channel == "web" else entering.channel
        self.put_entry(person, channel, at, is_forgotten=happens(self.random, 0.4))
        if happens(self.random, 0.5):
            again = min(at + 2 * HOUR_S, self.closes - 1)
            self.put_entry(person, "call_center", again, is_forgotten=False)

    def put_entry(self, person: Person, channel: str, at: int, *, is_forgotten: bool) -> None:
        """Add an entry to its day's file, or to one that comes after the freeze."""
        row = f"{person.wester_id},{self.campaign},{stamp(at)},{channel}"
        self.entries[FORGOTTEN_ENTRIES if is_forgotten else at // DAY_S].append((at, row))

    def add_memberships(self, person: Person) -> None:
        """Add when a person joined WESTER, and when they leave."""
        if happens(self.random, 4):
            joined = LONG_AGO + below(self.random, OPENS - LONG_AGO)
            self.add_membership(person, "active", joined)
        if person.leaves_at is not None:
            self.add_membership(person, "withdrawn", person.leaves_at)

    def add_membership(self, person: Person, status: str, at: int) -> None:
        """Add a membership to the file of its day."""
        self.memberships[at // DAY_S].append((at, f"{person.wester_id},{status},{stamp(at)}"))


def make_feeds(
    folder: Path,
    *,
    members: int,
    campaign: str,
    seed: str = SEED,
    days_later: int = 0,
    first_number: int = 0,
    closes_at: datetime | None = None,
) -> Sample:
    """Make the folder anew, with the feed files of a whole campaign.

    The same arguments give the same bytes. What stood in the folder is gone; it is whole or not
    there, whenever this is killed. A later campaign has no bad rows; so that the database can hold
    both, its people, events and reservations are numbered from ``first_number``. Entries are made
    before ``closes_at``, also where that comes sooner than in the first campaign.
    """
    draft = folder.with_name(f"{folder.name}.part")
    for remains in (draft, folder):
        shutil.rmtree(remains, ignore_errors=True)
    draft.mkdir(parents=True)
    random = Random(seed)  # noqa: S311 - a seed is the point here
    closes = min(CLOSES, second_of(closes_at, days_later)) if closes_at else CLOSES
    feeds = Feeds(random=random, campaign=campaign, first_number=first_number, closes=closes)
    for person in make_people(feeds.random, members, first_number=first_number):
        feeds.add(person)
    sample = write_feeds(draft, feeds, members=members, days_later=days_later)
    draft.rename(folder)
    return sample


def second_of(moment: datetime, days_later: int) -> int:
    """Return an instant as the samples count it, of a campaign some days after the first one."""
    local = moment.astimezone(JAPAN) - timedelta(days=days_later)
    return instant(local.date().isoformat()) + local.hour * HOUR_S + local.minute * 60


def write_feeds(folder: Path, feeds: Feeds, *, members: int, days_later: int) -> Sample:
    """Write every feed's files, and who enters on the page."""
    is_first = days_later == 0
    entries = [
        Mistake(wrong.day, wrong.reason, wrong.text.format(campaign=feeds.campaign))
        for wrong in mistakes.ENTRIES
    ]
    bookings = feeds.histories.rows
    if is_first:
        bookings[mistakes.WITNESS_DAY].append((0, mistakes.WITNESS))
    written = FeedFolder(folder, days_later=days_later)
    for feed, rows, wrong in (
        (EX_REGISTRATIONS, feeds.registrations, mistakes.REGISTRATIONS),
        (BOOKINGS_2, bookings, mistakes.BOOKINGS),
        (MEMBERSHIPS, feeds.memberships, mistakes.MEMBERSHIPS),
        (ENTRIES, feeds.entries, entries),
    ):
        write_feed(written, feed, rows, wrong if is_first else [])
    web = [[wester_id, shift_dates(stamp(at), days_later)] for at, wester_id in sorted(feeds.web)]
    (folder / WEB_ENTRIES).write_text(json.dumps(web), "utf-8")
    return Sample(members, written.files, written.rows, len(web), written.intended)


def write_feed(
    written: FeedFolder,
    feed: FeedDefinition,
    rows: Mapping[int, list[tuple[int, str]]],
    wrong: list[Mistake],
) -> None:
    """Write a feed's files, in the order in which things happened; a few rows come twice."""
    by_day: Rows = defaultdict(list)
    for day, some in rows.items():
        by_day[delivery_day(day)] += some
    repeated: list[str] = []
    for day in sorted({*by_day, *(mistake.day for mistake in wrong)}):
        texts = [text for _, text in sorted(by_day[day])]
        written.deliver(feed, day, texts + repeated, wrong)
        repeated = texts[-2:]


def delivery_day(day: int) -> int:
    """Return the business date of what happens on a day: daily at first, then now and then."""
    if day <= LAST_DAILY:
        return max(day, FIRST_DAY)
    return next((late for late in LATE_DAYS if late >= day), LATE_DAYS[-1])
