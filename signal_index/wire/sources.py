"""How a source stands at the index: in trial, live, or ended."""

from __future__ import annotations

from enum import StrEnum


class SourceState(StrEnum):
    """Whether what a source publishes is shown to anybody.

    In trial it is stored, counted and told to the source itself; nobody who looks sees
    of it that it is there. Only an administrator's command makes a source live, or ends
    it: it takes part no more then, and nothing of it is shown.
    """

    TRIAL = "trial"
    LIVE = "live"
    ENDED = "ended"
