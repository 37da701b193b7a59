"""`account`: suspending one, whatever its token says, and mandates for reports."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.errors import AccountNotNamed
from signal_index.ledger import Kind
from signal_index.settings import load_settings
from signal_index.store.accounts import EVERYONE, restore_account, suspend_account
from signal_index.store.acts import Act
from signal_index.store.mandates import end_mandate, give_mandate
from signal_index.store.registry import Change, get_municipality

account_app = typer.Typer(no_args_is_help=True, help="Accounts of users and sources.")

Subject = Annotated[
    str | None, typer.Argument(help="The account's `sub` at the provider.")
]
Organisation = Annotated[str, typer.Option(help="OIN of its organisation.")]
Officer = Annotated[str, typer.Argument(help="The officer's `sub` at the provider.")]
Until = Annotated[
    datetime,
    typer.Option(formats=["%Y-%m-%d"], help="The last day of the mandate."),
]
Everyone = Annotated[
    bool, typer.Option("--everyone", help="The organisation as a whole.")
]


@account_app.command("suspend")
def suspend(
    organisation: Organisation,
    settings: SettingsFile,
    subject: Subject = None,
    everyone: Everyone = False,  # noqa: FBT002 - a flag on a command line
) -> None:
    """Refuse an account, or a whole organisation, within ten seconds."""
    change = run(lambda: _suspend(settings, organisation, subject, everyone=everyone))
    say("suspended" if change is Change.ADDED else "was suspended already")


@account_app.command("restore")
def restore(
    organisation: Organisation,
    settings: SettingsFile,
    subject: Subject = None,
    everyone: Everyone = False,  # noqa: FBT002 - a flag on a command line
) -> None:
    """Lift a suspension."""
    run(lambda: _restore(settings, organisation, subject, everyone=everyone))
    say("restored")


@account_app.command("mandate")
def mandate(
    subject: Officer, organisation: Organisation, until: Until, settings: SettingsFile
) -> None:
    """Let an officer ask for reports with persons, up to and including a day."""
    run(lambda: _mandate(settings, organisation, subject, until))
    say(f"has a mandate until {until.date()}")


@account_app.command("end-mandate")
def stop_mandate(
    subject: Officer, organisation: Organisation, settings: SettingsFile
) -> None:
    """End a mandate at once."""
    run(lambda: _end_mandate(settings, organisation, subject))
    say("the mandate has ended")


async def _mandate(
    file: Path, organisation: str, subject: str, until: datetime
) -> None:
    last = until.date()
    async with administering(load_settings(file)) as (conn, recorder):
        home = await get_municipality(conn, organisation)
        await give_mandate(conn, organisation, subject, last, recorder.clock())
        act = _act("mandate-given", organisation, subject, home)
        what = {**act.what, "until": last.isoformat()}
        await recorder.record(conn, replace(act, what=what))


async def _end_mandate(file: Path, organisation: str, subject: str) -> None:
    async with administering(load_settings(file)) as (conn, recorder):
        home = await get_municipality(conn, organisation)
        await end_mandate(conn, organisation, subject)
        act = _act("mandate-ended", organisation, subject, home)
        await recorder.record(conn, act)


async def _suspend(
    file: Path, organisation: str, subject: str | None, *, everyone: bool
) -> Change:
    account = _account(subject, everyone=everyone)
    async with administering(load_settings(file)) as (conn, recorder):
        change = await suspend_account(
            conn, organisation, account, now=recorder.clock()
        )
        if change is Change.ADDED:
            home = await get_municipality(conn, organisation)
            act = _act("account-suspended", organisation, account, home)
            await recorder.record(conn, act)
        return change


async def _restore(
    file: Path, organisation: str, subject: str | None, *, everyone: bool
) -> None:
    account = _account(subject, everyone=everyone)
    async with administering(load_settings(file)) as (conn, recorder):
        home = await get_municipality(conn, organisation)
        await restore_account(conn, organisation, account)
        act = _act("account-restored", organisation, account, home)
        await recorder.record(conn, act)


def _account(subject: str | None, *, everyone: bool) -> str:
    if (subject is None) != everyone or subject == EVERYONE:
        raise AccountNotNamed("name one account, or say --everyone")
    return EVERYONE if subject is None else subject


def _act(what: str, organisation: str, account: str, municipality: str) -> Act:
    return Act(
        {"act": what, "oin": organisation, "account": account},
        Kind.ADMINISTRATION,
        organisation,
        municipality,
    )
