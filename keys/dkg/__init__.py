"""Make a key that nobody ever has whole: COCKTAIL-DKG v0.2.1, Ristretto255, SHA-512.

Each party draws a polynomial, commits to it and hands every other party its value
there, sealed. The key is the sum of the constant terms; nobody adds them up.
Specification: https://c2sp.org/cocktail-dkg; what `keys.ceremony` adds to it stands in
docs/decisions/0067-a-key-is-made-by-three.md.

- Pure: randomness comes in as arguments, and nothing here reads or writes a file.
- Lengths and indexes come from the session that all agreed on, never from a message.
- Any fault stops the run and names a party: `PartyBlamed`.

Proven by tests/contract/test_dkg_vectors.py and tests/property/test_dkg.py.
"""

from keys.dkg.faults import PartyBlamed, Rule
from keys.dkg.polynomial import (
    Polynomial,
    ZeroSharing,
    draw_polynomial,
    draw_sharing,
    draw_zero_sharing,
)
from keys.dkg.rounds import (
    Contribution,
    Outcome,
    add_up,
    add_values,
    certify,
    contribute,
    open_shares,
    refresh,
    verify_certificate,
    verify_contribution,
    verify_fresh,
    verify_share,
    write_transcript,
)
from keys.dkg.schnorr import SIGNATURE_BYTES
from keys.dkg.sealed_shares import SEALED_BYTES
from keys.dkg.session import Constant, Session, open_session

__all__ = [
    "SEALED_BYTES",
    "SIGNATURE_BYTES",
    "Constant",
    "Contribution",
    "Outcome",
    "PartyBlamed",
    "Polynomial",
    "Rule",
    "Session",
    "ZeroSharing",
    "add_up",
    "add_values",
    "certify",
    "contribute",
    "draw_polynomial",
    "draw_sharing",
    "draw_zero_sharing",
    "open_session",
    "open_shares",
    "refresh",
    "verify_certificate",
    "verify_contribution",
    "verify_fresh",
    "verify_share",
    "write_transcript",
]
