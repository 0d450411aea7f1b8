"""Identifiers of members as they stand on pages of staff who may not view members."""

from django.http import HttpRequest

MAY_SEE = "entries.view_member"
FIRST, LAST = 5, 2
MIN_LENGTH = 10


def mask_identifier(identifier: str) -> str:
    """Return an identifier without its middle, such as ``W9041***03``; a short one is stars only.

    The number of stars does not depend on the length.
    """
    if len(identifier) < MIN_LENGTH:
        return "***"
    return f"{identifier[:FIRST]}***{identifier[-LAST:]}"


def may_see_members(request: HttpRequest) -> bool:
    """Return whether the signed-in user may read the identifiers of members."""
    return request.user.has_perm(MAY_SEE)
