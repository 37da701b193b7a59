"""An agency's first day: from a file nobody shaped for us to a flag on the screen."""

import csv
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from deploy.town.commands import attempt, run
from deploy.town.parties import MUNICIPALITY
from deploy.town.settings_files import write_toml
from tests.browser.screen import Screen, Town

HEADER = (
    *("Clientnaam", "BSN", "Geboortedatum", "Dossiernummer", "Startdatum"),
    *("Status", "Gemeentecode", "Schuldbedrag", "Toelichting"),
)
STORY = "mevrouw durft de post niet meer open te maken sinds haar man is vertrokken"
FUNCTION, PHONE = "Budgetcoach", "0182 555 188"
FEED = "eerste-dag"


@dataclass(frozen=True)
class FirstDay:
    """The folder of an agency that begins, and a citizen whom nobody tells of yet."""

    folder: Path
    citizen: str

    def export(self, status: str) -> Path:
        """What the registration writes when somebody presses its export button."""
        path = self.folder / "export.csv"
        row = (
            *("De Wit", self.citizen, "05-08-1967", "D-2026-17", "05-01-2026"),
            *(status, MUNICIPALITY, "18450,00", STORY),
        )
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([HEADER, row])
        return path

    def put_in(self, path: Path) -> None:
        """Put a file in the watched folder, as if a while ago."""
        inbox = self.folder / "leveringen" / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        os.utime(path.replace(inbox / path.name), (1_700_000_000, 1_700_000_000))

    def say(self, *arguments: str) -> str:
        return run(["signal-source", *arguments], self.folder)

    def deliver(self) -> dict[str, object]:
        """Have the agent look once; gives the delivery."""
        said = self.say("run", "--settings", "agency.toml", "--once")
        found = [json.loads(line) for line in said.splitlines() if "delivery" in line]
        assert len(found) == 1
        return dict(found[0])


@pytest.fixture
def first_day(town: Town, tmp_path: Path) -> FirstDay:
    """The bank, with a registration that was never connected before."""
    known = town.places.agency("debt-help")
    settings = tomllib.loads((known / "agency.toml").read_text())
    for name, file in settings["keys"].items():
        settings["keys"][name] = str(known / file)
    settings["agent"] = {"name": FEED}
    settings["feeds"] = [
        {"name": FEED, "profile": "profile.toml", "folder": "leveringen"}
    ]
    write_toml(tmp_path / "agency.toml", settings)
    day = FirstDay(tmp_path, town.people.unknown[-3])
    day.say("outbox", "beside", "--settings", "agency.toml")
    return day


def propose(day: FirstDay, *known: str) -> str:
    day.say("profile", "init", "export.csv", "--out", "profile.toml", *known)
    return (day.folder / "profile.toml").read_text("utf-8")


def look_up(screen: Screen, citizen: str) -> None:
    """Ask afresh: a screen that was left alone for minutes hides its answer."""
    screen.go("/lookup")
    screen.ask([citizen])


def test_from_a_proposed_profile_to_a_flag_and_back(
    screen: Screen, first_day: FirstDay
) -> None:
    screen.log_in()
    look_up(screen, first_day.citizen)
    screen.see("Geen vlaggetjes")

    first_day.put_in(propose_and_check(first_day))
    delivery = first_day.deliver()
    assert (delivery["read"], delivery["accepted"], delivery["rejected"]) == (1, 1, 0)

    look_up(screen, first_day.citizen)
    flag = screen.page.locator(".desk-flag")
    expect(flag).to_have_count(1)
    expect(flag).to_contain_text("Kredietbank Voorbeeldstad")
    expect(flag).to_contain_text(FUNCTION)
    for content in (STORY, "De Wit", "18450", "D-2026-17"):
        assert content not in screen.page.content()

    first_day.put_in(first_day.export("Afgesloten"))
    assert first_day.deliver()["withdrawn"] == 1
    look_up(screen, first_day.citizen)
    screen.see("Geen vlaggetjes")


def propose_and_check(day: FirstDay) -> Path:
    """What somebody does at their desk: propose, fill in, try; nothing leaves yet."""
    path = day.export("Lopend")
    proposed = propose(day, "--category", "schuldhulpverlening")
    assert STORY not in proposed
    for name in ("Clientnaam", "Geboortedatum", "Schuldbedrag", "Toelichting"):
        assert f"#   {name} " in proposed, "every column that stays is accounted for"
    with pytest.raises(Exception, match="contacts"):
        day.say("check", "export.csv", "--profile", "profile.toml")
    filled_in = proposed.replace('function = "<VUL IN>"', f'function = "{FUNCTION}"')
    filled_in = filled_in.replace('phone = "<VUL IN>"', f'phone = "{PHONE}"')
    # One record proves neither what a code is nor in which order days are written, and
    # that a citizen was informed is for somebody to say.
    checked = "last_verified = 2026-10-01"
    filled_in = filled_in.replace('last_verified = "<VUL IN>"', checked)
    filled_in = filled_in.replace('informed = "<VUL IN>"', 'informed = "discussed"')
    filled_in = filled_in.replace('dates = ["<VUL IN>"]', 'dates = ["%d-%m-%Y"]')
    filled_in = add_status(filled_in)
    (day.folder / "profile.toml").write_text(filled_in, "utf-8")
    said = day.say("check", "export.csv", "--profile", "profile.toml", "--json")
    assert json.loads(said)["wouldSend"] == {"schuldhulpverlening": 1}
    return path


def add_status(profile: str) -> str:
    parsed = tomllib.loads(profile)
    assert parsed["csv"]["columns"]["status"] == "Status"
    assert parsed["codes"]["status"]["opens"] == ["Lopend"]
    return profile.replace("closes = []", 'closes = ["Afgesloten"]')


def test_the_agencys_administrator_sees_the_delivery(
    screen: Screen, first_day: FirstDay
) -> None:
    first_day.put_in(propose_and_check(first_day))
    first_day.deliver()
    screen.log_in("kees")
    screen.go("/agency/deliveries")
    expect(screen.page.get_by_role("rowheader", name=FEED).first).to_be_visible()
    screen.assert_open_to_all()
    first_day.put_in(first_day.export("Afgesloten"))
    assert first_day.deliver()["withdrawn"] == 1


def test_what_is_not_filled_in_is_never_sent(first_day: FirstDay) -> None:
    first_day.put_in(first_day.export("Lopend"))
    (first_day.folder / "export.csv").write_text("BSN;Startdatum\n")
    command = ["signal-source", "run", "--settings", "agency.toml", "--once"]
    code, _, complained = attempt(command, first_day.folder)
    assert code == 2, "there is no profile yet"
    assert "Traceback" not in complained
