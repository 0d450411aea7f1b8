"""Find whom staff ask for: the exact WESTER ID, or those that differ only in how they are typed.

An identifier is case-sensitive and may contain hyphens, so none is taken for another one: what
differs is a candidate, which a person chooses.
"""

import unicodedata
from typing import Any

from django.db.models import F, Func, Manager, QuerySet, Value
from django.db.models.functions import Upper

from bookings.models import Booking, ExRegistration
from entries.models import Entry, Member, Membership

# Who entered, signed in, left or came back, booked, linked an EX membership.
SOURCES: tuple[Manager[Any], ...] = (
    Entry.objects,
    Member.objects,
    Membership.objects,
    Booking.objects,
    ExRegistration.objects,
)
SEPARATORS = "-_"  # those that an identifier may contain
LONG_VOWEL = "ー"  # what a Japanese keyboard types for a hyphen; a letter to Unicode
FOLDED = Upper(Func(F("wester_id"), Value(SEPARATORS), Value(""), function="translate"))


def is_known(wester_id: str) -> bool:
    """Return whether anything is known of this very WESTER ID; the tables' indexes answer."""
    return known(wester_id=wester_id).exists()


def find_candidates(text: str) -> list[str]:
    """Return the known WESTER IDs that a text may mean, sorted as bytes.

    Letters and digits are compared, without case, width and separators. No index holds that: the
    WESTER IDs of all tables are read, which is for a text that is not known as it stands.
    """
    folded = fold(text)
    return sorted(known(folded=folded)) if folded else []


def known(**condition: str) -> QuerySet[Any, Any]:
    """Return the known WESTER IDs under a condition, each once."""
    first, *others = (
        source.annotate(folded=FOLDED).filter(**condition).values_list("wester_id", flat=True)
        for source in SOURCES
    )
    return first.union(*others)


def fold(text: str) -> str:
    """Return the letters and digits of a text in one case; nothing where they are not ASCII."""
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(sign for sign in plain if sign.isalnum() and sign != LONG_VOWEL)
    return kept if kept.isascii() else ""
