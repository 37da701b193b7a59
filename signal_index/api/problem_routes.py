"""The pages of problems: where a problem's `type` leads, if `problem_base` is ours."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from signal_index.api.callers import Anyone
from signal_index.api.errors import RouteUnknown
from signal_index.api.problem_pages import BY_SLUG, render_page
from signal_index.api.routing import Routes

HTML: Final = "text/html"

routes = Routes("openbaar")


@routes.get(
    "/problems/{slug}",
    "Wat een soort fout betekent, en wat u kunt doen",
    is_plain=True,
    media_type=HTML,
    raises=(RouteUnknown,),
)
async def show_problem(_request: Request, caller: Anyone, slug: str) -> Response:
    """Explain one kind of problem in Dutch, to anybody; no other kind has a page."""
    del caller
    problem = BY_SLUG.get(slug)
    if problem is None:
        raise RouteUnknown
    return HTMLResponse(render_page(problem))
