"""What a profile or a settings file may say: known names only, and nothing changes."""

from pydantic import BaseModel, ConfigDict


class ClosedRow(BaseModel):
    """A part of a file that an agency writes; a name that we do not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
