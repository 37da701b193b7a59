"""Check an Ed25519 signature with libsodium: half the time that OpenSSL takes.

- For those who check signatures all day (the index its tickets, a holder its requests)
  and have libsodium anyhow. Whoever has not, checks with `keys.jose.verify_openssl`.
- RFC 8032; libsodium also refuses keys of small order and signatures in a second form.
"""

import pysodium

from keys.errors import SignatureInvalid


def verify_sodium(key: bytes, message: bytes, signature: bytes) -> None:
    """Return when the signature holds under these 32 bytes, or raise.

    Raises `SignatureInvalid`. Proven by tests/unit/keys_holder/test_jose.py.
    """
    try:
        pysodium.crypto_sign_verify_detached(signature, message, key)
    except ValueError:
        raise SignatureInvalid from None
