"""Why a sign-in failed: each refusal has a text for the member and a status for the browser.

Nothing of a refused sign-in is saved. The reason goes into the log; it identifies nobody.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from entries.refusals import EntriesRefusal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class SignInRefusal(EntriesRefusal):
    """Base: a heading and advice for the member, a status for the browser.

    ``shows_contacts``: the advice is to ask the help desk, so that the page has to name it.
    """

    reason = "refused"
    status = HTTPStatus.FORBIDDEN
    heading: "StrPromise"
    advice: "StrPromise"
    shows_contacts = False

    def __init__(self, reason: str | None = None) -> None:
        self.reason = reason or self.reason
        super().__init__(self.reason)


class ProviderUnavailable(SignInRefusal):
    """WESTER ID does not answer, or not as its protocol requires."""

    reason = "provider_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    heading = _("Logging in is not possible at the moment")
    advice = _(
        "WESTER ID cannot be reached well right now. You are not logged in, and no entry was made. "
        "Please wait a little and try again."
    )


class AnswerRefused(SignInRefusal):
    """The answer of WESTER ID does not prove who signs in, or that it is meant for us."""

    reason = "answer_refused"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    heading = _("The login could not be confirmed")
    advice = _(
        "For your safety it was stopped: you are not logged in, and no entry was made. "
        "Please log in once more."
    )


class ClientRejected(AnswerRefused):
    """WESTER ID rejects our request, perhaps for our client secret."""


class SignInCancelled(SignInRefusal):
    """The member cancelled at WESTER ID."""

    reason = "cancelled"
    status = HTTPStatus.OK
    heading = _("The login was cancelled")
    advice = _("You are not logged in, and no entry was made. You can log in at any time.")


class SignInLost(SignInRefusal):
    """No sign-in waits for this answer: it is too old, repeated, or another browser's."""

    reason = "lost"
    status = HTTPStatus.BAD_REQUEST
    heading = _("Please log in once more")
    advice = _(
        "The login took too long or was interrupted, so nothing was done. "
        "If this happens again, please allow cookies for this site."
    )


class WesterIdMissing(SignInRefusal):
    """The account has no WESTER ID."""

    reason = "wester_id_missing"
    heading = _("Your WESTER ID could not be found")
    advice = _(
        "The login worked, but no WESTER ID came with it. "
        "Please complete your registration with WESTER and log in again."
    )


class WesterIdMalformed(WesterIdMissing):
    """The claim of the WESTER ID has a value that cannot be one."""

    reason = "wester_id_malformed"


class WesterIdChanged(SignInRefusal):
    """The account had another WESTER ID at an earlier sign-in."""

    reason = "wester_id_changed"
    heading = _("Your WESTER ID is not the one of before")
    shows_contacts = True
    advice = _(
        "This account was used here with another WESTER ID. So that no entry gets lost or goes to "
        "somebody else, we have not logged you in. Please ask the campaign's help desk."
    )


class WesterIdTaken(SignInRefusal):
    """The WESTER ID belongs to another account."""

    reason = "wester_id_taken"
    heading = _("Your WESTER ID is in use with another account")
    shows_contacts = True
    advice = _(
        "One WESTER ID belongs to one account. Please log in with the account that you used here "
        "first, or ask the campaign's help desk."
    )


class AccountClosed(SignInRefusal):
    """Staff has closed the account here."""

    reason = "account_closed"
    heading = _("This account cannot be used here")
    shows_contacts = True
    advice = _("Please ask the campaign's help desk.")
