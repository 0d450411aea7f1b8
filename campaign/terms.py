"""Load the terms of a campaign, check, publish and revise them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaign import queries
from campaign.checks import (
    OtherCampaign,
    RuleSentences,
    Surroundings,
    check_file,
    check_rule_sentences,
)
from campaign.findings import Finding, refusing
from campaign.law import plan_at_its_largest
from campaign.models import Campaign, Prize, Terms, UnfinishedDraft
from campaign.refusals import (
    AlreadyPublished,
    BrokenCampaignFile,
    DraftUnfinished,
    EntriesFrozen,
    NotPublished,
    TermsRefused,
)
from campaign.rules import RULES
from campaign.sentences import PRIZE_SENTENCES, TERMS_SENTENCES
from campaign.termsfile import CampaignFile, write_campaign_file
from core import approvals, audit
from core.audit import Actor
from core.canonical_json import content_sha256
from core.errors import constraint_errors
from core.models import Approval

PUBLISH = "campaign.publish"
REVISE = "campaign.revise"
MAY_CHANGE = "campaign.change_terms"
MAY_REQUEST = "campaign.request_publication"


def lock_campaign(campaign: Campaign) -> None:
    """Lock the campaign's row until the transaction ends, and read it again.

    Everything that writes terms locks it, drafts included, and so does what must know which version
    is in force and that none follows. Entries, which only refer to the row, do not wait for it.
    """
    campaign.refresh_from_db(from_queryset=Campaign.objects.select_for_update(no_key=True))


def lock_campaign_for_approval(code: str) -> None:
    """Lock a campaign by its code, the subject of an approval of its terms."""
    lock_campaign(queries.get_campaign(code))


@transaction.atomic
def load_campaign(file: CampaignFile, *, at: datetime, actor: Actor | None = None) -> bool:
    """Save an unpublished campaign as its file says; return whether anything changed.

    The audit records who changed it; without ``actor`` the machine's user.

    Raises:
        NotPermitted: the person may not change terms.
        BrokenCampaignFile: the terms break a rule; the message names field and rule.
        AlreadyPublished: the campaign is published with other terms.
    """
    approvals.require_actor(actor, MAY_CHANGE)
    discard_unfinished(file.code)
    campaign, _created = Campaign.objects.get_or_create(code=file.code)
    lock_campaign(campaign)
    published = queries.published_terms(campaign)
    if published is None:
        changed = save_draft(campaign, version=1, file=file)
        if changed:
            record_load(campaign, actor=actor, at=at)
        return changed
    if queries.file_of(published) == file:
        return False
    raise AlreadyPublished(
        _("This campaign is published with other terms; a revision changes them.")
    )


def discard_unfinished(code: str) -> bool:
    """Delete the unfinished draft of a campaign, if there is one; return whether there was.

    What writes terms calls it before it locks the campaign: all lock in this order.
    """
    deleted, _rows = UnfinishedDraft.objects.filter(code=code).delete()
    return deleted > 0


def record_load(campaign: Campaign, *, actor: Actor | None, at: datetime) -> None:
    """Record in the audit who loaded which terms."""
    draft = campaign.terms.get(published_at__isnull=True)
    audit.record(
        actor=actor,
        action="campaign.load",
        subject=campaign.code,
        at=at,
        detail={"version": draft.version, "terms_sha256": content_sha256(written_values(draft))},
    )


def save_draft(campaign: Campaign, *, version: int, file: CampaignFile) -> bool:
    """Save the campaign's draft, terms and prizes, as the file says; return whether it changed."""
    draft = queries.draft_terms(campaign) or Terms(campaign=campaign)
    before = queries.file_of(draft) if draft.pk else None
    if before == file:
        return False
    draft.version = version
    for name, value in file.terms.items():
        setattr(draft, name, value)
    sentences = {**TERMS_SENTENCES, **PRIZE_SENTENCES}
    with constraint_errors(
        {name: BrokenCampaignFile(str(sentence)) for name, sentence in sentences.items()}
    ):
        draft.save()
        if before is None or before.prizes != file.prizes:
            draft.prizes.all().delete()
            Prize.objects.bulk_create(Prize(terms=draft, **prize) for prize in file.prizes)
    return True


def check_campaign(campaign: Campaign) -> list[Finding]:
    """Return what is wrong with the campaign's latest version, draft or published.

    Raises:
        NoTerms: it has none.
    """
    return check_terms(queries.latest_terms(campaign))


def check_terms(terms: Terms) -> list[Finding]:
    """Return what is wrong with a version of the terms, and what is worth a look.

    Source: docs/specs/campaigns.md 7.
    """
    others = [
        OtherCampaign(other.campaign.code, other.travel, plan_at_its_largest(other.plan))
        for other in queries.other_terms(terms.campaign)
    ]
    around = Surroundings(queries.lines_of_network(), others)
    findings = check_file(queries.file_of(terms), around)
    return [*findings, *check_rule_sentences(rule_sentences(terms))]


def rule_sentences(terms: Terms) -> list[RuleSentences]:
    """Return the sentence of every rule that exists in a campaign, in every language."""
    rules = [rule for rule in RULES if rule.exists(terms)]
    found: dict[str, dict[str, str]] = {rule.code: {} for rule in rules}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for rule in rules:
                found[rule.code][language] = str(rule.sentence)
    return [RuleSentences(rule.code, rule.term, found[rule.code]) for rule in rules]


@transaction.atomic
def request_publication(*, campaign: Campaign, actor: Actor, at: datetime) -> Approval | None:
    """Request the publication of the first version; None where it is published already.

    Raises:
        TermsRefused: the check refuses the draft; the message has every finding.
        NotPermitted: the person may not request it.
    """
    lock_campaign(campaign)
    if queries.published_terms(campaign):
        return None
    return approvals.request(action=PUBLISH, subject=campaign.code, actor=actor, at=at)


@transaction.atomic
def request_revision(
    *, campaign: Campaign, file: CampaignFile, actor: Actor, at: datetime
) -> Approval | None:
    """Request a new version of published terms; None where the file says nothing new.

    Raises:
        BrokenCampaignFile: the file is of another campaign, or its terms break a rule.
        NotPublished: there is nothing to revise yet.
        EntriesFrozen: the list for the draw is frozen.
        TermsRefused, NotPermitted: as for the publication.
    """
    discard_unfinished(campaign.code)
    lock_campaign(campaign)
    published = queries.published_terms(campaign)
    if published is None:
        raise NotPublished(_("This campaign is not published yet; change its draft."))
    if file.code != campaign.code:
        raise BrokenCampaignFile(_("code: the file is of another campaign."))
    if queries.file_of(published) == file:
        return None
    save_draft(campaign, version=published.version + 1, file=file)
    return approvals.request(action=REVISE, subject=campaign.code, actor=actor, at=at)


@transaction.atomic
def request_draft_publication(*, campaign: Campaign, actor: Actor, at: datetime) -> Approval:
    """Request the publication of the draft, the first version or a revision.

    Raises:
        NotPublished: there is no draft.
        EntriesFrozen: the list for the draw is frozen.
        TermsRefused, NotPermitted: as for the publication.
    """
    lock_campaign(campaign)
    action = REVISE if queries.published_terms(campaign) else PUBLISH
    return approvals.request(action=action, subject=campaign.code, actor=actor, at=at)


def content_to_publish(code: str) -> dict[str, Any]:
    """Return what publishing this campaign's draft would fix, to read and to hash.

    Raises:
        NotPublished: there is no draft.
        EntriesFrozen: the list for the draw is frozen.
        DraftUnfinished: it has changes that are not complete.
        TermsRefused: the check refuses the draft; the message has every finding.
    """
    campaign = queries.get_campaign(code)
    draft = queries.draft_terms(campaign)
    if UnfinishedDraft.objects.filter(code=code).exists():
        raise DraftUnfinished(
            _("The draft has changes with values missing. Finish them, or discard them.")
        )
    if draft is None:
        raise NotPublished(_("There are no terms that wait for publication."))
    if campaign.entries_frozen_at:
        raise entries_frozen()
    if refused := refusing(check_terms(draft)):
        raise TermsRefused(" ".join(finding.message for finding in refused))
    return {"version": draft.version, **written_values(draft)}


def written_values(terms: Terms) -> dict[str, Any]:
    """Return a version of the terms as a campaign file says it: plan, texts, all that binds."""
    return write_campaign_file(queries.file_of(terms))


@approvals.action(
    PUBLISH,
    name=pgettext_lazy("approval", "Publication of the terms"),
    permission=MAY_REQUEST,
    lock=lock_campaign_for_approval,
    content=content_to_publish,
)
@approvals.action(
    REVISE,
    name=pgettext_lazy("approval", "Revision of the terms"),
    permission=MAY_REQUEST,
    lock=lock_campaign_for_approval,
    content=content_to_publish,
)
def publish_draft(approval: Approval) -> None:
    """Publish what was approved (called by the approval, in its transaction).

    Raises:
        EntriesFrozen: the list for the draw is frozen.
    """
    campaign = queries.get_campaign(approval.subject)
    draft = campaign.terms.get(version=approval.content["version"])
    draft.published_at, draft.published_by = approval.decided_at, approval.decided_by
    with constraint_errors({"terms_none_follow_freeze": entries_frozen()}):
        draft.save(update_fields=["published_at", "published_by"])


def entries_frozen() -> EntriesFrozen:
    """Return the refusal of a change after the freeze."""
    return EntriesFrozen(
        _("The entrants are frozen for the draw; no terms can follow unless that draw is void.")
    )
