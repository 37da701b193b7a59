"""`signal-source status`: the same as the agency's page says, from the outbox alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from signal_index.wire.sources import SourceState
from sources.agency_keys import load_keys
from sources.cli.delivery_words import (
    list_newest,
    say_owed,
    show_all,
    show_rejected,
)
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now, write_moment
from sources.counted import EVERYTHING, Cut, say_count
from sources.failed_files import FAILED_REMEDY, find_failed
from sources.notices.waiting import describe_due, find_due, say_due
from sources.outbox.awaited import find_awaited
from sources.outbox.deliveries import find_unfinished
from sources.outbox.holding import find_held
from sources.outbox.not_begun import name_not_begun
from sources.outbox.notices import find_moment
from sources.outbox.owed import find_owed
from sources.outbox.planning import count_work
from sources.outbox.refused import find_refused_files
from sources.outbox.standing import (
    count_signals,
    find_reconciled,
    find_standings,
    find_state,
)
from sources.outbox.store import Outbox
from sources.outbox.strays import count_strays
from sources.settings import load_settings
from sources.standing_words import (
    FIRST,
    describe_awaited,
    remedy_strays,
    say_cases,
    say_standings,
)
from sources.vouching import find_vouching

_SHOWN: Final = 5
_EARLIER: Final = "Dit zijn de laatste vijf. Meer: `signal-source deliveries show`."


def status_command(
    settings: SettingsFile,
    *,
    whole: Annotated[bool, typer.Option("--all", help="Noem elke zaak.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Geef de stand als JSON.")] = (
        False
    ),
) -> None:
    """Laat zien hoe het aanleveren ervoor staat, zonder iemand iets te vragen."""
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False, makes=False) as outbox:
            found, said = (
                summarise(outbox, given.source, given.rejects),
                [*_say_what_stands(outbox, EVERYTHING if whole else FIRST)],
            )
            due, held = find_due(outbox), find_held(outbox)
            vouching = find_vouching(outbox)
            found["waiting"] = describe_due(due)
            found["withoutHolders"] = list(vouching.without) if vouching else []
            found |= {"failed": {x.feed: x.count for x in find_failed(given.feeds)}}
    if as_json:
        typer.echo(json.dumps(found))
    else:
        waiting = [one.say() for one in held]
        for line in (*waiting, *say_due(due, today=day_of(now()))):
            PlainConsole(soft_wrap=True).print(line, style="bold")
        for line in vouching.warn(today=day_of(now())) if vouching else ():
            PlainConsole(soft_wrap=True).print(line, style="bold")
        _show(found, said)


def summarise(
    outbox: Outbox, source: str, rejects: Path | None = None
) -> dict[str, object]:
    """Give the standing: signals, what waits, deliveries and their rejects.

    `rejects` is the folder where the files of rejects are.
    """
    reconciled, state = find_reconciled(outbox), find_state(outbox, source)
    heard = find_moment(outbox, "heard")
    return {
        "outbox": str(outbox.id),
        "state": state and state[0].value,
        "stateAsked": state and state[1].isoformat(),
        "signals": count_signals(outbox),
        "profiles": [
            {
                "profile": one.profile,
                "signals": one.signals,
                "before": one.before,
                "since": one.since and one.since.isoformat(),
            }
            for one in find_standings(outbox)
        ],
        "awaited": describe_awaited(find_awaited(outbox)),
        "notBegun": len(name_not_begun(outbox)),
        "backlog": count_work(outbox),
        "held": [str(one.delivery) for one in find_held(outbox)],
        "owed": [
            {"delivery": str(one.delivery), "cases": len(one.names)}
            for one in find_owed(outbox)
        ],
        "strays": count_strays(outbox),
        "underWay": bool(find_unfinished(outbox)),
        "noticesHeard": heard and heard.isoformat(),
        "lastReconciled": reconciled.isoformat() if reconciled else None,
        "deliveries": list_newest(outbox, limit=_SHOWN, rejects=rejects),
    }


def _say_what_stands(outbox: Outbox, cut: Cut) -> Iterator[str]:
    """Say what stands, of which cases that is not as it should be, what is owed."""
    yield from say_standings(find_standings(outbox))
    yield from say_cases(outbox, cut)
    yield from (one.say() for one in find_refused_files(outbox))
    for changes in find_owed(outbox):
        yield from say_owed(changes)
    if strays := count_strays(outbox):
        says = f"Van een vorig postvak, nog in te trekken: {strays}."
        yield f"{says} {remedy_strays(outbox)}"


def _say_state(found: Mapping[str, object]) -> str:
    """Say whether anybody sees our flags, as far as we were last told."""
    if found["state"] is None:
        return "In proef of live: vraag het met `signal-source doctor`."
    said = {
        SourceState.TRIAL.value: "in proef, niemand ziet de vlaggetjes",
        SourceState.LIVE.value: "live",
        SourceState.ENDED.value: "beëindigd, niemand ziet de vlaggetjes",
    }[str(found["state"])]
    asked = write_moment(datetime.fromisoformat(str(found["stateAsked"])))
    return f"De bron is {said} (gevraagd op {asked})."


def _say_heard(heard: object) -> str:
    """Say how old it is what waits for an answer: nothing is asked here."""
    last = write_moment(datetime.fromisoformat(str(heard))) if heard else "nog nooit"
    return (
        f"Voor het laatst gekeken of er iets op uw antwoord wacht: {last}. Wat daarna "
        "kwam, staat hier nog niet: `signal-source notices list` vraagt het nu."
    )


def _show(found: Mapping[str, object], said: Sequence[str]) -> None:
    console = PlainConsole()
    console.print(_say_state(found), soft_wrap=True)
    console.print(f"Dit postvak heet {found['outbox']}.")
    console.print(f"Signalen volgens dit postvak: {found['signals']}")
    for line in said:
        console.print(line, soft_wrap=True)
    console.print(f"Wacht nog op verzending: {found['backlog']}")
    failed = found["failed"]
    for feed, count in failed.items() if isinstance(failed, Mapping) else ():
        files = say_count(count, "bestand", "bestanden")
        console.print(
            f"Niet te leveren, in de map failed van feed {feed}: {files}. "
            f"{FAILED_REMEDY}",
            soft_wrap=True,
        )
    console.print(_say_heard(found["noticesHeard"]), soft_wrap=True)
    told = found["lastReconciled"]
    last = write_moment(datetime.fromisoformat(str(told))) if told else "nog nooit"
    console.print(f"Voor het laatst gelijk met de index: {last}")
    deliveries = found["deliveries"]
    if not isinstance(deliveries, Sequence) or not deliveries:
        console.print(
            "Uit dit postvak is nog niets aangeleverd. Was er eerder een? Vraag het "
            "met `signal-source doctor`.",
            soft_wrap=True,
        )
        return
    show_all(deliveries)
    if len(deliveries) == _SHOWN:
        console.print(_EARLIER, soft_wrap=True)
    show_rejected(console, deliveries[0])
