"""The tables of members, entries and memberships, and of the cases in which staff answer them."""

from entries.models.cases import CaseNote, LookUpCount, MemberCase
from entries.models.members import (
    CourseMember,
    Entry,
    EntryRow,
    Member,
    Membership,
    MembershipRow,
)

__all__ = [
    "CaseNote",
    "CourseMember",
    "Entry",
    "EntryRow",
    "LookUpCount",
    "Member",
    "MemberCase",
    "Membership",
    "MembershipRow",
]
