"""What a key holder refuses. Facts only; `keys.holder.problems` says them over HTTP.

KeysError
├── HolderStartRefused        settings, keys and key config do not fit together
├── RestorationRefused        what is said of a backup that was put back cannot be so
└── RequestRefused
    ├── RequestMalformed      not the shape of a request, or not a valid point
    ├── RequestNotJson
    ├── RequestMismatch       the signed `count` or `req` is not that of the points
    ├── RequestUnsigned       not signed by the organisation it names
    ├── RequestExpired        past its time, not yet valid, or valid for too long
    ├── RequestMisdirected    meant for another holder
    ├── RequestReplayed       its `jti` was used before, or its points for a ticket
    ├── RequestStale          another key version or share epoch
    ├── OrganisationUnknown
    ├── OrganisationEnded     it was registered here, and is no more
    ├── AccountRefused        the index says that it may have nothing evaluated
    ├── ActNotAllowed         this kind of organisation may not ask that
    ├── BudgetSpent
    │   ├── UserBudgetSpent
    │   ├── OrganisationBudgetSpent
    │   ├── SourceBudgetSpent
    │   └── QuestionsSpent    too many questions that evaluate nothing
    ├── StatementAhead        a statement of a day that has not begun
    └── HolderNotReady        cannot meter or has no valid config: refuses all
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from keys.errors import KeysError


class HolderStartRefused(KeysError):
    """Settings, keys and key config do not fit together; the message says how."""


class RestorationRefused(KeysError):
    """What is said of a backup that was put back cannot be so; the message says why."""


class RequestRefused(KeysError):
    """A holder refuses a request; `by` says whose, where its signature held.

    Its organisation and its user, as it names them.
    """

    by: tuple[str, str] | None = None


@contextmanager
def naming(organisation: str, user: str) -> Iterator[None]:
    """Say of what is refused in a block whose request it was."""
    try:
        yield
    except RequestRefused as refusal:
        refusal.by = (organisation, user)
        raise


class RequestMalformed(RequestRefused):
    """A request lacks its shape, or holds something that is no valid point."""


class RequestNotJson(RequestRefused):
    """A body is not declared as JSON."""


class RequestMismatch(RequestRefused):
    """The signed terms are not those of the points sent along."""


class RequestUnsigned(RequestRefused):
    """A request was not signed by the organisation that it names."""


class RequestExpired(RequestRefused):
    """A request is past its time, not yet valid, or valid for too long."""


class RequestMisdirected(RequestRefused):
    """A request is meant for another holder."""


class RequestReplayed(RequestRefused):
    """A request was used before."""


class RequestStale(RequestRefused):
    """A request is for another key version or share epoch."""


class OrganisationUnknown(RequestRefused):
    """No organisation with this number is registered here."""


class OrganisationEnded(RequestRefused):
    """The organisation was registered here, and its entry was ended."""


class AccountRefused(RequestRefused):
    """The index told that this account, or its organisation, is refused."""


class ActNotAllowed(RequestRefused):
    """An organisation of this kind may not ask for this act."""


class BudgetSpent(RequestRefused):
    """A budget does not reach for this many persons now."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class UserBudgetSpent(BudgetSpent):
    """A user's persons of this day are spent."""


class OrganisationBudgetSpent(BudgetSpent):
    """An organisation's persons of this day are spent."""


class SourceBudgetSpent(BudgetSpent):
    """A source has published about more persons than its caseload explains."""


class QuestionsSpent(BudgetSpent):
    """An organisation asked about itself too often this hour."""


class StatementAhead(RequestRefused):
    """A statement was asked of a day that has not begun."""


class HolderNotReady(RequestRefused):
    """Cannot meter, or has no valid key config: everyone is refused."""
