"""`signal-index` ends and suspends: with a reason, recorded, and never unnoticed."""

from pathlib import Path

import pytest

from tests.index_office import Office
from tests.store_builders import an_oin


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert made.run("migrate")[0] == 0
    assert made.run("keys", "create")[0] == 0
    return made


def test_what_ends_is_recorded_once_with_its_reason_and_stays_ended(
    office: Office,
) -> None:
    office.load()
    gateway, agency = an_oin(1), an_oin(2)
    admit = ("--municipality=9902", "--by=college", "--on=2026-01-05")
    assert office.run("organisation", "admit", gateway, *admit)[0] == 0
    label = "Team Noord"
    approve = ("contact-label", "approve", agency, label, *admit[1:])
    assert office.run(*approve) == (0, "1 added, 0 changed, 0 unchanged\n")
    assert office.run(*approve) == (0, "0 added, 0 changed, 1 unchanged\n")
    before = len(office.kinds())
    because = "--because=stolen"
    endings = [
        ("organisation", "end-admission", gateway, "--municipality=9902", because),
        ("client", "end", "desk", because),
        ("contact-label", "end", agency, label, because),
        ("signer", "end", agency, "signer-1", because),
        ("organisation", "end", agency, because),
    ]
    for command in endings:
        what = "admission" if command[1] == "end-admission" else command[0]
        assert office.run(*command) == (0, f"the {what} ended\n"), command
        assert office.run(*command) == (0, f"the {what} had ended before\n")
    assert office.kinds()[before:] == ["administration"] * len(endings)
    code, said = office.load()
    assert (code, "was ended: take it out" in " ".join(said.split())) == (1, True)
    for command in (("client", "end", "other"), ("signer", "end", agency, "other")):
        assert office.run(*command, because)[0] == 1


def test_nobody_is_ended_unnoticed_over_signals_that_stand(office: Office) -> None:
    office.load()
    agency = an_oin(2)
    assert (
        office.run(
            "client", "add", "agent", f"--organisation={agency}", "--kind=machine"
        )[0]
        == 0
    )
    office.have_signals(agency, 2)
    before, because = len(office.kinds()), "--because=stopped"
    endings = [
        ("client", "end", "agent"),
        ("source", "end", agency),
        ("organisation", "end", agency),
    ]
    for command in endings:
        code, said = office.run(*command, because)
        assert code == 1, command
        assert "2 signals (9901: 2)" in said
        assert "--signals end" in said
    assert len(office.kinds()) == before
    kept = office.run(*endings[0], because, "--signals=keep")
    assert kept == (0, "the client ended\nkept, shown as before: 2 signals (9901: 2)\n")
    code, said = office.run(*endings[2], because, "--signals=keep")
    assert (code, "shown to nobody until a transfer" in said) == (0, True)
    assert office.run(*endings[2], because) == (
        0,
        "the organisation had ended before\nkept, shown to nobody until a transfer: "
        "2 signals (9901: 2)\n",
    )
    gone = office.run(*endings[2], because, "--signals=end")
    assert gone == (
        0,
        "the organisation had ended before\nwithdrawn: 2 signals (9901: 2)\n",
    )
    assert office.ask("SELECT count(*) FROM signal") == [(0,)]
    assert office.ask("SELECT count(*) FROM tombstone") == [(2,)]
    assert office.ask("SELECT state, ended_because FROM source") == [
        ("ended", "stopped")
    ]
    assert office.kinds()[before:] == ["administration"] * 3
    code, said = office.run("source", "to-trial", agency)
    assert (code, "this source was ended" in said) == (1, True)


def test_suspending_and_restoring_are_recorded(office: Office) -> None:
    office.load()
    before = len(office.kinds())
    organisation = f"--organisation={an_oin(1)}"
    assert office.run("account", "suspend", "jan", organisation)[0] == 0
    assert office.run("account", "suspend", "jan", organisation)[0] == 0
    assert office.run("account", "restore", "jan", organisation)[0] == 0
    assert office.run("account", "restore", "jan", organisation)[0] == 1
    assert len(office.kinds()) == before + 2


def test_a_whole_organisation_is_suspended_only_by_saying_so(office: Office) -> None:
    office.load()
    organisation = f"--organisation={an_oin(1)}"
    assert office.run("account", "suspend", organisation)[0] == 1
    assert office.run("account", "suspend", "*", organisation)[0] == 1
    assert office.run("account", "suspend", "jan", "--everyone", organisation)[0] == 1
    assert office.run("account", "suspend", "--everyone", organisation)[0] == 0
