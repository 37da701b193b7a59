"""A mail server of one's own, reached over TLS or not at all.

Who writes a mail decides what is in it; here stands only how one is handed over.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from keys.files import read_secret

Address = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]
_PATIENCE: Final = 20.0


class MailServer(BaseModel):
    """Where mail is handed over, and in whose name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls"] = "starttls"
    certificates: Path | None = None
    sender: Address
    user: str | None = None
    password_file: Path | None = None


def begin_mail(server: MailServer, subject: str) -> EmailMessage:
    """Begin a mail that a machine writes; to whom and what it says is to come."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = server.sender
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=server.sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def connect(server: MailServer) -> smtplib.SMTP:
    """Connect over TLS and log in; who has it closes it.

    Raises `smtplib.SMTPException`, `OSError` (`ssl.SSLError` too), or `KeysError` for
    a password file that others may read.
    """
    password = None
    if server.password_file is not None:
        password = read_secret(server.password_file).decode().strip()
    context = ssl.create_default_context(cafile=server.certificates)
    connected: smtplib.SMTP
    if server.security == "tls":
        connected = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_PATIENCE, context=context
        )
    else:
        connected = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
    try:
        if server.security == "starttls":
            connected.starttls(context=context)
        if server.user is not None and password is not None:
            connected.login(server.user, password)
    except BaseException:
        connected.close()
        raise
    return connected
