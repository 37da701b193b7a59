"""`signal-source evidence`: what was signed and sent, and what proves it."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import httpx
import typer
from rich.table import Table

from signal_index.notice import (
    parse_signer_key,
)
from signal_index.proof import MalformedProof, NoteKey, parse_note_key
from signal_index.wire.signals import Notice
from signal_index.wire.values import Oin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.edge import UNUSABLE, refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import now
from sources.errors import InvalidAgencySettings, UnknownReference
from sources.evidence import Judged, judge_evidence
from sources.folders import make_folder
from sources.outbox.evidence import Evidence, find_evidence
from sources.outbox.store import Outbox
from sources.publisher.proofs import fetch_proofs
from sources.settings import AgencySettings, load_settings


def evidence_command(
    reference: Annotated[UUID, typer.Argument(help="Het kenmerk van het signaal.")],
    settings: SettingsFile,
    key: Annotated[
        Path, typer.Option(help="Openbare sleutel van het inzagelogboek (vkey).")
    ],
    *,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Haal eerst ontbrekende bewijzen op.")
    ] = False,
    into: Annotated[
        Path | None, typer.Option(help="Schrijf bericht en bewijs in deze map.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Laat zien wat is ondertekend en verstuurd, en waar dat is vastgelegd."""
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        ledger = _read_key(key)
        with Outbox(given.outbox, keys.outbox, alone=False) as outbox:
            if fetch:
                asyncio.run(_fetch(given, keys, outbox))
            found = find_evidence(outbox, reference)
        if not found:
            raise UnknownReference
        signer = parse_signer_key(
            Oin(given.organisation), keys.notice.encode_public().decode()
        )
        judged = [
            judge_evidence(one, reference, signer, ledger, now=now()) for one in found
        ]
        if into is not None:
            _write(into, found)
    _show(judged, as_json=as_json)
    if any(one.minute is None for one in judged):
        raise typer.Exit(UNUSABLE)


async def _fetch(settings: AgencySettings, keys: AgencyKeys, outbox: Outbox) -> None:
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        _, index = make_parties(client, settings, keys, outbox)
        await fetch_proofs(outbox, index, now=now())


def _read_key(path: Path) -> NoteKey:
    try:
        return parse_note_key(path.read_text("utf-8").strip())
    except (OSError, ValueError, MalformedProof):
        raise InvalidAgencySettings(
            "De sleutel van het inzagelogboek is niet te lezen."
        ) from None


def _write(into: Path, found: Sequence[Evidence]) -> None:
    make_folder(into)
    for one in found:
        (into / f"{one.batch}.jws").write_text(one.token, "utf-8")
        if one.proof is not None:
            (into / f"{one.batch}.tlog-proof").write_text(one.proof, "utf-8")


def _show(judged: Sequence[Judged], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_describe(one) for one in judged]))
        return
    table = Table("Verstuurd", "Wat", "Versie", "Regel", "Vastgelegd")
    for one in judged:
        what = "melding" if isinstance(one.said, Notice) else "intrekking"
        minute = one.minute.isoformat() if one.minute else "nog geen bewijs"
        sent = one.settled_at.isoformat(timespec="seconds")
        table.add_row(sent, what, str(one.said.version), str(one.entry), minute)
    console = PlainConsole()
    console.print(table)
    holds = all(one.minute for one in judged)
    console.print(
        "Klopt: alles is door ons ondertekend en staat in het inzagelogboek."
        if holds
        else "Nog niet alles is te bewijzen. Geef de opdracht opnieuw met --fetch."
    )


def _describe(one: Judged) -> dict[str, object]:
    return {
        "kind": "notice" if isinstance(one.said, Notice) else "withdrawal",
        "said": one.said.model_dump(mode="json"),
        "entryId": str(one.entry),
        "settledAt": one.settled_at.isoformat(),
        "minute": one.minute.isoformat() if one.minute else None,
    }
