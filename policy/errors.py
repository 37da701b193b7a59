"""What can go wrong in the policy. Leaves are facts and know nothing of HTTP.

    PolicyError
    ├── InvalidPolicy             the shipped files hold an error, with its line
    │   ├── InvalidCatalogue
    │   ├── InvalidRules
    │   └── InvalidBundle         not the one text of a bundle
    ├── ChangeNotPossible         the catalogue cannot be changed in this way
    ├── InvalidEstablishment      what an administrator recorded cannot stand
    ├── UnknownCode               a code that the catalogue does not have
    │   ├── UnknownPurpose
    │   ├── UnknownLoopAct
    │   ├── UnknownLegalBasis
    │   ├── UnknownCategory
    │   ├── UnknownInformedCode
    │   ├── UnknownBreakGlassReason
    │   ├── UnknownOutcome
    │   ├── UnknownSourceKind
    │   └── UnknownMunicipality   not four digits
    ├── InvalidQuestion           nobody asked about, or more than ten persons
    ├── LookupDenied              a decision: with every ground
    ├── LoopActDenied             an act of the loop is not done, with every ground
    ├── ReportDenied              a report for a citizen is refused, with every ground
    ├── NoDecision                no decision could be made: refuse, record, alarm
    └── PublicationDenied         a notice that may not be accepted
        ├── CategoryNotEstablished
        ├── CategoryNotOpen
        ├── InformedCodeRefused
        └── LifeTooLong

Input is never echoed: a message names what was wrong, not what was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.faults import Fault

if TYPE_CHECKING:
    from policy.vocabulary import RefusalGround


class PolicyError(Exception):
    """Whatever the policy refuses or cannot do."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault in a policy's file: which file, which line, what is wrong with what.

    `told` is what Cedar, TOML or pydantic said of it, for `signal-policy check` alone.
    """

    file: str
    line: int
    fault: Fault
    about: str = ""
    told: str = ""

    def __str__(self) -> str:
        told = f" ({self.told})" if self.told else ""
        return f"{self.file}:{self.line}: {self.message}{told}"

    @property
    def message(self) -> str:
        """Say in Dutch what is wrong, and with what."""
        return f"{self.about}: {self.fault}" if self.about else str(self.fault)


class InvalidPolicy(PolicyError):
    """The shipped files hold at least one error: nothing may start on them."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))


class InvalidCatalogue(InvalidPolicy):
    """The catalogue (TOML) holds an error."""


class InvalidRules(InvalidPolicy):
    """The rules (Cedar) hold an error, or leave a way to fail open."""


class InvalidBundle(InvalidPolicy):
    """A file is not the one text of a bundle."""


class ChangeNotPossible(PolicyError):
    """The catalogue cannot be changed in this way; `field` says what is in the way."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class InvalidEstablishment(PolicyError):
    """An establishment names something that cannot be established so."""


class UnknownCode(PolicyError):
    """A code that the catalogue does not have."""


class UnknownPurpose(UnknownCode):
    """No purpose has this id."""


class UnknownLoopAct(UnknownCode):
    """No act of the loop has this id."""


class UnknownLegalBasis(UnknownCode):
    """No purpose has a legal basis with this id."""


class UnknownCategory(UnknownCode):
    """No category has this id."""


class UnknownInformedCode(UnknownCode):
    """The closed list of "has the citizen been informed" lacks this code."""


class UnknownBreakGlassReason(UnknownCode):
    """The closed list of reasons to break the glass lacks this code."""


class UnknownOutcome(UnknownCode):
    """The closed list of outcomes of a lookup lacks this code."""


class UnknownSourceKind(UnknownCode):
    """The closed list of kinds of source lacks this code."""


class UnknownMunicipality(UnknownCode):
    """A municipality's code is four digits (CBS)."""


class InvalidQuestion(PolicyError):
    """A question asks about one to ten persons."""


class LookupDenied(PolicyError):
    """The question is refused. `grounds` is complete: every failed condition."""

    def __init__(self, grounds: tuple[RefusalGround, ...]) -> None:
        self.grounds = grounds
        super().__init__(", ".join(ground.id for ground in grounds))


class LoopActDenied(PolicyError):
    """An act of the loop is not done here and now. `grounds` is complete."""

    def __init__(self, grounds: tuple[RefusalGround, ...]) -> None:
        self.grounds = grounds
        super().__init__(", ".join(ground.id for ground in grounds))


class ReportDenied(PolicyError):
    """No report for a citizen may be made. `grounds` is complete."""

    def __init__(self, grounds: tuple[RefusalGround, ...]) -> None:
        self.grounds = grounds
        super().__init__(", ".join(ground.id for ground in grounds))


class NoDecision(PolicyError):
    """The rules gave no decision. Refuse, record `Error`, alarm; never remember it."""


class PublicationDenied(PolicyError):
    """A notice may not be accepted."""


class CategoryNotEstablished(PublicationDenied):
    """No purpose established in this municipality names the category."""


class CategoryNotOpen(PublicationDenied):
    """The category is not active, or not open to this kind of source."""


class InformedCodeRefused(PublicationDenied):
    """The category does not accept this way of informing the citizen."""


class LifeTooLong(PublicationDenied):
    """The notice would outlive what the category allows, or ends before it begins."""
