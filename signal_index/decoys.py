"""Decoys, by the names that each year's ledger has for persons.

A decoy is watched by the keyed hash that every entry about a person has beside it: what
is kept of it is what a lookup of it leaves, so that nothing is done or read otherwise
when somebody asks for one.
"""

from collections.abc import Mapping, Sequence

from keys.pseudonym import StoredPoint
from signal_index.keyring import IndexKeys
from signal_index.ledger import Kind, person_find_key
from signal_index.signals import derive_person_name


def name_decoys(
    points: Sequence[StoredPoint], keys: IndexKeys
) -> Mapping[int, Sequence[bytes]]:
    """Give what names these in the ledger of each year whose keys are there."""
    return {
        year: [
            person_find_key(key, derive_person_name(point, name), Kind.LOOKUP)
            for point in points
        ]
        for year, key in keys.disclosures.items()
        if (name := keys.ledger_names.get(year)) is not None
    }
