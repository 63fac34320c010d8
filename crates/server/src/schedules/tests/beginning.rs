//! When schedules begin.

use crate::schedules::{begin, look};
use store::Scope;
use store::schedules::{self, Said};

use super::{Both, all, at, images, make, nightly, schedule, work};

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
