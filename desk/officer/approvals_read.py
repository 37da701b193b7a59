"""Reading approvals for a page: what waits, what was decided, which refusals are news.

What a page shows of own requests that were refused counts as seen from then on.
"""

from collections.abc import Callable

from starlette.requests import Request

from desk.callers import Caller
from desk.desk import desk_of
from desk.navigation import APPROVALS
from desk.pages import recount
from desk.waiting import count_approvals
from signal_index.wire.approvals import Approval, ApprovalList


async def read_approvals(
    request: Request, caller: Caller, shows: Callable[[Approval], bool]
) -> tuple[ApprovalList, list[Approval]]:
    """Read all, and have the menu count what stays; give the news that the page shows.

    `shows`: of which refusals somebody reads here.
    """
    desk, sub = desk_of(request), caller.person.sub
    found = await desk.index.fetch(ApprovalList, "/v1/approvals", caller.access_token)
    unseen = await desk.refusal_marks.find_unseen(sub, found)
    news = [one for one in unseen if shows(one)]
    if news:
        await desk.refusal_marks.note(sub, news)
    left = [one for one in unseen if not shows(one)]
    count = count_approvals(found, left)
    recount(request, APPROVALS, desk.waiting.note(APPROVALS, sub, count))
    return found, news
