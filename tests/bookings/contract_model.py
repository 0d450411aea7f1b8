"""The feed contract in plain Python: the rows that the database must have after any loads.

Written from the contract's text alone; it knows rows that are right by themselves, and nothing of
how the loader works.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.bookings.network_table import walk

Row = Mapping[str, str]
Key = tuple[str, str, int]
PURCHASE_EVENTS = ("booked", "changed", "used")
FLAGS = ("cancelled", "refunded", "stopover", "used")
LATEST = (
    "wester_id",
    "ex_member_no",
    "travel_date",
    "journey",
    "sales_channel",
    "product_kind",
    "payment_method",
    "amount_yen",
)
OPERATORS = {
    "サンダーバード:大阪>敦賀": ["JR West"],
    "のぞみ:東京>新大阪": ["JR Central"],
    "のぞみ:新神戸>東京": ["JR Central", "JR West"],
    "しらさぎ:名古屋>敦賀|北陸新幹線:敦賀>金沢": ["JR Central", "JR West"],
}
UNRESOLVED = {
    "青い鳥:大阪>敦賀": "unknown_service",
    "サンダーバード:大阪>東京": "unknown_station",
    "青い鳥:大阪>敦賀|サンダーバード:大阪>東京": "unknown_service",
}


def parsed(row: Row) -> dict[str, Any]:
    """Return a row's values; an empty field is null, and what its version does not have."""
    values: dict[str, Any] = {name: text or None for name, text in row.items()}
    for name, text in values.items():
        if text is not None and name.endswith("_at"):
            values[name] = datetime.fromisoformat(text)
        elif name in {"item_no", "amount_yen"}:
            values[name] = int(text)
        elif name == "travel_date":
            values[name] = date.fromisoformat(text)
    return values


def key_of(event: Mapping[str, Any]) -> Key:
    return event["booking_service"], event["reservation_no"], event["item_no"]


def sections_of(journey: str) -> list[str]:
    """Return who runs a section on which line, read off the table of the network."""
    legs = [(leg, *leg.partition(":")[2].split(">")) for leg in journey.split("|")]
    pairs = {
        (operator, leg.partition(":")[0])
        for leg, start, end in legs
        for operator in walk(leg.partition(":")[0], start, end)
    }
    return sorted(f"{operator}:{line}" for operator, line in pairs)


def ticketing_of(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the latest purchase event's ticketing that is known, and which event that is."""
    known = [
        event for event in events if event["ticketing"] and event["event_type"] in PURCHASE_EVENTS
    ]
    if not known:
        return dict.fromkeys(("ticketing", "ticketing_at", "ticketing_event_id"))
    latest = max(known, key=place_of)
    return {
        "ticketing": latest["ticketing"],
        "ticketing_at": latest["occurred_at"],
        "ticketing_event_id": latest["event_id"],
    }


def place_of(event: Mapping[str, Any]) -> tuple[bool, datetime, bytes]:
    """Return the order of an event among those of its booking; the greatest has the values."""
    return event["event_type"] in PURCHASE_EVENTS, event["occurred_at"], event["event_id"].encode()


def fold(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the state of a booking: the fold of its events, in any order."""
    events = list(events)
    latest = max(events, key=place_of)
    types = {event["event_type"] for event in events}
    phoned = any(
        (event["event_type"], event["operated_via"], event["booking_service"])
        == ("changed", "phone", "e5489")
        for event in events
    )
    return {
        **dict(zip(("booking_service", "reservation_no", "item_no"), key_of(latest), strict=True)),
        **{name: latest[name] for name in LATEST},
        **{flag: flag in types for flag in FLAGS},
        **ticketing_of(events),
        "operators": OPERATORS[latest["journey"]],
        "sections": sections_of(latest["journey"]),
        "booked_at": min(event["booked_at"] for event in events),
        "changed_by_phone": phoned,
        "purchase_known": latest["event_type"] in PURCHASE_EVENTS,
        "latest_occurred_at": latest["occurred_at"],
        "latest_event_id": latest["event_id"],
    }


@dataclass
class BookingsModel:
    """What is known of bookings."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)  # as they came first
    ticketings: dict[str, str] = field(default_factory=dict)  # of events that came without one
    quarantined: list[tuple[str, int, str]] = field(default_factory=list)
    marks: list[tuple[str | None, str | None]] = field(default_factory=list)

    def bookings(self) -> dict[Key, dict[str, Any]]:
        """Return the state of every booking."""
        by_key: dict[Key, list[dict[str, Any]]] = {}
        for event in self.events.values():
            known = {**event, "ticketing": self.ticketing(event["event_id"])}
            by_key.setdefault(key_of(event), []).append(known)
        return {key: fold(events) for key, events in by_key.items()}

    def load(self, file: str, rows: Iterable[Row]) -> tuple[int, int, int]:
        """Load a file; return how many rows were applied, duplicates, quarantined."""
        before = self.bookings()
        counts = {"applied": 0, "duplicate": 0, "quarantined": 0}
        for record, row in enumerate(rows, 1):
            event = {"ticketing": None, **parsed(row)}
            reason = self.judge(event)
            if reason in counts:
                counts[reason] += 1
            else:
                counts["quarantined"] += 1
                self.quarantined.append((file, record, reason))
            if reason == "applied" and event["event_id"] in self.events:
                self.ticketings[event["event_id"]] = event["ticketing"]
            elif reason == "applied":
                self.events[event["event_id"]] = event
        self.mark(before)
        return counts["applied"], counts["duplicate"], counts["quarantined"]

    def judge(self, event: dict[str, Any]) -> str:
        """Say what becomes of an event."""
        if event["journey"] in UNRESOLVED:
            return UNRESOLVED[event["journey"]]
        known = self.events.get(event["event_id"])
        if known is None:
            return "applied"
        if {**known, "ticketing": None} != {**event, "ticketing": None}:
            return "conflicting_event"
        ticketing = self.ticketing(event["event_id"])
        if event["ticketing"] in {None, ticketing}:
            return "duplicate"
        return "applied" if ticketing is None else "conflicting_event"

    def ticketing(self, event_id: str) -> str | None:
        """Return what is known of an event's ticketing, whenever it came."""
        return self.events[event_id]["ticketing"] or self.ticketings.get(event_id)

    def mark(self, before: dict[Key, dict[str, Any]]) -> None:
        """Mark whose bookings a load changed: once each, old and new."""
        holders = {
            (state["wester_id"], state["ex_member_no"])
            for key, new in self.bookings().items()
            for state in (before.get(key), new)
            if before.get(key) != new and state is not None
        }
        self.marks += sorted(holders - {(None, None)}, key=str)


@dataclass
class RegistrationsModel:
    """What is known of EX registrations."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)

    def load(self, rows: Iterable[Row]) -> tuple[int, int]:
        """Load a file; return how many rows were applied and how many duplicates."""
        applied = duplicates = 0
        for row in rows:
            values = parsed(row)
            if values in self.rows:
                duplicates += 1
            else:
                applied += 1
            self.rows.append(values)
            self.texts.append(b"\x1f".join(text.encode() for text in row.values()))
        return applied, duplicates

    def state(self) -> dict[str, tuple[dict[str, Any], bytes]]:
        """Return each number's current row, with its text."""
        found: dict[str, tuple[dict[str, Any], bytes]] = {}
        for values, text in zip(self.rows, self.texts, strict=True):
            standing = found.get(values["ex_member_no"])
            if standing is None or (values["updated_at"], text) > (
                standing[0]["updated_at"],
                standing[1],
            ):
                found[values["ex_member_no"]] = (values, text)
        return found
