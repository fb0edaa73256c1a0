"""A package signed with a key of our own: WACZ Signing and Verification 0.1.0, "anonymous signature".

It proves that the package is as the holder of the key made it; whose key it is must be known from elsewhere.
https://specs.webrecorder.net/wacz-auth/0.1.0/
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from errors import BadKey

CURVE = ec.SECP384R1
"""The curve that readers of these signatures know."""


class Signer:
    """Holds a private key."""

    def __init__(self, path: Path) -> None:
        """`path`: a private key on P-384 in PEM, without a password. Raises `BadKey`."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except OSError as error:
            raise BadKey(path=path, problem=error.strerror) from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadKey(path=path, problem="this is no private key in PEM without a password") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, CURVE):
            raise BadKey(path=path, problem="the key is not one on the curve P-384")
        self._key = key

    def sign(self, digest: str, created: str, software: str) -> dict[str, str]:
        """`signedData` of a package: `digest` is `sha256:…` of its datapackage.json."""
        numbers = decode_dss_signature(self._key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
        size = self._key.key_size // 8
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "hash": digest,
            "created": created,
            "software": software,
            "signature": _text(b"".join(number.to_bytes(size, "big") for number in numbers)),
            "publicKey": _text(public),
        }


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
