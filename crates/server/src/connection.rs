//! Connections: how many there are, in clear or not, and how long one may be silent.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// So many connections at once; those who come then are turned away.
const MOST: usize = 1024;
/// A connection over which nothing comes and goes for so long is ended.
const SILENCE: Duration = Duration::from_secs(120);

/// Lets connections in.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    tls: Option<RustlsAcceptor>,
}

impl Gate {
    /// One that speaks TLS, if it is told with what.
    pub(crate) fn new(tls: Option<RustlsConfig>) -> Self {
        Self { places: Arc::new(Semaphore::new(MOST)), tls: tls.map(RustlsAcceptor::new) }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Gate {
    type Stream = Connection;
    type Service = S;
    type Future = BoxFuture<'static, io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let tls = self.tls.clone();
        Box::pin(async move {
            let place = place.map_err(io::Error::other)?;
            stream.set_nodelay(true)?;
            let (stream, service): (Box<dyn Stream>, S) = match tls {
                None => (Box::new(stream), service),
                Some(tls) => {
                    let (stream, service) = tls.accept(stream, service).await?;
                    (Box::new(stream), service)
                }
            };
            Ok((Connection { stream, silence: Box::pin(sleep(SILENCE)), _place: place }, service))
        })
    }
}

/// What bytes come and go over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that ends when it is silent, and gives its place back.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    silence: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// What came of waiting for the stream: something, or nothing for too long.
    fn heard<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.silence.as_mut().reset(Instant::now() + SILENCE);
            return polled;
        }
        match self.silence.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        this.heard(context, polled)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.heard(context, polled)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_flush(context) {
            // Flushing what is flushed already is no sign of life.
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => this.heard(context, Poll::Pending),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
