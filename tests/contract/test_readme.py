"""The README shows what the commands say, keeps short, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from deploy.town.commands import attempt

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"```\n\$ (signal-[a-z]+) --help\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(README)


def help_of(command: str) -> str:
    code, printed, _ = attempt([command, "--help"], ROOT)
    assert code == 0
    lines = (line.rstrip() for line in printed.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def test_every_command_has_its_help_in_the_readme() -> None:
    assert {command for command, _ in BLOCKS} == {
        "signal-desk",
        "signal-index",
        "signal-keys",
        "signal-policy",
        "signal-portal",
        "signal-source",
    }


@pytest.mark.parametrize(("command", "shown"), BLOCKS)
def test_the_help_shown_is_the_help_given(command: str, shown: str) -> None:
    assert shown == help_of(command)


def test_it_is_under_two_hundred_lines() -> None:
    assert len(README.splitlines()) < 200


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
