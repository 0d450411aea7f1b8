"""The written list of what is kept of a person: every table whose rows can name a member.

A table is in ``KEPT`` or in ``NOT_OF_A_PERSON``, so a new one has to be placed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OWN = "kept.wester_id = %(wester_id)s"
NUMBERED = "kept.ex_member_no = ANY(%(ex_member_nos)s)"
OWN_OR_NUMBERED = f"{OWN} OR {NUMBERED}"
OF_A_KEY = "kept.credit_key = ANY(%(credit_keys)s)"
# An event without any identifier is of the person where the others of its booking are.
OF_AN_EVENT = f"""{OWN_OR_NUMBERED} OR (
    kept.wester_id IS NULL AND kept.ex_member_no IS NULL AND EXISTS (
        SELECT FROM bookings_booking booking
        WHERE booking.booking_service = kept.booking_service
            AND booking.reservation_no = kept.reservation_no AND booking.item_no = kept.item_no
            AND (
                booking.wester_id = %(wester_id)s
                OR booking.ex_member_no = ANY(%(ex_member_nos)s)
            )
    )
)"""
IS_ANNOUNCED = """EXISTS (
    SELECT FROM lottery_draw draw
    WHERE draw.id = kept.draw_id
        AND draw.drawn_at IS NOT NULL
        AND (draw.confirmed_at IS NOT NULL OR draw.voided_at IS NOT NULL)
)"""
# The audit names rows by their numbers: one, or a list of them.
NUMBERS = {
    "member": "members",
    "entry": "entries",
    "entries": "entries",
    "entrant": "entrants",
    "bookings": "bookings",
    "case": "cases",
}
LISTED = {
    "bookings.booking": "bookings",
    "points.account": "accounts",
    "points.awardstanding": "awards",
    "points.transfer": "transfers",
}
HAS_ONE = (
    "EXISTS (SELECT FROM unnest(%({keys})s::bigint[]) one"
    " WHERE kept.detail -> '{place}' @> to_jsonb(one))"
)
IN_THE_AUDIT = " OR ".join(
    [
        "kept.subject ~ %(pattern)s OR kept.detail::text ~ %(pattern)s",
        "kept.user_id = ANY(%(users)s)",
        "kept.detail ->> 'hash' = %(hash)s",
        *(HAS_ONE.format(keys=keys, place=place) for place, keys in NUMBERS.items()),
        *(
            f"(kept.action = 'member.listed' AND kept.subject = '{subject}' AND "
            f"{HAS_ONE.format(keys=keys, place='rows')})"
            for subject, keys in LISTED.items()
        ),
    ]
)


@dataclass(frozen=True)
class Kept:
    """A table with rows of a person.

    ``condition`` finds them as ``kept``, by the WESTER ID and the keys of
    points/sql/keys_of_a_person.sql; ``hidden`` are columns that speak of other people.
    """

    table: str
    explanation: str | Promise
    condition: str
    hidden: tuple[str, ...] = ()


KEPT = (
    Kept("entries_member", _("Your account: how WESTER ID's sign-in names you here."), OWN),
    Kept(
        "core_user",
        _("The technical side of your account: since when, and the last sign-in."),
        "kept.id = ANY(%(users)s)",
        hidden=("password",),
    ),
    Kept("entries_entry", _("Your entries: campaign, time and channel."), OWN),
    Kept("entries_entryrow", _("Entries as other channels delivered them to us."), OWN),
    Kept("entries_membership", _("Whether your WESTER membership is active."), OWN),
    Kept("entries_membershiprow", _("The messages that your membership follows from."), OWN),
    Kept("entries_coursemember", _("Which course of a series you take part in."), OWN),
    Kept(
        "entries_membercase",
        _("When our staff opened a page about you to answer a question."),
        OWN,
        hidden=("token", "opened_by_id"),
    ),
    Kept(
        "entries_casenote",
        _("What our staff noted of the answer."),
        "kept.case_id = ANY(%(cases)s)",
        hidden=("noted_by_id",),
    ),
    Kept("bookings_exregistration", _("Your EX memberships linked with your WESTER ID."), OWN),
    Kept("bookings_registrationrow", _("The messages that these links follow from."), OWN),
    Kept("bookings_booking", _("Your bookings, as they stand now."), OWN_OR_NUMBERED),
    Kept("bookings_bookingevent", _("What happened to your bookings, step by step."), OF_AN_EVENT),
    Kept(
        "bookings_eventticketing",
        _("How tickets of these bookings were issued, where we learned it later."),
        "kept.event_id IN (SELECT kept.event_id FROM bookings_bookingevent kept"
        f" WHERE {OF_AN_EVENT})",
    ),
    Kept(
        "bookings_membermark",
        _("Notes that your total is to be computed again."),
        OWN_OR_NUMBERED,
    ),
    Kept(
        "bookings_quarantinedrow",
        _("Delivered rows that name you and could not be read without doubt."),
        "encode(kept.content, 'escape') ~ %(pattern)s",
        hidden=("settled_by",),
    ),
    Kept("campaign_total", _("Your total in each campaign, as of the last computation."), OWN),
    Kept("campaign_duemember", _("Campaigns in which your total is to be computed again."), OWN),
    Kept(
        "campaign_aggregationshard",
        _("Computations under way that include your total."),
        "%(wester_id)s = ANY(kept.members)",
        hidden=("members",),
    ),
    Kept(
        "lottery_entrant",
        _("Your place on the list of a draw: total, lots, possible rewards, pseudonym (pid)."),
        OWN,
    ),
    Kept(
        "lottery_award",
        _("What you won in a draw, once its result is announced."),
        f"kept.id = ANY(%(awards)s) AND {IS_ANNOUNCED}",
    ),
    Kept("points_account", _("Your points account with this campaign system."), OWN),
    Kept(
        "points_transfer",
        _("Every movement of points that concerns you."),
        "kept.id = ANY(%(transfers)s)",
    ),
    Kept("points_creditanswer", _("What the points system answered to your credits."), OF_A_KEY),
    Kept("points_resolution", _("How our staff resolved a credit in doubt."), OF_A_KEY),
    Kept(
        "points_reversal",
        _("Requests of our staff to reverse a credit."),
        "kept.transfer_id = ANY(%(transfers)s)",
    ),
    Kept("points_erasure", _("Your request to have your data erased."), OWN, hidden=("hash",)),
    Kept(
        "core_approval",
        _("Requests and approvals of our staff that name you."),
        "kept.subject ~ %(pattern)s OR kept.content::text ~ %(pattern)s",
        hidden=(
            *("requested_by_id", "requested_by_name", "requested_os_user", "requested_host"),
            *("decided_by_id", "decided_by_name", "decided_os_user", "decided_host"),
        ),
    ),
    Kept(
        "core_auditrecord",
        _("When our staff looked up or handled your data."),
        IN_THE_AUDIT,
        hidden=("user_id", "name", "os_user", "host"),
    ),
)
# No row of these names a member. A member's session has the number of the account, signed, and
# ends by itself within twelve hours; the tables of allauth stay empty (docs/sign-in.md).
NOT_OF_A_PERSON = frozenset(
    {
        *("django_session", "django_admin_log", "django_content_type", "django_migrations"),
        *("auth_group", "auth_group_permissions", "auth_permission"),
        *("account_emailaddress", "account_emailconfirmation"),
        *("socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken"),
        *("core_democlock", "core_heartbeat", "core_user_groups", "core_user_user_permissions"),
        *("core_auditseal", "core_auditremoval"),
        *("core_signintries", "core_staffsession", "mfa_authenticator"),  # of staff only
        "entries_lookupcount",  # likewise
        *("bookings_feedfile", "bookings_inboxfile", "bookings_service", "bookings_stop"),
        *("bookings_feedexpectation", "campaign_reasoncount"),
        *("campaign_aggregationrun", "campaign_campaign", "campaign_prize", "campaign_terms"),
        "campaign_unfinisheddraft",
        *("lottery_draw", "lottery_storedforecast"),
        *("bookings_erasedidentifier", "points_purge"),
        *("points_creditfile", "points_payout", "points_payoutpart", "points_resultsfile"),
    }
)

_NO_IDENTIFIER = "[^A-Za-z0-9_-]"


def pattern_of(identifiers: Iterable[str]) -> str:
    """Return a regular expression of PostgreSQL that finds any of these as a whole in a text."""
    return f"(^|{_NO_IDENTIFIER})({'|'.join(identifiers)})($|{_NO_IDENTIFIER})"
