"""What an entry of kind `key` says of each step: the table, and the wire's."""

import re
from pathlib import Path

import pytest

from signal_index.ledger import KEY_STEPS, KeyStep, describe_key_step

ROOT = Path(__file__).parents[3]
MEMBERS = {step: dict.fromkeys(sorted(KEY_STEPS[step]), 1) for step in KeyStep}


@pytest.mark.parametrize("step", KeyStep)
def test_a_step_says_its_name_and_the_members_of_its_line(step: KeyStep) -> None:
    assert describe_key_step(step, MEMBERS[step]) == {"act": step, **MEMBERS[step]}


@pytest.mark.parametrize("step", KeyStep)
def test_a_member_too_many_or_too_few_is_no_entry(step: KeyStep) -> None:
    few = dict(list(MEMBERS[step].items())[1:])
    for members in (few, {**MEMBERS[step], "secret": 1}):
        with pytest.raises(ValueError, match="does not have these members"):
            describe_key_step(step, members)


def test_the_wire_document_has_the_table() -> None:
    text = (ROOT / "docs/wire-formats.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| ((?:`\w+`(?:, )?)+) \|$", text, re.MULTILINE)
    assert {act: set(re.findall(r"\w+", members)) for act, members in rows} == {
        step.value: members for step, members in KEY_STEPS.items()
    }


def test_only_what_is_recorded_by_its_name_is_a_step() -> None:
    """A step beside the table would be an entry that no reader looks for."""
    package = ROOT / "signal_index"
    naming = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "Kind.KEY)" in path.read_text()
    }
    assert naming == {"store/key_steps.py"}
