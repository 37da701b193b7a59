"""Both sides compared after a delivery of a source in trial: no command more for it.

Whoever goes live by a delivery that the index has otherwise shows something wrong from
the first hour. So what closes a delivery compares, as `signal-source reconcile` does,
while nobody sees it. What is live is compared by that command, and by the agent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sources.cli.reconcile import make_scope, say
from sources.clock import day_of
from sources.errors import SourceError
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.notices import find_successors
from sources.outbox.store import Outbox
from sources.publisher.http_index import HttpIndex
from sources.publisher.pipeline import Sender
from sources.reconciling import reconcile
from sources.settings import AgencySettings
from sources.trial import find_trial, say_trial


@dataclass(frozen=True, slots=True)
class Tried:
    """What is said after a delivery in trial; `is_equal` None where nobody compared."""

    says: Sequence[str] = ()
    is_equal: bool | None = None


async def compare_in_trial(
    outbox: Outbox,
    index: HttpIndex,
    sender: Sender,
    settings: AgencySettings,
    closed: Sequence[OpenDelivery],
) -> Tried:
    """Compare what these deliveries tell, if our source is in trial; else say nothing.

    They are done whatever comes of it: where the index does not answer, or has more
    than may be withdrawn unasked, that is said.
    """
    trial = find_trial(outbox, settings.source)
    if trial is None or not closed:
        return Tried()
    scope = make_scope(settings, closed, on=day_of(sender.now()))
    is_equal = None
    try:
        done = await reconcile(outbox, index, sender, scope, confirmed=False)
        is_equal = done.equal
        said = say(done, find_successors(outbox, settings.source))
    except SourceError as error:
        said = f"Niet vergeleken met de index. {error}"
    return Tried((said, say_trial(trial, is_told=True)), is_equal)


def describe_tried(tried: Tried) -> dict[str, object]:
    """Give the same for a machine."""
    return {"inTrial": bool(tried.says), "equal": tried.is_equal}
