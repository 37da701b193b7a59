"""`signal-source doctor`: what works, what does not, and how to mend it."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.text import Text

from sources.agency_keys import find_faults, load_keys
from sources.cli.edge import STOPPED, refusing_plainly
from sources.cli.parties import make_parties, make_signer
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import now
from sources.doctor import look_over, look_without
from sources.errors import InvalidAgencySettings, OutboxRefused
from sources.findings import Bare, Finding, Patient, State
from sources.outbox.store import look_into
from sources.profile import Profile, load_profile
from sources.settings import AgencySettings, load_settings

_PATIENCE: Final = httpx.Timeout(10.0)
_OF_KEYS: Final = "Zet de sleutel terug die u hebt aangemeld, of die u bewaarde."
_MARKS: Final = {
    State.GOOD: ("goed", "green"),
    State.WARNING: ("let op", "yellow"),
    State.WRONG: ("fout", "bold red"),
}


def doctor_command(
    settings: SettingsFile,
    profile: Annotated[
        list[Path] | None, typer.Option(help="Een profiel dat u gebruikt.")
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Kijk alles na: sleutels, klok, elke partij, profiel, vergelijking."""
    with refusing_plainly():
        given = load_settings(settings)
        profiles = [load_profile(one) for one in profile or ()]
        findings = asyncio.run(_look_over(given, profiles))
    if as_json:
        typer.echo(json.dumps([one.describe() for one in findings]))
    else:
        _show(findings)
    if any(one.state is State.WRONG for one in findings):
        raise typer.Exit(STOPPED)


async def _look_over(
    settings: AgencySettings, profiles: Sequence[Profile]
) -> Sequence[Finding]:
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        bare = Bare(settings, profiles, client, now)
        wrong = [
            Finding("sleutels", State.WRONG, says, _OF_KEYS)
            for says in find_faults(settings.keys).values()
        ]
        if wrong:
            return await look_without(bare, wrong)
        good = Finding("sleutels", State.GOOD, "Alle sleutels zijn te lezen.")
        try:
            return [good, *await _look_at_all(bare)]
        except OutboxRefused as error:
            wrong = [Finding("postvak", State.WRONG, str(error))]
        except InvalidAgencySettings as error:
            wrong = [Finding("instellingen", State.WRONG, str(error))]
        return await look_without(bare, [good, *wrong])


async def _look_at_all(bare: Bare) -> Sequence[Finding]:
    settings, keys = bare.settings, load_keys(bare.settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        evaluator, index = make_parties(bare.client, settings, keys, outbox, attempts=1)
        patient = Patient(
            settings=settings,
            profiles=bare.profiles,
            outbox=outbox,
            client=bare.client,
            evaluator=evaluator,
            index=index,
            signer=make_signer(settings, keys),
            notice=keys.notice,
            now=now,
        )
        return await look_over(patient)


def _show(findings: Sequence[Finding]) -> None:
    console = PlainConsole()
    for one in findings:
        mark, style = _MARKS[one.state]
        said = console.render_str(f"  {one.about}: {one.says}")
        console.print(Text.assemble((f"{mark:>6}", style), said), soft_wrap=True)
        if one.remedy:
            console.print(f"        {one.remedy}", soft_wrap=True)
        for line in one.named:
            console.print(f"        {line}", soft_wrap=True)
