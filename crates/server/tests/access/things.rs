//! Things that are there.

use store::{Database, Sql};

/// Keeps one thing of every kind in a project, with the same id and name.
pub(crate) async fn plant(database: &Database, id: i64, mark: &str, project: i64) {
    let statements = [
        "INSERT INTO host (id, machine, name, os, kernel, architecture, processors, memory, addresses, project_id, \
         first_seen, last_seen) VALUES ($1, $2, $2, $2, $2, 'amd64', 1, 1, '[]', $3, 1, 1)",
        "INSERT INTO engine (id, host_id, kind, address) VALUES ($1, $1, 'docker', $2)",
        "INSERT INTO registry (id, project_id, name, kind, address, options, nightly, created, updated) \
         VALUES ($1, $3, $2, 'oci', $2, '{}', FALSE, 1, 1)",
        "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1)",
        "INSERT INTO asset (id, project_id, kind, repository, reference, name, content_id, size, first_seen, \
         last_seen) VALUES ($1, $3, 'local', $2, $2, $2, $1, 1, 1, 1)",
        "INSERT INTO container (id, engine_id, reference, name, image, asset_id, state, command, addresses, updated) \
         VALUES ($1, $1, $2, $2, $2, $1, 'running', '[]', '[]', 1)",
        "INSERT INTO scan (id, content_id, checks, tool_version, report, counts, finished) \
         VALUES ($1, $1, '[]', $2, $2, '{\"severities\":{}}', 1)",
        "INSERT INTO event (id, at, project_id, kind, subject, severity) \
         VALUES ($1, 1, $3, 'new-vulnerability', $2, 5)",
        "INSERT INTO task (id, kind, cause, name, parameters, created_by, created, updated, status, parallel) \
         VALUES ($1, 'scan', 'person', $2, '{}', $2, 1, 1, 'done', 0)",
        "INSERT INTO task_project (task_id, project_id) VALUES ($1, $3)",
        "INSERT INTO export (id, task_id, subject, format, parameters, name, created_by, created, expires) \
         VALUES ($1, $1, 'images', 'csv', '{}', $2, $2, 1, 9999999999999)",
        "INSERT INTO export_project (export_id, project_id) VALUES ($1, $3)",
        "INSERT INTO decision (id, project_id, action, kind, rule, scope, created_by, created) \
         VALUES ($1, $3, 'ignore', 'vulnerabilities', $2, '{\"type\":\"all\"}', $2, 1)",
        "INSERT INTO schedule (id, name, enabled, all_projects, targets, rhythm, zone, window_from, window_to, checks, \
         filter, picked, only_latest, only_running, updated_days, per_hour, parallel, last_task_id, created_by, \
         created, updated) VALUES ($1, $2, FALSE, FALSE, '[\"local\"]', \
         '{\"type\":\"cron\",\"expression\":\"0 3 * * *\"}', 'UTC', 0, 420, '[\"secrets\"]', '{}', FALSE, FALSE, \
         FALSE, 0, 0, 0, $1, $2, 1, 1)",
        "INSERT INTO schedule_project (schedule_id, project_id) VALUES ($1, $3)",
        "INSERT INTO authorised_image (id, project_id, content_id, name, at) VALUES ($1, $3, $1, $2, 1)",
        "INSERT INTO authorisation_entry (id, at, project_id, cause, actor, name, change, balance) \
         VALUES ($1, 1, $3, 'person', $2, $2, 1, 1)",
    ];
    for statement in statements {
        let planted = Sql::write("plant", statement).bind(id).bind(mark).bind(project);
        planted.run(database).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}
