use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::from_fn;
use axum::routing::any;
use http::{Method, StatusCode};
use tower::ServiceExt;

use super::{TIMES, again};
use crate::problem::Problem;

/// Stands in its own way so often, then answers with what it was sent.
async fn echo(State(left): State<Arc<AtomicU32>>, body: String) -> Result<String, Problem> {
    match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => Err(Problem::overtaken()),
        Err(_) => Ok(body),
    }
}

async fn ask(failures: u32, method: Method, sized: bool) -> (StatusCode, String, u32) {
    let left = Arc::new(AtomicU32::new(failures));
    let router = Router::new()
        .route("/", any(echo))
        .layer(from_fn(|request, next| again(8, request, next)))
        .with_state(Arc::clone(&left));
    let body = match sized {
        true => Body::from("body"),
        false => Body::from_stream(futures::stream::iter([Ok::<_, std::io::Error>("body")])),
    };
    let request = Request::builder().method(method).uri("/").body(body).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let text = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    (status, String::from_utf8(text.to_vec()).unwrap(), left.load(Ordering::SeqCst))
}

#[tokio::test]
async fn does_what_was_overtaken_again_with_the_same_body() {
    assert_eq!(ask(0, Method::POST, true).await, (StatusCode::OK, "body".to_owned(), 0));
    assert_eq!(ask(TIMES - 1, Method::POST, true).await, (StatusCode::OK, "body".to_owned(), 0));
    let (status, text, left) = ask(TIMES + 1, Method::DELETE, true).await;
    assert_eq!((status, left), (StatusCode::SERVICE_UNAVAILABLE, 1), "{text}");
}

#[tokio::test]
async fn does_once_what_changes_nothing_or_cannot_be_kept() {
    for (method, sized) in [(Method::GET, true), (Method::POST, false)] {
        let (status, _, left) = ask(2, method, sized).await;
        assert_eq!((status, left), (StatusCode::SERVICE_UNAVAILABLE, 1));
    }
}
