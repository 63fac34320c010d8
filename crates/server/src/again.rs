//! A request that stood in the way of another in the database is done again: nothing of it was kept.

use std::time::Duration;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// How often a request is done at most.
const TIMES: u32 = 5;
/// How long it waits before the second time; longer each time.
const PAUSE: Duration = Duration::from_millis(20);

/// What an answer carries that means: ask again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overtaken;

/// Does a changing request again as long as others stand in its way. Larger ones than `most` bytes, and those that do not
/// tell how large they are, are done once: they cannot be kept.
pub(crate) async fn again(most: usize, request: Request, next: Next) -> Response {
    let size = request.body().size_hint().upper().and_then(|size| usize::try_from(size).ok());
    if request.method().is_safe() || size.is_none_or(|size| size > most) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, most).await else {
        return Problem::invalid("the body of the request did not arrive whole").into_response();
    };
    for time in 1..TIMES {
        let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        let response = next.clone().run(request).await;
        if response.extensions().get::<Overtaken>().is_none() {
            return response;
        }
        tokio::time::sleep(PAUSE * time).await;
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

#[cfg(test)]
mod tests;
