"""`signal-source deliveries`: what was delivered, and what became of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.errors import UnknownDelivery
from sources.outbox.deliveries import (
    OpenDelivery,
    count_rejects,
    find_by_id,
    find_newest,
)
from sources.outbox.store import Outbox
from sources.reasons import EXPLANATIONS, Reason
from sources.settings import load_settings

SettingsFile = Annotated[
    Path, typer.Option("--settings", help="agency.toml van deze organisatie.")
]
_SHOWN: Final = 20
_COUNTS: Final = ("read", "accepted", "unchanged", "withdrawn", "rejected")
_HEADS: Final = ("Gelezen", "Verstuurd", "Ongewijzigd", "Ingetrokken", "Afgewezen")
STATES: Final = {
    "reading": "wordt gelezen",
    "planned": "onderweg",
    "closed": "afgesloten",
}

deliveries_app = typer.Typer(
    no_args_is_help=True, help="Wat er is aangeleverd, en wat daarvan werd."
)


@deliveries_app.callback()
def _deliveries() -> None:
    """Keep a group of one command a group."""


@deliveries_app.command("show")
def show_command(
    delivery: Annotated[
        UUID | None, typer.Argument(help="Een levering; zonder: de laatste twintig.")
    ] = None,
    *,
    settings: SettingsFile,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat leveringen zien, of alles van een levering."""
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False) as outbox:
            found = _find(outbox, delivery)
    if as_json:
        typer.echo(json.dumps(found))
    elif delivery is None:
        _show_all(found)
    else:
        _show_one(found[0])


def describe(outbox: Outbox, one: OpenDelivery) -> dict[str, object]:
    """Give a delivery for a machine: counts and codes, no record."""
    return {
        "delivery": str(one.id),
        "profile": one.profile,
        "kind": one.kind.value,
        "state": one.state,
        "until": one.ends.isoformat(),
        **one.counts.model_dump(),
        "rejects": {x.reason: x.count for x in count_rejects(outbox, one.id)},
    }


def _find(outbox: Outbox, delivery: UUID | None) -> list[dict[str, object]]:
    if delivery is None:
        return [describe(outbox, one) for one in find_newest(outbox, limit=_SHOWN)]
    one = find_by_id(outbox, delivery)
    if one is None:
        raise UnknownDelivery
    return [describe(outbox, one)]


def _show_all(found: Sequence[Mapping[str, object]]) -> None:
    console = Console()
    if not found:
        console.print("Er is nog niets aangeleverd.")
        return
    table = Table("Levering", "Profiel", "Tot", "Stand", *_HEADS)
    for one in found:
        told = (one["delivery"], one["profile"], one["until"])
        counts = (str(one[name]) for name in _COUNTS)
        table.add_row(*map(str, told), STATES[str(one["state"])], *counts)
    console.print(table)


def _show_one(one: Mapping[str, object]) -> None:
    console = Console()
    state = STATES[str(one["state"])]
    console.print(f"Levering {one['profile']}, {one['until']}: {state}.")
    for head, name in zip(_HEADS, _COUNTS, strict=True):
        console.print(f"{head}: {one[name]}", highlight=False)
    rejects = one["rejects"]
    for reason, count in rejects.items() if isinstance(rejects, Mapping) else ():
        explained = EXPLANATIONS[Reason(reason)]
        console.print(f"{count} x {explained.what} {explained.remedy}", soft_wrap=True)
