"""Questions about members."""

from django.contrib.auth.models import AnonymousUser

from campaign.models import User
from entries.models import Member


def find_member(user: User | AnonymousUser) -> Member | None:
    """Return the member who is signed in; None for a visitor, and for staff."""
    return Member.objects.filter(user=user.pk).first() if user.is_authenticated else None
