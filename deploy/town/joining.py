"""An agency joins a town that runs: invited, and taken in by everybody, by command.

Each party runs its own command in its own folder; what goes between them are files, and
the fingerprints that people tell by telephone. Nothing is started again.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.town.commands import run
from deploy.town.parties import MUNICIPALITY, Agency
from deploy.town.places import HOLDERS, Places
from deploy.town.processes import PartyFailed
from deploy.town.settings_files import CASELOAD, write_agency

Run = Callable[[Sequence[str], Path], str]
"""Runs a command in a folder and gives what it printed, or raises `PartyFailed`."""

_FINGERPRINT = re.compile(r"(?:[A-Z2-7]{4}-){4}[A-Z2-7]{4}")


def join_once(places: Places, agency: Agency) -> None:
    """Have an agency join, and be shown from now on; one that joined gets its ports.

    Raises `PartyFailed` with the words of the command that refused.
    """
    if (places.agency(agency.slug) / "joining").exists():
        write_agency(places, agency)
        return
    told = invite(places, agency)
    request = join(places, agency, told)
    take_in(places, agency, request)
    make_live(places, agency, "--without-rehearsal", agency.name)


def invite(places: Places, agency: Agency, by: Run = run) -> str:
    """Make the invitation, at the index; gives what is told of it by telephone."""
    categories = [part for each in agency.categories for part in ("--category", each)]
    said = _run_index(
        places,
        by,
        *("invite", agency.organisation, "--name", agency.name),
        *("--client-id", client_id(agency), "--kind", agency.kind, *categories),
        *("--municipality", MUNICIPALITY, "--rhythm-days", str(agency.rhythm_days)),
        *("--declared-caseload", str(CASELOAD)),
        *("--into", str(_invitation(places, agency))),
    )
    return _hear(said)


def join(places: Places, agency: Agency, told: str, by: Run = run) -> str:
    """Make keys, settings and request, at the agency; gives what it tells of it."""
    folder = places.agency(agency.slug)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = ["signal-source", "join", str(_invitation(places, agency))]
    command += ["--into", str(folder), "--fingerprint", told]
    return _hear(by(command, folder.parent))


def take_in(places: Places, agency: Agency, told: str, by: Run = run) -> None:
    """Have index, holders and provider take the request in, each by its own command."""
    joining = places.agency(agency.slug) / "joining"
    request, answers = str(joining / "request.json"), joining / "acceptances"
    known = ["--fingerprint", told]
    into = str(answers / "index.json")
    _run_index(places, by, "accept", request, *known, "--into", into)
    known += ["--index-key", str(places.index / "keys" / "receipt.public.jwk")]
    accept = ["signal-keys", "organisation", "accept", request, *known]
    accept += ["--settings", "holder.toml", "--into"]
    for index in HOLDERS:
        into = str(answers / f"holder-{index}.json")
        by([*accept, into], places.holder(index))
    register = ["signal-index", "client", "metadata", request, *known]
    client = places.clients / f"{client_id(agency)}.json"
    by([*register, "--into", str(client)], places.provider)


def make_live(places: Places, agency: Agency, *but: str, by: Run = run) -> None:
    """Show its flags from now on; `but` makes the exception to a rehearsal."""
    _run_index(places, by, "source", "go-live", agency.organisation, *but)


def client_id(agency: Agency) -> str:
    """Give the name of an agency's client at the provider."""
    return f"source-{agency.slug}"


def _invitation(places: Places, agency: Agency) -> Path:
    return places.index / f"invitation-{agency.slug}.json"


def _run_index(places: Places, by: Run, *verb: str) -> str:
    command = ["signal-index", *verb, "--settings", "index.toml"]
    return by(command, places.index)


def _hear(said: str) -> str:
    """Give the one fingerprint that a command said, as by telephone."""
    found = _FINGERPRINT.findall(said)
    if len(found) != 1:
        raise PartyFailed("a command told no fingerprint")
    return str(found[0])
