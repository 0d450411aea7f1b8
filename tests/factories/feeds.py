"""Feed files, the rows they left behind, and what else stands beside them."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from bookings.models import (
    ExRegistration,
    FeedFile,
    InboxFile,
    MemberMark,
    QuarantinedRow,
    RegistrationRow,
)

AT = datetime(2025, 1, 8, tzinfo=UTC)


class FeedFileFactory(DjangoModelFactory[FeedFile]):
    """An empty file that was loaded."""

    class Meta:
        model = FeedFile

    class Params:
        refused = factory.Trait(status="refused", encoding="", version=0, reason="no_manifest")

    name = factory.Sequence(lambda n: f"bookings-20250107-{n:03}.csv")
    feed = "bookings"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    status = "loaded"
    encoding = "utf-8"
    version = 1
    tried_at = AT


class QuarantinedRowFactory(DjangoModelFactory[QuarantinedRow]):
    """A row that waits."""

    class Meta:
        model = QuarantinedRow

    file = factory.SubFactory(FeedFileFactory)
    record = 1
    reason = "bad_number"
    content = b"row"


class InboxFileFactory(DjangoModelFactory[InboxFile]):
    """A file that was tried."""

    class Meta:
        model = InboxFile

    name = factory.Sequence(lambda n: f"bookings-20250107-{n:03}.csv")
    fingerprint = "0" * 64
    tried_at = AT


class MemberMarkFactory(DjangoModelFactory[MemberMark]):
    """A mark of a member."""

    class Meta:
        model = MemberMark

    wester_id = "W1"


class RegistrationRowFactory(DjangoModelFactory[RegistrationRow]):
    """A delivered registration."""

    class Meta:
        model = RegistrationRow

    ex_member_no = "X1"
    member_kind = "smart_ex"
    wester_id = "W1"
    updated_at = AT
    row_text = b"X1"


class ExRegistrationFactory(DjangoModelFactory[ExRegistration]):
    """The registration that stands."""

    class Meta:
        model = ExRegistration

    ex_member_no = factory.Sequence(lambda n: f"X{n:06}")
    member_kind = "smart_ex"
    wester_id = "W1"
    updated_at = AT
    row_text = b"X1"
