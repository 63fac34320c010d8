//! Which images they mean.

use crate::schedules::look;
use store::schedules::{self, Said};
use store::tasks;
use store::{Scope, Sql, projects};

use super::{Both, at, default, image, images, make, nightly, schedule};

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
            let found =
                crate::schedules::images(app, &schedule(app, id).await, at("02T02:00:00")).await.unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
}
