"""A match: two sources that signal the same person hear of each other's contact holder.

    publication ──> box (one a signal, somebody there or not, of one length)
    daily run   ──> opens all boxes, finds, decides, records; a sheet and as many
                    notices for each source that takes part, found or not
    source      ──> reads its sheets; an act on a match is one step more

- A box is sealed under a key of its own for the days until it is opened; what found
  nobody leaves nothing.
- A sheet is sealed at the same length for every source of the day; a step stands under
  a name that only the key gives. Nothing in the clear pairs the two sides of a match.
- Nothing here reads or writes: `signal_index.store.matches`, `match_finding` do.

Decision: docs/decisions/0048-a-match-is-found-once-a-day.md
"""

from signal_index.matching.boxes import (
    BOX_DAYS,
    BoxAt,
    MatchBox,
    MatchRows,
    box_row,
    derive_match_rows,
    open_match_box,
    pick_names,
    seal_match_box,
)
from signal_index.matching.permits import (
    Permits,
    Signalled,
    find_partners,
    is_open,
)
from signal_index.matching.sheets import (
    MatchSide,
    SheetAt,
    SignalAt,
    SignalOf,
    open_sheet,
    reseal_sheet,
    seal_sheets,
    take_bracket,
)
from signal_index.matching.standing import SignalNow, stands
from signal_index.matching.steps import (
    STEPS_AT_MOST,
    MatchAct,
    MatchState,
    Stage,
    Step,
    Tally,
    advance,
    decide_step,
    derive_case_handle,
    derive_step_handle,
    derive_tally_handle,
    fold_steps,
    open_case,
    open_step,
    open_tally,
    seal_case,
    seal_step,
    seal_tally,
)

__all__ = [
    "BOX_DAYS",
    "STEPS_AT_MOST",
    "BoxAt",
    "MatchAct",
    "MatchBox",
    "MatchRows",
    "MatchSide",
    "MatchState",
    "Permits",
    "SheetAt",
    "SignalAt",
    "SignalNow",
    "SignalOf",
    "Signalled",
    "Stage",
    "Step",
    "Tally",
    "advance",
    "box_row",
    "decide_step",
    "derive_case_handle",
    "derive_match_rows",
    "derive_step_handle",
    "derive_tally_handle",
    "find_partners",
    "fold_steps",
    "is_open",
    "open_case",
    "open_match_box",
    "open_sheet",
    "open_step",
    "open_tally",
    "pick_names",
    "reseal_sheet",
    "seal_case",
    "seal_match_box",
    "seal_sheets",
    "seal_step",
    "seal_tally",
    "stands",
    "take_bracket",
]
