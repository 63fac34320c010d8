//! Listing registries every night, in the hours that are set.

use std::time::Duration;

use futures::FutureExt;
use store::tasks::{self, Cause, New};
use store::{Scope, Transaction, now, registries, settings};

use crate::schedules::{Hours, Window};
use crate::work::{Duty, SYNCS};
use crate::{App, Error};

/// Where the hours are kept.
const SETTINGS: &str = "registries:nightly";
/// From midnight to this minute, when nobody says.
const USUAL: i64 = 180;

/// Asks for the listings of registries whose night it is.
pub(crate) const DUTY: Duty = Duty {
    name: "nightly-listings",
    every: |_| Duration::from_secs(60),
    run: |app| async move { look(&app, now()).await }.boxed(),
};

/// The hours in which registries are listed: those set, or from midnight to three in UTC.
pub(crate) async fn hours(app: &App) -> Result<Hours, Error> {
    match settings::get(&app.database, SETTINGS).await? {
        Some(text) => serde_json::from_str(&text).map_err(Error::kept(SETTINGS)),
        None => Ok(Hours { from: 0, to: USUAL, zone: "UTC".to_owned() }),
    }
}

/// Keeps the hours in which registries are listed.
pub(crate) async fn set_hours(transaction: &mut Transaction, hours: &Hours) -> Result<(), Error> {
    let text = serde_json::to_string(hours).map_err(Error::kept(SETTINGS))?;
    Ok(settings::set(transaction, SETTINGS, &text).await?)
}

/// Asks for what is due at a time: registries of which no listing was begun since these hours began.
pub(crate) async fn look(app: &App, now: i64) -> Result<(), Error> {
    let hours = hours(app).await?;
    let Some(opened) = Window::try_from(&hours).ok().and_then(|window| window.opened(now)) else {
        return Ok(());
    };
    let due = registries::due(&app.database, opened).await?;
    let mut transaction = app.database.begin().await?;
    for id in due {
        if let Some(registry) = registries::find(&mut transaction, &Scope::All, id).await? {
            registries::tried(&mut transaction, id, now).await?;
            ask(&mut transaction, &[registry], Cause::Schedule, "nightly").await?;
        }
    }
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(())
}

/// Makes a task that lists registries, each once however many ask; nothing when there is none.
pub(crate) async fn ask(
    transaction: &mut Transaction,
    wanted: &[registries::Registry],
    cause: Cause,
    by: &str,
) -> Result<Option<i64>, store::Error> {
    let name = match wanted {
        [] => return Ok(None),
        [registry] => registry.name.clone(),
        _several => String::new(),
    };
    let mut projects: Vec<i64> = wanted.iter().map(|registry| registry.project_id).collect();
    projects.sort_unstable();
    projects.dedup();
    let new = New {
        projects: &projects,
        kind: SYNCS,
        cause,
        name: &name,
        parameters: "{}",
        created_by: by,
        parallel: 0,
    };
    let task = tasks::create(transaction, new).await?;
    for registry in wanted {
        let wanted = store::jobs::Wanted {
            kind: SYNCS,
            subject: registry.id,
            dedupe: format!("{SYNCS}:{}", registry.id),
            parameters: "{}".to_owned(),
            priority: cause.priority(),
        };
        let job = store::jobs::ask(transaction, wanted).await?;
        tasks::add(transaction, task, job).await?;
    }
    Ok(Some(task))
}

#[cfg(test)]
mod tests {
    use store::registries::{Options, Said};

    use super::*;
    use crate::{Key, Settings};

    const HOUR: i64 = 3_600_000;
    /// 2026-11-22, midnight in UTC.
    const MIDNIGHT: i64 = 1_795_305_600_000;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_registry_is_listed_once_a_night_and_not_by_day() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("store").display());
        let app = App::open(Settings::new(url, directory.path(), Key::new([7; 32]))).await.unwrap();
        let mut transaction = app.database.begin().await.unwrap();
        let project = store::projects::ensure(&mut transaction, store::projects::DEFAULT).await.unwrap();
        for (name, nightly) in [("nightly", true), ("by hand", false)] {
            let options = Options::default();
            let said = Said {
                name,
                kind: "oci",
                address: "a.example",
                options: &options,
                images_per_hour: None,
                nightly,
            };
            registries::create(&mut transaction, project, &said).await.unwrap();
        }
        let hours = Hours { from: 60, to: 180, zone: "Asia/Shanghai".to_owned() };
        set_hours(&mut transaction, &hours).await.unwrap();
        transaction.commit().await.unwrap();
        let asked = async || {
            let sql = "SELECT COUNT(*) FROM task WHERE kind = 'sync'";
            store::Sql::read("count", sql).one::<(i64,)>(&app.database).await.unwrap().0
        };
        // In Shanghai it is eight in the morning, then one at night, nearly two, three, and one on the next night.
        for (after, expected) in [(0, 0), (17 * HOUR, 1), (18 * HOUR - 1, 1), (19 * HOUR, 1), (41 * HOUR, 2)]
        {
            look(&app, MIDNIGHT + after).await.unwrap();
            // What was asked for before is done by then.
            let done = "UPDATE job SET state = 'done' WHERE kind = 'sync'";
            store::Sql::write("end", done).run(&app.database).await.unwrap();
            assert_eq!(asked().await, expected, "{after} ms after midnight");
        }
    }
}
