"""What the parts of a run may ask the key holders, declared here and nowhere else.

- A part that spends a source's bucket is a `Spender`, with an agency of its own, whose
  declared caseload is what this part needs. One more without an agency, or without
  its need, ends the run before anything is measured.
- Who looks up are as many users as all lookups need; none is given more than its share
  of a day, whichever parts run. As many are at work at a time, by turns, however many
  other parts are measured: who asks again soon is answered sooner.
"""

from collections.abc import Sequence
from enum import Enum, auto
from itertools import chain, islice, repeat

from deploy.measure.attacks import ATTACKS
from deploy.measure.parts import KEY_ACTS
from deploy.measure.sizes import (
    FOUND_AGAIN,
    OWN_LOOKUPS,
    SCREEN_WARM_UP_PAIRS,
    WARM_UP,
    Sizes,
)
from deploy.town.parties import AGENCIES, Account
from keys.request import MAX_POINTS

PERSONS_PER_USER = 150
"""Of the 200 that a holder allows in a day: what is asked again has room."""

AT_WORK = 64
"""How many users look up by turns, until their shares are spent."""


class BudgetOverdrawn(Exception):
    """The parts of a run look up more than was reckoned for them."""


class Spender(Enum):
    """What spends an agency's bucket, in the order of the agencies."""

    PUBLISH = auto()
    FILL = auto()
    SOURCES = auto()
    EVALUATE = auto()


AGENCY_OF = dict(zip(Spender, AGENCIES, strict=True))


def declare_caseloads(sizes: Sizes) -> dict[str, int]:
    """Say for each agency, by its OIN, about how many persons its part asks."""
    needs = {
        Spender.PUBLISH: sizes.published,
        Spender.FILL: sizes.citizens + len(KEY_ACTS) * sizes.working_delivered,
        Spender.SOURCES: sizes.sourced,
        Spender.EVALUATE: sizes.evaluation_batches * MAX_POINTS,
    }
    return {
        agency.organisation: needs[spender] for spender, agency in AGENCY_OF.items()
    }


def count_users(sizes: Sizes) -> int:
    """Say how many users must be registered for all lookups of a run."""
    return -(-_count_lookups(sizes) // PERSONS_PER_USER)


def count_persons(sizes: Sizes) -> int:
    """Say about how many persons the team asks a holder: lookups, clicks, requests."""
    clicks = 2 * (sizes.screen_pairs + SCREEN_WARM_UP_PAIRS)
    return _count_lookups(sizes) + clicks + sizes.evaluation_requests


class Users:
    """The registered users, who ask by turns, `AT_WORK` at a time."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        shifts = (accounts[i : i + AT_WORK] for i in range(0, len(accounts), AT_WORK))
        self._turns = chain.from_iterable(
            chain.from_iterable(repeat(shift, PERSONS_PER_USER)) for shift in shifts
        )

    def take(self, count: int) -> list[Account]:
        """Name who asks each of the next lookups, or raise `BudgetOverdrawn`."""
        taken = list(islice(self._turns, count))
        if len(taken) < count:
            raise BudgetOverdrawn("count the lookups of this part in budgets.py")
        return taken


def _count_lookups(sizes: Sizes) -> int:
    blocks = sum(count for _, count in sizes.lookups)
    joined = 1
    hostile = sizes.flooded + sizes.others * (1 + len(ATTACKS))
    own = OWN_LOOKUPS + blocks + 2 * sizes.pairs + sizes.sqlite_lookups + 2 * WARM_UP
    moving = (sizes.moving_blocks + sizes.most_moving_blocks) * sizes.moving_lookups
    at_work = len(KEY_ACTS) * (sizes.working_lookups + FOUND_AGAIN)
    return own + joined + hostile + moving + at_work
