"""Give another party's answer on as it is: status, type, body and when to come back."""

from fastapi import Response

from desk.holders import Passed


def answer_with(passed: Passed) -> Response:
    """Make the response that says exactly what the other party said."""
    headers = {} if passed.retry_after is None else {"Retry-After": passed.retry_after}
    if passed.status == 204:
        return Response(status_code=204, headers=headers)
    return Response(
        passed.body, passed.status, headers=headers, media_type=passed.media_type
    )
