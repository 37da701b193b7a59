"""Why the index cannot answer now; asking again is safe."""

from signal_index.errors.base import SignalIndexError


class NotAnswered(SignalIndexError):
    """The index cannot answer now; asking again is safe."""


class PolicyUnusable(NotAnswered):
    """The policy that a municipality adopted is not signed by us, whole or readable.

    Nothing of that municipality is answered until it is: an older policy might show
    what the adopted one no longer does.
    """


class ProofNotReady(NotAnswered):
    """The entry is recorded; the tree that holds it is not signed yet."""


class QueueFull(NotAnswered):
    """Too many lookups wait; nothing was spent."""


class CommitUnknown(NotAnswered):
    """The database did not confirm the commit; it may or may not have happened."""


class DatabaseUnavailable(NotAnswered):
    """The database does not answer; nothing was changed."""


class RowKeyMissing(NotAnswered):
    """Rows stand, or soon will, under a row key of which this process lacks the file.

    What it would not find it would call "nothing found".
    """


class RowKeyLeft(NotAnswered):
    """Rows moved meanwhile away from where this asked or wrote; nothing was changed."""


class StandingChanged(NotAnswered):
    """Who sends it, or for what, ended on its way; sent again it is judged anew."""


class LeadershipLost(NotAnswered):
    """Another process leads the upkeep now; this one wrote nothing."""
