"""What follows when a staff user has given all that sign-in takes."""

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse

from core.models import User
from core.sign_in.devices import known_device, remember_device
from core.sign_in.lockout import forget_tries
from core.sign_in.passwords import record_own


def complete_sign_in(
    *, request: HttpRequest, response: HttpResponse, factor: str, at: datetime
) -> None:
    """Record a complete sign-in, forget the browser's wrong tries, and make it a known one.

    Args: ``factor``: ``totp``, ``webauthn``, ``recovery_codes`` or ``none``.
    """
    user = cast("User", request.user)
    device = known_device(request, user)
    forget_tries(user=user, device=device)
    remember_device(request, response, user)
    record_own(
        user=user, action="staff.signed_in", at=at, factor=factor, known_browser=bool(device)
    )
