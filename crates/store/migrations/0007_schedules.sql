-- What is scanned by itself, and when; and how fast the jobs of a task go.

CREATE TABLE schedule (
    id IDENTITY,
    name ORDERED_TEXT NOT NULL UNIQUE,
    enabled BOOLEAN NOT NULL,
    -- It scans images of all projects; else of those in schedule_project.
    all_projects BOOLEAN NOT NULL,
    -- local, registry; a JSON list.
    targets TEXT NOT NULL,
    -- api::ScheduleRhythm as JSON.
    rhythm TEXT NOT NULL,
    -- By its name among the zones of IANA.
    zone TEXT NOT NULL,
    -- Minutes after midnight there, between which jobs begin; the whole day when they are equal.
    window_from BIGINT NOT NULL,
    window_to BIGINT NOT NULL,
    -- Words of scan::Check; a JSON list.
    checks TEXT NOT NULL,
    -- api::ImageFilter as JSON.
    filter TEXT NOT NULL,
    -- Only images of schedule_asset; else all that fit.
    picked BOOLEAN NOT NULL,
    only_latest BOOLEAN NOT NULL,
    only_running BOOLEAN NOT NULL,
    -- Only what was built or pushed in the last so many days; 0 for all.
    updated_days BIGINT NOT NULL,
    -- Limits of its tasks, as there.
    per_hour BIGINT NOT NULL,
    parallel BIGINT NOT NULL,
    -- When it begins next; nothing while it is off, and when it is never due again.
    next_at BIGINT,
    last_task_id BIGINT REFERENCES task (id) ON DELETE SET NULL,
    -- When a run was last left out, as the one before was under way.
    skipped BIGINT,
    created_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    -- Raised with every change that people make.
    updated BIGINT NOT NULL
);
CREATE INDEX schedule_next ON schedule (next_at) WHERE next_at IS NOT NULL;

-- The projects whose images it scans: only who sees them all sees it. They are not deleted before it.
CREATE TABLE schedule_project (
    schedule_id BIGINT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL REFERENCES project (id),
    PRIMARY KEY (schedule_id, project_id)
);

-- The images picked, and those left out.
CREATE TABLE schedule_asset (
    schedule_id BIGINT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
    asset_id BIGINT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    excluded BOOLEAN NOT NULL,
    PRIMARY KEY (schedule_id, asset_id, excluded)
);
CREATE INDEX schedule_asset_asset ON schedule_asset (asset_id);

-- At most so many of its jobs are let go in any hour; 0 for no limit.
ALTER TABLE task ADD COLUMN per_hour BIGINT NOT NULL DEFAULT 0;
-- When the next one may be let go, for an even pace.
ALTER TABLE task ADD COLUMN release_at BIGINT NOT NULL DEFAULT 0;
-- The hours in which its jobs begin, JSON; nothing for all hours.
ALTER TABLE task ADD COLUMN hours TEXT;
-- Its jobs are let go before that time only; nothing for all hours.
ALTER TABLE task ADD COLUMN open_until BIGINT;
-- It waits for that time; nothing while jobs are let go.
ALTER TABLE task ADD COLUMN resume_at BIGINT;

-- When the job was let go for the sake of the task, where that had to wait.
ALTER TABLE task_job ADD COLUMN released_at BIGINT;
CREATE INDEX task_job_released ON task_job (task_id, released_at) WHERE released_at IS NOT NULL;

-- It is not begun from that time on: those who wait for it want it in some hours only.
ALTER TABLE job ADD COLUMN begin_before BIGINT;
CREATE INDEX job_begin_before ON job (begin_before) WHERE begin_before IS NOT NULL AND state = 'waiting';
