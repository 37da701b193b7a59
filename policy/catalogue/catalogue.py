"""The catalogue at hand: purposes, categories and closed lists, found by their ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from policy.catalogue.model import (
    CatalogueFile,
    Category,
    Coded,
    CorrectionAnswer,
    CorrectionReason,
    Ids,
    InformedEntry,
    LegalBasis,
    LoopAct,
    OfficerPurpose,
    Purpose,
)
from policy.errors import (
    UnknownBreakGlassReason,
    UnknownCategory,
    UnknownCode,
    UnknownInformedCode,
    UnknownLegalBasis,
    UnknownLoopAct,
    UnknownOutcome,
    UnknownPurpose,
    UnknownSourceKind,
)
from policy.vocabulary import (
    BreakGlassReason,
    CategoryId,
    InformedCode,
    LegalBasisId,
    LoopActId,
    Outcome,
    PurposeId,
    SourceKind,
)

Member = TypeVar("Member", bound=StrEnum)


class Catalogue:
    """A validated catalogue. Made by `parse_catalogue` and never changed.

    The `parse_` methods are the only way from a caller's string to an id: what is not
    in the catalogue raises a leaf of `UnknownCode`.
    """

    def __init__(self, file: CatalogueFile, ids: Ids, digest: bytes) -> None:
        self.file = file
        self.ids = ids
        self.digest = digest
        self.version = file.version
        self.purposes: Mapping[PurposeId, Purpose] = MappingProxyType(
            {row.id: row for row in file.purpose}
        )
        self.categories: Mapping[CategoryId, Category] = MappingProxyType(
            {row.id: row for row in file.category}
        )
        self.loop_acts: Mapping[LoopActId, LoopAct] = MappingProxyType(
            {row.id: row for row in file.loop_act}
        )
        self.informed: Mapping[InformedCode, InformedEntry] = MappingProxyType(
            {row.id: row for row in file.informed}
        )
        self.life_domains = _labels(file.life_domain)
        self.break_glass_reasons = _labels(file.break_glass_reason)
        self.outcomes = _labels(file.outcome)
        self.source_kinds = _labels(file.source_kind)
        self.contact_functions = _labels(file.contact_function)
        self.trainings = _labels(file.training)
        self.activities = _labels(file.activity)
        self.approvers = _labels(file.approver)
        self.establishers = _labels(file.establisher)
        self.officer_purposes: Mapping[str, OfficerPurpose] = MappingProxyType(
            {row.id: row for row in file.officer_purpose}
        )
        self.act_purposes = _labels(file.act_purpose)
        self.identity_checks = _labels(file.identity_check)
        self.extension_reasons = _labels(file.extension_reason)
        self.request_closings = _labels(file.request_closing)
        self.embargo_reasons = _labels(file.embargo_reason)
        self.embargo_liftings = _labels(file.embargo_lifting)
        self.correction_reasons: Mapping[str, CorrectionReason] = MappingProxyType(
            {row.id: row for row in file.correction_reason}
        )
        self.correction_answers: Mapping[str, CorrectionAnswer] = MappingProxyType(
            {row.id: row for row in file.correction_answer}
        )
        self.legal_bases: Mapping[LegalBasisId, LegalBasis] = MappingProxyType(
            {basis.id: basis for row in file.purpose for basis in row.legal_basis}
        )

    def __repr__(self) -> str:
        return f"<Catalogue {self.version}>"

    def find_contact_functions(self, categories: Iterable[str]) -> frozenset[str]:
        """Give what who is called about these categories may be called here."""
        own = self.ids.category.__members__
        rows = [self.categories[own[one]] for one in categories if one in own]
        every = [*self.contact_functions.values()]
        return frozenset(every).union(*(row.contact_functions for row in rows))

    def may_keep(self, category: str) -> bool:
        """Tell whether anything of a category may be kept after its end.

        Nothing of one that this catalogue does not have (any more).
        """
        found = self.ids.category.__members__.get(category)
        return found is not None and self.categories[found].keeps is not None

    def ended_shows(self, purpose: Purpose, category: CategoryId) -> int:
        """Give for how many months after its end a signal shows for a purpose.

        None where nothing may be kept: it is erased then, whatever the look-back.
        """
        kept = self.categories[category].keeps
        return 0 if kept is None else min(kept.months, purpose.look_back_months)

    def ended_shows_anywhere(self, category: CategoryId) -> int:
        """Give the most of these months, of all purposes that see the category."""
        seeing = (row for row in self.purposes.values() if category in row.sees)
        return max((self.ended_shows(row, category) for row in seeing), default=0)

    def in_force(self, row: Purpose | LoopAct) -> tuple[date, date]:
        """Give the first and last day of a purpose or act, within the catalogue's."""
        last = [day for day in (row.valid_until, self.file.valid_until) if day]
        first = max(row.valid_from, self.file.valid_from)
        return first, min(last, default=date.max)

    def parse_purpose(self, text: str) -> PurposeId:
        """Give the purpose with this id, or raise `UnknownPurpose`."""
        return _member(self.ids.purpose, text, UnknownPurpose)

    def parse_loop_act(self, text: str) -> LoopActId:
        """Give the act of the loop with this id, or raise `UnknownLoopAct`."""
        if text not in set(LoopActId):
            listed = ", ".join(sorted(LoopActId))
            raise UnknownLoopAct(f"no such act of the loop; there is: {listed}")
        return LoopActId(text)

    def parse_opened(self, text: str) -> PurposeId | LoopActId:
        """Give what a municipality can establish, or raise `UnknownCode`."""
        if text in set(LoopActId):
            return LoopActId(text)
        return self.parse_purpose(text)

    def find_opened(self, opened: PurposeId | LoopActId) -> Purpose | LoopAct | None:
        """Give the row of what was established, unless the catalogue lacks it."""
        if isinstance(opened, LoopActId):
            return self.loop_acts.get(opened)
        return self.purposes.get(opened)

    def parse_category(self, text: str) -> CategoryId:
        """Give the category with this id, or raise `UnknownCategory`."""
        return _member(self.ids.category, text, UnknownCategory)

    def parse_legal_basis(self, text: str) -> LegalBasisId:
        """Give the legal basis with this id, or raise `UnknownLegalBasis`."""
        return _member(self.ids.legal_basis, text, UnknownLegalBasis)

    def parse_informed(self, text: str) -> InformedCode:
        """Give the informed code, or raise `UnknownInformedCode`."""
        return _member(self.ids.informed, text, UnknownInformedCode)

    def parse_break_glass_reason(self, text: str) -> BreakGlassReason:
        """Give the reason, or raise `UnknownBreakGlassReason`."""
        return _member(self.ids.break_glass_reason, text, UnknownBreakGlassReason)

    def parse_outcome(self, text: str) -> Outcome:
        """Give the outcome of a lookup, or raise `UnknownOutcome`."""
        return _member(self.ids.outcome, text, UnknownOutcome)

    def parse_source_kind(self, text: str) -> SourceKind:
        """Give the kind of source, or raise `UnknownSourceKind`."""
        return _member(self.ids.source_kind, text, UnknownSourceKind)


_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _member(members: type[Member], text: str, unknown: type[UnknownCode]) -> Member:
    found = members.__members__.get(text)
    if found is None:
        what = _WORDS.sub(" ", unknown.__name__.removeprefix("Unknown")).lower()
        listed = ", ".join(sorted(members.__members__))
        raise unknown(f"the catalogue does not have this {what}; it has: {listed}")
    return found


def _labels(rows: tuple[Coded, ...]) -> Mapping[str, str]:
    return MappingProxyType({row.id: row.label for row in rows})
