//! The door: an address, TLS, proxies, limits of connections, and an end that waits for who is being answered.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::middleware::from_fn_with_state;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;

use crate::access::client::{Network, Way, tell};
use crate::connection::Gate;
use crate::{App, Error};

/// How long who is being answered may take when the server is to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(20);
/// The largest head of a request.
const MOST_HEAD: usize = 64 << 10;
/// So many requests at once over one connection.
const MOST_STREAMS: u32 = 100;
/// How often the certificate is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// The largest file of a certificate or key.
const MOST_PEM: u64 = 1 << 20;

/// Where and how the server answers.
#[derive(Clone, Debug)]
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    /// With what; in clear without.
    pub certificate: Option<Certificate>,
    /// Proxies that may say for whom they ask.
    pub proxies: Vec<Network>,
}

/// A certificate and its key, as PEM files that are read again when they change.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate, and those between it and its authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// An address that was taken, where nobody is answered yet.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<(Certificate, RustlsConfig)>,
    way: Way,
}

impl Door {
    /// Takes the address and reads the certificate.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub async fn open(listening: Listening) -> Result<Self, Error> {
        let listen = listening.address;
        let refuse = |source| Error::Listen { listen, source };
        let listener = TcpListener::bind(listen).map_err(refuse)?;
        listener.set_nonblocking(true).map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        let tls = match listening.certificate {
            Some(files) => {
                let config = files.read().await?;
                Some((files, config))
            }
            None => None,
        };
        let way = Way { tls: tls.is_some(), proxies: listening.proxies };
        Ok(Self { listener, address, tls, way })
    }

    /// The address that was taken, with the port when any was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether TLS is spoken here.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// Answers until `ending` is over, and then for at most some seconds those who asked before.
    ///
    /// # Errors
    /// When the address is lost.
    pub async fn serve(
        self,
        app: App,
        ending: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let Self { listener, address, tls, way } = self;
        let refuse = |source| Error::Listen { listen: address, source };
        let router = crate::router(app).layer(from_fn_with_state(Arc::new(way), tell));
        let handle = Handle::new();
        let end = handle.clone();
        let ending = tokio::spawn(async move {
            ending.await;
            end.graceful_shutdown(Some(GRACE));
        });
        let reading = tls.clone().map(|(files, config)| tokio::spawn(read_again(files, config)));
        let gate = Gate::new(tls.map(|(_, config)| config));
        let mut server = axum_server::from_tcp(listener).map_err(refuse)?.handle(handle).acceptor(gate);
        limit(server.http_builder());
        let served = server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await;
        if let Some(reading) = reading {
            reading.abort();
        }
        ending.abort();
        served.map_err(refuse)
    }
}

/// Limits what somebody can send before a route is asked.
fn limit(builder: &mut Builder<TokioExecutor>) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(MOST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MOST_HEAD).unwrap_or(u32::MAX))
        .max_concurrent_streams(MOST_STREAMS)
        .keep_alive_interval(HEAD)
        .keep_alive_timeout(HEAD);
}

impl Certificate {
    fn refuse(&self, source: std::io::Error) -> Error {
        Error::Certificate { path: self.certificate.clone(), source }
    }

    /// Both files.
    async fn files(&self) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let (certificate, key) = (self.certificate.clone(), self.key.clone());
        let both = move || -> Result<_, bounded::Error> {
            Ok((bounded::read_file(&certificate, MOST_PEM)?, bounded::read_file(&key, MOST_PEM)?))
        };
        let read = tokio::task::spawn_blocking(both).await.map_err(std::io::Error::other);
        read.and_then(|read| read.map_err(std::io::Error::other)).map_err(|source| self.refuse(source))
    }

    async fn read(&self) -> Result<RustlsConfig, Error> {
        let (certificate, key) = self.files().await?;
        RustlsConfig::from_pem(certificate, key).await.map_err(|source| self.refuse(source))
    }

    /// When the files were changed.
    async fn changed(&self) -> [Option<SystemTime>; 2] {
        [changed(&self.certificate).await, changed(&self.key).await]
    }
}

async fn changed(path: &Path) -> Option<SystemTime> {
    tokio::fs::metadata(path).await.ok()?.modified().ok()
}

/// Reads a certificate again whenever its files change; a bad one leaves the one of before.
async fn read_again(files: Certificate, config: RustlsConfig) {
    let mut known = files.changed().await;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = files.changed().await;
        if now == known {
            continue;
        }
        known = now;
        let read = match files.files().await {
            Ok((certificate, key)) => {
                config.reload_from_pem(certificate, key).await.map_err(|source| files.refuse(source))
            }
            Err(error) => Err(error),
        };
        match read {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate changed and cannot be used"),
        }
    }
}
