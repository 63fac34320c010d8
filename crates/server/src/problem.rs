use api::ProblemCode;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use model::Text;

use crate::again::Overtaken;

/// Why a request is not answered as asked.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    code: ProblemCode,
    detail: String,
    is_overtaken: bool,
}

/// Every code: its status, and what it says in a few words.
const CODES: [(ProblemCode, StatusCode, &str, &str); 15] = [
    (ProblemCode::InvalidRequest, StatusCode::BAD_REQUEST, "The request is not valid", "请求无效"),
    (ProblemCode::NotSignedIn, StatusCode::UNAUTHORIZED, "Nobody is signed in", "尚未登录"),
    (ProblemCode::WrongPassword, StatusCode::UNAUTHORIZED, "User or password is wrong", "用户名或密码错误"),
    (ProblemCode::Locked, StatusCode::TOO_MANY_REQUESTS, "Too many wrong passwords", "密码错误次数过多"),
    (ProblemCode::Forbidden, StatusCode::FORBIDDEN, "The role does not allow it", "当前角色无权执行此操作"),
    (
        ProblemCode::PasswordChangeRequired,
        StatusCode::FORBIDDEN,
        "The password is to be changed first",
        "请先修改密码",
    ),
    (
        ProblemCode::CsrfTokenMissing,
        StatusCode::FORBIDDEN,
        "The request does not come from the console",
        "请求并非来自控制台",
    ),
    (ProblemCode::NotFound, StatusCode::NOT_FOUND, "There is no such thing", "对象不存在"),
    (
        ProblemCode::MethodNotAllowed,
        StatusCode::METHOD_NOT_ALLOWED,
        "There is no such method here",
        "不支持此请求方法",
    ),
    (ProblemCode::Conflict, StatusCode::CONFLICT, "It does not go with what is there", "与现有状态冲突"),
    (ProblemCode::TooLarge, StatusCode::PAYLOAD_TOO_LARGE, "The request is too large", "请求内容过大"),
    (
        ProblemCode::UnsupportedMediaType,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The body is of another kind than is understood",
        "不支持的内容类型",
    ),
    (ProblemCode::TooManyRequests, StatusCode::TOO_MANY_REQUESTS, "Too many requests", "请求过于频繁"),
    (ProblemCode::Internal, StatusCode::INTERNAL_SERVER_ERROR, "The server failed", "服务器内部错误"),
    (
        ProblemCode::Unavailable,
        StatusCode::SERVICE_UNAVAILABLE,
        "The server cannot answer now",
        "服务暂不可用",
    ),
];

impl Problem {
    /// A problem of a kind; `detail` says what, where, and what to do.
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), is_overtaken: false }
    }

    /// The request is not written as it should be.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidRequest, detail)
    }

    /// There is none, or it may not be seen.
    pub(crate) fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(ProblemCode::NotFound, format!("cannot find {what} `{id}`"))
    }

    /// Others changed the same at the same time: it is done again before anybody hears of it.
    pub(crate) fn overtaken() -> Self {
        let detail = "others changed the same at the same time: ask again";
        Self { is_overtaken: true, ..Self::new(ProblemCode::Unavailable, detail) }
    }

    /// The server failed: its log says why, the answer does not.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = crate::told(error), "a request failed");
        Self::new(ProblemCode::Internal, "the server failed; its log says why")
    }

    /// Its status and what it says, for those who are told otherwise.
    pub(crate) fn told(self) -> (StatusCode, String) {
        let row = CODES.iter().find(|(code, ..)| *code == self.code);
        (row.map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status, ..)| *status), self.detail)
    }

    /// The database holds a word that this program does not know.
    pub(crate) fn damaged(what: &str, word: &str) -> Self {
        tracing::error!(what, word, "the database holds a word that is not known");
        Self::new(ProblemCode::Internal, "the server failed; its log says why")
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match &error {
            store::Error::Cursor | store::Error::Nul { .. } => Self::invalid(error.to_string()),
            store::Error::Exists { .. } | store::Error::Used { .. } => {
                Self::new(ProblemCode::Conflict, error.to_string())
            }
            store::Error::Overtaken => Self::overtaken(),
            error if error.is_conflict() => Self::overtaken(),
            _ => Self::internal(&error),
        }
    }
}

impl From<crate::Error> for Problem {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Store(error) => error.into(),
            error => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let row = CODES.iter().find(|(code, ..)| *code == self.code);
        let (status, english, chinese) = row
            .map_or((StatusCode::INTERNAL_SERVER_ERROR, "", ""), |(_, status, english, chinese)| {
                (*status, english, chinese)
            });
        let word = serde_json::to_value(self.code).unwrap_or_default();
        let body = api::Problem {
            kind: format!("/problems/{}", word.as_str().unwrap_or_default()),
            title: english.to_owned(),
            status: status.as_u16(),
            code: self.code,
            detail: self.detail,
            message: Text::new(english, chinese),
        };
        let mut response = (status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.is_overtaken {
            response.extensions_mut().insert(Overtaken);
        }
        response
    }
}
