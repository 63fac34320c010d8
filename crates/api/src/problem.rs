use model::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What went wrong with a request, as a word that programs can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The request is not written as it should be.
    InvalidRequest,
    /// Nobody is signed in, or the token is not valid.
    NotSignedIn,
    /// User or password is wrong.
    WrongPassword,
    /// Too many wrong passwords: none is taken for some time.
    Locked,
    /// The role does not allow it.
    Forbidden,
    /// Before anything else the password is to be changed: `PUT /me/password`.
    PasswordChangeRequired,
    /// The header that guards against requests made by other sites is missing or wrong.
    CsrfTokenMissing,
    /// There is no such thing, or it may not be seen.
    NotFound,
    /// There is no such method here.
    MethodNotAllowed,
    /// Something of that name is there, or it is in a state that does not allow it.
    Conflict,
    /// The request is larger than it may be.
    TooLarge,
    /// The body is of another kind than is understood.
    UnsupportedMediaType,
    /// Too many requests.
    TooManyRequests,
    /// The server failed; its log says why.
    Internal,
    /// The database or the object store does not answer.
    Unavailable,
}

/// What went wrong with a request: RFC 9457, `application/problem+json`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What kind of problem: an address below `/problems/`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// The kind as a word.
    pub code: ProblemCode,
    /// What, where, and what to do.
    pub detail: String,
    /// The kind for people.
    pub message: Text,
}
