"""How a source agency joins: an invitation, one signed request, and an acceptance.

    index    --invitation-->  agency      everything public, for one organisation
    agency   --request----->  index, each holder, provider: the same file for all
    index, holders  --acceptance-->  agency

- Each is a JSON file (JWS, RFC 7515 section 7.2.1) with a fingerprint over its payload,
  short enough to be told by telephone. Whoever takes a file in types the fingerprint
  that the other side told: a forged file has another.
- A request carries the invitation, and a signature by each key that it names: nobody
  registers a key that is not theirs, or takes part in another's name.
- Nothing in any of them is secret, and nothing is about a citizen.

Proven by tests/attack/test_joining_in_anothers_place.py.
"""

from keys.joining.documents import (
    Acceptance,
    HolderAt,
    IndexAt,
    Invitation,
    InvitedSource,
    JoinRequest,
)
from keys.joining.fingerprint import CHARACTERS, tell_fingerprint, verify_fingerprint
from keys.joining.signing import (
    Opened,
    OpenedRequest,
    open_acceptance,
    open_invitation,
    open_own_request,
    open_request,
    read_document,
    sign_acceptance,
    sign_invitation,
    sign_request,
)

__all__ = [
    "CHARACTERS",
    "Acceptance",
    "HolderAt",
    "IndexAt",
    "Invitation",
    "InvitedSource",
    "JoinRequest",
    "Opened",
    "OpenedRequest",
    "open_acceptance",
    "open_invitation",
    "open_own_request",
    "open_request",
    "read_document",
    "sign_acceptance",
    "sign_invitation",
    "sign_request",
    "tell_fingerprint",
    "verify_fingerprint",
]
