"""Read who signs in from what the provider answered: no network, no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from bookings.values import is_identifier
from entries.sign_in.refusals import AnswerRefused, WesterIdMalformed, WesterIdMissing

Claims = Mapping[str, Any]
MAX_SUB = 255  # characters


@dataclass(frozen=True)
class Identity:
    """An account at the provider and its WESTER ID; never shown in a repr."""

    issuer: str = field(repr=False)
    sub: str = field(repr=False)
    wester_id: str = field(repr=False)


def read_identity(
    id_token: Claims, userinfo: Claims, *, issuer: str, wester_id_claim: str
) -> Identity:
    """Return who signs in, from the verified ID token and the answer of the userinfo endpoint.

    Source: OpenID Connect Core 1.0, 5.3.2 (userinfo about another sub must not be used).

    Raises:
        AnswerRefused: the two are about different accounts, or contradict each other.
        WesterIdMissing, WesterIdMalformed: no WESTER ID comes with the account.
    """
    sub = id_token.get("sub")
    if not is_sub(sub) or userinfo.get("sub") != sub:
        raise AnswerRefused("sub_differs")
    stated = [claims.get(wester_id_claim) for claims in (id_token, userinfo)]
    wester_ids = [value for value in stated if value not in (None, "")]
    if not wester_ids:
        raise WesterIdMissing
    if any(value != wester_ids[0] for value in wester_ids):
        raise AnswerRefused("wester_id_contradicts")
    if not isinstance(wester_ids[0], str) or not is_identifier(wester_ids[0]):
        raise WesterIdMalformed
    return Identity(issuer=issuer, sub=sub, wester_id=wester_ids[0])


def is_sub(value: object) -> TypeGuard[str]:
    """Return whether this can name an account (OpenID Connect Core 1.0, section 2)."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_SUB
        and value.isascii()
        and value.isprintable()
    )
