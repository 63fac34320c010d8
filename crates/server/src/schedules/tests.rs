//! Schedules begin and tasks keep their pace, at times that are given, on both databases.

use jiff::Timestamp;
use store::jobs::{self, End, Held, LEASE};
use store::schedules::{self, Said, Schedule};
use store::tasks::{self, Cause, New, Scans, Task};
use store::{Scope, Sql, projects};
use testkit::Postgres;

use super::{begin, look};
use crate::{App, Key, Settings};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;

/// A server on each database that is installed.
struct Both {
    list: Vec<App>,
    _directory: tempfile::TempDir,
    _cluster: Option<Postgres>,
}

impl Both {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", directory.path().join("store").display());
        let mut list = vec![app(&sqlite, directory.path()).await];
        let cluster = Postgres::start();
        if let Some(cluster) = &cluster {
            list.push(app(&cluster.url(), &directory.path().join("other")).await);
        }
        Self { list, _directory: directory, _cluster: cluster }
    }
}

async fn app(database: &str, directory: &std::path::Path) -> App {
    App::open(Settings::new(database.to_owned(), directory, Key::new([7; 32]))).await.unwrap()
}

/// A time, long after now: by the clock of the database all jobs that are let go may begin.
fn at(text: &str) -> i64 {
    format!("2050-01-{text}Z").parse::<Timestamp>().unwrap().as_millisecond()
}

/// An image of a project and its content.
async fn image(app: &App, project: i64, number: i64, kind: &str) -> i64 {
    let content = "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1)";
    let content = Sql::write("add a content", content).bind(number).bind(format!("sha256:{number}"));
    content.run(&app.database).await.unwrap();
    let asset = "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, \
         last_seen) VALUES ($1, $2, $3, 'x', $3, $4, 1, 1, 1) RETURNING id";
    let asset = Sql::write("add an image", asset).bind(project).bind(kind).bind(format!("image{number}"));
    let (id,): (i64,) = asset.bind(number).one(&app.database).await.unwrap();
    id
}

async fn default(app: &App) -> i64 {
    projects::ensure(&app.database, projects::DEFAULT).await.unwrap()
}

async fn images(app: &App, count: i64) -> Vec<i64> {
    let project = default(app).await;
    let mut ids = Vec::new();
    for number in 1..=count {
        ids.push(image(app, project, number, "local").await);
    }
    ids
}

/// Every night at two, from midnight to seven.
fn nightly(next_at: i64) -> Said<'static> {
    Said {
        name: "nightly",
        enabled: true,
        targets: r#"["local","registry"]"#,
        rhythm: r#"{"type":"days","every":1,"at":"02:00","first":"2050-01-01"}"#,
        zone: "UTC",
        window: (0, 420),
        checks: r#"["secrets"]"#,
        filter: "{}",
        picked: false,
        images: &[],
        exclude: &[],
        only_latest: false,
        only_running: false,
        updated_days: 0,
        per_hour: 0,
        parallel: 0,
        next_at: Some(next_at),
    }
}

async fn make(app: &App, said: &Said<'_>, scope: &Scope) -> i64 {
    let mut transaction = app.database.begin().await.unwrap();
    let id = schedules::create(&mut transaction, said, scope, "anna").await.unwrap();
    transaction.commit().await.unwrap();
    id
}

async fn schedule(app: &App, id: i64) -> Schedule {
    schedules::find(&app.database, &Scope::All, id).await.unwrap().unwrap()
}

/// All tasks, the oldest first.
async fn all(app: &App) -> Vec<Task> {
    let (filter, wanted) = (tasks::Filter::default(), store::Wanted::default());
    let mut tasks = tasks::list(&app.database, &Scope::All, &filter, &wanted).await.unwrap().items;
    tasks.sort_by_key(|task| task.id);
    tasks
}

async fn claim(app: &App) -> Option<Held> {
    jobs::claim(&app.database, "w", &[jobs::SCAN], LEASE).await.unwrap()
}

async fn end(app: &App, held: &Held) {
    let mut transaction = app.database.begin().await.unwrap();
    assert!(jobs::end(&mut transaction, "w", held.id, End::Done(None)).await.unwrap());
    transaction.commit().await.unwrap();
}

/// Begins and ends all that may begin now; gives how many.
async fn work(app: &App) -> usize {
    let mut done = 0;
    while let Some(held) = claim(app).await {
        end(app, &held).await;
        done += 1;
    }
    done
}

#[tokio::test]
async fn begins_when_it_is_due_and_not_before() {
    for app in &Both::open().await.list {
        images(app, 2).await;
        let id = make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        look(app, at("02T01:59:59.999")).await.unwrap();
        assert!(all(app).await.is_empty(), "before it is due");
        look(app, at("02T02:00:00")).await.unwrap();
        let tasks = all(app).await;
        let task = &tasks[0];
        let said = (task.kind.as_str(), task.cause.as_str(), task.name.as_str(), task.created_by.as_str());
        assert_eq!(said, ("scan", "schedule", "nightly", "anna"));
        assert_eq!((task.total, task.parameters.contains("secrets")), (2, true));
        let kept = schedule(app, id).await;
        assert_eq!((kept.next_at, kept.last_task_id), (Some(at("03T02:00:00")), Some(task.id)));
        assert!(kept.is_running());
        assert_eq!(work(app).await, 2);
        look(app, at("02T02:00:05")).await.unwrap();
        assert_eq!(all(app).await.len(), 1, "once");
        look(app, at("03T02:00:01")).await.unwrap();
        assert_eq!(all(app).await.len(), 2, "and the next night again");
    }
}

#[tokio::test]
async fn begins_what_was_missed_once_and_in_its_hours() {
    for app in &Both::open().await.list {
        images(app, 1).await;
        // No server ran for three nights, and the next one is started at noon.
        let id = make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        look(app, at("05T12:00:00")).await.unwrap();
        assert!(all(app).await.is_empty(), "not at noon");
        assert_eq!(schedule(app, id).await.next_at, Some(at("06T00:00:00")), "when the hours begin");
        look(app, at("06T00:00:03")).await.unwrap();
        assert_eq!((all(app).await.len(), work(app).await), (1, 1));
        // What is due two hours later was made up for with it.
        look(app, at("06T02:00:03")).await.unwrap();
        assert_eq!((all(app).await.len(), schedule(app, id).await.next_at), (1, Some(at("07T02:00:00"))));
        // Three nights again, and it is started within the hours.
        look(app, at("10T05:00:00")).await.unwrap();
        assert_eq!((all(app).await.len(), schedule(app, id).await.next_at), (2, Some(at("11T02:00:00"))));
    }
}

#[tokio::test]
async fn is_left_out_while_the_run_before_is_under_way_and_while_it_is_off() {
    for app in &Both::open().await.list {
        images(app, 1).await;
        let id = make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        look(app, at("02T02:00:00")).await.unwrap();
        look(app, at("03T02:00:00")).await.unwrap();
        let kept = schedule(app, id).await;
        assert_eq!((kept.skipped, kept.next_at), (Some(at("03T02:00:00")), Some(at("04T02:00:00"))));
        assert_eq!((all(app).await.len(), work(app).await), (1, 1));
        let mut transaction = app.database.begin().await.unwrap();
        let off = Said { enabled: false, ..nightly(at("04T02:00:00")) };
        schedules::change(&mut transaction, &schedule(app, id).await, &off, false).await.unwrap();
        transaction.commit().await.unwrap();
        look(app, at("04T02:00:00")).await.unwrap();
        assert_eq!(all(app).await.len(), 1);
    }
}

/// Of several servers that look at once one begins it, and none does who read it before another changed it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_servers_begin_it_once() {
    for app in &Both::open().await.list {
        images(app, 3).await;
        let id = make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        let now = at("02T02:00:01");
        let looks = (0..6).map(|_| {
            let app = app.clone();
            tokio::spawn(async move { look(&app, now).await.unwrap() })
        });
        for one in looks.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        assert_eq!((all(app).await.len(), work(app).await), (1, 3));
        let read = schedules::due(&app.database, at("03T02:00:00"), 10).await.unwrap();
        for _ in 0..2 {
            begin(app, &read[0], at("03T02:00:00")).await.unwrap();
        }
        assert_eq!((all(app).await.len(), work(app).await), (2, 3), "the second had read it before");
        let read = schedules::due(&app.database, at("04T02:00:00"), 10).await.unwrap();
        let mut transaction = app.database.begin().await.unwrap();
        schedules::change(&mut transaction, &read[0], &nightly(0), true).await.unwrap();
        transaction.commit().await.unwrap();
        let mut transaction = app.database.begin().await.unwrap();
        let late = schedules::change(&mut transaction, &read[0], &nightly(0), true).await;
        assert!(matches!(late, Err(store::Error::Overtaken)), "who read it before changes nothing");
        drop(transaction);
        assert_eq!(schedule(app, id).await.next_at, Some(at("04T02:00:00")), "it is due as it was");
        begin(app, &read[0], at("04T02:00:00")).await.unwrap();
        assert_eq!(all(app).await.len(), 2, "it was changed meanwhile");
    }
}

#[tokio::test]
async fn no_job_begins_outside_of_the_hours_and_all_do_in_the_end() {
    for app in &Both::open().await.list {
        images(app, 6).await;
        for parallel in [0, 2] {
            let before = all(app).await.len();
            let said = Said {
                name: if parallel == 0 { "all" } else { "two" },
                parallel,
                ..nightly(at("02T02:00:00"))
            };
            make(app, &said, &Scope::All).await;
            look(app, at("02T02:00:00")).await.unwrap();
            let running = [claim(app).await.unwrap(), claim(app).await.unwrap()];
            assert_eq!(claim(app).await.is_some(), parallel == 0);
            look(app, at("02T06:59:59")).await.unwrap();
            look(app, at("02T07:00:00")).await.unwrap();
            assert!(claim(app).await.is_none(), "the hours are over");
            let id = all(app).await[before].id;
            let task = tasks::find(&app.database, &Scope::All, id).await.unwrap().unwrap();
            assert_eq!((task.status.as_str(), task.resume_at), ("running", Some(at("03T00:00:00"))));
            // What has begun is let finish, and takes nobody along.
            for held in &running {
                end(app, held).await;
            }
            look(app, at("02T15:00:00")).await.unwrap();
            assert!(claim(app).await.is_none(), "two have ended, and their places stay free");
            look(app, at("03T00:00:01")).await.unwrap();
            let left = if parallel == 0 { 3 } else { 4 };
            let task = tasks::find(&app.database, &Scope::All, id).await.unwrap().unwrap();
            assert_eq!(task.resume_at, None);
            // The one that was claimed without a limit goes on too.
            Sql::write("give it up", "UPDATE job SET lease_until = 1 WHERE state = 'running'")
                .run(&app.database)
                .await
                .unwrap();
            jobs::reap(&app.database).await.unwrap();
            look(app, at("03T00:00:05")).await.unwrap();
            let all_left = if parallel == 0 { left + 1 } else { left };
            assert_eq!(work(app).await, all_left);
            let task = tasks::find(&app.database, &Scope::All, id).await.unwrap().unwrap();
            assert_eq!((task.status.as_str(), task.succeeded), ("done", 6));
        }
    }
}

#[tokio::test]
async fn a_job_whose_hours_are_over_is_not_begun_though_nobody_held_it_back() {
    for app in &Both::open().await.list {
        let ids = images(app, 2).await;
        make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        look(app, at("02T02:00:00")).await.unwrap();
        // All servers were down when the hours ended.
        Sql::write("let time pass", "UPDATE job SET begin_before = 1").run(&app.database).await.unwrap();
        assert!(claim(app).await.is_none());
        // Whoever asks for one of them in person does not wait for the hours.
        let new = New {
            projects: &[],
            kind: jobs::SCAN,
            cause: Cause::Person,
            name: "mine",
            parameters: "{}",
            created_by: "berta",
            parallel: 0,
        };
        let mut transaction = app.database.begin().await.unwrap();
        let scans = Scans { checks: vec!["secrets".to_owned()], force: false };
        tasks::scan(&mut transaction, new, &scans, &ids[..1]).await.unwrap();
        transaction.commit().await.unwrap();
        look(app, at("02T12:00:00")).await.unwrap();
        assert_eq!(work(app).await, 1, "that one alone");
        look(app, at("03T00:00:00")).await.unwrap();
        assert_eq!(work(app).await, 1);
        assert!(all(app).await.iter().all(|task| task.status == "done"));
    }
}

#[tokio::test]
async fn no_more_are_let_go_in_any_hour_than_allowed_also_by_a_server_that_is_started_anew() {
    for app in &Both::open().await.list {
        images(app, 70).await;
        let said = Said { per_hour: 60, ..nightly(at("02T02:00:00")) };
        make(app, &said, &Scope::All).await;
        let begun = at("02T02:00:00");
        let mut now = begun;
        let restarted = App::open(app.settings.clone()).await.unwrap();
        while now < begun + 100 * 60 * SECOND {
            // No server runs for ten minutes.
            let is_down = (begun + 20 * 60 * SECOND..begun + 30 * 60 * SECOND).contains(&now);
            let server = if now < begun + 25 * 60 * SECOND { app } else { &restarted };
            if !is_down {
                look(server, now).await.unwrap();
                work(server).await;
            }
            now += 10 * SECOND;
        }
        let times: Vec<(i64,)> =
            Sql::read("read the pace", "SELECT released_at FROM task_job ORDER BY released_at")
                .all(&app.database)
                .await
                .unwrap();
        let times: Vec<i64> = times.into_iter().map(|(time,)| time).collect();
        assert_eq!(times.len(), 70);
        for (first, time) in times.iter().enumerate() {
            let within = times[first..].iter().take_while(|other| **other < time + HOUR).count();
            assert!(within <= 60, "{within} in the hour from {time}");
        }
        // One a minute: twenty, a pause, and the others; not all that were left out of the pause at once.
        let minute = |time: i64| (time - begun) / (60 * SECOND);
        assert_eq!(times.iter().filter(|time| minute(**time) < 20).count(), 20);
        assert_eq!(times.iter().filter(|time| minute(**time) < 40).count(), 30);
        assert_eq!(minute(times[69]), 79);
        assert_eq!(all(app).await[0].status, "done");
    }
}

#[tokio::test]
async fn pace_and_places_hold_together_and_hours_too() {
    for app in &Both::open().await.list {
        images(app, 10).await;
        let said = Said { per_hour: 3_600, parallel: 2, window: (0, 121), ..nightly(at("02T02:00:00")) };
        make(app, &said, &Scope::All).await;
        let begun = at("02T02:00:00");
        look(app, begun).await.unwrap();
        let first = claim(app).await.unwrap();
        assert!(claim(app).await.is_none(), "one a second");
        look(app, begun + 5 * SECOND).await.unwrap();
        let second = claim(app).await.unwrap();
        assert!(claim(app).await.is_none(), "two at once, whatever the pace allows");
        end(app, &first).await;
        look(app, begun + 30 * SECOND).await.unwrap();
        let third = claim(app).await.unwrap();
        look(app, begun + 60 * SECOND).await.unwrap();
        for held in [&second, &third] {
            end(app, held).await;
        }
        look(app, begun + 90 * SECOND).await.unwrap();
        assert!(claim(app).await.is_none(), "its hours ended after a minute");
        for night in ["03T00:00:00", "03T00:00:10", "03T00:00:20", "03T00:00:30"] {
            look(app, at(night)).await.unwrap();
            work(app).await;
        }
        assert_eq!(all(app).await[0].status, "done");
    }
}

#[tokio::test]
async fn a_deleted_schedule_leaves_its_task_which_goes_on() {
    for app in &Both::open().await.list {
        images(app, 3).await;
        let id = make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        look(app, at("02T02:00:00")).await.unwrap();
        look(app, at("02T07:00:00")).await.unwrap();
        schedules::delete(&app.database, id).await.unwrap();
        look(app, at("03T00:00:00")).await.unwrap();
        assert_eq!(work(app).await, 3);
        look(app, at("03T02:00:00")).await.unwrap();
        let tasks = all(app).await;
        assert_eq!((tasks.len(), tasks[0].status.as_str()), (1, "done"));
    }
}

#[tokio::test]
async fn scans_what_it_means_and_nothing_else() {
    for app in &Both::open().await.list {
        let ours = default(app).await;
        let theirs = projects::ensure(&app.database, "theirs").await.unwrap();
        let local = image(app, ours, 1, "local").await;
        let latest = image(app, ours, 2, "local").await;
        let running = image(app, ours, 3, "registry").await;
        let fresh = image(app, ours, 4, "registry").await;
        let foreign = image(app, theirs, 5, "local").await;
        let uploaded = image(app, ours, 6, "archive").await;
        for (change, id) in [
            ("UPDATE asset SET latest = TRUE WHERE id = $1", latest),
            ("UPDATE asset SET running = 1 WHERE id = $1", running),
        ] {
            Sql::write("plant", change).bind(id).run(&app.database).await.unwrap();
        }
        let built = Sql::write("plant", "UPDATE asset SET built = $1 WHERE id = $2");
        built.bind(at("01T12:00:00")).bind(fresh).run(&app.database).await.unwrap();
        let base = nightly(at("02T02:00:00"));
        let mine = Scope::Projects(vec![ours]);
        let (both, pick) = ([local, foreign, uploaded], [local]);
        let cases: [(&str, Said<'_>, &Scope, &[i64]); 10] = [
            ("everything", base, &Scope::All, &[local, latest, running, fresh, foreign]),
            ("ours", base, &mine, &[local, latest, running, fresh]),
            ("registries", Said { targets: r#"["registry"]"#, ..base }, &mine, &[running, fresh]),
            ("latest", Said { only_latest: true, ..base }, &mine, &[latest]),
            ("running", Said { only_running: true, ..base }, &mine, &[running]),
            ("updated", Said { updated_days: 1, ..base }, &mine, &[fresh]),
            ("picked", Said { picked: true, images: &both, ..base }, &mine, &[local]),
            ("none left", Said { picked: true, ..base }, &Scope::All, &[]),
            ("excluded", Said { exclude: &pick, ..base }, &mine, &[latest, running, fresh]),
            ("named", Said { filter: r#"{"name":"image2","kind":["local"]}"#, ..base }, &mine, &[latest]),
        ];
        for (name, said, scope, expected) in cases {
            let id = make(app, &Said { name, ..said }, scope).await;
            look(app, at("02T02:00:00")).await.unwrap();
            let kept = schedule(app, id).await;
            let asked: Vec<(i64,)> = Sql::read(
                "read a task",
                "SELECT asset_id FROM task_job WHERE task_id = $1 ORDER BY asset_id",
            )
            .bind(kept.last_task_id.unwrap())
            .all(&app.database)
            .await
            .unwrap();
            let asked: Vec<i64> = asked.into_iter().map(|(id,)| id).collect();
            assert_eq!(asked, expected, "{name}");
            assert_eq!(kept.last_finished.is_some(), expected.is_empty(), "{name}");
            // Also a run without any image is seen by those whose projects it is about.
            let seen = tasks::find(&app.database, &mine, kept.last_task_id.unwrap()).await.unwrap();
            assert_eq!(seen.is_some(), scope == &mine, "{name}");
        }
        let other = make(app, &Said { name: "theirs", ..base }, &Scope::Projects(vec![theirs])).await;
        assert!(schedules::find(&app.database, &mine, other).await.unwrap().is_none());
        let project = projects::find(&app.database, &Scope::All, theirs).await.unwrap().unwrap();
        assert!(projects::delete(&app.database, &project).await.is_err(), "a schedule is about it");
    }
}

/// An index whose images are not known yet: what it becomes waits for the pace and the hours of who wanted it.
#[tokio::test]
async fn what_an_image_is_found_out_to_be_keeps_the_pace_and_the_hours() {
    for app in &Both::open().await.list {
        let project = default(app).await;
        let registry = "INSERT INTO registry (project_id, name, kind, address, options, nightly, created, updated) \
            VALUES ($1, 'r', 'generic', 'r.example', '{}', FALSE, 1, 1) RETURNING id";
        let (registry,): (i64,) =
            Sql::write("plant", registry).bind(project).one(&app.database).await.unwrap();
        let mut index = Vec::new();
        for number in 1..=2 {
            let unread = "INSERT INTO asset (project_id, kind, repository, reference, name, registry_id, size, \
                first_seen, last_seen) VALUES ($1, 'registry', $2, 'x', $2, $3, 1, 1, 1) RETURNING id";
            let unread = Sql::write("plant", unread).bind(project).bind(format!("index{number}"));
            let (id,): (i64,) = unread.bind(registry).one(&app.database).await.unwrap();
            index.push(id);
        }
        let said = Said { per_hour: 60, ..nightly(at("02T02:00:00")) };
        make(app, &said, &Scope::All).await;
        let found_out = async |index: i64, children: [i64; 3]| {
            let held = jobs::claim(&app.database, "w", &[jobs::RESOLVE], LEASE).await.unwrap().unwrap();
            assert_eq!(held.subject_id, index);
            let mut images = Vec::new();
            for child in children {
                images.push(image(app, project, child, "registry").await);
            }
            let parent = Sql::write("plant", "UPDATE asset SET multiple = TRUE WHERE id = $1").bind(index);
            parent.run(&app.database).await.unwrap();
            let mut transaction = app.database.begin().await.unwrap();
            tasks::become_scans(&mut transaction, held.id, &images).await.unwrap();
            assert!(jobs::end(&mut transaction, "w", held.id, End::Done(None)).await.unwrap());
            transaction.commit().await.unwrap();
        };
        let begun = at("02T06:58:00");
        look(app, begun).await.unwrap();
        found_out(index[0], [1, 2, 3]).await;
        assert_eq!(work(app).await, 1, "one goes in its place, two wait for their turn");
        look(app, begun + 60 * SECOND).await.unwrap();
        // The hours are over while it is found out what the second is.
        let running = jobs::claim(&app.database, "v", &[jobs::RESOLVE], LEASE).await.unwrap().unwrap();
        assert!(jobs::give_back(&app.database, "v", running.id).await.unwrap());
        Sql::write("run", "UPDATE job SET run_at = 0").run(&app.database).await.unwrap();
        let running = jobs::claim(&app.database, "w", &[jobs::RESOLVE], LEASE).await.unwrap().unwrap();
        look(app, begun + 120 * SECOND).await.unwrap();
        let child = image(app, project, 4, "registry").await;
        let mut transaction = app.database.begin().await.unwrap();
        tasks::become_scans(&mut transaction, running.id, &[child]).await.unwrap();
        assert!(jobs::end(&mut transaction, "w", running.id, End::Done(None)).await.unwrap());
        transaction.commit().await.unwrap();
        assert!(claim(app).await.is_none(), "its hours are over");
        let mut scanned = 0;
        for minute in 0..4 {
            look(app, at("03T00:00:00") + minute * 60 * SECOND).await.unwrap();
            scanned += work(app).await;
        }
        assert_eq!((scanned, all(app).await[0].status.as_str()), (3, "done"));
        let (released,): (i64,) =
            Sql::read("count", "SELECT COUNT(*) FROM task_job WHERE released_at IS NOT NULL")
                .one(&app.database)
                .await
                .unwrap();
        assert_eq!(released, 4, "each image counts once");
    }
}

#[tokio::test]
async fn of_an_index_its_images_are_meant_but_for_those_left_out() {
    for app in &Both::open().await.list {
        let project = default(app).await;
        let ids = images(app, 4).await;
        let (index, children, other) = (ids[0], &ids[1..3], ids[3]);
        for (change, id) in [
            ("UPDATE asset SET multiple = TRUE, content_id = NULL WHERE id = $1", index),
            ("UPDATE asset SET parent_id = (SELECT id FROM asset WHERE multiple) WHERE id = $1", children[0]),
            ("UPDATE asset SET parent_id = (SELECT id FROM asset WHERE multiple) WHERE id = $1", children[1]),
        ] {
            Sql::write("plant", change).bind(id).run(&app.database).await.unwrap();
        }
        let base = nightly(at("02T02:00:00"));
        let cases: [(&str, Said<'_>, &[i64]); 5] = [
            ("all", base, &ids[1..]),
            ("index", Said { picked: true, images: &ids[..1], ..base }, children),
            ("child", Said { picked: true, images: &children[..1], ..base }, &children[..1]),
            ("no index", Said { exclude: &ids[..1], ..base }, &[other]),
            ("no child", Said { exclude: &children[..1], ..base }, &[children[1], other]),
        ];
        for (name, said, expected) in cases {
            let id = make(app, &Said { name, ..said }, &Scope::Projects(vec![project])).await;
            let found = super::images(app, &schedule(app, id).await, at("02T02:00:00")).await.unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
}

#[tokio::test]
async fn one_that_cannot_be_understood_is_put_off_and_keeps_none_from_beginning() {
    for app in &Both::open().await.list {
        images(app, 1).await;
        let newer = Said { name: "newer", rhythm: r#"{"type":"moon"}"#, ..nightly(at("02T02:00:00")) };
        let newer = make(app, &newer, &Scope::All).await;
        make(app, &nightly(at("02T02:00:00")), &Scope::All).await;
        look(app, at("02T02:00:00")).await.unwrap();
        assert_eq!(all(app).await.len(), 1);
        assert_eq!(schedule(app, newer).await.next_at, Some(at("02T02:01:00")));
    }
}
