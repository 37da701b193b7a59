"""What every verb shares: messages, exit codes and a progress bar.

0 it is done · 1 it stopped, and can be run again · 2 what was given is not usable.
No traceback reaches the screen: it could hold what the program held.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from sources.cli.plain import PlainConsole
from sources.errors import (
    ChangesOwed,
    ChangesWait,
    DeliveryHeld,
    DeliveryUnderWay,
    DeliveryUnheard,
    EvidenceRefused,
    FlagAwaited,
    NothingSent,
    OutboxBusy,
    OutboxElsewhere,
    OutboxMissing,
    OutboxOutdated,
    OutboxReplaced,
    OutboxUnwritable,
    PublishingStopped,
    SignalsElsewhere,
    SourceError,
    TooManyUnknown,
    shorten,
)
from sources.events import Event, log_event, start_logging
from sources.notices.waiting import Due
from sources.outbox.deliveries import OpenDelivery

STOPPED: Final = 1
UNUSABLE: Final = 2
_TRY_AGAIN: Final = (
    PublishingStopped,
    DeliveryHeld,
    ChangesWait,
    ChangesOwed,
    DeliveryUnheard,
    TooManyUnknown,
    DeliveryUnderWay,
    EvidenceRefused,
    FlagAwaited,
    NothingSent,
    OutboxBusy,
    OutboxElsewhere,
    OutboxMissing,
    OutboxOutdated,
    OutboxReplaced,
    OutboxUnwritable,
    SignalsElsewhere,
)
_LABELS: Final = {
    "read": "Lezen",
    "evaluated": "Pseudoniemen maken",
    "published": "Versturen",
}


@contextmanager
def refusing_plainly() -> Iterator[None]:
    """Turn a refusal, or a file that the disk refuses, into a sentence and a code."""
    try:
        yield
    except SourceError as error:
        _stop(error, str(error), again=isinstance(error, _TRY_AGAIN))
    except OSError as error:
        if error.filename is None:
            raise
        says = (
            f"{Path(str(error.filename)).name} is niet te lezen of te schrijven. Kijk "
            "of de naam klopt, of het een bestand is, en of u erbij mag."
        )
        _stop(error, says, again=False)


def _stop(error: Exception, says: str, *, again: bool) -> NoReturn:
    log_event(Event.STOPPED, error=type(error).__name__)
    PlainConsole(stderr=True).print(says, style="bold red", soft_wrap=True)
    raise typer.Exit(STOPPED if again else UNUSABLE) from None


def start_logging_if_asked(*, as_json: bool) -> None:
    """Log lines are for a machine that asked for JSON, and for no terminal."""
    if as_json and not sys.stderr.isatty():
        start_logging()


class Tellings:
    """Sentences about what goes on, for whoever waits; none where a machine reads."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def tell(self, says: str) -> None:
        """Say it on standard error, so that an answer stays what it is."""
        if not self._quiet:
            PlainConsole(stderr=True).print(says, soft_wrap=True)


class Bars:
    """Progress bars on a terminal; silent anywhere else."""

    def __init__(self, *, quiet: bool) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=PlainConsole(stderr=True),
            disable=quiet or not sys.stderr.isatty(),
        )
        self._tasks: dict[str, TaskID] = {}
        self.tell = Tellings(quiet=quiet).tell
        self.earlier: list[OpenDelivery] = []
        self.due: Sequence[Due] = ()
        self.hints: Mapping[str, object] = {}

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()

    def read(self, count: int) -> None:
        """Hear of records read."""
        self.told("read", count)

    def planned(self, work: int) -> None:
        """Hear how much there is to send."""
        for step in ("evaluated", "published"):
            self._bars.update(self._find(step), total=work)

    def told(self, step: str, count: int) -> None:
        """Hear of items evaluated or published."""
        self._bars.advance(self._find(step), count)

    def finished(self, earlier: OpenDelivery) -> None:
        """Say what became of what an earlier run left, before anything of this one."""
        self.earlier.append(earlier)
        self.tell(
            f"Eerst afgemaakt: levering {shorten(earlier.id)} van {earlier.profile}, "
            f"{earlier.counts.accepted} verstuurd, {earlier.counts.withdrawn} "
            "ingetrokken."
        )

    def _find(self, step: str) -> TaskID:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(_LABELS[step], total=None)
        return self._tasks[step]
