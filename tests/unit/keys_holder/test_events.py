import io
import json
import logging

import pytest

from keys.events import EventLog, LibraryHandler
from keys.holder.events import Event


def test_an_event_is_one_line_of_json() -> None:
    stream = io.StringIO()
    EventLog(stream).write(Event.REFUSED, problem="budget-spent", status=429)
    (line,) = stream.getvalue().splitlines()
    logged = json.loads(line)
    assert logged.pop("at")
    assert logged == {"event": "refused", "problem": "budget-spent", "status": 429}


def test_a_field_outside_its_list_cannot_be_logged() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="refused"):
        EventLog(stream).write(Event.REFUSED, subject="user-1")
    assert stream.getvalue() == ""


def test_no_event_has_room_for_a_point_a_token_or_a_user() -> None:
    allowed = {name for event in Event for name in event.fields}
    assert not allowed & {"point", "points", "request", "ticket", "subject", "sub"}


def test_what_a_library_says_is_reduced_to_where_it_came_from() -> None:
    stream = io.StringIO()
    fault = (KeyError, KeyError("secret words"), None)
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "secret", (), fault
    )
    LibraryHandler(EventLog(stream)).emit(record)
    logged = json.loads(stream.getvalue())
    assert "secret" not in stream.getvalue()
    assert (logged["logger"], logged["kind"]) == ("uvicorn.error", "KeyError")
