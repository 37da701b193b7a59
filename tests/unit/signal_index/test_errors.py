"""The errors of the index: drawn, and whole."""

import re

from signal_index import errors
from signal_index.errors import SignalIndexError


def _walk(kind: type[SignalIndexError]) -> set[str]:
    return {kind.__name__}.union(*(_walk(child) for child in kind.__subclasses__()))


def test_the_tree_at_the_top_names_every_error_and_no_other() -> None:
    drawn = set(
        re.findall(r"(?:[├└]── |^    )([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    )
    own = {name for name in _walk(SignalIndexError) if hasattr(errors, name)}
    assert drawn == own
