"""One kind of problem, as it stands on the wire and on its own page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (`title`) and what to do about it (`detail`), both Dutch, B1."""

    slug: str
    title: str
    status: int
    detail: str
