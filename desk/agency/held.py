"""A delivery that waits until somebody looked: what was found, and the answer.

It is shown in counts: which cases it is about is known at the agency alone. What its
administrator answers goes to the index, and the agent fetches it there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from desk.callers import SendingSourceAdministrator
from desk.desk import desk_of
from desk.errors import IndexHasNone
from desk.index import fill_in
from signal_index.wire.agents import Agent, HeldAnswer, HeldDelivery, ListedUnsent
from signal_index.wire.deliveries import ClosedDelivery
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
SEE_OTHER: Final = 303
_PAGE: Final = "/agency/deliveries#waiting"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits, of one feed, and what was answered about it already."""

    agent: str
    feed: str
    held: HeldDelivery
    answer: str | None


@router.post("/agency/agents/{agent}/held-deliveries/{delivery}/answer")
async def answer_held(
    request: Request, caller: SendingSourceAdministrator, agent: str, delivery: str
) -> Response:
    """Let a delivery that waits go, or drop it: exactly the one that was shown.

    Nothing goes on the word of who did not say that they looked: it waits on.
    """
    try:
        found = read_uuid(delivery)
    except ValueError:
        raise IndexHasNone from None
    if not _NAME.fullmatch(agent):
        raise IndexHasNone
    form = await request.form()
    said = {name: str(form.get(name, "")) for name in ("digest", "answer")}
    if said["answer"] == "approved" and form.get("looked") != "yes":
        return RedirectResponse(_PAGE, SEE_OTHER)
    path = f"/v1/agents/{agent}/held-deliveries/{found}/answer"
    desk = desk_of(request)
    await desk.index.act(path, caller.access_token, fill_in(HeldAnswer, **said))
    return RedirectResponse(_PAGE, SEE_OTHER)


def find_waiting(agents: Iterable[Agent]) -> Iterable[Waiting]:
    """Give each delivery once, though several feeds may tell of it."""
    seen: set[UUID] = set()
    for agent in agents:
        answers = {(one.delivery, one.digest): one.answer for one in agent.answers}
        for feed in agent.feeds:
            held = feed.held
            if held is None or held.delivery in seen:
                continue
            seen.add(held.delivery)
            answer = answers.get((held.delivery, held.digest))
            yield Waiting(agent.agent, feed.feed, held, answer)


def find_unsent(
    agents: Sequence[Agent], closed: Iterable[ClosedDelivery]
) -> Sequence[ListedUnsent]:
    """Give what ended without being closed, each once, the newest first.

    What its agent holds still is not dropped yet, and what was closed was sent: then
    somebody answered otherwise where the agent is.
    """
    others = {one.held.delivery for one in find_waiting(agents)}
    others |= {one.delivery for one in closed}
    found = {one.delivery: one for agent in agents for one in agent.unsent}
    left = [one for one in found.values() if one.delivery not in others]
    return sorted(left, key=lambda one: one.notedAt, reverse=True)
