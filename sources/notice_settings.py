"""`[notices]` of agency.toml: how often what comes back is fetched, and who is told.

Without it notices are fetched and stand in the outbox (`signal-source notices list`);
nobody is told.
"""

from pathlib import Path

from pydantic import Field

from keys.mailing import Address, MailServer
from sources.closed_row import ClosedRow
from sources.feed_settings import Cron
from sources.urls import Url


class MailRow(MailServer):
    """The agency's own mail server, and to whom it sends; always over TLS."""

    recipients: tuple[Address, ...] = Field(min_length=1, max_length=20)


class EventsRow(ClosedRow):
    """The agency's own system, which takes CloudEvents (NL GOV profile)."""

    url: Url
    token_file: Path | None = None


class NoticesRow(ClosedRow):
    """How notices are fetched and told.

    `case_key` is shared with the agency's desk, which so can show the case. `digest` is
    a crontab line: what is new is mailed then; without it at once. `name_cases` puts
    the agency's own case numbers into the mail; without it the mail only says that
    there is something.
    """

    every_seconds: int = Field(default=20, ge=5, le=3_600)
    case_key: Path | None = None
    digest: Cron | None = None
    name_cases: bool = False
    mail: MailRow | None = None
    events: EventsRow | None = None
