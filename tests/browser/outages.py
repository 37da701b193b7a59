"""Take parties of the town away for a while; each block leaves the town whole."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.town.processes import Party
from deploy.town.run import holder_parties, index_party, provider_party
from tests.browser.screen import Town


@contextmanager
def without(town: Town, *names: str) -> Iterator[None]:
    """Stop these processes, and start them again at the end."""
    gone = [party for party in _parties(town) if party.name in names]
    for party in gone:
        town.processes.stop(party.name)
    try:
        yield
    finally:
        town.processes.start_together(gone)


@contextmanager
def standing_still(town: Town, name: str) -> Iterator[None]:
    """Have one process take connections and answer nothing, as a slow network does."""
    process = town.processes.running[name].pid
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def _parties(town: Town) -> list[Party]:
    places = town.places
    return [provider_party(places), index_party(places), *holder_parties(places)]
