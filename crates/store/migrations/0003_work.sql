-- What is to be done, by whom it was asked, and what became of it.

CREATE TABLE task (
    id IDENTITY,
    -- scan, judge, export, engines, advisories
    kind TEXT NOT NULL,
    -- person, push, schedule, backfill
    cause TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON.
    parameters TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT,
    -- Raised with every change, for those who watch.
    updated BIGINT NOT NULL,
    -- waiting, running, done, failed, cancelled
    status TEXT NOT NULL,
    -- At most so many of its jobs at once; 0 for no limit.
    parallel BIGINT NOT NULL,
    total BIGINT NOT NULL DEFAULT 0,
    succeeded BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    cancelled BIGINT NOT NULL DEFAULT 0,
    -- Images in which something was found.
    risky BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX task_created ON task (created DESC, id);
CREATE INDEX task_updated ON task (updated);
CREATE INDEX task_open ON task (id) WHERE finished IS NULL;

-- The projects a task is about: only who sees them all sees it; one without a row is about all there are.
CREATE TABLE task_project (
    task_id BIGINT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    PRIMARY KEY (task_id, project_id)
);

CREATE TABLE job (
    id IDENTITY,
    -- scan, engine, export, …: who does it.
    kind TEXT NOT NULL,
    -- What it is about: a content, an asset, an engine, a registry, an export.
    subject_id BIGINT NOT NULL,
    -- The registry whose limit of images per hour it waits for; 0 when there is none.
    gate BIGINT NOT NULL DEFAULT 0,
    -- While one of a key waits or runs, whoever asks for the same joins it.
    dedupe TEXT NOT NULL,
    -- JSON.
    parameters TEXT NOT NULL,
    -- 0 a person, 1 push, 2 schedule, 3 backfill
    priority BIGINT NOT NULL,
    -- waiting, running, done, failed, cancelled
    state TEXT NOT NULL,
    -- It waits for a place among the jobs its tasks allow at once.
    held BOOLEAN NOT NULL DEFAULT FALSE,
    run_at BIGINT NOT NULL,
    worker TEXT,
    lease_until BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    stop BOOLEAN NOT NULL DEFAULT FALSE,
    -- Percent.
    progress BIGINT NOT NULL DEFAULT 0,
    -- model::Failure as a word, and what was said.
    failure TEXT,
    message TEXT,
    -- JSON, for those who asked.
    result TEXT,
    created BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT,
    -- Raised with every change of its state, for those who watch.
    updated BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_live ON job (dedupe) WHERE state IN ('waiting', 'running');
CREATE INDEX job_next ON job (priority, run_at, id, gate) WHERE state = 'waiting' AND NOT held;
CREATE INDEX job_lease ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_subject ON job (kind, subject_id, id);
CREATE INDEX job_updated ON job (updated);
CREATE INDEX job_finished ON job (finished) WHERE finished IS NOT NULL;

-- Who waits for a job: the tasks that asked for it, and for the sake of which image.
CREATE TABLE task_job (
    task_id BIGINT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    asset_id BIGINT NOT NULL DEFAULT 0,
    -- This task gave it up; the job goes on for others.
    cancelled BOOLEAN NOT NULL DEFAULT FALSE,
    -- It is among those that the task allows at once, or was.
    released BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (task_id, job_id, asset_id)
);
CREATE INDEX task_job_job ON task_job (job_id);
CREATE INDEX task_job_next ON task_job (task_id, job_id) WHERE NOT released;

CREATE TABLE export (
    id IDENTITY,
    task_id BIGINT,
    -- images, vulnerabilities, baseline, malware, secrets, software, files, compliance, sbom
    subject TEXT NOT NULL,
    -- xlsx, csv, json, cyclonedx, spdx
    format TEXT NOT NULL,
    -- Filter, columns, language. JSON.
    parameters TEXT NOT NULL,
    name TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    -- Among the objects, once it is whole.
    object TEXT,
    rows_written BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    -- Not all rows had room.
    truncated BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX export_expires ON export (expires);

-- The projects whose images may be in it: only who sees them all sees it; one without a row is of all there are.
CREATE TABLE export_project (
    export_id BIGINT NOT NULL REFERENCES export (id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    PRIMARY KEY (export_id, project_id)
);
