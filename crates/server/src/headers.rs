//! What every answer goes through: its headers, its number, its time, and what becomes of a panic.

use std::any::Any;
use std::time::Duration;

use api::ProblemCode;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access::Client;
use crate::again::again;
use crate::problem::Problem;
use crate::{App, logs, site};

/// The largest body of a request, but where a route says otherwise.
const MOST_BODY: usize = 1 << 20;
/// How long a request may take until its answer begins.
const LONGEST: Duration = Duration::from_secs(60);
/// Routes that take as long as what is sent to them.
const LONG: [&str; 2] = ["/api/v1/images/upload", "/api/v1/advisories/import"];

/// The console is of this server's own: nothing in it comes from elsewhere, and it is shown in no other page.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Puts everything around the routes that all answers go through.
pub(crate) fn around(router: Router<App>, app: &App) -> Router<App> {
    router
        .fallback(nothing)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn(|request, next| again(MOST_BODY, request, next)))
        .layer(from_fn(without_nul))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(told))
        .layer(CompressionLayer::new())
        .layer(from_fn(dress))
        .layer(from_fn_with_state(app.clone(), logs::record))
}

async fn nothing(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let nothing = || Problem::new(ProblemCode::NotFound, "there is nothing at this address").into_response();
    site::answer(&method, &uri, &headers).unwrap_or_else(nothing)
}

async fn no_such_method() -> Problem {
    Problem::new(ProblemCode::MethodNotAllowed, "this address does not take the method of the request")
}

/// A panic is a fault of this program: the log tells it, the answer does not.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn told(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = words.unwrap_or("without words"), "a request ended in a panic");
    Problem::new(ProblemCode::Internal, "the server failed; its log says why").into_response()
}

/// PostgreSQL takes no text with NUL characters, and no name here has one.
async fn without_nul(request: Request, next: Next) -> Response {
    if request.uri().to_string().contains("%00") {
        return Problem::invalid("cannot take the address: it holds a NUL character").into_response();
    }
    next.run(request).await
}

/// Ends a request whose answer does not begin in time.
async fn in_time(request: Request, next: Next) -> Response {
    if LONG.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    tokio::time::timeout(LONGEST, next.run(request)).await.unwrap_or_else(|_elapsed| {
        let seconds = LONGEST.as_secs();
        let detail = format!("the answer did not begin within {seconds} s: ask for less, or again later");
        Problem::new(ProblemCode::Unavailable, detail).into_response()
    })
}

/// Tells browsers what they must not do with an answer.
async fn dress(request: Request, next: Next) -> Response {
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
    let https = request.extensions().get::<Client>().is_some_and(|client| client.https);
    let of_interface = ["/api/", "/harbor/"].iter().any(|start| request.uri().path().starts_with(start));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(OPENER, HeaderValue::from_static("same-origin"));
    headers.insert(RESOURCE, HeaderValue::from_static("same-origin"));
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if of_interface {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
