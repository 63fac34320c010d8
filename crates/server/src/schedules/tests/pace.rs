//! Which pace and hours their tasks keep.

use crate::App;
use crate::schedules::look;
use store::jobs::{self, End, LEASE};
use store::schedules::Said;
use store::tasks::{self, Cause, New, Scans};
use store::{Scope, Sql};

use super::{Both, HOUR, SECOND, all, at, claim, default, end, image, images, make, nightly, work};

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
