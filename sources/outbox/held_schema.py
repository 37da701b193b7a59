"""The step by which an outbox holds deliveries, and tells provisions of a case apart.

A delivery that somebody must look at waits as `held`, beside those of other profiles. A
case is known by its number and, where one number has several provisions, by whose and
since when each is (`part`); what was told before that has none, until it is read again.

SQLite changes no CHECK, so tables are made anew; what was staged is of a delivery that
is dropped anyhow.
"""

from typing import Final

HELD: Final = """
CREATE TABLE delivery_kept AS SELECT * FROM delivery;
CREATE TABLE reject_kept AS SELECT * FROM reject;
DROP TABLE reject;
DROP TABLE delivery;
CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'delta')),
  file_mark BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reading', 'held', 'planned', 'closed')),
  categories TEXT NOT NULL,
  municipalities TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  read INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  unplaced INTEGER NOT NULL DEFAULT 0,
  spared INTEGER NOT NULL DEFAULT 0,
  swallowed INTEGER NOT NULL DEFAULT 0,
  written TEXT NOT NULL DEFAULT '',
  empty INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO delivery (id, profile, kind, file_mark, state, categories, municipalities,
  starts, ends, read, accepted, unchanged, withdrawn, rejected)
  SELECT id, profile, kind, file_mark, state, categories, municipalities, starts, ends,
  read, accepted, unchanged, withdrawn, rejected FROM delivery_kept;
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
INSERT INTO reject SELECT * FROM reject_kept;
CREATE INDEX reject_by_delivery ON reject (delivery);
DROP TABLE reject_kept;
DROP TABLE delivery_kept;

DROP TABLE staged;
CREATE TABLE staged (
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('open', 'kept', 'doubtful')),
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
  told_at TEXT NOT NULL,
  PRIMARY KEY (case_key, part)
) STRICT, WITHOUT ROWID;
DROP TABLE staged_closing;
CREATE TABLE staged_closing (
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  closed_on TEXT NOT NULL,
  reason TEXT NOT NULL,
  told_at TEXT NOT NULL,
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
CREATE TABLE turnover (
  profile TEXT NOT NULL,
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('came', 'went')),
  PRIMARY KEY (profile, case_key, part, way)
) STRICT, WITHOUT ROWID;

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
  delivery TEXT NOT NULL REFERENCES held ON DELETE CASCADE,
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  event TEXT NOT NULL,
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
  told_at TEXT NOT NULL,
  PRIMARY KEY (delivery, case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE held_closing (
  delivery TEXT NOT NULL REFERENCES held ON DELETE CASCADE,
  case_key BLOB NOT NULL,
  part BLOB NOT NULL,
  closed_on TEXT NOT NULL,
  reason TEXT NOT NULL,
  told_at TEXT NOT NULL,
  PRIMARY KEY (delivery, case_key, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE held_contact (
  delivery TEXT NOT NULL REFERENCES held ON DELETE CASCADE,
  id TEXT NOT NULL,
  mark BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (delivery, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE signal_kept AS SELECT * FROM signal;
DROP TABLE signal;
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
  valid_until TEXT NOT NULL,
  contact TEXT,
  name BLOB,
  PRIMARY KEY (case_key, part)
) STRICT, WITHOUT ROWID;
INSERT INTO signal (case_key, part, profile, reference, version, person, fingerprint,
  category, municipality, valid_until)
  SELECT case_key, x'', profile, reference, version, person, fingerprint, category,
  municipality, valid_until FROM signal_kept;
DROP TABLE signal_kept;
ALTER TABLE work ADD COLUMN part BLOB NOT NULL DEFAULT x'';
ALTER TABLE work ADD COLUMN name BLOB;
DELETE FROM meta WHERE name LIKE 'known:%';
"""
