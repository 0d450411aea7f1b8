"""The second factors: codes of an app (TOTP), security keys (WebAuthn), recovery codes.

allauth.mfa stores and checks them. Added here: secrets are encrypted in the database, and a code
of an app is used once, by the database.
"""

import base64
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import Refusal
from core.models import User
from core.sign_in.devices import known_device
from core.sign_in.lockout import MAX_TRIES, PAUSE, Try, claim_try, give_back
from core.sign_in.passwords import record_failure, record_own

Type = Authenticator.Type
LAST_STEP = "last_step"  # of the codes of an app: none up to this half minute is taken again
MAX_NAME = 50
# What the libraries raise for an answer that is not one.
UNFIT_ANSWER = (
    *(AttributeError, LookupError, NotImplementedError, TypeError, ValueError, struct.error),
    *(InvalidSignature, UnsupportedAlgorithm),
)


class WrongFactor(Refusal):
    """The code or the key is wrong, or too many were."""


class LastFactor(Refusal):
    """Without this factor nobody could sign in."""


class FactorAdapter(DefaultMFAAdapter):
    """allauth's hooks: what stands in the database is encrypted under the site's secret."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return ciphers().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return how a security key shows the site."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.MFA_TOTP_ISSUER}


def ciphers() -> MultiFernet:
    """Return the cipher of the site's secret, which also reads what the ones before it wrote."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(derived_key(secret)) for secret in secrets])


def derived_key(secret: str) -> bytes:
    """Return a key that serves nothing else."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"core.sign_in.factors")
    return base64.urlsafe_b64encode(hkdf.derive(secret.encode()))


def list_factors(user: User) -> list[Authenticator]:
    """Return the app and the security keys of a user, the earliest first."""
    own = Authenticator.objects.filter(user=user).exclude(type=Type.RECOVERY_CODES)
    return list(own.order_by("id"))


def has_security_key(user: User) -> bool:
    """Return whether a user has set up a security key."""
    return Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).exists()


def check_code(*, request: HttpRequest, user: User, code: str, at: datetime) -> Authenticator:
    """Return the factor that a typed code belongs to: the app, or the recovery codes.

    Raises:
        WrongFactor: the code is wrong or used, or there were too many wrong ones.
    """
    with CountedTry(request=request, user=user, at=at), transaction.atomic():
        own = Authenticator.objects.select_for_update().filter(
            user=user, type__in=[Type.TOTP, Type.RECOVERY_CODES]
        )
        for factor in own.order_by("id"):
            if takes_code(factor, code):
                factor.record_usage()
                taken: Authenticator = factor
                return taken
        raise wrong_factor()


def takes_code(factor: Authenticator, code: str) -> bool:
    """Return whether a locked factor takes a code, which it then takes no more."""
    if factor.type == Type.RECOVERY_CODES:
        return bool(RecoveryCodes(factor).validate_code(code))
    step = find_step(decrypt(factor.data["secret"]), code, after=factor.data.get(LAST_STEP, 0))
    if step is None:
        return False
    factor.data[LAST_STEP] = step
    # Written again under the present secret of the site, so that the ones before it can be removed.
    factor.data["secret"] = FactorAdapter().encrypt(decrypt(factor.data["secret"]))
    factor.save(update_fields=["data"])
    return True


def find_step(secret: str, code: str, *, after: int) -> int | None:
    """Return the half minute whose code this is, now or one before or after; None: none of them."""
    for step in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, step))
        if step > after and compare_user_code(actual=code, expected=expected):
            return step
    return None


def check_key(
    *, request: HttpRequest, user: User, credential: dict[str, Any], at: datetime
) -> Authenticator:
    """Return the security key that answered.

    Raises:
        WrongFactor: the answer is not that of a key of this user to the last question.
    """
    with CountedTry(request=request, user=user, at=at), answers_only():
        webauthn.parse_authentication_response(credential)
        factor = webauthn.complete_authentication(user, credential)
    factor.record_usage()
    return factor


class CountedTry:
    """Count a try before it is judged; record it if it was wrong, uncount it if it was right."""

    def __init__(self, *, request: HttpRequest, user: User, at: datetime) -> None:
        self.user, self.at = user, at
        self.device = known_device(request, user)
        self.granted = Try.PAUSED

    def __enter__(self) -> None:
        self.granted = claim_try(user=self.user, device=self.device)
        if self.granted is Try.PAUSED:
            raise wrong_factor()

    def __exit__(self, _kind: object, error: object, _traceback: object) -> None:
        if isinstance(error, WrongFactor):
            record_failure(
                user=self.user,
                granted=self.granted,
                step="factor",
                known=bool(self.device),
                at=self.at,
            )
        elif error is None:
            give_back(user=self.user, device=self.device)


def wrong_factor() -> WrongFactor:
    """Return the refusal that is the same for every reason."""
    return WrongFactor(
        _(
            "The code or the key is wrong, or was used before. After %(tries)s wrong ones sign-in "
            "is paused for %(minutes)s minutes."
        )
        % {"tries": MAX_TRIES, "minutes": PAUSE.seconds // 60}
    )


def add_app(*, request: HttpRequest, user: User, code: str, at: datetime) -> None:
    """Set up the app whose secret was shown last, proved by one of its codes; it replaces another.

    Raises:
        WrongFactor: the code is not of this secret.
    """
    secret = totp.get_totp_secret()
    with CountedTry(request=request, user=user, at=at):
        step = find_step(secret, code, after=0)
        if step is None:
            raise wrong_factor()
    with transaction.atomic():
        lock_account(user)
        Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
        app = totp.TOTP.activate(user, secret).instance
        app.data[LAST_STEP] = step
        app.save(update_fields=["data"])
        finish_adding(user, Type.TOTP, at)
    totp.clear_totp_secret(request)


def add_key(
    *, request: HttpRequest, user: User, name: str, credential: dict[str, Any], at: datetime
) -> None:
    """Set up the security key that answered.

    Raises:
        WrongFactor: the answer does not belong to the last question.
    """
    with CountedTry(request=request, user=user, at=at), answers_only():
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    with transaction.atomic():
        lock_account(user)
        number = Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).count() + 1
        default = pgettext("staff sign-in", "Security key %(number)s") % {"number": number}
        webauthn.WebAuthn.add(user, name[:MAX_NAME] or default, credential)
        finish_adding(user, Type.WEBAUTHN, at)


@contextmanager
def answers_only() -> Iterator[None]:
    """Turn whatever the library raises for a key's answer into the refusal; it comes from outside.

    Raises:
        WrongFactor: see there.
    """
    try:
        yield
    except (*UNFIT_ANSWER, ValidationError):
        raise wrong_factor() from None


def lock_account(user: User) -> None:
    """Change the factors of one account one after the other."""
    User.objects.select_for_update().get(pk=user.pk)


def finish_adding(user: User, kind: str, at: datetime) -> None:
    """Create the recovery codes with the first factor, and record the new factor."""
    RecoveryCodes.activate(user)
    record_own(user=user, action="staff.factor_added", at=at, factor=str(kind))


@transaction.atomic
def remove_factor(*, user: User, factor_id: int, at: datetime) -> None:
    """Remove an app or a key of a user, but not the last one.

    Raises:
        LastFactor: it is the last one, or there is no such factor.
    """
    lock_account(user)
    factors = {factor.pk: factor for factor in list_factors(user)}
    if factor_id not in factors or len(factors) == 1:
        raise LastFactor(_("The last second factor stays. Set up another one first."))
    factor = factors[factor_id]
    kind = str(factor.type)
    factor.delete()
    record_own(user=user, action="staff.factor_removed", at=at, factor=kind)


def app_to_set_up(user: User) -> tuple[str, str]:
    """Return the secret that an app is to be set up with, and a picture of it as an address."""
    secret = totp.get_totp_secret()
    adapter = FactorAdapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return secret, f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


def new_key_question(user: User) -> dict[str, Any]:
    """Return what a browser asks a new security key; the answer goes to ``add_key``."""
    question: dict[str, Any] = as_json(webauthn.begin_registration(user, passwordless=False))
    return question


def key_question(user: User) -> dict[str, Any] | None:
    """Return what a browser asks a user's security keys; None where there are none."""
    return as_json(webauthn.begin_authentication(user)) if has_security_key(user) else None


def as_json(value: Any) -> Any:
    """Return what the library made of mappings as plain dicts."""
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value


def unused_codes(user: User) -> list[str]:
    """Return the recovery codes, until the user has confirmed that they are written down."""
    factor = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    if factor is None or RecoveryCodes(factor).did_view:
        return []
    return list(RecoveryCodes(factor).get_unused_codes())


def count_codes(user: User) -> int:
    """Return how many recovery codes are left."""
    factor = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(factor).get_unused_codes()) if factor else 0


def confirm_codes(user: User) -> None:
    """Never show the present recovery codes again."""
    factor = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    if factor is not None:
        RecoveryCodes(factor).mark_as_viewed()


@transaction.atomic
def renew_codes(*, user: User, at: datetime) -> None:
    """Replace the recovery codes; the ones before them end."""
    lock_account(user)
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    record_own(user=user, action="staff.factor_added", at=at, factor=str(Type.RECOVERY_CODES))
