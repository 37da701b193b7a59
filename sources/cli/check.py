"""`signal-source check`: what a file would say, without sending or keeping anything."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from signal_index.wire.deliveries import DeliveryKind, Hearing
from sources.cli.delivery_words import say_hidden
from sources.cli.edge import UNUSABLE, Bars, refusing_plainly
from sources.cli.intake import Place, open_intake
from sources.cli.plain import PlainConsole
from sources.clock import day_of, now
from sources.judging.rules import Finding, judge
from sources.judging.words import find_remedy, say_finding
from sources.outbox.deliveries import (
    count_by_field,
    find_rejects,
    get_delivery,
    open_delivery,
)
from sources.outbox.matching import OPEN
from sources.outbox.staging import Stager
from sources.outbox.store import Outbox
from sources.outbox.weighing import weigh
from sources.outbox_key import OutboxKey, new_outbox_secret
from sources.profile import Profile, load_profile
from sources.reasons import Reason, say_rejects
from sources.rejects import write_rejects
from sources.settings import load_settings

MOST_SHOWN = 20
ASKS = 1


@dataclass(frozen=True, slots=True)
class Findings:
    """What a file would say."""

    read: int
    rejected: int
    would_send: dict[str, int]
    reasons: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    ignored: int = 0
    columns: list[tuple[str, Reason, int]] = field(default_factory=list)
    asked: tuple[Finding, ...] = ()
    hearing: Hearing = Hearing.HEARD
    hidden: int = 0


def check_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Het bestand van de registratie; niet bij een database."),
    ] = None,
    *,
    profile: Annotated[Path, typer.Option(help="Het profiel van deze registratie.")],
    settings: Annotated[
        Path | None, typer.Option(help="agency.toml; alleen nodig bij een database.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Schrijf de afgewezen records hierheen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Kijk wat er verstuurd zou worden en wat niet. Er gaat niets de deur uit."""
    with refusing_plainly():
        found = load_profile(profile)
        place = Place(file, load_settings(settings) if settings else None)
        findings = _check(found, place, rejects, quiet=as_json)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "read": findings.read,
                    "rejected": findings.rejected,
                    "ended": findings.ended,
                    "ignored": findings.ignored,
                    "wouldSend": findings.would_send,
                    "reasons": findings.reasons,
                    "findings": [
                        {
                            "finding": each.doubt.value,
                            "count": each.count,
                            "of": each.of,
                        }
                        for each in findings.asked
                    ],
                    "hearing": findings.hearing.value,
                    "hidden": findings.hidden,
                }
            )
        )
    else:
        _show(findings)
        if rejects:
            told = f"Afgewezen records: {rejects}"
            PlainConsole().print(told, soft_wrap=True)
    if findings.read and findings.rejected == findings.read:
        raise typer.Exit(UNUSABLE)
    if findings.asked or findings.hearing is not Hearing.HEARD:
        raise typer.Exit(ASKS)


def _check(
    profile: Profile, place: Place, rejects: Path | None, *, quiet: bool
) -> Findings:
    """Read the intake into an outbox that is thrown away, under a key that is."""
    moment = now()
    with (
        TemporaryDirectory() as folder,
        Outbox(Path(folder) / "outbox", OutboxKey(new_outbox_secret())) as outbox,
        Bars(quiet=quiet) as bars,
    ):
        intake = open_intake(place, profile, DeliveryKind.FULL, outbox)
        delivery = open_delivery(outbox, profile, DeliveryKind.FULL, b"", now=moment)
        messages = profile.facts.is_messages
        stager = Stager(outbox, delivery.id, profile.name, messages=messages)
        for count in stager.stage(intake.read(today=day_of(moment))):
            bars.read(count)
        if rejects:
            write_rejects(rejects, find_rejects(outbox, delivery.id))
        staged = get_delivery(outbox, delivery.id)
        counts = staged.counts
        difference = weigh(outbox.connection, staged, today=day_of(moment))
        return Findings(
            counts.read,
            counts.rejected,
            _count_open(outbox),
            Counter(each.reason.value for each in find_rejects(outbox, delivery.id)),
            staged.ended,
            staged.ignored,
            count_by_field(outbox, delivery.id),
            judge(difference),
            staged.hearing,
            staged.hidden,
        )


def _count_open(outbox: Outbox) -> dict[str, int]:
    rows = outbox.connection.execute(
        f"SELECT category, count(*) AS many FROM ({OPEN}) GROUP BY 1 ORDER BY 1"  # noqa: S608 - our own constant
    )
    return {row["category"]: row["many"] for row in rows}


def _show(findings: Findings) -> None:
    console = PlainConsole()
    table = Table("Soort signaal", "Zou versturen")
    for category, count in findings.would_send.items():
        table.add_row(category, str(count))
    console.print(table)
    sent = sum(findings.would_send.values())
    console.print(
        f"Gelezen: {findings.read}. Zou versturen: {sent}. "
        f"Afgelopen: {findings.ended}. Nog niet begonnen: {findings.ignored}. "
        f"Afgewezen: {findings.rejected}.",
        soft_wrap=True,
    )
    if findings.hidden:
        console.print(say_hidden(findings.hidden), soft_wrap=True)
    if findings.ignored * 2 > findings.read:
        console.print(
            "Let op: de meeste rijen zijn volgens de status nog niet begonnen. Klopt "
            "de lijst van codes in het profiel?",
            soft_wrap=True,
        )
    for column, reason, count in findings.columns[:MOST_SHOWN]:
        console.print(f"  {say_rejects(column, reason, count)}", soft_wrap=True)
    for finding in findings.asked:
        console.print(
            f"Let op: {say_finding(finding)} {find_remedy(finding.doubt)}",
            soft_wrap=True,
        )
    if findings.hearing is not Hearing.HEARD:
        console.print(
            "Let op: meer dan de helft wordt afgewezen. Zo telt dit bestand niet als "
            "gehoord.",
            soft_wrap=True,
        )
    if findings.asked:
        console.print(
            "Als eerste levering wacht dit bestand op uw antwoord: er gaat dan nog "
            "niets uit.",
            soft_wrap=True,
        )
