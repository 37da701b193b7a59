"""Why an act of officers, or about citizens' rights, does not hold."""

from collections.abc import Sequence
from uuid import UUID

from signal_index.errors.refused import RequestRefused


class ProposalOutdated(RequestRefused):
    """Another policy was adopted since this one was proposed and compared."""


class TransferCollides(RequestRefused):
    """The successor has signals of its own under these references (some of them)."""

    def __init__(self, references: Sequence[UUID]) -> None:
        super().__init__(f"{len(references)} references are in use")
        self.references = tuple(references)


class TransferOutdated(RequestRefused):
    """A source of a transfer is not live or not for these kinds; or nothing stands."""


class ShownOutdated(RequestRefused):
    """What would happen by an approval is not what its second person read."""


class NothingChanges(RequestRefused):
    """The proposal is the policy that holds already."""


class UnknownPolicy(RequestRefused):
    """No policy with that SHA-256 was ever proposed here."""


class UnknownApproval(RequestRefused):
    """No approval with that id that this caller may see."""


class ApprovalAlreadyOpen(RequestRefused):
    """The same matter already waits for its second person."""


class ApprovalClosed(RequestRefused):
    """The approval was decided or withdrawn before."""


class ApprovalExpired(RequestRefused):
    """Nobody decided the approval in time."""


class SamePerson(RequestRefused):
    """The person who asked for an approval cannot give it."""


class RoleMissing(RequestRefused):
    """Neither of the two persons has the role that this matter needs."""


class NotApproved(RequestRefused):
    """The matter is not approved, it is another one, or the approval was used."""


class UnknownAccessRequest(RequestRefused):
    """The officer's municipality has no request for access with this id."""


class AccessRequestClosed(RequestRefused):
    """The request for access was closed before."""


class AccessRequestOfAnother(RequestRefused):
    """The request for access is of another person than was named."""


class NothingReported(RequestRefused):
    """No report was made under the request: it is bound to nobody."""


class UnknownEmbargo(RequestRefused):
    """The officer's municipality has no embargo with this id."""


class EmbargoOver(RequestRefused):
    """The embargo was lifted or refused, or has run out."""


class UnknownCorrection(RequestRefused):
    """There is no correction or objection with this id."""


class ViewOver(RequestRefused):
    """The citizen's view is over, or what is spoken of did not stand in it."""


class CorrectionTold(RequestRefused):
    """The citizen has read the answer, or the restriction ended on it: it stays."""


class CorrectionOpen(RequestRefused):
    """About this signal a correction or objection waits for its answer already."""


class NothingToRelease(RequestRefused):
    """The signal is not restricted, or the source has not answered yet."""


class AnswerChanged(RequestRefused):
    """The source answers otherwise than what the caller saw, or told the citizen."""


class AnsweredTooOften(RequestRefused):
    """The source gave as many answers as one correction takes: the last one stays."""


class UnknownReview(RequestRefused):
    """There is no review with that id that this caller may see."""


class ReviewClosed(RequestRefused):
    """The review has moved on: another officer did, or it is judged already."""


class UnknownFinding(RequestRefused):
    """There is no finding with this id that this officer may see."""


class FindingClosed(RequestRefused):
    """The finding was closed before, with its reason."""


class UnknownEntry(RequestRefused):
    """There is no ledger entry with that id that this caller may see."""


class OutcomeClosed(RequestRefused):
    """What came of this lookup was to be said before: it is counted by now."""


class MandateMissing(RequestRefused):
    """The officer has no mandate for reports with persons, or it is over."""


class ReportNotReady(RequestRefused):
    """The month is not over, or its days are not counted yet."""


class UnknownReport(RequestRefused):
    """There is no request for a report with that id that this officer may see."""
