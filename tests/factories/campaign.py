"""Campaigns with terms, the people who run them, and approvals."""

import copy
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from campaign.models import Campaign, Prize, Terms
from campaign.termsfile import CampaignFile, read_campaign_file
from core.canonical_json import content_sha256
from core.models import Approval, AuditRecord, AuditSeal, User

JAPAN = ZoneInfo("Asia/Tokyo")
AT = datetime(2024, 12, 2, 9, tzinfo=JAPAN)
LATER = datetime(2024, 12, 3, 18, tzinfo=JAPAN)
FIRST_FILE = Path(__file__).parents[2] / "campaign/data/012025121203.json"
FIRST = read_campaign_file(FIRST_FILE.read_bytes())
FIRST_TERMS, FIRST_PRIZE = FIRST.terms, FIRST.prizes[0]


def file_values(**changed: Any) -> dict[str, Any]:
    """Return what the first campaign's file says, with some fields changed."""
    return {**json.loads(FIRST_FILE.read_bytes()), **changed}


def file_bytes(**changed: Any) -> bytes:
    """Return the first campaign's file with some fields changed."""
    return json.dumps(file_values(**changed)).encode()


def campaign_file(**changed: Any) -> CampaignFile:
    """Return the first campaign's file, read, with some fields changed."""
    return read_campaign_file(file_bytes(**changed))


class UserFactory(DjangoModelFactory[User]):
    """A person who signs in; with ``role="approver"`` a member of staff."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n:06}")
    password = "!"  # none that could be typed

    @classmethod
    def _create(
        cls, model_class: type[User], *args: Any, role: str | None = None, **values: Any
    ) -> User:
        """Make staff of a person with a role: the database accepts no member who becomes staff."""
        if role:
            values = {"is_staff": True, **values}
        user: User = super()._create(model_class, *args, **values)
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user


class CampaignFactory(DjangoModelFactory[Campaign]):
    """A campaign without terms; the traits add versions of the first campaign's."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(first=factory.RelatedFactory(f"{__name__}.TermsFactory", "campaign"))
        published = factory.Trait(
            first=factory.RelatedFactory(f"{__name__}.TermsFactory", "campaign", published=True)
        )
        revised = factory.Trait(
            published=True,
            second=factory.RelatedFactory(f"{__name__}.TermsFactory", "campaign", published=True),
        )
        redrafted = factory.Trait(
            published=True,
            second=factory.RelatedFactory(f"{__name__}.TermsFactory", "campaign"),
        )

    code = factory.Sequence(lambda n: f"campaign-{n:06}")

    @factory.post_generation  # type: ignore[untyped-decorator] # the library does not say
    def frozen_at(self: Campaign, create: bool, instant: datetime | None, **_: Any) -> Any:
        """Take the instant of the freeze, which is to come after the terms."""
        return instant

    @classmethod
    def _after_postgeneration(
        cls, instance: Campaign, create: bool, results: dict[str, Any] | None = None
    ) -> None:
        if create and results and results["frozen_at"]:
            instance.entries_frozen_at = results["frozen_at"]
            instance.save(update_fields=["entries_frozen_at"])


class TermsFactory(DjangoModelFactory[Terms]):
    """A draft with the first campaign's numbers, as the version that follows the published ones."""

    class Meta:
        model = Terms

    class Params:
        published = factory.Trait(
            published_at=AT, published_by=factory.SubFactory(UserFactory, role="approver")
        )

    campaign = factory.SubFactory(CampaignFactory)
    version = factory.LazyAttribute(
        lambda terms: 1 + terms.campaign.terms.filter(published_at__isnull=False).count()
    )

    @classmethod
    def _create(cls, model_class: type[Terms], *args: Any, **values: Any) -> Terms:
        """Create a draft with its prizes, then publish it: the database accepts no other order.

        ``prizes`` lists what differs in each prize from the first campaign's; ``cap`` is the cap of
        the first; ``travel_first`` and ``travel_last`` change the first and the last travel day.
        """
        end = {name: values.pop(name, None) for name in ("published_at", "published_by")}
        prizes = values.pop("prizes", None) or [{}]
        if "cap" in values:
            prizes[0] = {**prizes[0], "cap": values.pop("cap")}
        values = copy.deepcopy(FIRST_TERMS) | values
        for name, place in (("first", 0), ("last", -1)):
            if day := values.pop(f"travel_{name}", None):
                values["travel"][place][name] = day.isoformat()
        terms: Terms = super()._create(model_class, *args, **values)
        for number, changed in enumerate(prizes, 1):
            PrizeFactory.create(terms=terms, **({"number": number} | changed))
        if any(end.values()):
            for name, value in end.items():
                setattr(terms, name, value)
            terms.save(update_fields=list(end))
        return terms


class PrizeFactory(DjangoModelFactory[Prize]):
    """A prize like the first campaign's only one; a draft's."""

    class Meta:
        model = Prize

    terms = factory.SubFactory(TermsFactory)
    number = 1
    code = factory.LazyAttribute(lambda prize: str(prize.number))

    @classmethod
    def _create(cls, model_class: type[Prize], *args: Any, **values: Any) -> Prize:
        """Take what is not said from the first campaign, but no numbers of another kind."""
        usual = {**FIRST_PRIZE}
        if values.get("kind", usual["kind"]) != usual["kind"]:
            usual |= {"percent": None, "cap": None}
        prize: Prize = super()._create(model_class, *args, **(usual | values))
        return prize


class ApprovalFactory(DjangoModelFactory[Approval]):
    """A request that waits for a second person; the traits end it."""

    class Meta:
        model = Approval

    class Params:
        approved = factory.Trait(
            state="approved", decided_by=factory.SubFactory(UserFactory), decided_at=LATER
        )
        refused = factory.Trait(
            state="refused", decided_by=factory.SubFactory(UserFactory), decided_at=LATER
        )
        superseded = factory.Trait(state="superseded", decided_at=LATER)

    action = "campaign.publish"
    subject = factory.Sequence(lambda n: f"campaign-{n:06}")
    content = factory.LazyAttribute(lambda approval: {"code": approval.subject, "version": 1})
    content_sha256 = factory.LazyAttribute(lambda approval: content_sha256(approval.content))
    state = "open"
    requested_by = factory.SubFactory(UserFactory, role="campaign")
    requested_at = AT
    decided_by = None
    decided_at = None

    @classmethod
    def _create(cls, model_class: type[Approval], *args: Any, **values: Any) -> Approval:
        """Open the request, then end it: the database accepts no other order."""
        end = {name: values.pop(name) for name in ("state", "decided_by", "decided_at")}
        if "refused_because" in values:
            end["refused_because"] = values.pop("refused_because")
        approval: Approval = super()._create(model_class, *args, **values, state="open")
        if end["state"] != "open":
            for name, value in end.items():
                setattr(approval, name, value)
            approval.save(update_fields=list(end))
        return approval


class AuditRecordFactory(DjangoModelFactory[AuditRecord]):
    """An audit record of a user who was signed in."""

    class Meta:
        model = AuditRecord

    at = AT
    action = "approval.requested"
    subject = factory.Sequence(lambda n: f"campaign.publish campaign-{n:06}")
    user = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda record: record.user.username if record.user else "")
    os_user = ""
    host = ""


class AuditSealFactory(DjangoModelFactory[AuditSeal]):
    """A seal over one record, not as core.sealing would compute it."""

    class Meta:
        model = AuditSeal

    number = factory.Sequence(lambda n: n + 1)
    last_record = factory.SelfAttribute("number")
    records = 1
    hashes = bytes(40)
    previous_sha256 = chain_sha256 = "0" * 64
    sealed_at = AT
