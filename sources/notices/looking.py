"""What `doctor` holds of `[notices]`: heard lately, and each way of telling works."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx

from sources.agency_keys import read_case_key
from sources.corrections import fetch_corrections
from sources.errors import SourceError
from sources.findings import Finding, Patient, State
from sources.key_files import read_agency_secret
from sources.notice_settings import MailRow
from sources.notices.mail import try_mail
from sources.notices.waiting import find_due, put_in_disputes, say_due
from sources.outbox.notices import find_moment, find_untold

ABOUT: Final = "berichten"
WAITS: Final = "uw antwoord"
HEARD_WITHIN: Final = timedelta(hours=1)
BY_HAND_WITHIN: Final = timedelta(days=7)
"""Who has no feeds delivers by hand, and looks when there is time."""
_REMEDY: Final = {
    True: "Dat doet de agent: laat `signal-source run` draaien.",
    False: "Geef `signal-source notices list`: die haalt ze op.",
}


async def look_at_notices(patient: Patient) -> list[Finding]:
    """Give a finding for each part of `[notices]`; nobody gets a mail or an event."""
    row = patient.settings.notices
    found = [_look_at_hearing(patient), *_look_at_files(patient)]
    if row.mail is not None:
        found.append(await _look_at_mail(row.mail))
    if row.events is not None:
        found.append(await _look_at_events(patient, row.events.url))
    return found


async def look_at_due(patient: Patient) -> list[Finding]:
    """Warn first of what waits for our answer, each with its last day.

    Of what citizens dispute the index says what is open now: also where nobody ever
    fetched a notice. What was fetched last counts where it does not answer.
    """
    due = find_due(patient.outbox)
    with suppress(SourceError):
        due = put_in_disputes(due, await fetch_corrections(patient.index, "open"))
    return [
        Finding(WAITS, State.WARNING, says)
        for says in say_due(due, today=patient.today)
    ]


def _look_at_hearing(patient: Patient) -> Finding:
    heard = find_moment(patient.outbox, "heard")
    has_agent = bool(patient.settings.feeds)
    if heard is None:
        says = f"Er zijn nog geen berichten opgehaald. {_REMEDY[has_agent]}"
        return Finding(ABOUT, State.GOOD, says)
    if patient.now() - heard > (HEARD_WITHIN if has_agent else BY_HAND_WITHIN):
        long = "het laatste uur" if has_agent else "de laatste week"
        says = f"Er is {long} niet gekeken of er berichten zijn."
        return Finding(ABOUT, State.WARNING, says, _REMEDY[has_agent])
    if patient.settings.notices.mail and find_untold(patient.outbox, "mailed"):
        says = "Er wachten berichten die nog niet zijn gemaild."
        return Finding(ABOUT, State.GOOD, says)
    return Finding(ABOUT, State.GOOD, "Berichten worden opgehaald.")


def _look_at_files(patient: Patient) -> Iterator[Finding]:
    """Hold that the secrets it names can be read, and by nobody else."""
    row = patient.settings.notices
    secrets = (
        row.mail.password_file if row.mail else None,
        row.events.token_file if row.events else None,
    )
    try:
        read_case_key(row.case_key)
        for path in secrets:
            if path is not None:
                read_agency_secret(path)
    except SourceError as error:
        yield Finding(ABOUT, State.WRONG, str(error), "Herstel [notices].")
    if row.case_key is None:
        says = "Zonder `case_key` toont uw pagina Berichten geen zaaknummer."
        yield Finding(ABOUT, State.GOOD, says)


async def _look_at_mail(row: MailRow) -> Finding:
    try:
        await asyncio.to_thread(try_mail, row)
    except SourceError as error:
        return Finding("mail", State.WRONG, str(error), "Herstel [notices.mail].")
    return Finding("mail", State.GOOD, "De mailserver antwoordt, met TLS.")


async def _look_at_events(patient: Patient, url: str) -> Finding:
    """Hold that somebody answers there; an event is sent only when there is one."""
    parts = urlsplit(url)
    try:
        await patient.client.options(f"{parts.scheme}://{parts.netloc}{parts.path}")
    except httpx.HTTPError:
        says = "Uw systeem voor berichten antwoordt niet."
        return Finding("systeem", State.WRONG, says, "Herstel [notices.events].")
    return Finding("systeem", State.GOOD, "Uw systeem voor berichten antwoordt.")
