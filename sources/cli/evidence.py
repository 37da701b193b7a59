"""`signal-source evidence`: what was signed and sent, and what proves it."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer

from keys.errors import KeysError
from keys.files import write_whole
from keys.pinned_keys import ReadOn
from keys.successor import KeyUse
from signal_index.notice import parse_signer_key
from signal_index.proof import LedgerKey, SucceededKey
from signal_index.wire.signals import Notice
from signal_index.wire.values import Oin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.edge import UNUSABLE, refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.references import EXAMPLE, REFERENCE_HELP, WHERE
from sources.cli.settings_file import SettingsFile
from sources.clock import now, write_moment
from sources.errors import InvalidAgencySettings, NothingSent, UnknownReference
from sources.evidence import Judged, judge_evidence
from sources.folders import make_folder
from sources.joining import CHECKPOINT
from sources.outbox.evidence import (
    Evidence,
    find_evidence,
    find_unproven,
    has_sent,
)
from sources.outbox.notices import find_case
from sources.outbox.store import Outbox
from sources.publisher.proofs import fetch_proofs
from sources.settings import AgencySettings, load_settings

_MANY: Final = 1_000


def evidence_command(
    reference: Annotated[UUID | None, typer.Argument(help=REFERENCE_HELP)] = None,
    *,
    settings: SettingsFile,
    key: Annotated[
        Path | None,
        typer.Option(
            help="Openbare sleutel van het inzagelogboek; zonder: checkpoint.vkey in "
            "de map van agency.toml."
        ),
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Haal eerst elk bewijs op dat ontbreekt.")
    ] = False,
    into: Annotated[
        Path | None, typer.Option(help="Schrijf bericht en bewijs in deze map.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Laat zien wat is ondertekend en verstuurd, en waar dat is vastgelegd.

    Met --fetch en zonder kenmerk haalt het alleen de bewijzen op die ontbreken.
    """
    with refusing_plainly():
        if reference is None and into is not None:
            raise InvalidAgencySettings("--into hoort bij een kenmerk: noem er een.")
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False, makes=False) as outbox:
            if fetch and reference is None and not has_sent(outbox):
                raise NothingSent
            if fetch:
                asyncio.run(_fetch(given, keys, outbox))
            if reference is None:
                _show_lacking(outbox, fetched=fetch, as_json=as_json)
                return
            ledger = _read_key(key or settings.parent / CHECKPOINT, given.outbox.parent)
            found = find_evidence(outbox, reference)
            case = find_case(outbox, reference)
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
    _show(judged, case, as_json=as_json)
    if any(one.minute is None for one in judged):
        raise typer.Exit(UNUSABLE)


async def _fetch(settings: AgencySettings, keys: AgencyKeys, outbox: Outbox) -> None:
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        _, index = make_parties(client, settings, keys, outbox)
        await fetch_proofs(outbox, index, now=now())


def _show_lacking(outbox: Outbox, *, fetched: bool, as_json: bool) -> None:
    """Say how many sendings lack their proof, once these were fetched."""
    if not fetched:
        raise InvalidAgencySettings(
            f"Geef een kenmerk, zoals {EXAMPLE}. U vindt het {WHERE}. Of geef --fetch, "
            "om op te halen wat ontbreekt."
        )
    lacking = len(find_unproven(outbox, before=now(), limit=_MANY))
    if as_json:
        typer.echo(json.dumps({"lacking": lacking}))
        return
    PlainConsole(soft_wrap=True).print(
        f"Verstuurd, en nog zonder bewijs: {lacking}. Is er net iets "
        "verstuurd? Geef de opdracht over twee minuten opnieuw."
        if lacking
        else "Van alles wat is verstuurd, is het bewijs er."
    )


def _say_gone(_refusal: Exception) -> None:
    typer.echo(
        "Let op: naast de sleutel van het inzagelogboek ligt niet meer wat u aannam, "
        "of iets anders. Dit telt met wat eerder is aangenomen. Zet "
        "checkpoint-successors.json terug en bel de privacy officer.",
        err=True,
    )


def _read_key(path: Path, seen: Path) -> LedgerKey:
    try:
        chain = ReadOn(path, KeyUse.CHECKPOINT, _say_gone, seen)()
        return SucceededKey(chain.name, chain.keys)
    except KeysError:
        raise InvalidAgencySettings(
            f"De sleutel van het inzagelogboek ({path.name}) is niet te lezen. Bij het "
            "aansluiten kreeg u checkpoint.vkey; geef met --key waar dat bestand staat."
        ) from None


def _write(into: Path, found: Sequence[Evidence]) -> None:
    """Write what was signed with its proof, under the name of its sending."""
    make_folder(into)
    for one in found:
        write_whole(into / f"{one.batch}.jws", one.token.encode(), replace=True)
        if one.proof is not None:
            proof = into / f"{one.batch}.tlog-proof"
            write_whole(proof, one.proof.encode(), replace=True)


def _show(judged: Sequence[Judged], case: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_describe(one) for one in judged]))
        return
    console = PlainConsole(soft_wrap=True)
    if case:
        console.print(f"Zaak: {case}.")
    for one in judged:
        what = "Melding" if isinstance(one.said, Notice) else "Intrekking"
        sent = write_moment(one.settled_at)
        console.print(f"{what}, versie {one.said.version}, verstuurd op {sent}.")
        console.print(
            f"  In het inzagelogboek: {write_moment(one.minute)}, regel {one.entry}."
            if one.minute
            else "  In het inzagelogboek: daarvan is nog geen bewijs."
        )
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
