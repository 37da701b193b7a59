"""A feed: something the agent reads, one delivery at a time, and puts away afterwards.

    for portion in feed.find_portions(now): publish(portion.task); feed.put_away(…)

- What an earlier run took up and did not finish comes first.
- While changes wait for an answer, the files behind them stay in their folder.
- A file that cannot be delivered is put aside with its reason, and the next one goes
  on: one bad export must not hold up tomorrow's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import InvalidAgencySettings, SourceError
from sources.events import Event, log_event
from sources.feed_settings import FeedRow
from sources.intake import Intake
from sources.intake.event_box import EventIntake, count_waiting
from sources.intake.files import FileIntake
from sources.intake.folder import Folder, Taken
from sources.intake.held_files import make_folder_of, release
from sources.intake.several import SeveralIntake
from sources.intake.views import open_database, open_view
from sources.outbox.holding import find_held
from sources.outbox.store import Outbox
from sources.profile import Profile, load_profile
from sources.publisher.task import Task
from sources.settings import DatabasePlace

MOST_AT_ONCE: Final = 5_000
EVERY_MINUTE: Final = "* * * * *"
DAILY: Final = "0 5 * * *"
READ_AGAIN_AFTER: Final = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Portion:
    """One delivery of a feed, and the files that it is made of."""

    task: Task
    taken: tuple[Taken, ...] = ()


class Feed:
    """One feed of the settings, with its profile."""

    def __init__(self, row: FeedRow, databases: dict[str, DatabasePlace]) -> None:
        self.name = row.name
        self.profile = load_profile(row.profile)
        self._row = row
        self._databases = databases
        self._folder = make_folder_of(row)
        if self._folder:
            self._folder.prepare()
        _check_place(row, self.profile)
        if self.profile.sql and self.profile.sql.database not in databases:
            raise InvalidAgencySettings(
                f"Feed {row.name}: de database staat niet in [databases]."
            )

    @property
    def cron(self) -> str:
        """Give when this feed is read, as a line of a crontab."""
        often = self._folder is not None or self._has_events
        return self._row.cron or (EVERY_MINUTE if often else DAILY)

    def look(self, now: datetime) -> None:
        """Look at a folder for the first time: only a second look tells anything."""
        if self._folder:
            self._find_ready(self._folder, now)

    def say_left(self) -> None:
        """Say how many files stay in `inbox`, for whoever reads each feed once."""
        if self._folder and (count := self._folder.count_left()):
            log_event(Event.FILES_LEFT, feed=self.name, count=count)

    def find_portions(self, outbox: Outbox, now: datetime) -> Iterator[Portion]:
        """Give what there is to deliver now, in order."""
        if self._folder:
            portions = self._find_files(self._folder, now)
            while not self._has_changes_waiting(outbox) and (
                portion := next(portions, None)
            ):
                yield portion
        elif self._is_waiting(outbox, now):
            return
        elif self._has_events:
            if count_waiting(outbox, self.name):
                yield self._portion(EventIntake(outbox, self.name, self.profile))
        else:
            yield self._portion(self._open(outbox))

    def put_away(self, portion: Portion, now: datetime) -> None:
        """Put delivered files away, and forget what was kept long enough."""
        if self._folder is None:
            return
        intake = portion.task.intake
        unreadable = intake.unreadable if isinstance(intake, SeveralIntake) else {}
        for number, taken in enumerate(portion.taken, start=1):
            if taken.path in unreadable:
                self._folder.fail(taken, unreadable[taken.path], now)
            else:
                self._folder.finish(taken, now, number=number)
        self._folder.forget_old(now)

    def put_aside(self, portion: Portion, error: SourceError, now: datetime) -> None:
        """Put files that cannot be delivered aside, with the reason."""
        for taken in portion.taken:
            if self._folder:
                self._folder.fail(taken, str(error), now)

    def hold(self, portion: Portion, delivery: UUID) -> None:
        """Keep the files of a delivery that waits apart: neither lost nor failed."""
        for taken in portion.taken:
            if self._folder:
                self._folder.hold(taken, delivery)

    def release(self, outbox: Outbox, now: datetime) -> None:
        """Put files away of which the delivery was answered about, or replaced."""
        if self._folder:
            release(self._folder, outbox, now)

    def _has_changes_waiting(self, outbox: Outbox) -> bool:
        """Tell whether files of changes wait for an answer: none may go before them.

        A newer one does not say again what they said, so that it cannot replace them.
        """
        kind = DeliveryKind.DELTA if self.profile.facts.is_messages else self._row.kind
        return kind is DeliveryKind.DELTA and bool(find_held(outbox, self.profile.name))

    def _is_waiting(self, outbox: Outbox, now: datetime) -> bool:
        """Tell whether rows or events wait for an answer: they change all the time.

        Read again at once they would be another delivery than the one that somebody
        looks at; after some hours they are, so that what was mended is seen.
        """
        return self._row.file is None and any(
            not held.is_approved and now - held.held_at < READ_AGAIN_AFTER
            for held in find_held(outbox, self.profile.name)
        )

    @property
    def _has_events(self) -> bool:
        return self.profile.events is not None and not (
            self._row.folder or self._row.file
        )

    def _open(self, outbox: Outbox) -> Intake:
        if self.profile.sql:
            place = self._databases[self.profile.sql.database]
            engine = open_database(place)
            return open_view(engine, self.profile, self._row.kind, outbox.connection)
        if self._row.file is None:
            raise InvalidAgencySettings("Een feed heeft geen plaats om te lezen.")
        return FileIntake(self._row.file, self.profile)

    def _find_files(self, folder: Folder, now: datetime) -> Iterator[Portion]:
        if self.profile.facts.is_messages:
            while files := self._find_messages(folder, now):
                paths = [taken.path for taken in files]
                intake = SeveralIntake(paths, self.profile)
                yield self._portion(intake, *files)
            return
        for taken in folder.find_taken():
            yield self._portion(FileIntake(taken.path, self.profile), taken)
        for path in self._find_ready(folder, now):
            found = folder.take(path)
            if found:
                yield self._portion(FileIntake(found.path, self.profile), found)

    def _find_ready(self, folder: Folder, now: datetime) -> list[Path]:
        """Look, and say what came: how many, since a name may hold one of a person."""
        ready = folder.find_ready(now)
        if folder.arrived.count + folder.arrived.unfinished:
            log_event(
                Event.FILES_SEEN,
                feed=self.name,
                count=folder.arrived.count,
                unfinished=folder.arrived.unfinished,
                seconds=self._row.quiet_seconds,
            )
        return ready

    def _find_messages(self, folder: Folder, now: datetime) -> list[Taken]:
        left = folder.find_taken()[:MOST_AT_ONCE]
        if left:
            return left
        ready = self._find_ready(folder, now)[:MOST_AT_ONCE]
        return [taken for path in ready if (taken := folder.take(path))]

    def _portion(self, intake: Intake, *taken: Taken) -> Portion:
        return Portion(Task(intake, self.profile, self._row.kind), taken)


def _check_place(row: FeedRow, profile: Profile) -> None:
    """Refuse a feed that could never be read."""
    has_file = bool(row.folder or row.file)
    if profile.sql is None and profile.events is None and not has_file:
        raise InvalidAgencySettings(f"Feed {row.name}: geef folder of file.")
    if profile.sql is not None and has_file:
        raise InvalidAgencySettings(
            f"Feed {row.name} leest een database, geen bestand."
        )
    if row.kind is DeliveryKind.DELTA and profile.sql and not profile.sql.changed:
        raise InvalidAgencySettings(f"Feed {row.name}: [sql] changed ontbreekt.")
