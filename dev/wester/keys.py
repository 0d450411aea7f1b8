"""The key that the stand-in signs with, made on this machine at first use."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config.env import local_file

BITS = 2048


def signing_key(file: Path) -> str:
    """Return the private key, in PEM."""
    return local_file(file, make_key)


def make_key() -> str:
    """Make a private key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
