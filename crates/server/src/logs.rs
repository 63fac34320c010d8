//! The log: a line for each request, and what goes wrong. No body, no query and no secret is ever in it.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use tracing::{Instrument as _, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::access::{Client, Known, secret};
use crate::{App, metrics};

/// The header that names a request, in the answer and in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON document a line.
    Json,
}

/// Writes the log of this process to standard error; `filter` is as of `tracing`, such as `info`.
///
/// # Errors
/// When the filter is none, or a log is written already.
pub fn start_log(format: LogFormat, filter: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(tracing::subscriber::set_global_default(log(format, filter, std::io::stderr)?)?)
}

/// What writes a log somewhere.
///
/// # Errors
/// When the filter is none.
pub fn log<W>(
    format: LogFormat,
    filter: &str,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, tracing_subscriber::filter::ParseError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter)?;
    let plain = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    Ok(match format {
        LogFormat::Text => Box::new(plain.finish()),
        LogFormat::Json => Box::new(plain.json().flatten_event(true).finish()),
    })
}

/// Names a request, times it, counts it, and writes its line.
pub(crate) async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    // Without random bytes a request has no name, which is no reason not to answer it.
    let id: String = secret::random().map(|id| id.chars().take(16).collect()).unwrap_or_default();
    let known = Known::default();
    request.extensions_mut().insert(known.clone());
    let address = request.extensions().get::<Client>().map(|client| client.address.to_string());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span).await;
    let (status, took) = (response.status(), begun.elapsed());
    app.metrics.count(route.as_deref(), &method, status, took);
    tracing::info!(
        id,
        method = metrics::word(&method),
        route = route.as_deref().unwrap_or("-"),
        status = status.as_u16(),
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        actor = known.0.get().map_or("-", String::as_str),
        address = address.as_deref().unwrap_or("-"),
        "answered"
    );
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
