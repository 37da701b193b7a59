"""The rest of the network, for clients whose parties are in memory.

A client that is given no transport of its own reads every certificate authority of this
machine when it is made: twenty milliseconds, in some thousand tests.
"""

import httpx


def unreachable() -> httpx.MockTransport:
    """A transport that finds nobody."""
    return httpx.MockTransport(_find_nobody)


def _find_nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"there is no {request.url.host}")
