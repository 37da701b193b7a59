"""One mail about what is new, through the agency's own server, over TLS or not at all.

No content of a case, no name and no number of a person is in it. The agency's own case
numbers are only where the agency chose that (`name_cases`); else it says how many there
are, and where to read them.
"""

from __future__ import annotations

import smtplib
import ssl
from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Final

from keys.case_name import find_unclear, shorten
from keys.mailing import begin_mail, connect
from sources.counted import Cut, say_count, say_listed
from sources.errors import MailRefused
from sources.key_files import read_agency_secret
from sources.notice_settings import MailRow
from sources.notices.words import say_kept, say_whom_to_call, write_when
from sources.outbox.notices import KeptNotice, name_cases

_FIRST: Final = Cut(50, "alle: signal-source notices list --json")
_KINDS: Final = {
    "looked-up": "keer is er naar een signaal gekeken",
    "outcome": "keer is gezegd wat ervan kwam",
    "correction": "correctie van een inwoner",
    "objection": "bezwaar van een inwoner",
    "contact-stale-soon": "contactpersoon om te bevestigen",
    "signal-expires-soon": "signaal dat bijna vervalt",
    "succession": "bericht over signalen die zijn overgedragen",
    "match": "match: een andere organisatie helpt dezelfde inwoner ook",
}
_READ: Final = (
    "Lees ze op de pagina Berichten van uw balie, of met `signal-source notices"
    " list` op de computer die aanlevert."
)


def write_mail(
    found: Sequence[KeptNotice], row: MailRow, *, name_cases: bool
) -> EmailMessage:
    """Write the mail about these notices."""
    told = say_count(len(found), "bericht", "berichten")
    mail = begin_mail(row, f"{told} over uw signalen")
    mail["To"] = ", ".join(row.recipients)
    lines = _name(found) if name_cases else _count(found)
    mail.set_content("\n".join([*lines, "", _READ, ""]))
    return mail


def send_mail(mail: EmailMessage, row: MailRow) -> None:
    """Hand a mail over, or raise `MailRefused` in words that say what to mend."""
    try:
        with _connect(row) as server:
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused:
        raise MailRefused("De mailserver kent een ontvanger niet.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise _refused(error) from None


def try_mail(row: MailRow) -> None:
    """Connect and log in, send nothing; raises `MailRefused`."""
    try:
        with _connect(row) as server:
            server.noop()
    except (smtplib.SMTPException, OSError) as error:
        raise _refused(error) from None


def _connect(row: MailRow) -> smtplib.SMTP:
    if row.password_file is not None:
        read_agency_secret(row.password_file)  # what is wrong with it, in our words
    return connect(row)


def _refused(error: Exception) -> MailRefused:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailRefused("De mailserver kan geen TLS. Zonder TLS gaat er geen mail.")
    if isinstance(error, ssl.SSLError):
        return MailRefused("Het certificaat van de mailserver is niet te vertrouwen.")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return MailRefused("De mailserver weigert gebruiker of wachtwoord.")
    if isinstance(error, smtplib.SMTPException):
        return MailRefused("De mailserver wil deze mail niet.")
    return MailRefused("De mailserver antwoordt niet.")


def _count(found: Sequence[KeptNotice]) -> list[str]:
    counts = Counter(one.kind for one in found)
    return [
        "Er zijn nieuwe berichten over signalen die u aanleverde:",
        "",
        *(f"- {count} {_KINDS.get(kind, 'bericht')}" for kind, count in counts.items()),
    ]


def _name(found: Sequence[KeptNotice]) -> list[str]:
    lines = ["Nieuwe berichten over signalen die u aanleverde:"]
    named = name_cases(found)
    unclear = find_unclear(named)
    said = {
        one: f"{case or 'zaak niet bekend'} (kenmerk {shorten(one)})"
        if one in unclear
        else case
        for one, case in named.items()
    }
    for one in found:
        named_here = [said[each] for each in one.references[: _FIRST.most]]
        rest = len(one.references) - len(named_here)
        cases = say_listed(named_here, rest, _FIRST) or "niet over één zaak"
        lines += ["", f"{cases} - {write_when(one.said)}", f"  {say_kept(one)}"]
        if called := say_whom_to_call(one.said):
            lines.append(f"  Terugbellen: {called}")
    return lines
