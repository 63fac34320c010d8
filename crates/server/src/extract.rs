//! What requests bring: as axum's, but problems are told as problems.

use api::ProblemCode;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;
use http::{StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::Problem;

/// A body in JSON. NUL characters are in none: PostgreSQL takes no text with them.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await?;
        let escaped = bytes.windows(6).any(|bytes| bytes == br"\u0000");
        if escaped && serde_json::from_slice(&bytes).is_ok_and(|value| holds_nul(&value)) {
            return Err(Problem::invalid("cannot take the body: a text in it holds a NUL character"));
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        let axum::Json(value) = axum::Json::from_request(request, state).await?;
        Ok(Self(value))
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(values) => values.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What the address says after `?`.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(crate) struct Query<T>(pub(crate) T);

/// What the address says in its path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(crate) struct Path<T>(pub(crate) T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
            _ => ProblemCode::InvalidRequest,
        };
        Self::new(code, rejection.body_text())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
            _ => ProblemCode::InvalidRequest,
        };
        Self::new(code, rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}

impl<T: serde::Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

/// What part of a list is wanted; said beside a filter.
const PAGE_WORDS: [&str; 4] = ["limit", "after", "sort", "descending"];

/// A filter in the address; a word that it does not know is refused, since a filter that is not read shows too much.
#[derive(Debug)]
pub(crate) struct Filter<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let is_own = |pair: &&str| !PAGE_WORDS.contains(&pair.split('=').next().unwrap_or_default());
        let own: Vec<&str> = query.split('&').filter(is_own).collect();
        let uri: Uri = format!("/?{}", own.join("&"))
            .parse()
            .map_err(|error| Problem::invalid(format!("the query cannot be read: {error}")))?;
        let axum::extract::Query(filter) = axum::extract::Query::try_from_uri(&uri)?;
        Ok(Self(filter))
    }
}
