"""Freeze a campaign: fix the list of entrants, their lots and rewards, and all else that decides.

An entrant is a member in the draw. The manifest is the file that says what is fixed, before the
random round that it names can be known.
"""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from psycopg import sql

from campaign import aggregation, queries
from campaign.models import Campaign, Terms
from campaign.refusals import NotPublished
from campaign.terms import lock_campaign, written_values
from core import approvals, audit
from core.audit import Actor
from core.errors import constraint_errors
from core.locks import Lock, acquire
from entries.participation import fix_courses, lock_series
from lottery import documents, keys
from lottery.beacon import ChainInfo
from lottery.chains import chain_named
from lottery.documents import FrozenList, ManifestHeader
from lottery.entrant_list import SecretList, make_entrant_list, store_entrants
from lottery.models import Draw
from lottery.queries import standing_draw, subject_of
from lottery.refusals import (
    DrawStands,
    EntryPeriodRuns,
    RoundNotLater,
    RoundTooSoon,
    TermsRevised,
)

PERMISSION = "lottery.freeze_draw"
MEMBERS = sql.SQL("SELECT wester_id FROM lottery_entrant WHERE draw_id = %(draw)s")
VERIFIER = Path(__file__).parent / "verifier" / "verify_draw.py"


@transaction.atomic
def freeze_draw(
    *,
    campaign: Campaign,
    round_time: datetime,
    chain: str,
    at: datetime,
    actor: Actor | None = None,
) -> Draw:
    """Freeze the entrants of a campaign for a round of a chain.

    The round is the first at or after ``round_time``. The list includes every entry and load that
    was acknowledged before, and none after. The totals are recomputed. A repeat for the same round
    changes nothing. ``chain`` is one of ``Draw.Chain``; without ``actor`` the audit records the
    machine's user. Source: docs/specs/draw-protocol.md 2; docs/specs/consistency.md 1.

    Raises:
        NotPermitted: the person may not freeze.
        NotPublished: the campaign has no published terms.
        EntryPeriodRuns: the entry period has not ended, nor that of booking or of travel.
        ListTooLarge: there are more entrants, or more lots, than the protocol allows.
        DrawStands: the campaign has a draw of another round that is not void.
        RoundTooSoon: there would be no time left to publish in.
        RoundNotLater: the round is not later than the void predecessor's.
        TermsRevised: the terms were revised while this waited.
        SteerableChain: production uses only quicknet.
    """
    approvals.require_actor(actor, PERMISSION)
    at = at.replace(microsecond=0)  # the manifest counts in seconds
    terms = lock_for_freeze(campaign)
    beacon = chain_named(chain)
    number = beacon.first_round_at(round_up_to_second(round_time))
    if standing := standing_draw(campaign):
        return require_same_round(standing, chain=chain, number=number)
    check_freeze_times(terms, beacon, number, at=at)
    secret = make_entrant_list(terms)
    draw = create_draw(terms, secret, beacon=beacon, chain=chain, number=number, at=at)
    store_entrants(draw, secret.layout, secret.packed)
    fix_courses(terms, MEMBERS, {"draw": draw.pk})
    Campaign.objects.filter(pk=campaign.pk).update(entries_frozen_at=at)
    record_freeze(draw, actor, at)
    return draw


def lock_for_freeze(campaign: Campaign) -> Terms:
    """Lock loads, entries of the series, totals and the campaign's row; return the terms in force.

    The locks last until the transaction ends. Loads and entries in progress finish first, and the
    caller reads only after this. The row comes last: a caller that needs only the row then does not
    wait for loads. Terms that name another series by then have to be locked anew.

    Raises:
        NotPublished: there are no terms in force.
        TermsRevised: they were revised while this waited.
    """
    acquire(Lock.LOADS)
    terms = require_published_terms(campaign)
    lock_series(terms)
    aggregation.lock_totals(campaign.pk)
    lock_campaign(campaign)
    locked = require_published_terms(campaign)
    if locked.series_code != terms.series_code:
        raise TermsRevised(_("The terms were revised in this moment; freeze once more."))
    return locked


def require_same_round(standing: Draw, *, chain: str, number: int) -> Draw:
    """Return the draw that is not void, if it waits for this round.

    Raises:
        DrawStands: it waits for another round.
    """
    if (standing.chain, standing.round) != (chain, number):
        raise DrawStands(_("This campaign has a draw of another round that is not void."))
    return standing


def require_published_terms(campaign: Campaign) -> Terms:
    """Return the terms in force.

    Raises:
        NotPublished: there are none.
    """
    terms = queries.published_terms(campaign)
    if terms is None:
        raise NotPublished(_("This campaign is not published; nobody could enter it."))
    return terms


def round_up_to_second(instant: datetime) -> int:
    """Return an instant in Unix seconds, rounded up."""
    return documents.unix(instant) + (1 if instant.microsecond else 0)


def check_freeze_times(terms: Terms, chain: ChainInfo, number: int, *, at: datetime) -> None:
    """Check that nothing can count any more, and that the round is far enough away.

    Raises:
        EntryPeriodRuns: the entry period has not ended, nor that of booking or of travel.
        RoundTooSoon: the last instant to publish at has passed.
    """
    check_periods_ended(terms, at=at)
    if documents.unix(at) > chain.time_of(number) - settings.DRAW_MIN_GAP_S:
        raise RoundTooSoon(
            _("The round must be at least %(seconds)s seconds away, or it cannot be published.")
            % {"seconds": f"{settings.DRAW_MIN_GAP_S:,}"}
        )


def check_periods_ended(terms: Terms, *, at: datetime) -> None:
    """Check that nobody can enter, book or travel any more.

    Raises:
        EntryPeriodRuns: the entry period has not ended, nor that of booking or of travel.
    """
    if at < terms.closes_at:
        raise EntryPeriodRuns(_("The entry period has not ended; freeze once it has."))
    if terms.booked_until and at < terms.booked_until:
        raise EntryPeriodRuns(_("The period of booking has not ended; freeze once it has."))
    if at.astimezone(ZoneInfo(terms.time_zone)).date() <= terms.periods[-1][1]:
        raise EntryPeriodRuns(_("The last day of travel has not ended; freeze once it has."))


def create_draw(
    terms: Terms, secret: SecretList, *, beacon: ChainInfo, chain: str, number: int, at: datetime
) -> Draw:
    """Create the row of a draw with its files, before its entrants.

    Raises:
        RoundNotLater: the round is not later than the void predecessor's.
    """
    campaign = terms.campaign
    previous = campaign.draws.order_by("sequence").only("sequence", "manifest_sha256").last()
    sequence = previous.sequence + 1 if previous else 1
    described = secret.describe()
    later = RoundNotLater(_("A successor names a later round than the void draw before it."))
    round_time = at.fromtimestamp(beacon.time_of(number), tz=at.tzinfo)
    with constraint_errors({"draw_names_a_later_round": later}):
        return Draw.objects.create(
            campaign=campaign,
            sequence=sequence,
            terms=terms,
            chain=chain,
            round=number,
            round_time=round_time,
            publish_by=round_time - timedelta(seconds=settings.DRAW_MIN_GAP_S),
            frozen_at=at,
            pid_key=keys.seal_key(
                secret.pid_key, name=keys.key_name("pid", campaign.code, sequence)
            ),
            nonce_key=keys.seal_key(
                secret.nonce_key, name=keys.key_name("nonce", campaign.code, sequence)
            ),
            entry_count=described.entry_count,
            lots_total=described.lots_total,
            eligible=described.eligible,
            subtrees=b"".join(secret.subtrees),
            **make_files(terms, described, previous, beacon=beacon, number=number, at=at),
        )


def make_files(
    terms: Terms,
    described: FrozenList,
    previous: Draw | None,
    *,
    beacon: ChainInfo,
    number: int,
    at: datetime,
) -> dict[str, Any]:
    """Return the columns of the files that the freeze fixes, with hash and signature."""
    verifier = VERIFIER.read_bytes()
    published = documents.published_terms(written_values(terms), version=terms.version)
    manifest = documents.manifest_json(
        header=ManifestHeader(
            campaign=terms.campaign.code,
            sequence=previous.sequence + 1 if previous else 1,
            previous_manifest_sha256=bytes(previous.manifest_sha256).hex() if previous else None,
            verifier_sha256=hashlib.sha256(verifier).hexdigest(),
            signing_key=keys.signing_public_key(),
        ),
        terms=published,
        entries=described,
        chain=beacon,
        round_number=number,
        frozen_at=at,
        min_gap_s=settings.DRAW_MIN_GAP_S,
    )
    manifest_sha256 = hashlib.sha256(manifest).digest()
    return {
        "terms_json": documents.published_json(published),
        "manifest": manifest,
        "manifest_sha256": manifest_sha256,
        "signature": keys.sign_manifest(manifest_sha256),
        "verifier": verifier,
    }


def record_freeze(draw: Draw, actor: Actor | None, at: datetime) -> None:
    """Record in the audit who froze the draw, and its manifest."""
    audit.record(
        actor=actor,
        action="draw.freeze",
        subject=subject_of(draw),
        at=at,
        detail={
            "manifest_sha256": bytes(draw.manifest_sha256).hex(),
            "entry_count": draw.entry_count,
        },
    )
