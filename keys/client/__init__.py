"""The blinding client: from numbers to pseudonyms, through any quorum of key holders.

    config = await fetch_config(transport, pins, accepted_origin="distributed", …)
    result = await pseudonymise(transport, config, numbers, Act.LOOKUP)

- While holders change over to another sharing `pseudonymise_anew` fetches the config
  once more and asks anew: nothing is lost, and no two configs are mixed.
- A number leaves the process only blinded by a scalar that is used once.
- No answer is combined before its proof held under the holder's public share.
- When a holder is sick in any of the ways of `keys.quorum`, another pair is asked
  within two seconds and the result says so (`passed_over`).
- For sources and case systems. Neither index nor desk may import this package.
"""

from keys.client.asking import (
    Asked,
    EvaluationTransport,
    HolderAnswer,
    Pseudonymised,
    fetch_config,
    fetch_signed,
)
from keys.client.pseudonymise import (
    PROOF_REFUSED,
    pseudonymise,
    pseudonymise_anew,
)
from keys.client.registrations import fetch_registration
from keys.client.transports import (
    EVALUATION_SECONDS,
    HolderPlace,
    HolderTransport,
    RelayTransport,
    Signer,
)

__all__ = [
    "EVALUATION_SECONDS",
    "PROOF_REFUSED",
    "Asked",
    "EvaluationTransport",
    "HolderAnswer",
    "HolderPlace",
    "HolderTransport",
    "Pseudonymised",
    "RelayTransport",
    "Signer",
    "fetch_config",
    "fetch_registration",
    "fetch_signed",
    "pseudonymise",
    "pseudonymise_anew",
]
