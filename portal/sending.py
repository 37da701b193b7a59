"""Once a day, at one time: a message to whoever had somebody look the day before.

    for each day that is over, the index says of each token whether one is due
    a mail or a line of the day's file of letters, in an order that is drawn

- A message says that there is something to read, and nothing else: no link, no name,
  no day, no organisation but the municipality that sends it.
- All of a day go at once, after the last answer: when one comes says nothing of when
  somebody looked.
- A day counts as done when all of it went; a mail server that is away is asked again
  each hour, for what did not go yet. What it refuses by itself is logged, and stops
  nothing else.
"""

import asyncio
import csv
import io
import smtplib
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from secrets import SystemRandom
from typing import Final

from desk.moments import HERE, day_here
from keys.errors import KeysError
from keys.files import write_whole
from keys.mailing import MailServer, begin_mail, connect
from portal.asking import Asking
from portal.errors import PortalError
from portal.events import Event, log_event
from portal.languages import find_language
from portal.message_store import Kept, MessageStore
from portal.settings import MessageSettings
from signal_index.wire.citizen_reports import MOST_LINES

DAYS_BACK: Final = 7
LOOK_SECONDS: Final = 60.0
AGAIN: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_REFUSED: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
)
"""What a mail server says of one mail."""


class Sending:
    """Sends what is due, each day at the time of the settings."""

    def __init__(
        self,
        settings: MessageSettings,
        organisation: str,
        store: MessageStore,
        asking: Asking,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._organisation = organisation
        self._store = store
        self._asking = asking
        self._clock = clock
        self._after: datetime | None = None
        self._sent: set[bytes] = set()

    async def run(self) -> None:
        """Look each minute whether it is time, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Send what is due where it is time; what goes wrong is logged, not raised."""
        now = self._clock()
        if now.astimezone(HERE).time() < self._settings.at:
            return
        if self._after is not None and now < self._after:
            return
        today = day_here(now)
        if self._store.find_done() == today - _DAY:
            return
        try:
            await self.send(today)
        except (PortalError, KeysError, OSError, smtplib.SMTPException) as error:
            self._after = now + AGAIN
            log_event(Event.MESSAGES_FAILED, reason=type(error).__name__)
        else:
            self._after = None
            log_event(Event.MESSAGES_DONE)

    async def send(self, today: date) -> None:
        """Send what is due of each day that is over and not done yet."""
        last = self._store.find_done() or today - 2 * _DAY
        first = max(last + _DAY, today - DAYS_BACK * _DAY)
        days = [first + _DAY * n for n in range((today - first).days)]
        due: dict[bytes, Kept] = {}
        for day in days:
            due |= await self._find_due(day)
        wanted = SystemRandom().sample(list(due.values()), len(due))
        letters = [one for one in wanted if one.by == "letter"]
        mails = [one for one in wanted if one.by == "mail"]
        own = self._settings
        if own.letters is not None:
            path = own.letters / f"brieven-{today.isoformat()}.csv"
            write_whole(path, _write_letters(letters), replace=True)
        elif letters:
            log_event(Event.MESSAGE_REFUSED)
        if own.mail is not None:
            await asyncio.to_thread(self._hand_over, own.mail, mails)
        elif mails:
            log_event(Event.MESSAGE_REFUSED)
        self._store.keep_done(today - _DAY)
        self._sent.clear()

    async def _find_due(self, day: date) -> dict[bytes, Kept]:
        """Find who has a message due about a day; who is over is let go."""
        kept = self._store.list_all()
        due: dict[bytes, Kept] = {}
        for start in range(0, len(kept), MOST_LINES):
            part = kept[start : start + MOST_LINES]
            told = await self._asking.find_due(day, [one.token for _, one in part])
            for (row, one), said in zip(part, told, strict=True):
                if said.isDue:
                    due[one.token] = one
                self._store.settle(row, one, said.name)
        return due

    def _hand_over(self, server: MailServer, wanted: Sequence[Kept]) -> None:
        """Hand over what did not go before; one that is refused stops no other."""
        with connect(server) as connected:
            for kept in wanted:
                if kept.token in self._sent:
                    continue
                try:
                    connected.send_message(self._write_mail(server, kept))
                except _REFUSED:
                    log_event(Event.MESSAGE_REFUSED)
                self._sent.add(kept.token)

    def _write_mail(self, server: MailServer, kept: Kept) -> EmailMessage:
        texts = find_language(kept.language).texts
        mail = begin_mail(server, texts.get("message.mail.subject"))
        mail["To"] = kept.lines[0]
        mail.set_content(
            texts.get("message.mail.text", organisation=self._organisation) + "\n"
        )
        return mail


def _write_letters(kept: Sequence[Kept]) -> bytes:
    """Give the day's file for the print room: there is one also where nobody is in."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(["naam", "adres", "plaats", "taal"])
    rows.writerows([*one.lines, one.language] for one in kept)
    return text.getvalue().encode("utf-8-sig")
