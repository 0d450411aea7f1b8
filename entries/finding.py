"""Find the WESTER ID that staff type, or candidates that differ only in typing.

An identifier is case-sensitive and may contain hyphens, so no other one is used instead: a person
chooses among the candidates.
"""

import unicodedata
from typing import Any

from django.db.models import F, Func, Manager, QuerySet, Value
from django.db.models.functions import Upper

from bookings.models import Booking, ExRegistration
from entries.models import Entry, Member, Membership

# Entered, signed in, left or came back, booked, registered an EX membership.
SOURCES: tuple[Manager[Any], ...] = (
    Entry.objects,
    Member.objects,
    Membership.objects,
    Booking.objects,
    ExRegistration.objects,
)
SEPARATORS = "-_"  # that an identifier may contain
LONG_VOWEL = "ー"  # what a Japanese keyboard types for a hyphen; Unicode calls it a letter
FOLDED = Upper(Func(F("wester_id"), Value(SEPARATORS), Value(""), function="translate"))


def is_known(wester_id: str) -> bool:
    """Return whether any table contains exactly this WESTER ID. Uses the tables' indexes."""
    return known_wester_ids(wester_id=wester_id).exists()


def find_candidates(text: str) -> list[str]:
    """Return the known WESTER IDs that a text may mean, sorted as bytes.

    Letters and digits are compared, without case, width and separators. No index serves that: the
    WESTER IDs of all tables are read. Call it only for a text that is not known exactly.
    """
    folded = fold_text(text)
    return sorted(known_wester_ids(folded=folded)) if folded else []


def known_wester_ids(**condition: str) -> QuerySet[Any, Any]:
    """Return the known WESTER IDs that fulfil a condition, each once."""
    first, *others = (
        source.annotate(folded=FOLDED).filter(**condition).values_list("wester_id", flat=True)
        for source in SOURCES
    )
    return first.union(*others)


def fold_text(text: str) -> str:
    """Return a text's letters and digits in one case; empty where some are not ASCII."""
    plain = unicodedata.normalize("NFKC", text).upper()
    folded = "".join(one for one in plain if one.isalnum() and one != LONG_VOWEL)
    return folded if folded.isascii() else ""
