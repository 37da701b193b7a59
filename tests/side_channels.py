"""What an act shows to whoever cannot read it: status, lengths, rows, leaves, lines.

`Watched` is a world in which every request is measured; what happens between two of
them (the leader's work) is measured too. Two worlds that did the same work are compared
step by step: where they differ, something tells of what the worlds differ in.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from sqlalchemy import event

from tests.world import World

Signs = Mapping[str, object]
"""What can be seen of a step, by what it is."""

_SEALED = {
    "follow",
    "ledger_disclosure",
    "lookup_outcome",
    "match_box",
    "match_sheet",
    "match_step",
    "notice_box",
    "overview_day",
    "return_notice",
    "tombstone",
}
_LEDGER = ("ledger_entry", "ledger_disclosure", "ledger_pending")


@dataclass(frozen=True)
class Step:
    """One request, or what was done before it, and what could be seen of it."""

    name: str
    signs: Signs

    @property
    def is_success(self) -> bool:
        """Whether it is a request that was done."""
        return self.signs.get("status", 500) in range(200, 300)

    def find_unlike(self, other: Step) -> set[str]:
        """By which signs the same step in another world can be told from this one."""
        return {
            sign for sign, value in self.signs.items() if value != other.signs[sign]
        }


@dataclass
class Watched(World):
    """A world on SQLite in which whatever can be seen of each step is noted."""

    steps: list[Step] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    last: Signs = field(default_factory=dict)
    reader: sqlite3.Connection | None = None
    version: int = -1

    def watch(self) -> None:
        """Begin to look: what was done until now is not compared."""
        self.steps.clear()
        self.log.truncate(0)
        event.listen(
            self.engine.sync_engine,
            "before_cursor_execute",
            lambda _c, _u, statement, *_: self.statements.append(statement),
        )
        self.last = self._look()

    async def send(
        self, method: str, path: str, token: str, body: object = None
    ) -> httpx.Response:
        self.note(f"before {method} {path}")
        self.clock.forward(timedelta(milliseconds=1))  # entries have an order then
        answer = await super().send(method, path, token, body)
        self.note(
            f"{method} {path}",
            status=answer.status_code,
            length=len(answer.content),
            headers=sorted(answer.headers),
            statements=[one[:60] for one in self.statements],
        )
        return answer

    def close(self) -> None:
        """Look no more."""
        if self.reader is not None:
            self.reader.close()

    def note(self, name: str, **more: object) -> None:
        """Note what changed since the last step, and what else was seen of it."""
        seen = self._look()
        changed = {
            sign: (self.last.get(sign), value)
            for sign, value in seen.items()
            if value != self.last.get(sign)
        }
        self.last = seen
        lines = self.log.getvalue().splitlines()
        self.log.seek(0)
        self.log.truncate()
        self.statements.clear()
        grown = _grown(changed)
        leaves = [grown.pop(name, None) for name in _LEDGER]
        said = {"rows": grown, "leaves": leaves, "lines": [*map(_measure, lines)]}
        self.steps.append(Step(name, {**said, **more}))

    def _look(self) -> Signs:
        """Count the rows of every table, and what lengths stand in them."""
        if self.reader is None:
            place = f"file:{self.engine.url.database}?mode=ro"
            self.reader = sqlite3.connect(place, uri=True)
        (version,) = self.reader.execute("PRAGMA data_version").fetchone()
        if version == self.version:
            return self.last
        self.version = version
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        return {
            name: Counter(row[0] for row in self.reader.execute(_measure_of(name)))
            for (name,) in self.reader.execute(tables).fetchall()
        }


def _measure_of(table: str) -> str:
    """Give the query for what shows of each row: its length, of a leaf its kind too."""
    if table == "ledger_entry":
        return "SELECT kind || ' ' || length(leaf) FROM ledger_entry"
    shown = "length(sealed)" if table in _SEALED else "0"
    return f"SELECT {shown} FROM {table}"  # noqa: S608 - ours


def _grown(changed: Mapping[str, tuple[object, object]]) -> dict[str, object]:
    """Of each table, how many rows of which length came and went."""
    grown: dict[str, object] = {}
    for name, (before, after) in changed.items():
        was, now = Counter(before), Counter(after)  # type: ignore[call-overload]
        grown[name] = (dict(now - was), dict(was - now))
    return grown


def _measure(line: str) -> tuple[str, int]:
    """Give the event of a line and its length, but for how long something took."""
    said = json.loads(line)
    said.pop("milliseconds", None)
    return str(said["event"]), len(json.dumps(said))
