"""Labels: the only words that travel, short and without numbers of persons.

The index checks the same form. An agency is a little stricter: what it never sends
cannot be kept anywhere by mistake.
"""

import re
from typing import Final

from signal_index.wire.values import Label, read_label
from sources.faults import Unfit

WRONG: Final = (
    "hier horen een of meer woorden van samen hoogstens 60 tekens, zonder nummers van "
    "personen"
)
_BLANKS = re.compile(" +")
_LETTER = re.compile(r"[^\W\d_]")


def parse_label(text: str) -> Label:
    """Give a label of at most 60 characters, or raise ValueError.

    It has a letter; its digits are judged as the index does.
    """
    try:
        label = read_label(_BLANKS.sub(" ", text).strip(" "))
    except ValueError:
        raise Unfit(WRONG) from None
    if not _LETTER.search(label):
        raise Unfit(WRONG)
    return label
