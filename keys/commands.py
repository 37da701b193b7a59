"""`signal-keys`: make a key, register who may ask a holder, serve, ask a statement.

Exit codes: 0 done, 1 refused with a reason, 2 wrong use.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from keys import clock
from keys.bsn import Bsn
from keys.ceremony.card_commands import card
from keys.ceremony.commands import ceremony
from keys.client.auditor import AuditorSettings, load_auditor_settings
from keys.client.decoys import evaluate_decoys, read_numbers
from keys.client.statements import fetch_statement
from keys.client.transports import Signer
from keys.config_commands import config
from keys.confirming_successors import confirm_successors
from keys.files import write_public, write_secret
from keys.holder.joining import take_in
from keys.holder.organisations import Because, Kind
from keys.holder.registering import (
    add_notice_key,
    add_organisation,
    add_partner,
    end_notice_key,
    end_organisation,
    end_partner,
    parse_entry,
    read_public_jwk,
    write_key_pair,
)
from keys.holder.serve import serve_holder
from keys.holder.settings import load_settings
from keys.holder.store import HolderStore
from keys.joining import open_request
from keys.joining.confirming import (
    confirm_request,
    read_file,
    read_index_keys,
)
from keys.jose import parse_public_key
from keys.pinned_keys import (
    find_successors,
    foresee_successors,
    read_successors,
    take_successors,
)
from keys.request import load_request_key
from keys.restoration import RestoredBecause, instant_of
from keys.saying import saying_why
from keys.seal_commands import seal
from keys.statement import DayStatement, verify_statement

OrganisationsFile = Annotated[Path, typer.Option(help="The holder's list (TOML).")]
Oin = Annotated[str, typer.Option(help="Its number, 20 digits.")]
SignerOin = Annotated[str, typer.Option(help="Of the source that signs, 20 digits.")]
SigningKind = Annotated[Kind, typer.Option(help="As what: source, or lookup.")]
PartnerOin = Annotated[str, typer.Option(help="For whose signals, 20 digits.")]

app = typer.Typer(
    name="signal-keys",
    help="Pseudonym keys: make them, hold them, and see who asked how much.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
organisation = typer.Typer(help="Who may ask a holder.", no_args_is_help=True)
app.add_typer(organisation, name="organisation")
app.add_typer(card, name="card")
app.add_typer(ceremony, name="ceremony")
app.add_typer(config, name="config")
app.add_typer(seal, name="seal")


@app.command()
def serve(
    settings: Annotated[Path, typer.Option(help="The holder's settings (TOML).")],
) -> None:
    """Run a key holder until it is told to stop; refuses to start with a reason."""
    with saying_why("Not started"):
        serve_holder(settings, sys.stderr)


@organisation.command("new-key")
def new_key(
    into: Annotated[Path, typer.Option(help="Existing folder for the two files.")],
) -> None:
    """Make an organisation's request key: request-key.jwk and its public half.

    The private file is readable for its owner only; holders get the public one.
    """
    with saying_why("Not made"):
        private, public = write_key_pair(into)
    typer.echo(f"{private}\n{public}")


@organisation.command("add")
def add(
    *,
    organisations: OrganisationsFile,
    oin: Oin,
    name: Annotated[str, typer.Option(help="Its name.")],
    kind: Annotated[Kind, typer.Option(help="What it may ask.")],
    request_key: Annotated[Path, typer.Option(help="Its public key (JWK file).")],
    per_user_per_day: Annotated[
        int | None, typer.Option(help="lookup: persons a day for one user.")
    ] = None,
    per_organisation_per_day: Annotated[
        int | None, typer.Option(help="lookup: persons a day for all its users.")
    ] = None,
    per_day: Annotated[
        int | None, typer.Option(help="portal: citizens a day who see their own.")
    ] = None,
    declared_caseload: Annotated[
        int | None, typer.Option(help="source: how many clients it has.")
    ] = None,
    notice_key: Annotated[
        list[Path] | None,
        typer.Option(help="A key that it signs with (JWK file); repeat it."),
    ] = None,
) -> None:
    """Register an organisation with a holder; it counts within seconds."""
    with saying_why("Not added"):
        entry = parse_entry(
            {
                "kind": kind,
                "oin": oin,
                "name": name,
                "request_key": read_public_jwk(request_key),
                "per_user_per_day": per_user_per_day,
                "per_organisation_per_day": per_organisation_per_day,
                "per_day": per_day,
                "declared_caseload": declared_caseload,
                "notice_keys": [read_public_jwk(one) for one in notice_key]
                if notice_key
                else None,
            }
        )
        add_organisation(organisations, entry)
    typer.echo(f"Added {kind} {oin}. A holder that runs takes it up within seconds.")


@organisation.command("end")
def end(
    *,
    organisations: OrganisationsFile,
    oin: Oin,
    kind: Annotated[Kind, typer.Option(help="As what it was registered.")],
    because: Annotated[Because, typer.Option(help="Why; it stands in the list.")],
) -> None:
    """Evaluate nothing for an organisation any more; it counts within seconds.

    Its key is never taken again; with another key it may be added anew.
    """
    with saying_why("Not ended"):
        today = clock.now().date()
        end_organisation(organisations, oin, kind, because, today=today)
    typer.echo(f"Ended {kind} {oin}. A holder that runs takes it up within seconds.")


@organisation.command("add-notice-key")
def add_key(
    *,
    organisations: OrganisationsFile,
    oin: Oin,
    notice_key: Annotated[Path, typer.Option(help="Its public key (JWK file).")],
    kind: SigningKind = "source",
) -> None:
    """Let it sign whom to call with one key more, as its desk does; within seconds."""
    with saying_why("Not added"):
        key = parse_public_key(read_public_jwk(notice_key))
        add_notice_key(organisations, oin, key, kind)
    typer.echo(f"Added to {kind} {oin}: {key.kid}. It counts within seconds.")


@organisation.command("end-notice-key")
def end_key(
    *,
    organisations: OrganisationsFile,
    oin: Oin,
    kid: Annotated[str, typer.Option(help="The `kid` of the key.")],
    kind: SigningKind = "source",
) -> None:
    """Let what an organisation signed with a key count no more; within seconds.

    Contact details that were signed with it are shown to nobody until it signs them
    anew.
    """
    with saying_why("Not ended"):
        end_notice_key(organisations, oin, kid, kind)
    typer.echo(f"Ended of {kind} {oin}: {kid}. It counts within seconds.")


@organisation.command("add-partner")
def add_partner_command(
    *,
    organisations: OrganisationsFile,
    oin: SignerOin,
    partner: PartnerOin,
) -> None:
    """Let a source sign whom to call about a partner's signals; within seconds.

    Ask the partner first: who signs for it says which number is the partner's.
    """
    with saying_why("Not added"):
        add_partner(organisations, oin, partner)
    typer.echo(f"{oin} signs for {partner}. It counts within seconds.")


@organisation.command("end-partner")
def end_partner_command(
    *,
    organisations: OrganisationsFile,
    oin: SignerOin,
    partner: PartnerOin,
) -> None:
    """Let what a source signed for a partner count no more; within seconds."""
    with saying_why("Not ended"):
        end_partner(organisations, oin, partner)
    typer.echo(f"{oin} signs no more for {partner}. It counts within seconds.")


@organisation.command("accept")
def accept(
    request: Annotated[Path, typer.Argument(help="The agency's request.json.")],
    settings: Annotated[Path, typer.Option(help="The holder's settings (TOML).")],
    index_key: Annotated[Path, typer.Option(help="receipt.public.jwk of the index.")],
    into: Annotated[Path, typer.Option(help="A new file for the acceptance.")],
    *,
    fingerprint: Annotated[
        str | None, typer.Option(help="As the agency told it; else you are asked.")
    ] = None,
) -> None:
    """Take in a source's request to join; it counts within seconds."""
    with saying_why("Not accepted"):
        now = clock.now()
        opened = open_request(
            read_file(request),
            index_keys=read_index_keys(index_key, now),
            now=now,
        )
        confirm_request(opened, fingerprint)
        taken = take_in(load_settings(settings), opened, now=now)
        write_public(into, taken.document)
    done = "registered" if taken.is_new else "was registered before, as it is now"
    typer.echo(f"{opened.invitation.organisation} {done}. Send {into} to the agency.")


@app.command("take-successor")
def take_successor_command(
    successors: Annotated[
        Path, typer.Argument(help="NAME-successors.json, from the index.")
    ],
    pinned: Annotated[
        Path,
        typer.Option(help="receipt.public.jwk or checkpoint.vkey; they go beside it."),
    ],
    digits: Annotated[
        list[str] | None,
        typer.Option(help="As they were read to you; repeat it; else you are asked."),
    ] = None,
) -> None:
    """Take what follows on a key of the index that you pinned.

    You type the digits that the index said, as they were read to you by telephone.
    Nothing is taken unless they are those of the file. One that was saved in the place
    of what was taken is asked about as a whole: nobody compared it.
    """
    with saying_why("Not taken"):
        offered, known = read_successors(successors), find_successors(pinned)
        chain = foresee_successors(pinned, offered, clock.now())
        is_saved_there = successors.resolve() == known.resolve()
        taken = () if is_saved_there else read_successors(known)
        confirm_successors(chain, taken, digits or ())
        take_successors(pinned, offered)
    typer.echo(f"Taken: {known}")


@app.command()
def decoys(
    settings: Annotated[
        Path, typer.Option(help="Settings (TOML) of a registered source.")
    ],
    into: Annotated[Path, typer.Option(help="A new file, for `signal-index decoys`.")],
    numbers: Annotated[
        Path | None,
        typer.Argument(help="A file, one number a line; none: you type them, unseen."),
    ] = None,
) -> None:
    """Have numbers evaluated that were never issued; whoever asks for one is found.

    Keep the numbers where a list of citizens is kept, and nowhere else.
    """
    with saying_why("No decoys"):
        found = read_numbers(numbers)
        known = load_auditor_settings(settings)
        write_secret(into, asyncio.run(_evaluate(known, found)))
    typer.echo(f"{len(found)} decoys in {into}. Give it to whoever runs the index.")


@app.command()
def statement(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A UTC day.")],
    settings: Annotated[Path, typer.Option(help="The auditor's settings (TOML).")],
    holder: Annotated[str, typer.Option(help="Whose statement, by its id.")],
    *,
    into: Annotated[
        Path | None,
        typer.Option(help="A new file to keep it in as it was signed."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the tickets for a machine.")
    ] = False,
) -> None:
    """Ask a holder which tickets it gave on a day, as a registered auditor.

    Kept in a file, the holder's signature goes with it: `signal-index reconcile` reads
    such files.
    """
    with saying_why("No statement"):
        token, said = asyncio.run(_ask_statement(day, settings, holder))
        if into is not None:
            _keep(token, into)
    if as_json:
        _print_json(said)
    else:
        _print_table(said)


@app.command()
def restored(
    *,
    settings: Annotated[Path, typer.Option(help="The holder's settings (TOML).")],
    until: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%SZ"],
            help="The last moment that the backup holds (UTC).",
        ),
    ],
    because: Annotated[RestoredBecause, typer.Option(help="Why it was put back.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Say that this holder's record was put back from a backup, and lacks what came.

    It is said once and never taken back: auditors read it in each statement.
    """
    with saying_why("Nothing said"), _open_record(settings) as record:
        said = record.find_gap(until.replace(tzinfo=UTC), because, now=clock.now())
        begins, ends = instant_of(said.since), instant_of(said.until)
        typer.echo(f"Missing of this record: from {begins} until {ends}.")
        if not yes:
            typer.confirm("Say so? It cannot be taken back", abort=True)
        record.record_restored(said)
    typer.echo("Said. Each statement has it from now on: tell the auditor.")


@contextmanager
def _open_record(settings: Path) -> Iterator[HolderStore]:
    record = HolderStore.open(load_settings(settings).database)
    try:
        yield record
    finally:
        record.close()


async def _evaluate(settings: AuditorSettings, numbers: Sequence[Bsn]) -> bytes:
    async with httpx.AsyncClient(timeout=60) as client:
        return await evaluate_decoys(settings, numbers, client)


async def _ask_statement(
    day: datetime, path: Path, holder: str
) -> tuple[str, DayStatement]:
    settings = load_auditor_settings(path)
    config = settings.read_config(now=clock.now())
    key = load_request_key(settings.request_key)
    signer = Signer(settings.organisation, settings.organisation, key)
    async with httpx.AsyncClient(timeout=60) as client:
        token = await fetch_statement(
            client, settings.place(holder), signer, day.date()
        )
    return token, verify_statement(token, config, holder, day.date())


def _keep(token: str, into: Path) -> None:
    write_secret(into, token.encode("ascii"))


def _print_json(said: DayStatement) -> None:
    document = {
        "holder": said.holder,
        "day": said.day.isoformat(),
        "statedAt": said.stated_at.isoformat(),
        "complete": said.complete,
        "tickets": [ticket.model_dump(by_alias=True) for ticket in said.tickets],
    }
    typer.echo(json.dumps(document, indent=2))


def _print_table(said: DayStatement) -> None:
    title = f"{said.holder}, {said.day} ({len(said.tickets)} tickets)"
    table = Table(title=title if said.complete else f"{title}, day not over")
    for heading in ("time (UTC)", "organisation", "user", "act", "persons"):
        table.add_column(heading)
    for ticket in said.tickets:
        at = datetime.fromtimestamp(ticket.iat, UTC).strftime("%H:%M:%S")
        table.add_row(at, ticket.org, ticket.sub, ticket.act, str(ticket.count))
    Console(markup=False).print(table)
