-- What people decided about findings, and the rules they keep.

CREATE TABLE decision (
    id IDENTITY,
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    -- ignore, whitelist, deferral, false-positive
    action TEXT NOT NULL,
    -- The kind of findings.
    kind TEXT NOT NULL,
    -- What it is about; each that is not empty must fit.
    rule TEXT NOT NULL DEFAULT '',
    package TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT '',
    fingerprint TEXT NOT NULL DEFAULT '',
    -- In which images: all, kinds, registries, globs of names, or those picked. JSON.
    scope TEXT NOT NULL,
    until BIGINT,
    -- Over as soon as a fix exists.
    until_fix BOOLEAN NOT NULL DEFAULT FALSE,
    remark TEXT NOT NULL DEFAULT '',
    created_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    -- Who took it back, and when.
    revoked_by TEXT,
    revoked BIGINT,
    -- When it was noticed that its time was over.
    expired BIGINT
);
CREATE INDEX decision_rule ON decision (kind, rule);

-- The images picked: by name and digest, so that another of the same digest is not meant.
CREATE TABLE decision_asset (
    decision_id BIGINT NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    asset_id BIGINT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    -- What it was then: a tag may stand for another image later, which nobody decided about.
    content_id BIGINT,
    PRIMARY KEY (decision_id, asset_id)
);
CREATE INDEX decision_asset_asset ON decision_asset (asset_id);

-- Who did what to a decision.
CREATE TABLE decision_history (
    id IDENTITY,
    decision_id BIGINT NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    -- created, changed, revoked, expired
    action TEXT NOT NULL,
    remark TEXT NOT NULL DEFAULT ''
);
CREATE INDEX decision_history_decision ON decision_history (decision_id, id);

-- Rules that are kept here, every version of them: the highest of a kind holds.
CREATE TABLE rule_set (
    -- secrets, malware, hashes, allowed-hashes, baseline, compliance, exclusions, weak-passwords, bases, disabled
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    -- How many rules or lines it has, and how many bytes.
    entries BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    remark TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, version)
);
