"""What a key holder says of its own record after a backup was put back.

The holder keeps and signs it (`keys.holder.restoring`), statements carry it
(`keys.statement`), reconciling judges it (`signal_index.reconcile.restored`).
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


def instant_of(seconds: int) -> datetime:
    """Give the instant of a moment in Unix time."""
    return datetime.fromtimestamp(seconds, UTC)


RestoredBecause = Literal["disk-lost", "machine-lost", "damaged", "mistake", "exercise"]
_Seconds = Annotated[int, Field(strict=True, ge=0, lt=2**40)]


class Restoration(BaseModel):
    """What a holder says once of a backup that was put back, in seconds of Unix time.

    Its record lacks what it gave between `since` and `until`; it said so at `said_at`.
    Whether that can be so is for who reads it: `signal_index.reconcile.restored`.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True
    )

    since: _Seconds
    until: _Seconds
    said_at: _Seconds
    because: RestoredBecause
