"""The secrets of a draw: its two encrypted keys, and the manifest's signing key."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from lottery.refusals import BrokenKey

KEY_BYTES = 32
NONCE_BYTES = 12  # of AES-GCM; random, and a key encrypts two values a draw


def new_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def key_name(which: str, campaign_code: str, sequence: int) -> str:
    """Return the name that a key of a draw is encrypted for, and that decrypts it."""
    return f"{which} {campaign_code}/{sequence}"


def seal_key(key: bytes, *, name: str) -> bytes:
    """Encrypt a draw's key under DRAW_KEY; only the same name decrypts it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(settings.DRAW_KEY).encrypt(nonce, key, name.encode())


def open_key(sealed: bytes, *, name: str) -> bytes:
    """Decrypt a draw's key, for an auditor, with the current DRAW_KEY or a former one.

    Raises:
        BrokenKey: it was encrypted under another DRAW_KEY, or under another name.
    """
    for key in (settings.DRAW_KEY, *settings.DRAW_KEY_FALLBACKS):
        if (opened := decrypt(sealed, under=key, name=name)) is not None:
            return opened
    raise BrokenKey(_("The key of this draw does not open with this DRAW_KEY."))


def decrypt(sealed: bytes, *, under: bytes, name: str) -> bytes | None:
    """Return a draw's key; None where another key or another name encrypted it."""
    try:
        return AESGCM(under).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError):  # too short, or there is no key here
        return None


def find_encrypting_key(sealed: bytes | None, *, name: str) -> str:
    """Return which DRAW_KEY a draw needs: current, former, unknown, or none once it is erased."""
    if sealed is None:
        return "none"
    if decrypt(sealed, under=settings.DRAW_KEY, name=name) is not None:
        return "current"
    former = (decrypt(sealed, under=key, name=name) for key in settings.DRAW_KEY_FALLBACKS)
    return "former" if any(key is not None for key in former) else "unknown"


def sign_manifest(manifest_sha256: bytes) -> str:
    """Return manifest.sig: the Ed25519 signature of the manifest hash, in hex."""
    return signing_key().sign(manifest_sha256).hex()


def signing_public_key() -> str:
    """Return the public half of DRAW_SIGNING_KEY, in hex."""
    return signing_key().public_key().public_bytes_raw().hex()


def signing_key() -> Ed25519PrivateKey:
    """Return the key that manifests are signed with."""
    return Ed25519PrivateKey.from_private_bytes(settings.DRAW_SIGNING_KEY)
