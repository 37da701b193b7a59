"""Who has a list wants to know which of its numbers are decoys, to leave them out."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from pathlib import Path

from keys.pseudonym import KeyVersion, derive_stored_point
from signal_index.decoys import name_decoys
from signal_index.store.watching import replace_decoys
from tests.holders_builders import a_bsn
from tests.side_channels import Step, Watched
from tests.store_builders import owning
from tests.world import World, open_world

ASKED = [a_bsn(number) for number in range(900, 910)]
OTHERS = [a_bsn(number) for number in range(800, 810)]


async def _ask(folder: Path, *, are_decoys: bool) -> list[Step]:
    """Ask for the same people, alone, together, again and with a refusal."""
    async with open_world(folder) as opened:
        parts = {one.name: getattr(opened, one.name) for one in fields(World)}
        world = Watched(**parts)
        given = await world.holders.prepare_publication(ASKED if are_decoys else OTHERS)
        keys = world.index.keys
        scalar = keys.get_scalar(KeyVersion(1))
        points = [derive_stored_point(scalar, one) for one in given.pseudonyms]
        async with owning(world.engine) as conn:
            await replace_decoys(conn, name_decoys(points, keys))
        world.watch()
        token, weak = world.a_token(), world.a_token(loa="low")
        for numbers, bearer in ((ASKED[:1], token), (ASKED, token), (ASKED, weak)):
            body = await world.ask(numbers)
            for _ in range(2):
                await world.send("POST", "/lookups", bearer, body)
        await world.send("GET", "/own-lookups", token)
        world.close()
        return world.steps


def test_an_answer_tells_no_decoy_by_bytes_statements_rows_leaves_or_log(
    tmp_path: Path,
) -> None:
    """The watching is the leader's, afterwards: asking does and leaves the same."""
    folders = [tmp_path / "decoys", tmp_path / "others"]
    for folder in folders:
        folder.mkdir()
    one = asyncio.run(_ask(folders[0], are_decoys=True))
    other = asyncio.run(_ask(folders[1], are_decoys=False))
    told = [mine.find_unlike(theirs) for mine, theirs in zip(one, other, strict=True)]
    assert told == [set() for _ in one]
    statuses = {step.signs.get("status") for step in one}
    assert statuses >= {200, 403}
