"""A desk signs whom to call back, the same for the same lookup."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from desk.call_back import sign_call_back
from desk.desk import Desk
from desk.settings import CallBackSettings
from keys.base64url import encode_b64u
from signal_index.notice import read_own_number
from signal_index.wire.values import Oin
from tests.contact_builders import SIGNED_BY, SIGNING_KEY
from tests.desk_builders import Town
from tests.holder_fakes import FakeClock


def a_desk(clock: FakeClock, **changed: object) -> Desk:
    settings = SimpleNamespace(
        organisation=SIGNED_BY,
        call_back=CallBackSettings(function="Wijkteam", phone="+31182555100"),
    )
    made: dict[str, object] = {
        "settings": settings,
        "notice_key": SIGNING_KEY,
        "clock": clock,
    }
    return cast("Desk", SimpleNamespace(**{**made, **changed}))


def a_ticket(clock: FakeClock) -> str:
    said = json.dumps({"iat": int(clock().timestamp())}).encode()
    return f"e30.{encode_b64u(said)}.x"


def test_the_same_lookup_asked_again_is_the_same_to_the_byte() -> None:
    clock = FakeClock()
    desk, tickets = a_desk(clock), [a_ticket(clock)]
    first = sign_call_back(desk, tickets)
    clock.forward(timedelta(minutes=4))
    assert sign_call_back(desk, tickets) == first
    assert sign_call_back(desk, [a_ticket(clock)]) != first


@pytest.mark.parametrize("ticket", ["", "x", "a.b.c", "e30.bnVsbA.x", "e30.e30.x"])
def test_what_is_no_ticket_is_for_the_index_to_refuse(ticket: str) -> None:
    clock = FakeClock()
    token = sign_call_back(a_desk(clock), [ticket])
    assert token is not None
    said, signature = read_own_number(token, Oin(SIGNED_BY), now=clock())
    assert (said.phone, signature.at) == ("+31182555100", int(clock().timestamp()))


def test_a_ticket_of_another_time_dates_nothing() -> None:
    """Else whoever asks has the desk sign for a day that is to come."""
    clock, later = FakeClock(), FakeClock()
    later.forward(timedelta(days=30))
    token = sign_call_back(a_desk(clock), [a_ticket(later)])
    assert token is not None
    _, signature = read_own_number(token, Oin(SIGNED_BY), now=clock())
    assert signature.at == int(clock().timestamp())


@pytest.mark.anyio
async def test_a_desk_without_a_key_names_nobody_to_call_back(
    town: Town, tmp_path: Path
) -> None:
    """It says so at its start, and not by leaving the number out."""
    settings = tmp_path / "desk.toml"
    text = settings.read_text().replace('notice_key = "notice-key.jwk"\n', "")
    call = '\n[call_back]\nfunction = "Wijkteam"\nphone = "+31182555100"\n'
    settings.write_text(text + call)
    with pytest.raises(Exception, match="notice_key"):
        async with town.serve():
            pass
