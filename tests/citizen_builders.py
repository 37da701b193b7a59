"""A privacy officer at work for citizens, in the world in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from keys.base64url import encode_b64u
from keys.bsn import Bsn
from keys.request import Act
from signal_index.ledger import CheckpointKey
from signal_index.store.connect import DatabaseRole, is_sqlite, open_engine
from signal_index.upkeep.sequencer import Sequencer, sequence_once
from tests.builders import a_day
from tests.policy_officers import approving
from tests.world import LEDGER_ORIGIN, Agency, World

CHECKPOINT_KEY = CheckpointKey(bytes(range(32)))


@dataclass
class CitizensDesk:
    """What a privacy officer does over HTTP; every step must succeed."""

    world: World
    folder: Path
    officer: str = "privacy-officer-1"
    requests: list[str] = field(default_factory=list)

    async def sequence(self) -> None:
        """Put every entry into the tree, so that it can be proven."""
        checkpoint = self.folder / "checkpoint.json"
        url = self.world.engine.url.render_as_string(hide_password=False)
        engine = open_engine(url, DatabaseRole.SEQUENCER, pool_size=2)
        try:
            sequencer = Sequencer(engine, CHECKPOINT_KEY, LEDGER_ORIGIN, checkpoint)
            await sequence_once(sequencer, now=self.world.clock())
        finally:
            await engine.dispose()

    async def end_embargoes(self, until: str) -> None:
        """Have them end on a day: the database erases by its own, which none changes.

        As its owner, who takes the guard away for it.
        """
        where = "" if is_sqlite(self.world.engine) else " ON embargo"
        await self.world.run_sql(
            f"DROP TRIGGER refuse_embargo_update{where}",
            f"UPDATE embargo SET until = '{until}'",  # noqa: S608 - ours
        )

    def token(self, **changed: object) -> str:
        claims = {"sub": self.officer, **changed}
        return self.world.an_officer("privacy-officer", **claims)

    async def send(
        self, method: str, path: str, body: object = None, **changed: object
    ) -> httpx.Response:
        return await self.world.send(method, path, self.token(**changed), body)

    async def person(self, number: Bsn, **changed: object) -> dict[str, Any]:
        """The members that name one person, with two fresh tickets."""
        subject = str(changed.pop("subject", self.officer))
        act = changed.pop("act", Act.OFFICER_SEARCH)
        assert isinstance(act, Act)
        given = await self.world.holders.look_up([number], subject, act)
        body: dict[str, Any] = {
            "keyVersion": self.world.index.key_config.key_version,
            "tickets": list(given.tickets),
            "pseudonym": encode_b64u(given.pseudonyms[0].encoded),
        }
        return {**body, **changed}

    async def register(self, **changed: object) -> dict[str, Any]:
        """Register a request for access that was received today."""
        body = {"receivedOn": a_day(0).isoformat(), "identityCheck": "digid"}
        answer = await self.send("POST", "/access-requests", {**body, **changed})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def report(self, number: Bsn) -> dict[str, Any]:
        """Make a report about this person, under a request of its own."""
        await self.sequence()
        request = await self.register()
        path = f"/access-requests/{request['id']}/report"
        answer = await self.send("POST", path, await self.person(number))
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def place_embargo(self, number: Bsn, **changed: object) -> dict[str, Any]:
        """Keep Veilig Thuis out of this person's report for thirty days."""
        said = {
            "categories": ["veilig-thuis"],
            "reason": "protect-child",
            "until": a_day(30).isoformat(),
            **changed,
        }
        body = {**await self.person(number), **said}
        answer = await self.send("POST", "/embargoes", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def decide(self, embargo: dict[str, Any], decision: str) -> httpx.Response:
        """Have the data protection officer decide on an embargo."""
        token = self.world.an_officer("data-protection-officer")
        path = f"/approvals/{embargo['approvalId']}/decision"
        said = {"decision": decision}
        if decision == "approved":
            said = await approving(self.world, token, embargo["approvalId"])
        return await self.world.send("POST", path, token, said)

    async def enter_correction(
        self, signal: dict[str, Any], **changed: object
    ) -> dict[str, Any]:
        """Enter that a citizen has no contact with the source of this signal."""
        body = {
            "source": signal["source"],
            "signalReference": signal["reference"],
            "reason": "no-contact",
            "receivedOn": a_day(0).isoformat(),
            "restrict": False,
            **changed,
        }
        answer = await self.send("POST", "/corrections", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def answer(
        self,
        made: dict[str, Any],
        answer: str = "facts-correct",
        *,
        step: int = 0,
        agency: Agency | None = None,
    ) -> httpx.Response:
        """Have a source answer a correction, of which it has seen so many answers."""
        token = self.world.a_source_token(agency or self.world.debt_help)
        path = f"/own-corrections/{made['id']}/answer"
        said = {"answer": answer, "step": step}
        return await self.world.send("POST", path, token, said)
