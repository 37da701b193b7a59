"""Whether a profile says how citizens know in codes that its kinds of signals take.

The index refuses every record with another code, so that nothing of a delivery would be
heard: it is said before anything is sent. What it takes stands in the registration of
the source; an agency that is not registered yet has the public catalogue.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from signal_index.wire.own_registration import OwnRegistration
from sources.profile import Profile

Allowed = Mapping[str, Collection[str]]
"""By kind of signal: the codes that it takes."""


@dataclass(frozen=True, slots=True)
class UnfitCode:
    """A code of a profile that a kind of signal does not take, and those it does."""

    category: str
    code: str
    good: Sequence[str]
    key: str = "informed"

    def say(self) -> str:
        """Say it, with the codes that are good; Dutch, B1."""
        return (
            f'{self.key} = "{self.code}" past niet bij soort signaal {self.category}: '
            "de index wijst dan elk record af dat dit zegt. Goed zijn: "
            f"{', '.join(self.good)}."
        )


def find_unfit(profile: Profile, allowed: Allowed) -> Sequence[UnfitCode]:
    """Give the codes that cannot be right; of kinds that are not known nothing is said.

    Where a column says it of each record, a code is right if any kind takes it.
    """
    kinds = [one for one in profile.categories if one in allowed]
    columns = profile.mapped.columns if profile.mapped else None
    if columns is None or columns.informed is None:
        return [
            UnfitCode(kind, profile.informed, sorted(allowed[kind]))
            for kind in kinds
            if profile.informed not in allowed[kind]
        ]
    every = {code for kind in kinds for code in allowed[kind]}
    return [
        UnfitCode(kind, code, sorted(every), f"codes.informed.{said}")
        for kind in kinds[:1]
        for said, code in sorted(profile.codes.informed.items())
        if code not in every
    ]


def list_allowed(known: OwnRegistration, source: str) -> Allowed:
    """Give what the index takes of a source, wherever it publishes."""
    allowed: dict[str, set[str]] = {}
    for one in known.sources:
        for place in one.coverage if one.source == source else ():
            codes = set(place.informedCodes)
            allowed[place.category] = allowed.get(place.category, codes) & codes
    return allowed
