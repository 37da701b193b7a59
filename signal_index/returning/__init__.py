"""What comes back to whoever signalled: boxes on the way, and the notices they become.

    lookup ──> box (one a person asked about, hit or miss, always of one length)
    leader ──> opens boxes, mixes, writes notices (one for each source that takes part:
               about its signal, or a cover that says nothing), erases boxes

- Both are sealed under keys derived from the year's disclosure key and have one length;
  which signals a lookup showed, or whether it showed any, cannot be seen from outside.
- A notice is addressed by the source's own reference alone.
- Nothing here reads or writes; `signal_index.store.notices` does.
"""

from signal_index.returning.bodies import (
    BODY_BYTES,
    PASSED_AT_MOST,
    SIGNALS_AT_MOST,
    Between,
    Body,
    NoticeKind,
    Shown,
    Step,
    derive_answer,
    derive_name,
    derive_once,
    derive_step,
    open_body,
    open_step,
    seal_body,
    seal_step,
)
from signal_index.returning.boxes import (
    BOX_BYTES,
    CALLED,
    BoxContent,
    CallBack,
    LookedUp,
    Mark,
    Passed,
    SaidOutcome,
    SealedBox,
    Told,
    box_row,
    open_box,
    parse_call_back,
    seal_box,
)

__all__ = [
    "BODY_BYTES",
    "BOX_BYTES",
    "CALLED",
    "PASSED_AT_MOST",
    "SIGNALS_AT_MOST",
    "Between",
    "Body",
    "BoxContent",
    "CallBack",
    "LookedUp",
    "Mark",
    "NoticeKind",
    "Passed",
    "SaidOutcome",
    "SealedBox",
    "Shown",
    "Step",
    "Told",
    "box_row",
    "derive_answer",
    "derive_name",
    "derive_once",
    "derive_step",
    "open_body",
    "open_box",
    "open_step",
    "parse_call_back",
    "seal_body",
    "seal_box",
    "seal_step",
]
