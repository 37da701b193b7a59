"""State by which keys organisations sign whom to call: what a desk holds against them.

The keys are public, and so is this statement: who asks is not known, and asks for all
of them, so that no holder learns of whom an answer told.
"""

from keys.holder.evaluations import Holder
from keys.holder.organisations import (
    AnyOrganisation,
    LookupOrganisation,
    SourceOrganisation,
)
from keys.jose import sign_compact
from keys.notice_keys import NOTICE_KEYS_TYPE


def state_notice_keys(holder: Holder) -> str:
    """Sign what this holder knows of who signs, and by which keys, at this moment."""
    known = sorted(holder.organisations.by_kind.values(), key=lambda one: one.oin)
    claims: dict[str, object] = {
        "iss": holder.keys.identity.id,
        "iat": int(holder.now().timestamp()),
        "sources": [
            {
                "org": one.oin,
                "partners": _partners(one),
                "keys": [key.jwk for key in one.notice_keys],
            }
            for one in known
            if isinstance(one, LookupOrganisation | SourceOrganisation)
        ],
    }
    return sign_compact(holder.keys.ticket_key, NOTICE_KEYS_TYPE, claims)


def _partners(one: AnyOrganisation) -> list[str]:
    return list(one.partners) if isinstance(one, SourceOrganisation) else []
