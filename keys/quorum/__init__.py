"""Two of three holders, of whom one may be sick: what every client does about it.

Client, agent and desk share it; the browser has the desk's. Whatever one holder answers
or fails to answer, another pair is asked within two seconds in all:

| a holder | is found by | code |
|---|---|---|
| is down, gives 5xx, or what is no answer | `send` | `unavailable` |
| is silent, or has no end (a byte a second) | `Watch.wait`: another answered | `slow` |
| gives a key config that does not hold | `choose_config` | `config-refused` |
| gives an older key config than the one that counts | `choose_config` | `config-old` |
| gives an evaluation without a proof | `verify_evaluation` | `proof-refused` |
| gives a ticket that the index refuses | `verify_granted` | `ticket-refused` |
| refuses (401, 403, 409): clock, who, which key | the client | its own code |
| has no budget for who asks | the client | `budget-spent` |

- `Watch` remembers who did not serve, and names each with the reason; holders take
  turns, so that one that is never needed is not found sick when it is.
- What is about who asks (`ABOUT_ASKER`) is no fault of the holder: not remembered.
"""

from keys.quorum.configs import Chosen, choose_config
from keys.quorum.notice_keys import fetch_agreed
from keys.quorum.places import follow_places
from keys.quorum.sending import read_slug, send
from keys.quorum.watch import (
    ABOUT_ASKER,
    BUDGET_SPENT,
    CONFIG_OLD,
    CONFIG_REFUSED,
    SLOW,
    STALE,
    TICKET_REFUSED,
    UNAVAILABLE,
    Watch,
)

__all__ = [
    "ABOUT_ASKER",
    "BUDGET_SPENT",
    "CONFIG_OLD",
    "CONFIG_REFUSED",
    "SLOW",
    "STALE",
    "TICKET_REFUSED",
    "UNAVAILABLE",
    "Chosen",
    "Watch",
    "choose_config",
    "fetch_agreed",
    "follow_places",
    "read_slug",
    "send",
]
