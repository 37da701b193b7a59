"""The tables of the outbox, in full, and how an older outbox becomes a newer one.

A step that was released is never changed: what comes later is a step of its own.
"""

from typing import Final

from sources.outbox.held_schema import HELD

PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",  # KiB: keyed hashes arrive in no order
)

_FIRST: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'delta')),
  file_mark BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reading', 'planned', 'closed')),
  categories TEXT NOT NULL,
  municipalities TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  read INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_delivery_at_a_time ON delivery ((1)) WHERE state <> 'closed';

CREATE TABLE contact (
  id TEXT PRIMARY KEY,
  mark BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'refused'))
) STRICT;

CREATE TABLE staged (
  case_key BLOB PRIMARY KEY,
  event TEXT NOT NULL CHECK (event IN ('open', 'kept')),
  line INTEGER,
  record TEXT,
  person BLOB,
  fingerprint BLOB,
  category TEXT,
  municipality TEXT,
  contact TEXT REFERENCES contact,
  valid_from TEXT,
  valid_limit TEXT,
  informed_code TEXT,
  informed_on TEXT,
  sealed BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE staged_closing (
  case_key BLOB PRIMARY KEY,
  closed_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signal (
  case_key BLOB PRIMARY KEY,
  profile TEXT NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  person BLOB NOT NULL,
  fingerprint BLOB NOT NULL,
  category TEXT NOT NULL,
  municipality TEXT NOT NULL,
  valid_until TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (id TEXT PRIMARY KEY, signed_at TEXT NOT NULL) STRICT;

CREATE TABLE work (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('sealed', 'ready', 'sending')),
  action TEXT NOT NULL CHECK (action IN ('publish', 'withdraw')),
  case_key BLOB NOT NULL,
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
  valid_until TEXT,
  informed_code TEXT,
  informed_on TEXT,
  reason TEXT,
  reason_on TEXT,
  key_version INTEGER,
  sealed BLOB,
  batch TEXT REFERENCES batch
) STRICT;
CREATE INDEX work_by_state ON work (state, id);
CREATE INDEX work_by_batch ON work (batch) WHERE batch IS NOT NULL;

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

# Records that are messages: when each was written, since they arrive in any order; and
# events that were received but not read yet, sealed, each once (`mark`).
_MESSAGES: Final = """
ALTER TABLE staged ADD COLUMN told_at TEXT NOT NULL DEFAULT '';
ALTER TABLE staged_closing ADD COLUMN reason TEXT NOT NULL DEFAULT 'ended';
ALTER TABLE staged_closing ADD COLUMN told_at TEXT NOT NULL DEFAULT '';

CREATE TABLE last_word (
  case_key BLOB PRIMARY KEY,
  told_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  feed TEXT NOT NULL,
  mark BLOB NOT NULL UNIQUE,
  sealed BLOB
) STRICT;
CREATE INDEX event_waiting ON event (feed, id) WHERE sealed IS NOT NULL;
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

# Who was evaluated this week, sealed; and signals at the index that no case here names
# any more, which the next full delivery takes back.
_CORRECTING: Final = """
CREATE TABLE evaluated (
  person BLOB PRIMARY KEY,
  key_version INTEGER NOT NULL,
  evaluated_on TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stray (
  reference TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  category TEXT NOT NULL,
  municipality TEXT NOT NULL
) STRICT, WITHOUT ROWID;

DELETE FROM meta WHERE name LIKE 'known:%';
"""

# Who was sought in the population register, and what came of it (`why` is empty where
# somebody was found): sealed, until a day. And how much was asked on a day.
_BRP: Final = """
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

# Which profiles deliver here, and by what name their cases are marked: the first one.
_REGISTRATIONS: Final = """
CREATE TABLE registration (
  profile TEXT PRIMARY KEY,
  marked_as TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO registration SELECT profile, profile FROM (
  SELECT profile FROM signal UNION SELECT profile FROM delivery);
"""

# Where the records of a delivery went that are no signal now, and how many known cases
# got another person by it.
_FATES: Final = """
ALTER TABLE delivery ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN persons INTEGER NOT NULL DEFAULT 0;
"""

# Deliveries of which nothing was told: counts, and how each ended.
_LET_GO: Final = """
CREATE TABLE let_go (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  kind TEXT NOT NULL,
  ends TEXT NOT NULL,
  read INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  how TEXT NOT NULL CHECK (how IN ('dropped', 'replaced', 'outdated', 'abandoned'))
) STRICT, WITHOUT ROWID;
"""

STEPS: Final = (
    _FIRST,
    _MESSAGES,
    _EVIDENCE,
    _CORRECTING,
    _BRP,
    HELD,
    _REGISTRATIONS,
    _FATES,
    _LET_GO,
)
