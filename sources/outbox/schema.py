"""The tables of the outbox, in full, and how an older outbox becomes a newer one.

A step that was released is never changed: what comes later is a step of its own.
"""

from typing import Final

PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",  # KiB: keyed hashes arrive in no order
)

# Which profiles deliver here, and by what name their cases are marked: the first one.
_DELIVERIES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE registration (
  profile TEXT PRIMARY KEY,
  marked_as TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'delta')),
  file_mark BLOB NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('reading', 'held', 'planned', 'parked', 'closed')),
  categories TEXT NOT NULL,
  municipalities TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  read INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  ended INTEGER NOT NULL DEFAULT 0,
  ignored INTEGER NOT NULL DEFAULT 0,
  not_begun INTEGER NOT NULL DEFAULT 0,
  not_begun_told INTEGER NOT NULL DEFAULT 0,
  persons INTEGER NOT NULL DEFAULT 0,
  contacts INTEGER NOT NULL DEFAULT 0,
  unplaced INTEGER NOT NULL DEFAULT 0,
  spared INTEGER NOT NULL DEFAULT 0,
  swallowed INTEGER NOT NULL DEFAULT 0,
  overtaken INTEGER NOT NULL DEFAULT 0,
  though_open INTEGER NOT NULL DEFAULT 0,
  standing INTEGER NOT NULL DEFAULT 0,
  passed TEXT NOT NULL DEFAULT '[]',
  written TEXT NOT NULL DEFAULT '',
  empty INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_delivery_at_a_time ON delivery ((1))
  WHERE state IN ('reading', 'planned');
CREATE UNIQUE INDEX one_held_of_a_profile ON delivery (profile) WHERE state = 'held';

CREATE TABLE reject (
  delivery TEXT NOT NULL REFERENCES delivery,
  line INTEGER,
  record TEXT NOT NULL,
  field TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX reject_by_delivery ON reject (delivery);
"""

# Deliveries of which nothing was told: counts, and how each ended. Of a file that was
# refused whole: what it was, without its name, and why, sealed.
_LET_GO: Final = """
CREATE TABLE let_go (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  kind TEXT NOT NULL,
  ends TEXT NOT NULL,
  read INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  how TEXT NOT NULL CHECK (
    how IN ('dropped', 'replaced', 'outdated', 'abandoned', 'refused')),
  about TEXT NOT NULL DEFAULT '',
  said BLOB
) STRICT, WITHOUT ROWID;
"""

# Cases of changes that were never told, until a later delivery names them.
_OWED: Final = """
CREATE TABLE owed_case (
  delivery TEXT NOT NULL,
  profile TEXT NOT NULL,
  case_key BLOB NOT NULL,
  line INTEGER,
  name BLOB,
  PRIMARY KEY (delivery, case_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_by_profile ON owed_case (profile, case_key);
"""

# What is read of a delivery until it is planned. A case is known by its number and,
# where one number has several provisions, by whose and since when each is (`part`);
# `told_at` is when a message was written, since they arrive in any order.
_CASE: Final = """
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('open', 'kept', 'doubtful', 'not-begun')),
  line INTEGER,
  record TEXT,
  person BLOB,
  fingerprint BLOB,
  category TEXT,
  municipality TEXT,
  contact TEXT,
  valid_from TEXT,
  valid_limit TEXT,
  informed_code TEXT,
  informed_on TEXT,
  sealed BLOB,
  told_at TEXT NOT NULL"""
_CLOSING: Final = """
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  line INTEGER,
  record TEXT NOT NULL,
  closed_on TEXT NOT NULL,
  reason TEXT NOT NULL,
  told_at TEXT NOT NULL,
  though_open INTEGER NOT NULL"""
_STAGED: Final = f"""
CREATE TABLE staged ({_CASE},
  PRIMARY KEY (case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE staged_closing ({_CLOSING},
  PRIMARY KEY (case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE staged_contact (
  id TEXT PRIMARY KEY,
  mark BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pairing (
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  told_part BLOB NOT NULL,
  PRIMARY KEY (case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE last_word (
  case_key BLOB PRIMARY KEY,
  told_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE turnover (
  profile TEXT NOT NULL,
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('came', 'went', 'left')),
  noted TEXT NOT NULL,
  PRIMARY KEY (profile, case_key, part, way)
) STRICT, WITHOUT ROWID;
"""

# The same of a delivery that somebody must look at, beside those of other profiles.
_HELD: Final = f"""
CREATE TABLE held (
  delivery TEXT PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
  held_at TEXT NOT NULL,
  months INTEGER NOT NULL,
  findings TEXT NOT NULL,
  said BLOB NOT NULL,
  digest BLOB NOT NULL,
  approved INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE held_case (
  delivery TEXT NOT NULL REFERENCES held ON DELETE CASCADE,{_CASE},
  PRIMARY KEY (delivery, case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE held_closing (
  delivery TEXT NOT NULL REFERENCES held ON DELETE CASCADE,{_CLOSING},
  PRIMARY KEY (delivery, case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE held_contact (
  delivery TEXT NOT NULL REFERENCES held ON DELETE CASCADE,
  id TEXT NOT NULL,
  mark BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (delivery, id)
) STRICT, WITHOUT ROWID;
"""

# What the index was told and accepted; what is to be told; and signals at the index
# that no case here names any more, which the next full delivery takes back. Of those of
# an outbox that was lost the first day is known; of a leftover of ours it is empty.
_TOLD: Final = """
CREATE TABLE contact (
  id TEXT PRIMARY KEY,
  mark BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'refused')),
  refused_field TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE signal (
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  profile TEXT NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  person BLOB NOT NULL,
  fingerprint BLOB NOT NULL,
  category TEXT NOT NULL,
  municipality TEXT NOT NULL,
  contact TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_limit TEXT,
  valid_until TEXT NOT NULL,
  name BLOB,
  not_begun INTEGER NOT NULL DEFAULT 0,
  untaken INTEGER NOT NULL DEFAULT 0 CHECK (untaken IN (0, 1, 2)),
  PRIMARY KEY (case_key, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (id TEXT PRIMARY KEY, signed_at TEXT NOT NULL) STRICT;

CREATE TABLE work (
  id INTEGER PRIMARY KEY,
  delivery TEXT NOT NULL REFERENCES delivery,
  state TEXT NOT NULL CHECK (state IN ('sealed', 'ready', 'sending')),
  action TEXT NOT NULL CHECK (action IN ('publish', 'withdraw')),
  case_key BLOB NOT NULL,
  part BLOB NOT NULL DEFAULT x'',
  reference TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  line INTEGER,
  record TEXT,
  person BLOB,
  fingerprint BLOB,
  category TEXT NOT NULL,
  municipality TEXT NOT NULL,
  contact TEXT REFERENCES contact,
  valid_from TEXT,
  valid_limit TEXT,
  valid_until TEXT,
  informed_code TEXT,
  informed_on TEXT,
  reason TEXT,
  reason_on TEXT,
  replaced_by TEXT,
  key_version INTEGER,
  sealed BLOB,
  name BLOB,
  batch TEXT REFERENCES batch
) STRICT;
CREATE INDEX work_by_state ON work (delivery, state, id);
CREATE INDEX work_by_case ON work (case_key);
CREATE INDEX work_by_batch ON work (batch) WHERE batch IS NOT NULL;
CREATE INDEX work_by_replaced ON work (replaced_by) WHERE replaced_by IS NOT NULL;

CREATE TABLE stray (
  reference TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  category TEXT NOT NULL,
  municipality TEXT NOT NULL,
  valid_from TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

# Events that were received but not read yet, sealed, each once (`mark`). Who was
# evaluated this week, sealed. Who was sought in the population register, and what came
# of it (`why` is empty where somebody was found): sealed, until a day; and how much was
# asked on a day.
_SEALED: Final = """
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  feed TEXT NOT NULL,
  mark BLOB NOT NULL UNIQUE,
  sealed BLOB
) STRICT;
CREATE INDEX event_waiting ON event (feed, id) WHERE sealed IS NOT NULL;

CREATE TABLE evaluated (
  person BLOB PRIMARY KEY,
  key_version INTEGER NOT NULL,
  evaluated_on TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE brp_answer (
  mark BLOB PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  why TEXT NOT NULL,
  record TEXT NOT NULL,
  profile TEXT NOT NULL,
  sealed BLOB NOT NULL,
  until TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE brp_asked (day TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
"""

_EVIDENCE: Final = """
CREATE TABLE evidence (
  batch TEXT PRIMARY KEY,
  entry TEXT NOT NULL,
  token BLOB NOT NULL,
  settled_at TEXT NOT NULL,
  proof TEXT
) STRICT;
CREATE INDEX evidence_unproven ON evidence (settled_at) WHERE proof IS NULL;

CREATE TABLE evidence_item (
  reference TEXT NOT NULL,
  batch TEXT NOT NULL REFERENCES evidence ON DELETE CASCADE,
  PRIMARY KEY (reference, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_item_by_batch ON evidence_item (batch);
"""

# Known cases that were to get another flag, until that stands: of whom nothing is said,
# and what refused it.
_AWAITED: Final = """
CREATE TABLE awaited (
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  person BLOB NOT NULL,
  category TEXT NOT NULL,
  municipality TEXT NOT NULL,
  profile TEXT NOT NULL,
  former TEXT NOT NULL,
  other_person INTEGER NOT NULL,
  line INTEGER,
  name BLOB,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (case_key, part, person, category, municipality)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER awaited_stands AFTER INSERT ON signal
WHEN NEW.fingerprint <> zeroblob(32) BEGIN
  DELETE FROM awaited WHERE case_key = NEW.case_key AND part = NEW.part
  AND person = NEW.person AND category = NEW.category
  AND municipality = NEW.municipality;
END;
"""

_FIRST: Final = "".join(
    (
        _DELIVERIES,
        _LET_GO,
        _OWED,
        _STAGED,
        _HELD,
        _TOLD,
        _SEALED,
        _EVIDENCE,
        _AWAITED,
    )
)

# What came back from the index, sealed: with how the agency calls the case.
_NOTICES: Final = """
CREATE TABLE notice (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  heard_at TEXT NOT NULL,
  expires TEXT NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  mailed INTEGER NOT NULL DEFAULT 0,
  posted INTEGER NOT NULL DEFAULT 0,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""

# How the case of a signal that is gone was called, however it went: a notice about it
# may still come. `noted` is set when a delivery is closed, and counts its days.
_ENDED: Final = """
CREATE TABLE ended (
  reference TEXT PRIMARY KEY,
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  name BLOB,
  noted TEXT
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ended_gone AFTER DELETE ON signal BEGIN
  INSERT OR REPLACE INTO ended
  VALUES (OLD.reference, OLD.case_key, OLD.part, OLD.name, NULL);
END;
CREATE TRIGGER ended_replaced BEFORE INSERT ON signal BEGIN
  INSERT OR REPLACE INTO ended SELECT reference, case_key, part, name, NULL
  FROM signal WHERE case_key = NEW.case_key AND part = NEW.part
  AND reference <> NEW.reference;
END;
"""

# What a total row of the file says, where other than so many rows were read.
_TOTALS: Final = """
ALTER TABLE delivery ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
"""

STEPS: Final = (_FIRST, _NOTICES, _ENDED, _TOTALS)
