"""A file proves whose a pseudonym is, to who has its code and knows the number."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from keys.base64url import encode_b64u
from keys.checking.person import ALPHABET, open_person, parse_pin_set
from keys.errors import PersonRefused
from keys.person_proof import (
    CODE_CHARACTERS,
    draw_code,
    write_person,
)
from keys.pseudonym import Pseudonym
from tests.holders_builders import Holders, a_bsn, some_holders

pytestmark = pytest.mark.anyio

ONE, TWO = a_bsn(1), a_bsn(2)
CODE = "7KQ4-TMPX-2B9D-HW6R"


class Given:
    """A file that was written for a number, and what it must open to."""

    def __init__(self, holders: Holders, data: bytes, pseudonym: Pseudonym) -> None:
        self.pins = [parse_pin_set(holders.dealing.pins)]
        self.data = data
        self.pseudonym = pseudonym

    def changed(self, change: Callable[[dict[str, object]], object]) -> bytes:
        said = json.loads(self.data)
        change(said)
        return json.dumps(said).encode()


@pytest.fixture
async def given() -> Given:
    holders = some_holders()
    found = await holders.view_own(ONE)
    assert found.evidence is not None
    data = write_person(found.evidence, holders.dealing.document, CODE)
    return Given(holders, data, found.pseudonyms[0])


async def test_file_code_and_number_give_the_pseudonym(given: Given) -> None:
    opened = open_person(given.data, CODE.lower().replace("-", " "), ONE, given.pins)
    assert (opened.pseudonym, opened.key_version) == (given.pseudonym.encoded, 1)


async def test_a_file_is_of_no_other_number_or_code(given: Given) -> None:
    with pytest.raises(PersonRefused, match="another number"):
        open_person(given.data, CODE, TWO, given.pins)
    with pytest.raises(PersonRefused):
        open_person(given.data, CODE[:-1] + "X", ONE, given.pins)


async def test_holders_that_are_not_known_prove_nothing(given: Given) -> None:
    for pins in ([], [parse_pin_set(some_holders().dealing.pins)]):
        with pytest.raises(PersonRefused, match="holders that are known"):
            open_person(given.data, CODE, ONE, pins)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["evaluations"].pop(),
        lambda said: said["evaluations"].append(said["evaluations"][0]),
        lambda said: (
            said["evaluations"].reverse()
            or said["evaluations"][0].update(said["evaluations"][1])
        ),
        lambda said: said["evaluations"][0].update(holder=3),
        lambda said: said.update(blinded=said["evaluations"][0]["evaluated"]),
        lambda said: said.update(sealed="A" * 43),
        lambda said: said.update(sealed="A"),
        lambda said: said.update(format="signal-keys/person/2"),
        lambda said: said["keyConfig"]["signatures"].reverse(),
        lambda said: said.update(more=1),
    ],
)
async def test_a_file_that_was_changed_proves_nothing(
    given: Given, change: Callable[[dict[str, object]], object]
) -> None:
    with pytest.raises(PersonRefused):
        open_person(given.changed(change), CODE, ONE, given.pins)


async def test_the_file_alone_names_nobody(given: Given) -> None:
    assert encode_b64u(given.pseudonym.encoded).encode() not in given.data
    for code in ("", "7", draw_code()):
        with pytest.raises(PersonRefused):
            open_person(given.data, code, ONE, given.pins)


async def test_codes_are_drawn_of_letters_that_nobody_confuses() -> None:
    drawn = {draw_code() for _ in range(50)}
    assert len(drawn) == 50
    assert {len(one.replace("-", "")) for one in drawn} == {CODE_CHARACTERS}
    assert set("".join(drawn)) - {"-"} <= set(ALPHABET)
    assert not set("01IO") & set(ALPHABET)
