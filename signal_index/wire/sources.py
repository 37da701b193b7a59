"""How a source stands at the index: in trial, or live."""

from __future__ import annotations

from enum import StrEnum


class SourceState(StrEnum):
    """Whether what a source publishes is shown to anybody.

    In trial it is stored, counted and told to the source itself; nobody who looks sees
    of it that it is there. Only an administrator's command makes a source live.
    """

    TRIAL = "trial"
    LIVE = "live"
