"""The one table of what each kind of act is: for what it is done, and what it records.

A kind of entry stands in `signal_index.proof.Kind` and in a line here; what else has to
know of it is a column of that line.

- Each kind belongs to one processing activity of the catalogue: no default. Only a
  lookup brings its own, that of the purpose it was asked for.
- A kind without a line, or a line that contradicts itself, does not import.
- `build_entry` refuses facts that are not one of the forms of their kind: what stands
  in the ledger has exactly the groups that the table says.

Proven by tests/unit/signal_index/test_ledger_kinds.py, which walks every kind and every
place that records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal

from signal_index.ledger.facts import EntryFacts, WhyGroup
from signal_index.proof import Group, Kind

Form = frozenset[Group]
"""Which groups an entry has; the others are a salted nothing."""

BY_OPERATOR: Final[Form] = frozenset({Group.WHO, Group.WHAT})
"""Done on the command line, or by the upkeep itself: nobody's role."""
BY_CALLER: Final[Form] = BY_OPERATOR | {Group.ROLE}
WITH_PURPOSE: Final[Form] = BY_CALLER | {Group.WHY}
ABOUT_PERSON: Final[Form] = frozenset(Group)


class OfPurpose(Enum):
    """In place of an activity: the one that the catalogue gives a purpose."""

    OF_PURPOSE = "of-purpose"


OF_PURPOSE: Final = OfPurpose.OF_PURPOSE


@dataclass(frozen=True, slots=True)
class NenEvent:
    """What NEN 7513 calls such an event: EventID (DICOM) and EventActionCode."""

    id: str
    action: Literal["R", "E"]


QUERY: Final = NenEvent("DCM 110112", "R")
AUDIT_USED: Final = NenEvent("DCM 110101", "R")
EXPORT: Final = NenEvent("DCM 110106", "E")


@dataclass(frozen=True, slots=True)
class KindRule:
    """What holds of every entry of a kind.

    - `activity`: the id of a processing activity in the catalogue, or `OF_PURPOSE`.
    - `forms`: the groups that such an entry has, one form for each way it comes about.
    - `why`: the purpose and basis of every such act about a person; None where whoever
      acts says why, or nobody is asked about.
    - `nen7513`: how an export says it; None where it shows nothing of a client.
    - `log_name`: what a Logboek Dataverwerkingen calls it; about persons only.
    - `is_officers`: whether it shows among what officers did.
    - `is_told`: whether a citizen is told of it in the report about themselves.
    - `finds`: whether such an entry about a person is made because something was found,
      so that there is one only where somebody signals them.
    """

    activity: str | OfPurpose
    forms: tuple[Form, ...]
    why: WhyGroup | None = None
    nen7513: NenEvent | None = None
    log_name: str | None = None
    is_officers: bool = False
    is_told: bool = False
    finds: bool = False

    @property
    def required(self) -> Form:
        """The groups that every entry of the kind has."""
        return frozenset.intersection(*self.forms)

    @property
    def optional(self) -> Form:
        """The groups that only some entries of the kind have."""
        return frozenset.union(*self.forms) - self.required


KINDS: Final[Mapping[Kind, KindRule]] = MappingProxyType(
    {
        Kind.LOOKUP: KindRule(
            OF_PURPOSE,
            (ABOUT_PERSON,),
            nen7513=QUERY,
            log_name="bevraging",
            is_told=True,
        ),
        Kind.PUBLICATION: KindRule("publication", (BY_CALLER,)),
        Kind.WITHDRAWAL: KindRule("publication", (BY_CALLER,)),
        Kind.DELIVERY: KindRule("publication", (BY_CALLER,)),
        Kind.PERSON_EVENT: KindRule("publication", (BY_CALLER,)),
        Kind.RECONCILIATION: KindRule("publication", (BY_CALLER,)),
        Kind.REHEARSAL: KindRule("publication", (BY_CALLER,)),
        Kind.ADMINISTRATION: KindRule("administration", (BY_CALLER, BY_OPERATOR)),
        Kind.ESTABLISHMENT: KindRule("administration", (BY_OPERATOR,)),
        Kind.POLICY: KindRule(
            "administration", (BY_CALLER, BY_OPERATOR), is_officers=True
        ),
        Kind.KEY: KindRule("key-management", (BY_OPERATOR,)),
        Kind.ERASURE: KindRule("erasure", (BY_OPERATOR,)),
        Kind.OUTCOME: KindRule("own-lookups", (BY_CALLER,)),
        Kind.PRINT: KindRule("own-lookups", (BY_CALLER,), nen7513=EXPORT),
        Kind.OWN_HISTORY: KindRule("own-lookups", (BY_CALLER,)),
        Kind.NOTICE: KindRule("notices", (BY_OPERATOR,)),
        Kind.FOLLOW: KindRule(
            "follows",
            (ABOUT_PERSON, BY_CALLER),
            log_name="volgen-van-een-zaak",
            is_told=True,
        ),
        Kind.MATCH: KindRule(
            "matches",
            (ABOUT_PERSON, BY_CALLER),
            log_name="bronhouders-van-elkaar-laten-horen",
            is_told=True,
            finds=True,
        ),
        Kind.TICKET_REFUSED: KindRule("safeguarding", (BY_CALLER,)),
        Kind.COMPLETENESS: KindRule(
            "safeguarding", (BY_CALLER, BY_OPERATOR), is_officers=True
        ),
        Kind.WITNESS: KindRule("safeguarding", (BY_OPERATOR,)),
        Kind.SEARCH: KindRule(
            "ledger-search",
            (BY_CALLER, WITH_PURPOSE, ABOUT_PERSON),
            nen7513=AUDIT_USED,
            log_name="zoeken-in-inzagelogboek",
            is_officers=True,
            is_told=True,
        ),
        Kind.REPORT: KindRule(
            "ledger-search",
            (BY_CALLER, BY_OPERATOR),
            nen7513=AUDIT_USED,
            is_officers=True,
        ),
        Kind.REVIEW: KindRule("reviewing", (BY_CALLER, BY_OPERATOR), is_officers=True),
        Kind.APPROVAL: KindRule("approving", (BY_CALLER,), is_officers=True),
        Kind.ACCESS_REQUEST: KindRule("citizen-rights", (BY_CALLER,), is_officers=True),
        Kind.CITIZEN_REPORT: KindRule(
            "citizen-rights",
            (ABOUT_PERSON,),
            why=WhyGroup("citizen-rights", "avg-15"),
            nen7513=AUDIT_USED,
            log_name="inzageverslag",
            is_officers=True,
            is_told=True,
        ),
        Kind.OWN_VIEW: KindRule(
            "citizen-rights",
            (ABOUT_PERSON,),
            why=WhyGroup("citizen-rights", "avg-15"),
            nen7513=AUDIT_USED,
            log_name="inzage-door-inwoner-zelf",
            is_told=True,
        ),
        Kind.OWN_WISH: KindRule(
            "citizen-rights",
            (ABOUT_PERSON,),
            why=WhyGroup("citizen-rights", "avg-15"),
            nen7513=AUDIT_USED,
            log_name="wens-van-inwoner-zelf",
            is_told=True,
        ),
        Kind.CORRECTION: KindRule(
            "citizen-rights", (BY_CALLER,), nen7513=AUDIT_USED, is_officers=True
        ),
        Kind.EMBARGO: KindRule(
            "citizen-rights",
            (ABOUT_PERSON, BY_CALLER),
            why=WhyGroup("embargo", "uavg-41"),
            nen7513=AUDIT_USED,
            log_name="uitstel-van-inzage",
            is_officers=True,
        ),
    }
)
"""Every kind that somebody's act makes; a year's first leaf is nobody's."""


def find_faults(kinds: Mapping[Kind, KindRule]) -> list[str]:
    """Say what is wrong with a table of kinds: nothing, or the process must not start.

    Guards against a kind that nobody gave an activity, and an entry about a person that
    would go into a Logboek Dataverwerkingen without a name.
    """
    faults = [
        f"{kind}: no line" for kind in Kind if kind not in {*kinds, Kind.FIRST_LEAF}
    ]
    for kind, rule in kinds.items():
        is_personal = ABOUT_PERSON in rule.forms
        if not rule.activity:
            faults.append(f"{kind}: no activity")
        if not rule.forms:
            faults.append(f"{kind}: no form")
        if is_personal is not (rule.log_name is not None):
            faults.append(f"{kind}: named in the processing log, or about no person")
        if not is_personal and (rule.why is not None or rule.is_told):
            faults.append(f"{kind}: about no person, but with a purpose or told")
    return faults


if _faults := find_faults(KINDS):
    raise ImportError("; ".join(_faults))


def get_rule(kind: Kind) -> KindRule:
    """Find the line of a kind, or raise ValueError for a year's first leaf."""
    rule = KINDS.get(kind)
    if rule is None:
        raise ValueError("the first leaf of a year is nobody's act")
    return rule


def get_person_label(kind: Kind) -> str:
    """Give under which label entries about one person are found and counted.

    One of the kind's own where the mere entry tells of the person: it was made because
    something was found, or it is kept from them. Who has a copy of the database, or one
    number of somebody's entries, must not join it with who looked them up.
    """
    rule = get_rule(kind)
    return "person" if rule.is_told and not rule.finds else f"{kind.value}-person"


def resolve_activity(facts: EntryFacts) -> str:
    """Tell the processing activity of an act: the table's, or its purpose's own.

    Raises ValueError where facts name an activity that is not theirs to name, or lack
    the one of their purpose.
    """
    fixed = get_rule(facts.kind).activity
    if isinstance(fixed, OfPurpose):
        if not facts.activity:
            raise ValueError("a lookup lacks the activity of its purpose")
        return facts.activity
    if facts.activity is not None:
        raise ValueError("the activity of this kind is not for its act to name")
    return fixed


def verify_form(facts: EntryFacts, groups: Form) -> None:
    """Raise ValueError unless these are the groups, and the why, of the kind."""
    rule = get_rule(facts.kind)
    if groups not in rule.forms:
        raise ValueError(f"an entry of kind {facts.kind} does not have these groups")
    if rule.why is not None and facts.why not in {None, rule.why}:
        raise ValueError(f"an entry of kind {facts.kind} has a why of its own")
