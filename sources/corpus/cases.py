"""Every dirty file, by subject."""

from collections.abc import Callable, Iterator
from typing import Final

from sources.corpus.days import make_forms, make_orders, make_wrong_days
from sources.corpus.deliveries import make_debt_help, make_early_signals, make_events
from sources.corpus.messages import make_messages
from sources.corpus.model import Dirty
from sources.corpus.numbers import (
    make_lost_zeroes,
    make_numbers,
    make_two_columns,
    make_wrong_numbers,
)
from sources.corpus.text_files import make_cells, make_encodings, make_lines
from sources.corpus.words import (
    make_case_numbers,
    make_municipalities,
    make_opt_ins,
    make_phones,
    make_statuses,
)
from sources.corpus.workbooks import make_cells as make_typed_cells
from sources.corpus.workbooks import make_pretenders, make_sheets

_SUBJECTS: Final[tuple[Callable[[int], Iterator[Dirty]], ...]] = (
    *(make_encodings, make_lines, make_cells),
    *(make_numbers, make_wrong_numbers, make_lost_zeroes, make_two_columns),
    *(make_forms, make_orders, make_wrong_days),
    *(make_statuses, make_municipalities, make_phones, make_opt_ins, make_case_numbers),
    *(make_typed_cells, make_sheets, make_pretenders),
    *(make_debt_help, make_early_signals, make_events, make_messages),
)


def make_corpus(seed: int) -> Iterator[Dirty]:
    """Give every dirty file; the same seed gives the same bytes."""
    for make in _SUBJECTS:
        yield from make(seed)
