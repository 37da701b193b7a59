"""Registering from the command line, one thing at a time or a file of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from policy.catalogue import load_catalogue
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.items import (
    AdmissionItem,
    ClientItem,
    ContactLabelItem,
    Item,
    LoopItem,
    OrganisationItem,
    PurposeItem,
    SignerItem,
    SourceItem,
    parse_item,
    read_load_file,
)
from signal_index.cli.recording import administering
from signal_index.cli.registration import Registrar, in_order
from signal_index.settings import load_settings
from signal_index.store.registry import Change, ClientKind
from signal_index.wire.sources import SourceState

organisation_app = typer.Typer(no_args_is_help=True, help="Organisations.")
client_app = typer.Typer(no_args_is_help=True, help="Clients of organisations.")
signer_app = typer.Typer(no_args_is_help=True, help="Keys that sign notices.")
source_app = typer.Typer(no_args_is_help=True, help="Sources and what they publish.")
contact_label_app = typer.Typer(
    no_args_is_help=True, help="What contact holders may be called."
)
purpose_app = typer.Typer(no_args_is_help=True, help="Purposes of a municipality.")
loop_app = typer.Typer(no_args_is_help=True, help="Acts that bring something back.")

OinArgument = Annotated[str, typer.Argument(help="OIN: twenty digits.")]
MunicipalityOption = Annotated[str, typer.Option(help="CBS code: four digits.")]
RoleOption = Annotated[
    str,
    typer.Option(
        help="Who established it: college, council, mayor or mandated-manager."
    ),
]
DayOption = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Since when.")]
StaatsbladOption = Annotated[str | None, typer.Option(help="Number, as in '2027, 14'.")]


@organisation_app.command("add")
def add_organisation(
    oin: OinArgument,
    *,
    name: Annotated[str, typer.Option(help="As flags show it; at most 60 bytes.")],
    kind: Annotated[str, typer.Option(help="municipality, source-agency, …")],
    municipality: MunicipalityOption,
    settings: SettingsFile,
) -> None:
    """Register an organisation, admitted by a municipality."""
    values = {"oin": oin, "name": name, "kind": kind, "municipality": municipality}
    _register(settings, lambda: [parse_item(OrganisationItem, values)])


@organisation_app.command("admit")
def admit_organisation(
    oin: OinArgument,
    *,
    municipality: MunicipalityOption,
    by: RoleOption,
    on: DayOption,
    settings: SettingsFile,
) -> None:
    """Record that another municipality lets an organisation ask for it."""
    values = {
        "organisation": oin,
        "municipality": municipality,
        "by": by,
        "on": on.date(),
    }
    _register(settings, lambda: [parse_item(AdmissionItem, values)])


@client_app.command("add")
def add_client(
    client_id: Annotated[str, typer.Argument(help="`client_id` at the provider.")],
    organisation: Annotated[str, typer.Option(help="OIN of its organisation.")],
    kind: Annotated[ClientKind, typer.Option(help="Do people log in through it?")],
    settings: SettingsFile,
) -> None:
    """Register a client through which an organisation calls."""
    values = {"id": client_id, "organisation": organisation, "kind": kind}
    _register(settings, lambda: [parse_item(ClientItem, values)])


@signer_app.command("add")
def add_signer(
    organisation: OinArgument,
    jwk: Annotated[Path, typer.Option(help="File with the public JWK (Ed25519).")],
    settings: SettingsFile,
) -> None:
    """Register a public key with which an organisation signs what it publishes."""
    values = {"organisation": organisation, "jwk": jwk}
    _register(settings, lambda: [parse_item(SignerItem, values)])


@source_app.command("add")
def add_source(
    oin: OinArgument,
    *,
    kind: Annotated[str, typer.Option(help="Kind of source, from the catalogue.")],
    municipality: Annotated[list[str], typer.Option(help="Repeat for each code.")],
    rhythm_days: Annotated[int, typer.Option(help="A delivery at least this often.")],
    settings: SettingsFile,
    category: Annotated[
        list[str] | None,
        typer.Option(help="Repeat for each category; none for a population register."),
    ] = None,
    submitter: Annotated[
        list[str] | None, typer.Option(help="OIN that may send for it; repeat.")
    ] = None,
    state: Annotated[
        SourceState | None,
        typer.Option(help="Of a source that is new: in trial unless said otherwise."),
    ] = None,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Only its people signal; no export.")
    ] = False,
) -> None:
    """Register a source: what it publishes, where, and how often."""
    values = {
        "oin": oin,
        "kind": kind,
        "categories": category or [],
        "municipalities": municipality,
        "rhythm_days": rhythm_days,
        "submitters": submitter or [],
        "state": state,
        "by_hand": by_hand,
    }
    _register(settings, lambda: [parse_item(SourceItem, values)])


@contact_label_app.command("approve")
def approve_contact_label(
    oin: OinArgument,
    labels: Annotated[list[str], typer.Argument(help="Functions or names.")],
    *,
    by: RoleOption,
    on: DayOption,
    settings: SettingsFile,
) -> None:
    """Let an organisation call its contact holders so, beside the catalogue's lists."""
    values = {"organisation": oin, "labels": labels, "by": by, "on": on.date()}
    _register(settings, lambda: [parse_item(ContactLabelItem, values)])


@purpose_app.command("establish")
def establish_purpose(
    purpose: Annotated[str, typer.Argument(help="Id from the catalogue.")],
    *,
    municipality: MunicipalityOption,
    by: RoleOption,
    on: DayOption,
    settings: SettingsFile,
    staatsblad: StaatsbladOption = None,
) -> None:
    """Record that a municipality established a purpose; until then it is closed."""
    values = _established(purpose, municipality, by, on, staatsblad)
    _register(settings, lambda: [parse_item(PurposeItem, values)])


@loop_app.command("establish")
def establish_loop_act(
    act: Annotated[str, typer.Argument(help="Id from the catalogue.")],
    *,
    municipality: MunicipalityOption,
    by: RoleOption,
    on: DayOption,
    settings: SettingsFile,
    staatsblad: StaatsbladOption = None,
) -> None:
    """Record that a municipality established an act of the loop; else it is closed."""
    values = _established(act, municipality, by, on, staatsblad)
    _register(settings, lambda: [parse_item(LoopItem, values)])


def _established(
    id_: str, municipality: str, by: str, on: datetime, staatsblad: str | None
) -> dict[str, object]:
    return {
        "id": id_,
        "municipality": municipality,
        "by": by,
        "on": on.date(),
        "staatsblad": staatsblad,
    }


def load(
    file: Annotated[Path, typer.Argument(help="TOML with everything to register.")],
    settings: SettingsFile,
) -> None:
    """Register everything in a file, in one transaction; loading twice is harmless."""
    _register(settings, lambda: in_order(read_load_file(file)))


def _register(settings_file: Path, read: Callable[[], Iterable[Item]]) -> None:
    changes = run(lambda: _registered(settings_file, read))
    counts = Counter(changes)
    say(", ".join(f"{counts[change]} {change.value}" for change in Change))


async def _registered(
    settings_file: Path, read: Callable[[], Iterable[Item]]
) -> list[Change]:
    settings = load_settings(settings_file)
    items = list(read())
    async with administering(settings) as (conn, recorder):
        registrar = Registrar(conn, recorder, load_catalogue())
        return [await registrar.register(item) for item in items]
