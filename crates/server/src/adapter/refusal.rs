use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// The media type of what is told of errors.
const MEDIA_TYPE: &str = "application/vnd.scanner.adapter.error+json; version=1.0";

/// Why a registry is not answered as it asked, in the form of its interface.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    /// A refusal; `message` says what, where, and what to do.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// The request is not written as it should be.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A field of the request says what cannot be.
    pub(crate) fn field(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// There is no report, and there will be none.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        crate::problem::Problem::from(error).into()
    }
}

impl From<crate::Error> for Refusal {
    fn from(error: crate::Error) -> Self {
        crate::problem::Problem::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = api::HarborProblem { error: api::HarborError { message: self.message } };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}
