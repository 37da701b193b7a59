"""Files in `held` of which the delivery was decided: put away by whoever comes first.

The agent does it at every turn, and so does what is given by hand: what lies in `held`
waits for an answer, and nothing else does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sources.clock import day_of, write_day
from sources.feed_settings import FeedRow
from sources.intake.folder import Folder, Taken
from sources.outbox.deliveries import find_by_id
from sources.outbox.let_go import How, how_let_go
from sources.outbox.store import Outbox

_LAPSED: Final = (
    "Niet verstuurd: niemand antwoordde op tijd. Zet het bestand opnieuw in inbox, of "
    "lever een nieuwer aan."
)
_DROPPED: Final = {
    "dropped": "Weggelegd door u op {}. Er is niets van verstuurd.",
    "replaced": "Op {} vervangen door een nieuwere levering.",
    "abandoned": "Op {} losgelaten. Niet alles ervan is verstuurd.",
}


def make_folder_of(row: FeedRow) -> Folder | None:
    """Give the watched folder of a feed, if it reads one."""
    if row.folder is None:
        return None
    quiet, keep = timedelta(seconds=row.quiet_seconds), timedelta(days=row.keep_days)
    return Folder(row.folder, quiet=quiet, keep=keep)


def release_all(rows: Iterable[FeedRow], outbox: Outbox, now: datetime) -> None:
    """Release the files of every feed that the agent ever watched.

    Only where the outbox is ours alone: no agent moves a file at the same time. Raises
    `FolderRefused`.
    """
    for row in rows:
        folder = make_folder_of(row)
        if folder and row.folder and (row.folder / "held").is_dir():
            release(folder, outbox, now)


def release(folder: Folder, outbox: Outbox, now: datetime) -> None:
    """Put files away of which the delivery was answered about, or replaced."""
    for delivery, taken in folder.find_held():
        found = find_by_id(outbox, delivery)
        if found is None:
            _let_go(folder, taken, how_let_go(outbox, delivery), now)
        elif found.state == "closed":
            folder.finish(taken, now)


def _let_go(folder: Folder, taken: Taken, how: How | None, now: datetime) -> None:
    """Put a file away of which nothing was sent: on purpose, or because it lapsed."""
    if how in _DROPPED:
        folder.drop(taken, _DROPPED[how].format(write_day(day_of(now))), now)
    else:
        folder.fail(taken, _LAPSED, now)
