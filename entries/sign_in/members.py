"""Find or create the member of an account: one account, one member, one WESTER ID, for ever."""

import secrets

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from bookings.erased import save_return
from core import clock
from core.errors import constraint_errors
from core.models import User
from entries.models import Member
from entries.refusals import EntriesRefusal
from entries.sign_in.claims import Identity
from entries.sign_in.refusals import WesterIdChanged, WesterIdTaken


class _AlreadyThere(EntriesRefusal):
    """The account or the WESTER ID has a member already."""


def signed_in_member(user: AbstractBaseUser | AnonymousUser) -> Member | None:
    """Return the member who is signed in; None for staff and for visitors."""
    return Member.objects.filter(user_id=user.pk).first() if user.is_authenticated else None


def find_or_create_member(*, identity: Identity) -> Member:
    """Return the member of an account; the first sign-in creates one.

    Of two first sign-ins at the same moment the unique constraints let one be first.

    Raises:
        WesterIdChanged: the account came with another WESTER ID before.
        WesterIdTaken: the WESTER ID belongs to another account.
    """
    if member := find_member_by_identity(identity):
        return member
    taken = _AlreadyThere()
    try:
        with constraint_errors(
            {"member_one_per_account": taken, "member_one_per_wester_id": taken}
        ):
            return create_member(identity)
    except _AlreadyThere:
        if member := find_member_by_identity(identity):  # from another window of the same person
            return member
        raise WesterIdTaken from None


def find_member_by_identity(identity: Identity) -> Member | None:
    """Return the member of an account, or None before its first sign-in.

    Raises:
        WesterIdChanged: it had another WESTER ID.
    """
    account = Member.objects.filter(issuer=identity.issuer, sub=identity.sub)
    member = account.select_related("user").first()
    if member and member.wester_id != identity.wester_id:
        raise WesterIdChanged
    return member


def create_member(identity: Identity) -> Member:
    """Create a member and its user, who has no password and no name.

    A member who was erased begins anew: feeds apply from now on, and nothing of before comes back.
    """
    user = User.objects.create_user(username=f"member-{secrets.token_hex(16)}")
    member = Member.objects.create(
        user=user, issuer=identity.issuer, sub=identity.sub, wester_id=identity.wester_id
    )
    # After the insert, which waits for an erasure that is being carried out.
    save_return(identity.wester_id, at=clock.now())
    return member
