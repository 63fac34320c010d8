//! The whole server: what answers, what works, what watches, until somebody ends it.

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::{App, Door, Error, FirstAdministrator, Listening, Settings, engines, upload, work};

/// How long what is under way may take to end.
const GRACE: Duration = Duration::from_secs(20);

/// How often it is looked for uploads that nobody scanned.
const SWEEP: Duration = Duration::from_secs(3600);

/// A server that answers.
#[derive(Debug)]
pub struct Started {
    /// Where, as it is written into a browser.
    pub address: String,
    /// The account that was made, when there was none.
    pub administrator: Option<FirstAdministrator>,
}

/// Serves until SIGTERM or SIGINT; it takes the thread. `tell` hears once it answers.
///
/// # Errors
/// When the database, a directory, the certificate or the address cannot be used.
pub fn serve(settings: Settings, listening: Listening, tell: impl FnOnce(Started)) -> Result<(), Error> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(Error::Start)?;
    let served = runtime.block_on(run(settings, listening, tell));
    // A scan that does not hear must not keep the process.
    runtime.shutdown_timeout(GRACE);
    served
}

/// Gives an account a new random password, for who has the machine and lost the password; it takes the thread.
///
/// # Errors
/// When there is no such account, or the database cannot be used.
pub fn forget_password(settings: Settings, login: &str) -> Result<String, Error> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::Start)?;
    runtime.block_on(async {
        let app = App::open(settings).await?;
        let password = crate::reset_password(&app, login).await;
        app.database.close().await;
        password
    })
}

async fn run(settings: Settings, listening: Listening, tell: impl FnOnce(Started)) -> Result<(), Error> {
    let app = App::open(settings).await?;
    let door = Door::open(listening).await?;
    let administrator = crate::first_start(&app).await?;
    let (end, ending) = watch::channel(false);
    let mut parts = JoinSet::new();
    parts.spawn(work::run(app.clone(), ending.clone()));
    parts.spawn(engines::watch(app.clone(), ending.clone()));
    parts.spawn(sweep(app.clone(), ending));
    let scheme = if door.is_secure() { "https" } else { "http" };
    // Connections are taken from now on, and answered in a moment.
    tell(Started { address: format!("{scheme}://{}", door.address()), administrator });
    let stopped = async move {
        signal().await;
        end.send_replace(true);
    };
    let served = door.serve(app.clone(), stopped).await;
    let all = async { while parts.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        tracing::warn!("something did not end in time; what it did is done again at the next start");
    }
    app.database.close().await;
    served
}

/// Waits for whoever ends the process.
async fn signal() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "cannot hear SIGTERM");
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn sweep(app: App, mut ending: watch::Receiver<bool>) {
    let mut times = interval(SWEEP);
    loop {
        tokio::select! {
            _ = times.tick() => {}
            _ = ending.wait_for(|ending| *ending) => return,
        }
        let sweeping = app.clone();
        let swept = tokio::task::spawn_blocking(move || upload::sweep(&sweeping)).await;
        if let Ok(Err(error)) = swept {
            tracing::warn!(%error, "cannot remove old uploads");
        }
    }
}
