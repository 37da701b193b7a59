"""Files that the agent could not deliver: they wait in `failed` until somebody looks.

A name may hold a number of a person: files are counted and never named here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sources.feed_settings import FeedRow
from sources.intake.folder import count_failed

FAILED_REMEDY: Final = (
    "Naast elk bestand staat de reden (.reden.txt). Maak een goede export, zet die in "
    "de map inbox, en haal het oude bestand uit de map failed."
)


@dataclass(frozen=True, slots=True)
class FailedFiles:
    """How many files of a feed stand aside."""

    feed: str
    count: int


def find_failed(feeds: Sequence[FeedRow]) -> Sequence[FailedFiles]:
    """Give the feeds of which files stand in `failed`."""
    counts = [(one.name, count_failed(one.folder)) for one in feeds if one.folder]
    return [FailedFiles(name, count) for name, count in counts if count]
