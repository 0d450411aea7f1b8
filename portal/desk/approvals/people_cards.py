"""The cards about people: an account's rights, and the erasure of a member."""

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import Approval, AuditRecord, User
from core.roles import ROLE_NAMES
from core.staff import MAY_MANAGE
from points.models import Erasure
from portal import formats, listing
from portal.desk.approvals.cards import Card, Link, Names, Row, fingerprint

SIGNS = ("staff.signed_in", "staff.sign_in_failed", "staff.signed_out", "staff.session_ended")


def subject_of_account(approval: Approval, _names: Names) -> str:
    """Return the name of the account."""
    return approval.subject


def describe_approver(approval: Approval) -> Card:
    """Return the card of a new approver."""
    return describe_account(
        approval,
        effect=_("This account may approve what others ask for."),
        ask=_("Ask the person whether they have signed in with their own password and device."),
        done=_("The account is an approver's."),
    )


def describe_superuser(approval: Approval) -> Card:
    """Return the card of a new superuser."""
    return describe_account(
        approval,
        effect=_("This account may ask for everything, and make and change other accounts."),
        ask=_("Ask the person whether they need it, and for how long."),
        done=_("The account is a superuser's."),
    )


def describe_reset(approval: Approval) -> Card:
    """Return the card of the reset of an account."""
    return describe_account(
        approval,
        effect=_(
            "The password and second factor of this account are removed: nobody can sign in to it "
            "until it gets a new initial password."
        ),
        ask=_("Ask the person themselves, by telephone or in the room, whether they need it."),
        done=_("The account is closed until it gets a new initial password."),
    )


def describe_account(approval: Approval, *, effect: str, ask: str, done: str) -> Card:
    """Return the card of a change of an account, with who changed it last."""
    content = approval.content
    roles = listing.join_names([ROLE_NAMES.get(one, one) for one in content["roles"]])
    account = User.objects.filter(username=approval.subject).first()
    link = [account_link(account)] if account else []
    return Card(
        effect=effect,
        rows=[
            Row(pgettext("approval", "Account"), content["username"]),
            Row(_("Roles now"), roles or pgettext("of a condition", "None")),
            *(
                [Row(pgettext("approval", "Superuser"), pgettext("of a condition", "Yes"))]
                if content["superuser"]
                else []
            ),
            Row(_("Last signed in"), moment_of(account.last_login if account else None)),
            *last_change(approval),
        ],
        warnings=[ask],
        done=done,
        done_links=link,
    )


def account_link(account: User) -> Link:
    """Return the link to the page of an account."""
    address = reverse("admin:core_user_change", args=[account.pk])
    return Link(_("The account"), address, (MAY_MANAGE,))


def last_change(approval: Approval) -> list[Row]:
    """Return when and by whom the account was last changed before the request was decided."""
    changes = AuditRecord.objects.filter(subject=approval.subject, action__startswith="staff.")
    if approval.decided_at:
        changes = changes.filter(at__lt=approval.decided_at)
    last = changes.exclude(action__in=SIGNS).order_by("-at", "-id").first()
    if last is None:
        return [Row(_("Last changed"), pgettext("of a condition", "None"))]
    who = last.name or f"{last.os_user}@{last.host}"
    values = {"at": moment_of(last.at), "who": who}
    return [Row(_("Last changed"), pgettext("an account", "%(at)s, by %(who)s") % values)]


def moment_of(instant: object) -> str:
    """Return an instant in Japan's time; a dash where there is none."""
    return formats.minute_in_words(localtime(instant)) if instant else "–"  # type: ignore[arg-type]


def subject_of_case(approval: Approval, _names: Names) -> str:
    """Return the number of the case, which names no member."""
    return pgettext("approval", "Case no. %(number)s") % {
        "number": approval.subject.removeprefix("case/")
    }


def describe_erasure(approval: Approval) -> Card:
    """Return the card of the erasure of a member; whom it is about stands on the case's page."""
    content = approval.content
    erasure = Erasure.objects.filter(pk=content["case"]).first()
    address, may = (
        reverse("admin:points_erasure_change", args=[content["case"]]),
        ("points.view_erasure",),
    )
    return Card(
        effect=_(
            "All that is stored of this member is erased or replaced by a mark. Nobody can bring "
            "it back."
        ),
        rows=[Row(pgettext("of a request", "Reason"), content["reason"])],
        warnings=[_("Read whom the case is about before you approve.")],
        more=[fingerprint(_("Fingerprint of the member"), content["member"])],
        links=(
            [Link(_("Whom it is about"), address, may)]
            if erasure and erasure.erased_at is None
            else []
        ),
        done=_("The member is erased."),
        done_links=[Link(_("The case"), address, may)],
    )
