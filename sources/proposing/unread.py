"""Columns that say which cases are over, and that a profile does not read.

Whoever is over by one of them would get a flag all the same: that is said wherever a
file is looked at by a profile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sources.connectors.table import fold_heading
from sources.proposing.judging import find_days, may_be_state
from sources.proposing.samples import Sample
from sources.proposing.status_words import sort_status


@dataclass(frozen=True, slots=True)
class Unread:
    """What says which cases are over, and is not read.

    `ends`: where no end is read, the columns with days that have been. `states`: where
    no status is read, those with words for what is over, and these words.
    """

    ends: tuple[str, ...] = ()
    states: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def say(self) -> Iterator[str]:
        """Say of each such column what may be amiss, and what to do about it."""
        for name in self.ends:
            yield (
                f"kolom {name} bevat datums in het verleden en wordt niet gelezen. Is "
                "dit het einde van een zaak? Dan krijgt wie daar weg is toch een "
                f'vlaggetje: zet end = "{name}" in het profiel.'
            )
        for name, words in self.states:
            yield (
                f"kolom {name} zegt van zaken dat zij over zijn ({', '.join(words)}), "
                "en wordt niet gelezen. Wie daar weg is, krijgt zo toch een vlaggetje: "
                f'zet status = "{name}" in het profiel, en de woorden in '
                "[codes.status]."
            )


NOTHING_UNREAD: Final = Unread()


def find_unread(sample: Sample, columns: Mapping[str, str], *, today: date) -> Unread:
    """Find what a profile leaves unread; `columns`: by role, those that it reads."""
    read = {fold_heading(name) for name in columns.values()}
    left = [each for each in sample.columns if fold_heading(each.name) not in read]
    days = {each.name for each in find_days(sample)}
    ends = (
        each.name
        for each in left
        if each.name in days
        and each.days.earliest is not None
        and each.days.earliest < today
    )
    states = (
        (each.name, sort_status(each.codes).closes)
        for each in left
        if may_be_state(each)
    )
    return Unread(
        () if "end" in columns else tuple(ends),
        () if "status" in columns else tuple(states),
    )
