-- What is wrong with it. Vulnerabilities hang on packages, which many images share; all else hangs on the content.

CREATE TABLE vulnerability (
    id TEXT PRIMARY KEY,
    -- A JSON list.
    aliases TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    published TEXT,
    -- The worst that any publisher in use says, as in asset.risk.
    severity BIGINT NOT NULL,
    cvss DOUBLE PRECISION,
    epss DOUBLE PRECISION,
    exploited BOOLEAN NOT NULL DEFAULT FALSE,
    -- Links, a JSON list.
    links TEXT NOT NULL
);

-- Which packages have which vulnerabilities, by the advisories of now.
CREATE TABLE package_vulnerability (
    package_id BIGINT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
    vulnerability TEXT NOT NULL,
    severity BIGINT NOT NULL,
    -- model::FixStatus as a word.
    status TEXT NOT NULL,
    fixed_version TEXT,
    -- From 0 to 100.
    risk DOUBLE PRECISION NOT NULL,
    exploited BOOLEAN NOT NULL,
    epss DOUBLE PRECISION,
    -- What judging itself takes out of the counts, such as kernel headers: model::Suppression as JSON.
    suppressed TEXT,
    first_seen BIGINT NOT NULL,
    PRIMARY KEY (package_id, vulnerability)
);
CREATE INDEX package_vulnerability_vulnerability ON package_vulnerability (vulnerability, package_id);

-- Findings of all other kinds.
CREATE TABLE finding (
    id IDENTITY,
    content_id BIGINT NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    -- malware, secrets, baseline, compliance, base-image
    kind TEXT NOT NULL,
    -- SHA-256 of model::Finding::key: the same in every scan.
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity BIGINT NOT NULL,
    title_en TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    -- Its first path.
    path TEXT NOT NULL DEFAULT '',
    -- The package it is about, by name.
    package TEXT NOT NULL DEFAULT '',
    layer BIGINT,
    from_base BOOLEAN,
    -- model::Finding as JSON, without the value of any secret.
    detail TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    UNIQUE (content_id, kind, fingerprint)
);
CREATE INDEX finding_rule ON finding (kind, rule, content_id);

-- One scan of one content: what was looked for, with what, and where the whole report is.
CREATE TABLE scan (
    id IDENTITY,
    content_id BIGINT NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    job_id BIGINT,
    -- A JSON list.
    checks TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    -- When the advisories were updated that it used.
    advisories TEXT,
    -- The key of the report among the objects.
    report TEXT NOT NULL,
    -- How many findings of each severity it had, before decisions. JSON.
    counts TEXT NOT NULL,
    finished BIGINT NOT NULL
);
CREATE INDEX scan_content ON scan (content_id, finished DESC);

-- Contents that count otherwise than their assets tell, until that is settled.
CREATE TABLE dirty_content (
    content_id BIGINT PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    -- Since when.
    marked BIGINT NOT NULL
);

-- For every rule that is broken somewhere: by how many images. Rebuilt from the rest.
CREATE TABLE risk (
    id IDENTITY,
    -- 0 for all projects together.
    project_id BIGINT NOT NULL,
    -- The kind of the assets: local, registry, ci, archive; empty for all together.
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    title_en TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    severity BIGINT NOT NULL,
    -- Images in which it counts, and in which a decision takes it out.
    images BIGINT NOT NULL,
    handled BIGINT NOT NULL,
    containers BIGINT NOT NULL,
    hosts BIGINT NOT NULL,
    fixable BOOLEAN NOT NULL,
    exploited BOOLEAN NOT NULL,
    epss DOUBLE PRECISION,
    cvss DOUBLE PRECISION,
    first_seen BIGINT NOT NULL,
    last_scan BIGINT,
    UNIQUE (project_id, source, kind, rule)
);
CREATE INDEX risk_severity ON risk (project_id, source, kind, (severity * 1000000000 + images), id);

-- How it stood at the end of each day.
CREATE TABLE daily (
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    -- YYYY-MM-DD
    day TEXT NOT NULL,
    images BIGINT NOT NULL,
    scanned BIGINT NOT NULL,
    risky BIGINT NOT NULL,
    critical BIGINT NOT NULL,
    high BIGINT NOT NULL,
    medium BIGINT NOT NULL,
    low BIGINT NOT NULL,
    malware BIGINT NOT NULL,
    secrets BIGINT NOT NULL,
    baseline BIGINT NOT NULL,
    compliance BIGINT NOT NULL,
    PRIMARY KEY (project_id, source, day)
);

-- What people should hear of: `CVE-… now concerns 312 images, 41 running containers on 7 hosts`.
CREATE TABLE event (
    id IDENTITY,
    at BIGINT NOT NULL,
    -- Nothing for what concerns all projects.
    project_id BIGINT REFERENCES project (id) ON DELETE CASCADE,
    -- new-vulnerability, engine-lost, …
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity BIGINT NOT NULL,
    images BIGINT NOT NULL DEFAULT 0,
    containers BIGINT NOT NULL DEFAULT 0,
    hosts BIGINT NOT NULL DEFAULT 0,
    -- JSON.
    detail TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX event_at ON event (at DESC, id);

-- What judging again has newly found, until it is told as events: by then it is known how much it concerns.
CREATE TABLE news (
    vulnerability TEXT NOT NULL,
    -- new-vulnerability, exploited-vulnerability
    kind TEXT NOT NULL,
    -- Whether all of it was judged.
    whole BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (vulnerability, kind)
);
