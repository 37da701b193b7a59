"""What a contact holder may be called: words of lists, never a text of its own.

A function stands in the catalogue, for every kind of signal or for those that its
organisation delivers, or in the list that its municipality approved for it; a name in
that list alone. What is kept is the word as the list writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.errors import InvalidField

_FUNCTION: Final = "function"


@dataclass(frozen=True, slots=True)
class Words:
    """The words that one organisation may use."""

    functions: Collection[str]
    own: Collection[str]

    def put_to(self, holder: ContactHolder) -> ContactHolder:
        """Give the contact holder in words of the lists, or raise `InvalidField`.

        Capitals do not count. The first word that is on no list is named by its field.
        """
        both = _by_fold({*self.functions, *self.own})
        own = _by_fold(self.own)
        changed: dict[str, object] = {
            _FUNCTION: _find(holder.function, both, _FUNCTION),
            "name": _find(holder.name, own, "name"),
        }
        if holder.deputy is not None:
            deputy = {
                _FUNCTION: _find(holder.deputy.function, both, "deputy.function"),
                "name": _find(holder.deputy.name, own, "deputy.name"),
            }
            changed["deputy"] = holder.deputy.model_copy(update=deputy)
        return holder.model_copy(update=changed)


def _find(said: str | None, words: Mapping[str, str], field: str) -> str | None:
    if said is None:
        return None
    found = words.get(said.casefold())
    if found is None:
        raise InvalidField(field, "not-on-the-list")
    return found


def _by_fold(words: Collection[str]) -> Mapping[str, str]:
    return {one.casefold(): one for one in sorted(words)}
