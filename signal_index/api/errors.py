"""What only the HTTP edge can find wrong; facts about the request itself.

    EdgeError
    ├── RouteUnknown            no such path
    ├── MethodNotAllowed        the path is there, the method is not
    ├── MediaTypeUnsupported    the body is not JSON
    ├── NotAcceptable           the caller takes no JSON
    ├── NothingRecorded         an act of ours said nothing to the ledger: undone
    └── ServerFault             something broke on our side; nothing else is said

They carry no input: a path, a header or a body is never repeated in an answer.
"""

from __future__ import annotations


class EdgeError(Exception):
    """A request that never reached an endpoint."""


class RouteUnknown(EdgeError):
    """There is nothing at this path."""


class MethodNotAllowed(EdgeError):
    """The path is there, the method is not."""

    def __init__(self, allow: str) -> None:
        super().__init__()
        self.allow = allow


class MediaTypeUnsupported(EdgeError):
    """The body is not sent as `application/json`."""


class NotAcceptable(EdgeError):
    """The caller does not take what this route gives."""


class NothingRecorded(EdgeError):
    """An act came to its end without a record; it was undone."""


class ServerFault(EdgeError):
    """Something broke on our side; what it was is for the log alone."""
