"""The search form: what was filled in, and the question to the index it makes."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from desk.case_references import CaseReferences
from desk.errors import IndexFoundFault
from desk.index import fill_in
from desk.moments import HERE
from desk.texts import Names
from signal_index.wire.searching import Search, SearchOptions

DAYS: Final = 30
EVERYTHING: Final = "all"


@dataclass(frozen=True, slots=True)
class SearchForm:
    """Every field as text, empty when it was left open."""

    why: str = ""
    first: str = ""
    last: str = ""
    organisation: str = ""
    user: str = ""
    team: str = ""
    case: str = ""
    purpose: str = ""
    outcome: str = ""
    kinds: str = ""

    @classmethod
    def fresh(cls, now: datetime) -> Self:
        """Give the form as it opens: the last thirty days, in Dutch time."""
        today = now.astimezone(HERE).date()
        first = today - timedelta(days=DAYS)
        return cls(first=first.isoformat(), last=today.isoformat())

    @classmethod
    def sent(cls, values: dict[str, Any], now: datetime) -> Self:
        """Give what a form sent; days that it left open are those of a fresh form."""
        fresh = cls.fresh(now)
        days = {"first": fresh.first, "last": fresh.last}
        return cls.kept(days | {name: value for name, value in values.items() if value})

    @classmethod
    def kept(cls, values: dict[str, Any]) -> Self:
        """Give what was kept, or sent; what is no field of the form is left out."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: str(values.get(name, "")).strip() for name in names})

    def with_account(self, names: Names, own: str) -> Self:
        """Give it with the account of whom the desk knows by the name filled in.

        By a part of the name too, where that is one person's.
        """
        typed = self.user.casefold()
        if not typed or self.organisation not in {"", own} or (own, self.user) in names:
            return self
        called = {sub for (_, sub), name in names.items() if name.casefold() == typed}
        partly = {sub for (_, sub), name in names.items() if typed in name.casefold()}
        found = called or partly
        return replace(self, user=found.pop()) if len(found) == 1 else self

    def encode(self) -> dict[str, str]:
        """Give what is kept of it."""
        return asdict(self)

    def to_question(
        self,
        options: SearchOptions,
        own: str,
        cases: CaseReferences,
        *,
        cursor: str | None,
    ) -> Search:
        """Make the question to the index.

        A case number becomes the organisation's own HMAC of it: another's cases cannot
        be searched, so whoever chooses among organisations must have chosen that one.
        Raises `CaseReferenceInvalid`, and `IndexFoundFault` for what was asked of
        another organisation and for what the index would not read.
        """
        case = cases.derive(self.case) if self.case else None
        if case and options.isWholeMunicipality and self.organisation != own:
            raise IndexFoundFault(frozenset({"organisation"}))
        organisation = own if case is not None else self.organisation or None
        return fill_in(
            Search,
            **{"why": self.why, "from": self.first, "until": self.last},
            organisation=organisation,
            user=self.user or None,
            team=self.team or None,
            caseReference=case,
            purpose=self.purpose or None,
            outcome=self.outcome or None,
            kinds=options.kinds if self.kinds == EVERYTHING else None,
            cursor=cursor,
        )


FIELD_OF: Final = {"from": "first", "until": "last", "caseReference": "case"}
"""What the index calls a field, where the form calls it something else."""


def name_faults(faults: frozenset[str]) -> frozenset[str]:
    """Give the names that the form has for the fields the index did not accept."""
    return frozenset(FIELD_OF.get(name, name) for name in faults)
