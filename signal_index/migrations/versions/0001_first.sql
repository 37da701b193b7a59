-- The tables of the index as revision 0001 makes them, in PostgreSQL's words; 0001_first.py tells SQLite's.
-- Frozen: what changes later is a later revision. What each table is for stands in signal_index/tables.

-- Who takes part, and what a municipality recorded about purposes and accounts.
CREATE TABLE organisation (
  oin CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, name VARCHAR(200) NOT NULL, kind VARCHAR(64) NOT NULL,
  registered_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_organisation PRIMARY KEY (oin),
  CONSTRAINT ck_organisation_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE TABLE admission (
  organisation CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, admitted_on DATE NOT NULL, by_role VARCHAR(200) NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_admission PRIMARY KEY (organisation, municipality),
  CONSTRAINT ck_admission_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CONSTRAINT fk_admission_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE client (
  client_id VARCHAR(200) NOT NULL, organisation CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL,
  kind VARCHAR(64) NOT NULL, registered_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_client PRIMARY KEY (client_id),
  CONSTRAINT ck_client_kind_known CHECK (kind IN ('person-facing', 'machine')),
  CONSTRAINT ck_client_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CONSTRAINT fk_client_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE signer (
  organisation CHAR(20) NOT NULL, kid VARCHAR(128) NOT NULL, municipality CHAR(4) NOT NULL, jwk TEXT NOT NULL,
  registered_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_signer PRIMARY KEY (organisation, kid),
  CONSTRAINT ck_signer_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CONSTRAINT fk_signer_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE source (
  oin CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, kind VARCHAR(64) NOT NULL,
  registered_at TIMESTAMPTZ NOT NULL, state VARCHAR(64) DEFAULT 'trial' NOT NULL, live_until TIMESTAMPTZ,
  by_hand BOOLEAN DEFAULT false NOT NULL,
  ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_source PRIMARY KEY (oin),
  CONSTRAINT ck_source_state_known CHECK (state IN ('trial', 'live', 'ended')),
  CONSTRAINT ck_source_ended_state CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT ck_source_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CONSTRAINT fk_source_oin FOREIGN KEY (oin) REFERENCES organisation (oin)
);
CREATE TABLE source_submitter (
  source CHAR(20) NOT NULL, submitter CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL,
  CONSTRAINT pk_source_submitter PRIMARY KEY (source, submitter),
  CONSTRAINT fk_source_submitter_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_source_submitter_submitter FOREIGN KEY (submitter) REFERENCES organisation (oin)
);
CREATE TABLE coverage (
  municipality CHAR(4) NOT NULL, category VARCHAR(64) NOT NULL, source CHAR(20) NOT NULL,
  rhythm_days INTEGER NOT NULL, active BOOLEAN NOT NULL, last_heard TIMESTAMPTZ,
  CONSTRAINT pk_coverage PRIMARY KEY (municipality, category, source),
  CONSTRAINT ck_coverage_rhythm_is_positive CHECK (rhythm_days > 0),
  CONSTRAINT fk_coverage_source FOREIGN KEY (source) REFERENCES source (oin)
);
CREATE TABLE contact_holder (
  id UUID NOT NULL, organisation CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, details JSON NOT NULL,
  last_verified DATE NOT NULL, updated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_contact_holder PRIMARY KEY (id),
  CONSTRAINT uq_contact_holder_organisation_id UNIQUE (organisation, id),
  CONSTRAINT fk_contact_holder_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE contact_label (
  organisation CHAR(20) NOT NULL, label VARCHAR(60) NOT NULL, municipality CHAR(4) NOT NULL,
  by_role VARCHAR(200) NOT NULL, approved_on DATE NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_contact_label PRIMARY KEY (organisation, label),
  CONSTRAINT ck_contact_label_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CONSTRAINT fk_contact_label_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE agent_status (
  organisation CHAR(20) NOT NULL, agent VARCHAR(64) NOT NULL, municipality CHAR(4) NOT NULL, status JSON NOT NULL,
  reported_at TIMESTAMPTZ NOT NULL, answers JSON DEFAULT '[]' NOT NULL, unsent JSON DEFAULT '[]' NOT NULL,
  CONSTRAINT pk_agent_status PRIMARY KEY (organisation, agent),
  CONSTRAINT fk_agent_status_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE establishment (
  municipality CHAR(4) NOT NULL, opens VARCHAR(64) NOT NULL, established_on DATE NOT NULL,
  by_role VARCHAR(200) NOT NULL, staatsblad VARCHAR(64), recorded_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_establishment PRIMARY KEY (municipality, opens, established_on)
);
CREATE TABLE account_suspension (
  organisation CHAR(20) NOT NULL, subject VARCHAR(255) NOT NULL, municipality CHAR(4) NOT NULL,
  suspended_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_account_suspension PRIMARY KEY (organisation, subject),
  CONSTRAINT fk_account_suspension_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE key_config (
  serial INTEGER NOT NULL, key_version INTEGER NOT NULL, epoch INTEGER NOT NULL, digest BYTEA NOT NULL,
  document TEXT NOT NULL, accepted_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_key_config PRIMARY KEY (serial)
);
CREATE TABLE sharing_use (
  key_version INTEGER NOT NULL, epoch INTEGER NOT NULL, asked_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_sharing_use PRIMARY KEY (key_version, epoch)
);
CREATE TABLE row_key_use (
  number INTEGER NOT NULL, check_value BYTEA NOT NULL, state VARCHAR(64) NOT NULL, since TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_row_key_use PRIMARY KEY (number),
  CONSTRAINT ck_row_key_use_state_known CHECK (state IN ('announced', 'required', 'current', 'leaving', 'closed'))
);
CREATE TABLE ceremony_record (
  transcript BYTEA NOT NULL, kind VARCHAR(32) NOT NULL, document TEXT NOT NULL, kept_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_ceremony_record PRIMARY KEY (transcript)
);
CREATE TABLE policy_activation (
  digest VARCHAR(64) NOT NULL, activated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_policy_activation PRIMARY KEY (digest)
);

-- Signals, what remains after one is withdrawn, and what sources handed in.
CREATE TABLE signal (
  row_key BYTEA NOT NULL, id UUID NOT NULL, seal BYTEA NOT NULL, key_version INTEGER NOT NULL,
  source CHAR(20) NOT NULL, submitted_by CHAR(20) NOT NULL, reference UUID NOT NULL, version INTEGER NOT NULL,
  notice_digest BYTEA NOT NULL, category VARCHAR(64) NOT NULL, municipality CHAR(4) NOT NULL,
  contact_holder UUID NOT NULL, valid_from DATE NOT NULL, valid_until DATE NOT NULL,
  informed_code VARCHAR(64) NOT NULL, informed_on DATE NOT NULL, state VARCHAR(10) NOT NULL,
  confirmed_on DATE NOT NULL, ended_on DATE, outbox UUID, by_hand BOOLEAN DEFAULT false NOT NULL,
  taken_over_from CHAR(20), taken_over_on DATE, untold BOOLEAN DEFAULT false NOT NULL,
  CONSTRAINT pk_signal PRIMARY KEY (row_key, id) INCLUDE (municipality, category, state, source, contact_holder,
    valid_from, valid_until, ended_on, confirmed_on, reference),
  CONSTRAINT uq_signal_source_reference UNIQUE (source, reference),
  CONSTRAINT ck_signal_state_known CHECK (state IN ('active', 'ended', 'restricted')),
  CONSTRAINT ck_signal_version_is_positive CHECK (version >= 1),
  CONSTRAINT ck_signal_ended_has_day CHECK ((state = 'ended') = (ended_on IS NOT NULL)),
  CONSTRAINT ck_signal_row_key_length CHECK (length(row_key) = 16),
  CONSTRAINT ck_signal_seal_length CHECK (length(seal) = 32),
  CONSTRAINT fk_signal_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_signal_submitted_by FOREIGN KEY (submitted_by) REFERENCES organisation (oin),
  CONSTRAINT fk_signal_contact_holder FOREIGN KEY (contact_holder) REFERENCES contact_holder (id)
);
CREATE INDEX ix_signal_confirmed_on ON signal (confirmed_on);
CREATE INDEX ix_signal_ended_on ON signal (ended_on) WHERE ended_on IS NOT NULL;
CREATE INDEX ix_signal_valid_until ON signal (valid_until);
CREATE TABLE evidence (
  id UUID NOT NULL, kind VARCHAR(64) NOT NULL, submitted_by CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL,
  entry_id UUID NOT NULL, received_at TIMESTAMPTZ NOT NULL, jws TEXT NOT NULL,
  CONSTRAINT pk_evidence PRIMARY KEY (id),
  CONSTRAINT fk_evidence_submitted_by FOREIGN KEY (submitted_by) REFERENCES organisation (oin)
);
CREATE INDEX ix_evidence_received_at ON evidence (received_at);
CREATE TABLE delivery (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, category VARCHAR(64) NOT NULL, source CHAR(20) NOT NULL,
  submitted_by CHAR(20) NOT NULL, kind VARCHAR(64) NOT NULL, period_from TIMESTAMPTZ NOT NULL,
  period_until TIMESTAMPTZ NOT NULL, counts JSON NOT NULL, closed_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_delivery PRIMARY KEY (id, municipality, category),
  CONSTRAINT fk_delivery_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_delivery_submitted_by FOREIGN KEY (submitted_by) REFERENCES organisation (oin)
);
CREATE INDEX ix_delivery_closed_at ON delivery (closed_at);

-- What a lookup leaves behind beside its ledger entries.
CREATE TABLE spent_ticket (
  jti UUID NOT NULL, until TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_spent_ticket PRIMARY KEY (jti)
);
CREATE INDEX ix_spent_ticket_until ON spent_ticket (until);
CREATE TABLE lookup_repeat (
  req BYTEA NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, subject VARCHAR(255) NOT NULL,
  body_digest BYTEA NOT NULL, until TIMESTAMPTZ NOT NULL,
  repeats INTEGER DEFAULT 0 NOT NULL,
  CONSTRAINT pk_lookup_repeat PRIMARY KEY (req),
  CONSTRAINT ck_lookup_repeat_three_at_most CHECK (repeats <= 3)
);
CREATE INDEX ix_lookup_repeat_until ON lookup_repeat (until);
CREATE TABLE lookup_outcome (
  id BYTEA NOT NULL, municipality CHAR(4) NOT NULL, year INTEGER NOT NULL, sealed BYTEA NOT NULL,
  CONSTRAINT pk_lookup_outcome PRIMARY KEY (id)
);

-- The ledger: entries, the trees over them, and what may be erased.
CREATE TABLE ledger_entry (
  entry_id UUID NOT NULL, year INTEGER NOT NULL, kind VARCHAR(32) NOT NULL, organisation CHAR(20),
  municipality CHAR(4), recorded_at TIMESTAMPTZ NOT NULL, leaf BYTEA NOT NULL,
  CONSTRAINT pk_ledger_entry PRIMARY KEY (entry_id)
);
CREATE INDEX ix_ledger_entry_keys ON ledger_entry (entry_id) WHERE kind = 'key';
CREATE INDEX ix_ledger_entry_municipality ON ledger_entry (municipality, entry_id);
CREATE INDEX ix_ledger_entry_officers ON ledger_entry (municipality, entry_id)
  WHERE kind IN ('policy', 'completeness', 'search', 'report', 'review', 'approval', 'access-request', 'citizen-report', 'correction', 'embargo');
CREATE INDEX ix_ledger_entry_organisation ON ledger_entry (organisation, entry_id);
CREATE TABLE ledger_disclosure (
  entry_id UUID NOT NULL, year INTEGER NOT NULL, municipality CHAR(4), sealed BYTEA NOT NULL, find_user BYTEA,
  find_team BYTEA, find_case BYTEA, find_person BYTEA, find_purpose BYTEA, find_outcome BYTEA, find_break_glass BYTEA,
  CONSTRAINT pk_ledger_disclosure PRIMARY KEY (entry_id),
  CONSTRAINT fk_ledger_disclosure_entry_id FOREIGN KEY (entry_id) REFERENCES ledger_entry (entry_id)
);
CREATE INDEX ix_ledger_disclosure_find_break_glass ON ledger_disclosure (find_break_glass, entry_id)
  WHERE find_break_glass IS NOT NULL;
CREATE INDEX ix_ledger_disclosure_find_case ON ledger_disclosure (find_case, entry_id);
CREATE INDEX ix_ledger_disclosure_find_outcome ON ledger_disclosure (find_outcome, entry_id)
  WHERE find_outcome IS NOT NULL;
CREATE INDEX ix_ledger_disclosure_find_person ON ledger_disclosure (find_person, entry_id);
CREATE INDEX ix_ledger_disclosure_find_purpose ON ledger_disclosure (find_purpose, entry_id);
CREATE INDEX ix_ledger_disclosure_find_team ON ledger_disclosure (find_team, entry_id);
CREATE INDEX ix_ledger_disclosure_find_user ON ledger_disclosure (find_user, entry_id);
CREATE TABLE ledger_pending (
  arrived BIGINT GENERATED BY DEFAULT AS IDENTITY NOT NULL, entry_id UUID NOT NULL, year INTEGER NOT NULL,
  CONSTRAINT pk_ledger_pending PRIMARY KEY (arrived),
  CONSTRAINT uq_ledger_pending_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_ledger_pending_entry_id FOREIGN KEY (entry_id) REFERENCES ledger_entry (entry_id)
);
CREATE TABLE ledger_person (
  year INTEGER NOT NULL, find_person BYTEA NOT NULL, number INTEGER NOT NULL,
  CONSTRAINT pk_ledger_person PRIMARY KEY (year, find_person)
);
CREATE TABLE ledger_tree (
  year INTEGER NOT NULL, origin TEXT NOT NULL, size BIGINT NOT NULL,
  CONSTRAINT pk_ledger_tree PRIMARY KEY (year),
  CONSTRAINT ck_ledger_tree_size CHECK (size >= 0),
  CONSTRAINT uq_ledger_tree_origin UNIQUE (origin)
);
CREATE TABLE ledger_leaf (
  year INTEGER NOT NULL, position BIGINT NOT NULL, entry_id UUID NOT NULL, leaf_hash BYTEA NOT NULL,
  CONSTRAINT pk_ledger_leaf PRIMARY KEY (year, position),
  CONSTRAINT uq_ledger_leaf_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_ledger_leaf_year FOREIGN KEY (year) REFERENCES ledger_tree (year),
  CONSTRAINT fk_ledger_leaf_entry_id FOREIGN KEY (entry_id) REFERENCES ledger_entry (entry_id)
);
CREATE TABLE ledger_tile (
  year INTEGER NOT NULL, level INTEGER NOT NULL, position BIGINT NOT NULL, hashes BYTEA NOT NULL, root BYTEA NOT NULL,
  CONSTRAINT pk_ledger_tile PRIMARY KEY (year, level, position),
  CONSTRAINT fk_ledger_tile_year FOREIGN KEY (year) REFERENCES ledger_tree (year)
);
CREATE TABLE ledger_checkpoint (
  year INTEGER NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL, signed_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_ledger_checkpoint PRIMARY KEY (year, size),
  CONSTRAINT fk_ledger_checkpoint_year FOREIGN KEY (year) REFERENCES ledger_tree (year)
);

-- What witnesses cosigned last, and ledgers that took another's place.
CREATE TABLE ledger_witnessed (
  year INTEGER NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL, witnessed_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_ledger_witnessed PRIMARY KEY (year),
  CONSTRAINT fk_ledger_witnessed_year FOREIGN KEY (year) REFERENCES ledger_tree (year)
);
CREATE TABLE ledger_hour (
  year INTEGER NOT NULL, hour INTEGER NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL,
  CONSTRAINT pk_ledger_hour PRIMARY KEY (year, hour),
  CONSTRAINT fk_ledger_hour_year FOREIGN KEY (year) REFERENCES ledger_tree (year)
);
CREATE TABLE ledger_refusal (
  one INTEGER NOT NULL, reason TEXT NOT NULL, refused_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_ledger_refusal PRIMARY KEY (one)
);
CREATE TABLE ledger_succession (
  generation INTEGER NOT NULL, origin TEXT NOT NULL, entry_id UUID NOT NULL, succeeded_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_ledger_succession PRIMARY KEY (generation),
  CONSTRAINT uq_ledger_succession_origin UNIQUE (origin),
  CONSTRAINT fk_ledger_succession_entry_id FOREIGN KEY (entry_id) REFERENCES ledger_entry (entry_id)
);

-- Second pairs of eyes.
CREATE TABLE approval (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, kind VARCHAR(64) NOT NULL,
  title_code VARCHAR(64) NOT NULL, digest BYTEA NOT NULL, needs_role VARCHAR(64), requested_by VARCHAR(255) NOT NULL,
  requester_has_role BOOLEAN NOT NULL, requested_at TIMESTAMPTZ NOT NULL, expires_at TIMESTAMPTZ NOT NULL,
  state VARCHAR(64) NOT NULL, decided_by VARCHAR(255), decided_in CHAR(20), decider_has_role BOOLEAN,
  decided_at TIMESTAMPTZ, reason VARCHAR(64), signature BYTEA NOT NULL,
  CONSTRAINT pk_approval PRIMARY KEY (id),
  CONSTRAINT ck_approval_by_another_person CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <>
    requested_by)),
  CONSTRAINT ck_approval_by_the_role_it_needs CHECK (state <> 'approved' OR needs_role IS NULL OR
    requester_has_role OR (decider_has_role IS NOT NULL AND decider_has_role)),
  CONSTRAINT fk_approval_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin),
  CONSTRAINT fk_approval_decided_in FOREIGN KEY (decided_in) REFERENCES organisation (oin)
);
CREATE UNIQUE INDEX uq_approval_open ON approval (municipality, organisation, kind, digest) WHERE state = 'open';
CREATE TABLE contact_label_request (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, label VARCHAR(60) NOT NULL,
  approval_id UUID NOT NULL, asked_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ, ended_because VARCHAR(64),
  CONSTRAINT pk_contact_label_request PRIMARY KEY (id),
  CONSTRAINT ck_contact_label_request_ended_with_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CONSTRAINT fk_contact_label_request_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin),
  CONSTRAINT fk_contact_label_request_approval_id FOREIGN KEY (approval_id) REFERENCES approval (id)
);
CREATE INDEX ix_contact_label_request_municipality_id ON contact_label_request (municipality, id);
CREATE INDEX ix_contact_label_request_organisation ON contact_label_request (organisation);

-- Requests of citizens, embargoes and corrections.
CREATE TABLE access_request (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, reference CHAR(7) NOT NULL,
  identity_check VARCHAR(64) NOT NULL, received_on DATE NOT NULL, due_on DATE NOT NULL, extension VARCHAR(64),
  reported_at TIMESTAMPTZ, person_key BYTEA, person_seal BYTEA, closing VARCHAR(64), closed_at TIMESTAMPTZ,
  CONSTRAINT pk_access_request PRIMARY KEY (id),
  CONSTRAINT ck_access_request_person_while_reported_and_open CHECK (person_key IS NULL OR (reported_at IS NOT NULL AND closed_at IS NULL)),
  CONSTRAINT ck_access_request_person_key_length CHECK (length(person_key) = 16),
  CONSTRAINT ck_access_request_person_with_a_seal CHECK ((person_key IS NULL) = (person_seal IS NULL)),
  CONSTRAINT ck_access_request_closed_with_a_reason CHECK ((closing IS NULL) = (closed_at IS NULL)),
  CONSTRAINT fk_access_request_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE INDEX ix_access_request_closed_at ON access_request (closed_at);
CREATE INDEX ix_access_request_municipality_id ON access_request (municipality, id);
CREATE TABLE embargo (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, reference CHAR(7) NOT NULL,
  row_key BYTEA NOT NULL, seal BYTEA NOT NULL, key_version INTEGER NOT NULL, categories JSON NOT NULL,
  reason VARCHAR(64) NOT NULL, until DATE NOT NULL, placed_at TIMESTAMPTZ NOT NULL, approval_id UUID NOT NULL,
  stamp BYTEA NOT NULL,
  CONSTRAINT pk_embargo PRIMARY KEY (id),
  CONSTRAINT ck_embargo_row_key_length CHECK (length(row_key) = 16),
  CONSTRAINT ck_embargo_seal_length CHECK (length(seal) = 32),
  CONSTRAINT fk_embargo_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin),
  CONSTRAINT fk_embargo_approval_id FOREIGN KEY (approval_id) REFERENCES approval (id)
);
CREATE INDEX ix_embargo_municipality_id ON embargo (municipality, id);
CREATE INDEX ix_embargo_row_key ON embargo (row_key);
CREATE INDEX ix_embargo_until ON embargo (until);
CREATE TABLE embargo_step (
  embargo UUID NOT NULL, stamp BYTEA NOT NULL, step VARCHAR(64) NOT NULL, reason VARCHAR(64), at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_embargo_step PRIMARY KEY (embargo, stamp),
  CONSTRAINT fk_embargo_step_embargo FOREIGN KEY (embargo) REFERENCES embargo (id) ON DELETE CASCADE
);
CREATE TABLE correction (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, reference CHAR(7) NOT NULL,
  source CHAR(20) NOT NULL, disputed_source CHAR(20) NOT NULL, submitted_by CHAR(20) NOT NULL, signal_reference UUID NOT NULL,
  row_key BYTEA NOT NULL, seal BYTEA, category VARCHAR(64) NOT NULL, reason VARCHAR(64) NOT NULL, received_on DATE NOT NULL, due_on DATE NOT NULL,
  entered_on DATE NOT NULL, restricted_on DATE, released_on DATE, answer VARCHAR(64),
  answered_on DATE, answers_before JSON NOT NULL, told_on DATE,
  CONSTRAINT pk_correction PRIMARY KEY (id),
  CONSTRAINT ck_correction_answered_with_a_code CHECK ((answer IS NULL) = (answered_on IS NULL)),
  CONSTRAINT ck_correction_released_after_the_answer CHECK (released_on IS NULL OR (restricted_on IS NOT NULL AND
    answer IS NOT NULL)),
  CONSTRAINT ck_correction_row_key_length CHECK (length(row_key) = 16),
  CONSTRAINT ck_correction_told_after_the_answer CHECK (answer IS NOT NULL OR told_on IS NULL),
  CONSTRAINT fk_correction_disputed_source FOREIGN KEY (disputed_source) REFERENCES source (oin),
  CONSTRAINT fk_correction_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin),
  CONSTRAINT fk_correction_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_correction_submitted_by FOREIGN KEY (submitted_by) REFERENCES organisation (oin)
);
CREATE INDEX ix_correction_answered_on ON correction (answered_on);
CREATE INDEX ix_correction_municipality_entered_on_id ON correction (municipality, entered_on, id);
CREATE INDEX ix_correction_row_key ON correction (row_key);
CREATE INDEX ix_correction_source_entered_on_id ON correction (source, entered_on, id);
CREATE INDEX ix_correction_submitted_by_entered_on_id ON correction (submitted_by, entered_on, id);
CREATE UNIQUE INDEX uq_correction_open ON correction (source, signal_reference) WHERE answer IS NULL;

-- Policies: proposed, approved and adopted.
CREATE TABLE policy_bundle (
  digest BYTEA NOT NULL, document TEXT NOT NULL, received_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_policy_bundle PRIMARY KEY (digest)
);
CREATE TABLE policy_proposal (
  approval UUID NOT NULL, municipality CHAR(4) NOT NULL, digest BYTEA NOT NULL, base BYTEA NOT NULL,
  CONSTRAINT pk_policy_proposal PRIMARY KEY (approval),
  CONSTRAINT fk_policy_proposal_approval FOREIGN KEY (approval) REFERENCES approval (id),
  CONSTRAINT fk_policy_proposal_digest FOREIGN KEY (digest) REFERENCES policy_bundle (digest)
);
CREATE TABLE policy_adoption (
  municipality CHAR(4) NOT NULL, serial INTEGER NOT NULL, digest BYTEA NOT NULL, approval UUID NOT NULL,
  activated_at TIMESTAMPTZ NOT NULL, statement TEXT NOT NULL,
  CONSTRAINT pk_policy_adoption PRIMARY KEY (municipality, serial),
  CONSTRAINT fk_policy_adoption_digest FOREIGN KEY (digest) REFERENCES policy_bundle (digest),
  CONSTRAINT uq_policy_adoption_approval UNIQUE (approval),
  CONSTRAINT fk_policy_adoption_approval FOREIGN KEY (approval) REFERENCES approval (id)
);

-- Days that were reconciled, what was found, and what the processing log needs.
CREATE TABLE completeness_day (
  municipality CHAR(4) NOT NULL, day DATE NOT NULL, digest BYTEA NOT NULL, entries INTEGER NOT NULL,
  requests INTEGER NOT NULL, receipts INTEGER NOT NULL, still_open INTEGER NOT NULL, alarms INTEGER NOT NULL,
  findings INTEGER NOT NULL, taken_at TIMESTAMPTZ NOT NULL, taken_by VARCHAR(255) NOT NULL,
  CONSTRAINT pk_completeness_day PRIMARY KEY (municipality, day)
);
CREATE TABLE completeness_finding (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, day DATE NOT NULL, digest BYTEA NOT NULL,
  code VARCHAR(64) NOT NULL, weight VARCHAR(64) NOT NULL, organisation CHAR(20), subject VARCHAR(255), entry_id UUID,
  req VARCHAR(64), counted INTEGER, total INTEGER, reported INTEGER, gap JSON, found_at TIMESTAMPTZ NOT NULL,
  closed_at TIMESTAMPTZ, closed_by VARCHAR(255), closed_in CHAR(20), closing_reason VARCHAR(64),
  CONSTRAINT pk_completeness_finding PRIMARY KEY (id),
  CONSTRAINT uq_completeness_finding_municipality_digest UNIQUE (municipality, digest)
);
CREATE INDEX ix_completeness_finding_municipality_day ON completeness_finding (municipality, day, id);
CREATE TABLE alarm_window (
  municipality CHAR(4) NOT NULL, rule VARCHAR(64) NOT NULL, organisation CHAR(20) NOT NULL, account BYTEA NOT NULL,
  begins TIMESTAMPTZ NOT NULL, counted INTEGER NOT NULL, finding UUID NOT NULL,
  CONSTRAINT pk_alarm_window PRIMARY KEY (municipality, rule, organisation, account, begins),
  CONSTRAINT fk_alarm_window_finding FOREIGN KEY (finding) REFERENCES completeness_finding (id)
);
CREATE TABLE watched (
  what VARCHAR(64) NOT NULL, until TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_watched PRIMARY KEY (what)
);
CREATE TABLE decoy (
  year INTEGER NOT NULL, find_person BYTEA NOT NULL,
  CONSTRAINT pk_decoy PRIMARY KEY (year, find_person)
);
CREATE TABLE trace_context (
  entry_id UUID NOT NULL, municipality CHAR(4) NOT NULL, trace_id BYTEA NOT NULL, span_id BYTEA NOT NULL,
  CONSTRAINT pk_trace_context PRIMARY KEY (entry_id)
);
CREATE TABLE processing_log (
  year INTEGER NOT NULL, position BIGINT NOT NULL, confirmed_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_processing_log PRIMARY KEY (year)
);

-- Counts per day, the stock of signals, mandates, and reports that were asked for.
CREATE TABLE overview_count (
  day DATE NOT NULL, stage INTEGER NOT NULL, lookups INTEGER NOT NULL, counted_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_overview_count PRIMARY KEY (day)
);
CREATE TABLE overview_day (
  day DATE NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, year INTEGER NOT NULL,
  sealed BYTEA NOT NULL,
  CONSTRAINT pk_overview_day PRIMARY KEY (day, municipality, organisation)
);
CREATE TABLE overview_stock (
  day DATE NOT NULL, municipality CHAR(4) NOT NULL, source CHAR(20) NOT NULL, category VARCHAR(64) NOT NULL,
  began JSON NOT NULL,
  CONSTRAINT pk_overview_stock PRIMARY KEY (day, municipality, source, category)
);
CREATE TABLE account_mandate (
  organisation CHAR(20) NOT NULL, subject VARCHAR(255) NOT NULL, municipality CHAR(4) NOT NULL, until DATE NOT NULL,
  given_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_account_mandate PRIMARY KEY (organisation, subject),
  CONSTRAINT fk_account_mandate_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE TABLE report_request (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, approval_id UUID NOT NULL,
  year INTEGER NOT NULL, sealed BYTEA NOT NULL, requested_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_report_request PRIMARY KEY (id),
  CONSTRAINT fk_report_request_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin),
  CONSTRAINT fk_report_request_approval_id FOREIGN KEY (approval_id) REFERENCES approval (id)
);

-- The review queue.
CREATE TABLE review (
  id UUID NOT NULL, entry_id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL,
  picked_by CHAR(20), picked_at TIMESTAMPTZ NOT NULL, due_at TIMESTAMPTZ NOT NULL, state VARCHAR(64) NOT NULL, verdict VARCHAR(64),
  answer_by TIMESTAMPTZ, judged_by BYTEA, closed_at TIMESTAMPTZ, asked_on DATE,
  CONSTRAINT pk_review PRIMARY KEY (id),
  CONSTRAINT uq_review_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_review_entry_id FOREIGN KEY (entry_id) REFERENCES ledger_entry (entry_id),
  CONSTRAINT fk_review_organisation FOREIGN KEY (organisation) REFERENCES organisation (oin)
);
CREATE INDEX ix_review_queue ON review (municipality, state, due_at);
CREATE TABLE review_ground (
  review_id UUID NOT NULL, rule VARCHAR(64) NOT NULL, municipality CHAR(4) NOT NULL,
  CONSTRAINT pk_review_ground PRIMARY KEY (review_id, rule),
  CONSTRAINT fk_review_ground_review_id FOREIGN KEY (review_id) REFERENCES review (id)
);
CREATE TABLE review_act (
  act_id UUID NOT NULL, review_id UUID NOT NULL, municipality CHAR(4) NOT NULL,
  CONSTRAINT pk_review_act PRIMARY KEY (act_id),
  CONSTRAINT fk_review_act_act_id FOREIGN KEY (act_id) REFERENCES ledger_entry (entry_id),
  CONSTRAINT fk_review_act_review_id FOREIGN KEY (review_id) REFERENCES review (id)
);
CREATE INDEX ix_review_act_review_id ON review_act (review_id);

-- What a population register said.
CREATE TABLE person_event (
  id UUID NOT NULL, mark BYTEA NOT NULL, seal BYTEA NOT NULL, municipality CHAR(4) NOT NULL, source CHAR(20) NOT NULL,
  kind VARCHAR(64) NOT NULL, happened_on DATE NOT NULL, entry_id UUID NOT NULL, received_at TIMESTAMPTZ NOT NULL,
  until TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_person_event PRIMARY KEY (id),
  CONSTRAINT ck_person_event_mark_length CHECK (length(mark) = 16),
  CONSTRAINT ck_person_event_seal_length CHECK (length(seal) = 32),
  CONSTRAINT fk_person_event_source FOREIGN KEY (source) REFERENCES source (oin)
);
CREATE INDEX ix_person_event_mark ON person_event (mark);
CREATE INDEX ix_person_event_until ON person_event (until);

-- Outboxes that were lost, and which took their place.
CREATE TABLE replaced_outbox (
  submitted_by CHAR(20) NOT NULL, outbox UUID NOT NULL, replaced_by UUID NOT NULL, replaced_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_replaced_outbox PRIMARY KEY (submitted_by, outbox),
  CONSTRAINT fk_replaced_outbox_submitted_by FOREIGN KEY (submitted_by) REFERENCES organisation (oin)
);

-- Invitations, rehearsals, and signals that pass to another source.
CREATE TABLE invitation (
  id UUID NOT NULL, organisation CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, made_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL, request VARCHAR(43), accepted_at TIMESTAMPTZ,
  CONSTRAINT pk_invitation PRIMARY KEY (id)
);
CREATE TABLE rehearsal (
  id UUID NOT NULL, source CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, submitted_by CHAR(20) NOT NULL,
  opened_at TIMESTAMPTZ NOT NULL, tried JSON NOT NULL, delivery UUID NOT NULL, closed_at TIMESTAMPTZ, passed BOOLEAN,
  cases JSON, signers JSON, key_version INTEGER,
  CONSTRAINT pk_rehearsal PRIMARY KEY (id),
  CONSTRAINT ck_rehearsal_closed_is_judged CHECK ((closed_at IS NULL) = (passed IS NULL)),
  CONSTRAINT fk_rehearsal_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_rehearsal_submitted_by FOREIGN KEY (submitted_by) REFERENCES organisation (oin),
  CONSTRAINT uq_rehearsal_delivery UNIQUE (delivery)
);
CREATE INDEX ix_rehearsal_source ON rehearsal (source);
CREATE TABLE signal_transfer (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, approval_id UUID NOT NULL, source CHAR(20) NOT NULL,
  successor CHAR(20) NOT NULL, categories JSON NOT NULL, contacts JSON, contact_holder UUID, reason VARCHAR(64),
  asked_at TIMESTAMPTZ NOT NULL, carried_out_at TIMESTAMPTZ, signals INTEGER, references_digest BYTEA,
  named JSON,
  CONSTRAINT pk_signal_transfer PRIMARY KEY (id),
  CONSTRAINT ck_signal_transfer_to_another CHECK (source <> successor),
  CONSTRAINT ck_signal_transfer_carried_out_with_count CHECK ((carried_out_at IS NULL) = (signals IS NULL)),
  CONSTRAINT uq_signal_transfer_approval_id UNIQUE (approval_id),
  CONSTRAINT fk_signal_transfer_approval_id FOREIGN KEY (approval_id) REFERENCES approval (id),
  CONSTRAINT fk_signal_transfer_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_signal_transfer_successor FOREIGN KEY (successor) REFERENCES source (oin),
  CONSTRAINT fk_signal_transfer_contact_holder FOREIGN KEY (contact_holder) REFERENCES contact_holder (id)
);
CREATE INDEX ix_signal_transfer_municipality_id ON signal_transfer (municipality, id);
CREATE TABLE tombstone (
  source CHAR(20) NOT NULL, reference UUID NOT NULL, municipality CHAR(4) NOT NULL, version INTEGER NOT NULL,
  year INTEGER NOT NULL, sealed BYTEA NOT NULL, until DATE NOT NULL, transfer UUID,
  CONSTRAINT pk_tombstone PRIMARY KEY (source, reference),
  CONSTRAINT fk_tombstone_source FOREIGN KEY (source) REFERENCES source (oin),
  CONSTRAINT fk_tombstone_transfer FOREIGN KEY (transfer) REFERENCES signal_transfer (id)
);
CREATE INDEX ix_tombstone_until ON tombstone (until);

-- What comes back to a source, and what a generalist follows.
CREATE TABLE notice_box (
  id UUID NOT NULL, year INTEGER NOT NULL, municipality CHAR(4) NOT NULL, sealed BYTEA NOT NULL,
  CONSTRAINT pk_notice_box PRIMARY KEY (id)
);
CREATE TABLE return_notice (
  id UUID NOT NULL, source CHAR(20) NOT NULL, municipality CHAR(4) NOT NULL, year INTEGER NOT NULL,
  sealed BYTEA NOT NULL, made_in TIMESTAMPTZ NOT NULL, expires DATE NOT NULL,
  names_case BOOLEAN NOT NULL, told BOOLEAN NOT NULL, acknowledged BOOLEAN NOT NULL,
  CONSTRAINT pk_return_notice PRIMARY KEY (id),
  CONSTRAINT fk_return_notice_source FOREIGN KEY (source) REFERENCES source (oin)
);
CREATE INDEX ix_return_notice_source_made_in_id_acknowledged ON return_notice (source, made_in, id, acknowledged);
CREATE TABLE notice_damping (
  handle BYTEA NOT NULL, sealed BYTEA NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_notice_damping PRIMARY KEY (handle)
);
CREATE INDEX ix_notice_damping_until ON notice_damping (until);
CREATE TABLE follow (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, organisation CHAR(20) NOT NULL, year INTEGER NOT NULL,
  owner BYTEA NOT NULL, person_row BYTEA NOT NULL, sealed BYTEA NOT NULL, until DATE NOT NULL, offer BYTEA,
  offered_until DATE, given_by BYTEA, given_on DATE,
  CONSTRAINT pk_follow PRIMARY KEY (id)
);
CREATE INDEX ix_follow_given_by ON follow (given_by);
CREATE INDEX ix_follow_offer ON follow (offer);
CREATE INDEX ix_follow_organisation ON follow (organisation);
CREATE INDEX ix_follow_owner ON follow (owner);
CREATE INDEX ix_follow_person_row ON follow (person_row);
CREATE INDEX ix_follow_until ON follow (until);

-- Matches: boxes for some days, sheets by source and day, steps of both sides.
CREATE TABLE match_box (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, year INTEGER NOT NULL, sealed BYTEA NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_match_box PRIMARY KEY (id)
);
CREATE INDEX ix_match_box_municipality ON match_box (municipality);
CREATE INDEX ix_match_box_until ON match_box (until);
CREATE TABLE match_sheet (
  id UUID NOT NULL, municipality CHAR(4) NOT NULL, source CHAR(20) NOT NULL, year INTEGER NOT NULL,
  sealed BYTEA NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_match_sheet PRIMARY KEY (id),
  CONSTRAINT fk_match_sheet_source FOREIGN KEY (source) REFERENCES source (oin)
);
CREATE INDEX ix_match_sheet_municipality ON match_sheet (municipality);
CREATE INDEX ix_match_sheet_source ON match_sheet (source);
CREATE INDEX ix_match_sheet_until ON match_sheet (until);
CREATE TABLE daily_run (
  job VARCHAR(64) NOT NULL, municipality CHAR(4) NOT NULL, day DATE NOT NULL,
  CONSTRAINT pk_daily_run PRIMARY KEY (job, municipality, day)
);
CREATE TABLE match_step (
  handle BYTEA NOT NULL, sealed BYTEA NOT NULL, until DATE NOT NULL,
  CONSTRAINT pk_match_step PRIMARY KEY (handle)
);
CREATE INDEX ix_match_step_until ON match_step (until);
