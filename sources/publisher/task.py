"""What a run is asked to do, and by which mark it is known again."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from signal_index.wire.deliveries import DeliveryKind
from sources.intake import Intake
from sources.intake.files import FileIntake
from sources.intake.several import SeveralIntake
from sources.outbox.deliveries import (
    OpenDelivery,
)
from sources.outbox_key import OutboxKey
from sources.profile import Profile


@dataclass(frozen=True, slots=True)
class Task:
    """What a run is asked to do."""

    intake: Intake
    profile: Profile
    asked: DeliveryKind

    @property
    def kind(self) -> DeliveryKind:
        """Give what was asked; messages never list every case, so they are a delta."""
        return DeliveryKind.DELTA if self.profile.facts.is_messages else self.asked

    @property
    def is_once(self) -> bool:
        """Tell whether this says changes that no later task says again.

        Rows of a view and events that came in are read again until a delivery of them
        is planned; a file is not.
        """
        is_file = isinstance(self.intake, FileIntake | SeveralIntake)
        return is_file and self.kind is DeliveryKind.DELTA

    @property
    def about(self) -> str:
        """Say what is read, and by which format; never its name."""
        form = f"gelezen als {self.profile.format}"
        if isinstance(self.intake, FileIntake):
            with suppress(OSError):
                size = self.intake.path.stat().st_size
                return f"{-(-size // 1000)} kB, {form}"
        return form

    @property
    def unreadable(self) -> Sequence[str]:
        """Give why some files of several were passed over, once they are read."""
        if isinstance(self.intake, SeveralIntake):
            return [*self.intake.unreadable.values()]
        return []

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give a mark of what is read and how: another profile is another task."""
        return self._mark(key, self.intake.find_mark(key))

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:
        """Give the same of its rows in whatever order, where a row is a row."""
        rows = self.intake.find_rows_mark(key)
        return None if rows is None else self._mark(key, rows)

    def _mark(self, key: OutboxKey, read: bytes) -> bytes:
        return key.mark("task", read.hex(), self.profile.encode())


@dataclass(frozen=True, slots=True)
class Coming:
    """What a run delivers next: of which profile, and the mark of its task."""

    profile: str
    mark: bytes


def is_same(delivery: OpenDelivery, task: Task, mark: bytes) -> bool:
    """Tell whether a delivery was made of this very intake."""
    return (delivery.file_mark, delivery.profile, delivery.kind) == (
        mark,
        task.profile.name,
        task.kind,
    )
