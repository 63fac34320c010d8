//! The whole server: what answers, what works, what watches, until somebody ends it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::{App, Error, Settings, engines, upload, work};

/// How long what is under way may take to end.
const GRACE: Duration = Duration::from_secs(20);

/// How often it is looked for uploads that nobody scanned.
const SWEEP: Duration = Duration::from_secs(3600);

/// A server that answers.
#[derive(Clone, Debug)]
pub struct Started {
    /// Where.
    pub address: SocketAddr,
}

/// Serves until SIGTERM or SIGINT; it takes the thread. `tell` hears once it answers.
///
/// # Errors
/// When the database, a directory or the address cannot be used.
pub fn serve(settings: Settings, listen: SocketAddr, tell: impl FnOnce(&Started)) -> Result<(), Error> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(Error::Start)?;
    let served = runtime.block_on(run(settings, listen, tell));
    // A scan that does not hear must not keep the process.
    runtime.shutdown_timeout(GRACE);
    served
}

async fn run(settings: Settings, listen: SocketAddr, tell: impl FnOnce(&Started)) -> Result<(), Error> {
    let app = App::open(settings).await?;
    let listener = TcpListener::bind(listen).await.map_err(|source| Error::Listen { listen, source })?;
    let address = listener.local_addr().map_err(|source| Error::Listen { listen, source })?;
    let (end, ending) = watch::channel(false);
    let mut parts = JoinSet::new();
    parts.spawn(work::run(app.clone(), ending.clone()));
    parts.spawn(engines::watch(app.clone(), ending.clone()));
    parts.spawn(sweep(app.clone(), ending.clone()));
    tell(&Started { address });
    let mut stopping = ending.clone();
    let stopped = async move {
        tokio::select! {
            () = signal() => {}
            _ = stopping.wait_for(|ending| *ending) => {}
        }
        end.send_replace(true);
    };
    let served = axum::serve(listener, crate::router(app.clone())).with_graceful_shutdown(stopped).await;
    let all = async { while parts.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        tracing::warn!("something did not end in time; what it did is done again at the next start");
    }
    app.database.close().await;
    served.map_err(Error::Start)
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
