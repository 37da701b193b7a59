"""`end`: what takes part no more, with a reason; effective everywhere in a minute.

Each ending and its entry commit together. What is unchanged is not recorded.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.cli.registry_commands import MunicipalityOption, OinArgument
from signal_index.ledger import Kind
from signal_index.settings import load_settings
from signal_index.store.acts import Act
from signal_index.store.endings import Because, end
from signal_index.store.registry import Change, get_client, get_municipality

BecauseOption = Annotated[
    Because, typer.Option(help="Why; it stands in registry and ledger.")
]


def end_organisation(
    oin: OinArgument, because: BecauseOption, settings: SettingsFile
) -> None:
    """Refuse an organisation for good, with all its people, clients and keys."""
    _end(settings, "organisation", {"oin": oin}, because, oin)


def end_admission(
    oin: OinArgument,
    *,
    municipality: MunicipalityOption,
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """End that another municipality lets an organisation ask for it."""
    key = {"organisation": oin, "municipality": municipality}
    _end(settings, "admission", key, because, oin)


def end_client(
    client_id: Annotated[str, typer.Argument(help="`client_id` at the provider.")],
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """Refuse a client for good: its tokens open nothing any more."""
    _end(settings, "client", {"client_id": client_id}, because, None)


def end_signer(
    oin: OinArgument,
    kid: Annotated[str, typer.Argument(help="The key's `kid`.")],
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """Take nothing any more that this key signs; what was taken stays."""
    key = {"organisation": oin, "kid": kid}
    _end(settings, "signer", key, because, oin)


def end_contact_label(
    oin: OinArgument,
    label: Annotated[str, typer.Argument(help="As it was approved.")],
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """Let no contact holder be called so anew; who is called so stays."""
    key = {"organisation": oin, "label": label}
    _end(settings, "contact-label", key, because, oin)


def _end(
    settings: Path,
    what: str,
    key: Mapping[str, str],
    because: Because,
    oin: str | None,
) -> None:
    change = run(lambda: _ended(settings, what, key, because, oin))
    was = "had ended before" if change is Change.UNCHANGED else "ended"
    say(f"the {what} {was}")


async def _ended(
    file: Path, what: str, key: Mapping[str, str], because: Because, oin: str | None
) -> Change:
    async with administering(load_settings(file)) as (conn, recorder):
        change = await end(conn, what, key, because, now=recorder.clock())
        if change is not Change.UNCHANGED:
            act = await _act(conn, what, key, because, oin)
            await recorder.record(conn, act)
        return change


async def _act(
    conn: AsyncConnection,
    what: str,
    key: Mapping[str, str],
    because: Because,
    oin: str | None,
) -> Act:
    owner = oin or await get_client(conn, key["client_id"])
    place = key.get("municipality") or await get_municipality(conn, owner)
    named = {name: key[name] for name in ("client_id", "kid", "label") if name in key}
    said = {"act": f"{what}-ended", "oin": owner, "because": because.value, **named}
    return Act({**said}, Kind.ADMINISTRATION, owner, place)
