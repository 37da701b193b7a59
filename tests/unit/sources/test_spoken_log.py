"""On a terminal each event of a run is a sentence, and never a line for a machine."""

import json
from string import Formatter

import pytest

from sources.cli.spoken_log import SPOKEN, say_event
from sources.events import Event


@pytest.mark.parametrize("event", Event)
def test_an_event_has_its_sentence_of_its_own_fields(event: Event) -> None:
    fields = {name for _, name, _, _ in Formatter().parse(SPOKEN[event]) if name}
    assert fields <= event.fields


def test_a_field_that_is_not_there_is_a_dash() -> None:
    line = json.dumps({"event": "feed-done", "feed": "bijstand", "count": 3})
    said = "bijstand: klaar. Geleverd: 3. Wacht op u: -. Niet te leveren: -."
    assert say_event(line) == said
