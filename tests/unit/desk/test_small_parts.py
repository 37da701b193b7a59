"""Case references, sealing, moments and the log: small parts with hard promises."""

import json
import logging
import re
import secrets

import pytest
from starlette.datastructures import MutableHeaders

from desk.case_references import CaseReferences
from desk.errors import CaseReferenceInvalid, SessionEnded
from desk.events import Event, log_event
from desk.headers import complete_headers
from desk.moments import format_day, format_moment
from desk.sealing import CookieSecret

PATTERN = re.compile(r"[A-Z]{1,4}-[0-9]{4}-[0-9]{1,8}")


def test_two_organisations_give_one_case_number_two_names() -> None:
    ours, theirs = (
        CaseReferences(PATTERN, secrets.token_bytes(32)).derive("Z-2026-001234")
        for _ in range(2)
    )
    assert ours != theirs


@pytest.mark.parametrize(
    "number", ["", "Z-2026-001234 ", "Z-2026-001234\n", "z-2026-1", "999993653"]
)
def test_a_case_number_is_of_the_form_or_nothing(number: str) -> None:
    references = CaseReferences(PATTERN, secrets.token_bytes(32))
    with pytest.raises(CaseReferenceInvalid):
        references.derive(number)


def test_what_one_cookie_sealed_no_other_opens() -> None:
    cookie, other = CookieSecret.new(), CookieSecret.new()
    sealed = cookie.seal({"csrf": "x"})
    assert CookieSecret.parse(cookie.cookie).open(sealed) == {"csrf": "x"}
    with pytest.raises(SessionEnded):
        other.open(sealed)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_byte_opens_nothing(place: int) -> None:
    cookie = CookieSecret.new()
    sealed = bytearray(cookie.seal({"csrf": "x"}))
    sealed[place] ^= 1
    with pytest.raises(SessionEnded):
        cookie.open(bytes(sealed))


def test_a_cookie_secret_has_no_repr() -> None:
    cookie = CookieSecret.new()
    assert cookie.cookie not in repr(cookie)


def test_moments_are_dutch_and_in_dutch_time() -> None:
    assert format_day("2026-03-12") == "12 maart 2026"
    assert format_moment("2026-07-01T22:30:00Z") == "donderdag 2 juli 2026, 00:30"


def test_an_event_takes_its_own_fields_and_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, logger="signal-desk"):
        log_event(Event.HOLDER_UNREACHABLE, holder="holder-1")
    assert json.loads(caplog.messages[0])["holder"] == "holder-1"
    with pytest.raises(ValueError, match="no such field"):
        log_event(Event.HOLDER_UNREACHABLE, url="https://holder-1.example")


def test_over_https_a_browser_is_told_to_stay_there_for_a_year_and_more() -> None:
    served, local = MutableHeaders(), MutableHeaders()
    complete_headers(served, "/", https=True)
    complete_headers(local, "/", https=False)
    age, _, rest = served["Strict-Transport-Security"].partition("; ")
    assert int(age.removeprefix("max-age=")) >= 365 * 24 * 3600
    assert rest == "includeSubDomains"
    assert "Strict-Transport-Security" not in local
