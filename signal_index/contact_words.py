"""What a contact holder may be called: words of lists, never a text of its own.

A function stands in the catalogue, for every kind of signal or for those that its
organisation delivers, or in the list that its municipality approved for it; a name in
that list alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Words:
    """The words that one organisation may use."""

    functions: Collection[str]
    own: Collection[str]

    def verify(self, holder: ContactHolder) -> None:
        """Hold that a contact holder is called by words of the lists.

        As the lists write them, to the letter: what was signed is kept as it is. The
        first word that is on no list is named by its field, in `InvalidField`.
        """
        both = {*self.functions, *self.own}
        _verify(holder.function, both, "function")
        _verify(holder.name, self.own, "name")
        if holder.deputy is not None:
            _verify(holder.deputy.function, both, "deputy.function")
            _verify(holder.deputy.name, self.own, "deputy.name")


def _verify(said: str | None, words: Collection[str], field: str) -> None:
    if said is not None and said not in words:
        raise InvalidField(field, "not-on-the-list")
