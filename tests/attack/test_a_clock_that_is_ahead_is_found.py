"""A clock less than two hours ahead is found by the others, before they certify."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from keys import clock
from keys.ceremony.errors import CeremonyForged, CeremonyRefused
from keys.ceremony.exchange import collect_commits, compare_clocks
from keys.ceremony.plan import verify_begun
from tests.ceremony_builders import NOW, Call
from tests.ceremony_people import People, run

MINUTE = timedelta(minutes=1)


@pytest.fixture
def call(tmp_path: Path) -> Call:
    return Call(tmp_path)


def commits(call: Call) -> tuple[str, ...]:
    return collect_commits(
        call.plan, ((name, file.commit) for name, file in call.commits())
    )


@pytest.mark.parametrize("ahead", [MINUTE * 10, MINUTE * 50, MINUTE * 119])
def test_who_is_ahead_is_named_by_each_of_the_others(
    call: Call, ahead: timedelta
) -> None:
    verify_begun(call.plan, NOW + ahead)  # by that clock alone nothing is wrong
    call.clocks[2] = NOW + ahead
    call.all(call.commit)
    with pytest.raises(CeremonyRefused, match=r"holder-2 committed at .*compare"):
        compare_clocks(call.plan, commits(call), NOW + 3 * MINUTE)


def test_who_is_behind_is_named_where_another_opened(call: Call) -> None:
    call.clocks[3] = NOW - 30 * MINUTE
    call.all(call.commit)
    with pytest.raises(CeremonyRefused, match=r"holder-3 committed at .*09:30"):
        compare_clocks(call.plan, commits(call), NOW)


def test_clocks_of_one_call_are_told_and_refused_by_nobody(call: Call) -> None:
    call.clocks |= {2: NOW + 4 * MINUTE, 3: NOW - 4 * MINUTE}
    call.all(call.commit)
    made = compare_clocks(call.plan, commits(call), NOW)
    assert list(made) == ["holder-1", "holder-2", "holder-3"]
    assert made["holder-2"] - made["holder-3"] == 8 * MINUTE


def test_a_time_that_was_changed_on_the_way_is_nobodys(call: Call) -> None:
    call.all(call.commit)
    head, payload, signature = commits(call)[1].split(".")
    forged = f"{head}.{payload[:-2]}AA.{signature}"
    with pytest.raises(CeremonyForged):
        compare_clocks(call.plan, (commits(call)[0], forged), NOW)


def test_a_holder_gives_nothing_out_where_another_is_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = People(tmp_path)
    people.make_cards()
    digits = people.open()
    right = clock.now()
    set_clock(monkeypatch, right + 40 * MINUTE)
    step = ("ceremony", "commit", "--digits", digits)
    assert run(*step, *people.opened(2)).exit_code == 0
    set_clock(monkeypatch, right)
    assert run(*step, *people.opened(1)).exit_code == 0
    share = ("ceremony", "share", *people.files("commit"))
    refused = run(*share, *people.opened(1))
    assert refused.exit_code == 1
    assert "holder-2 committed at" in " ".join(refused.output.split())
    assert not people.files("message")[0].exists()
    set_clock(monkeypatch, right + 41 * MINUTE)  # where both had waited that long
    shared = run(*share, *people.opened(1))
    assert shared.exit_code == 0
    assert "These lie apart" in shared.output


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)
