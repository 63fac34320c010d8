use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One thing that was done, or tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: i64,
    /// Who: the name of an account.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What, as `account.create`.
    pub action: String,
    /// To what, as `account 7`.
    pub object: String,
    /// How.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// By this account.
    #[param(max_length = 64)]
    pub actor: Option<String>,
    /// This action; with a `.` at the end all that begin so.
    #[param(max_length = 100)]
    pub action: Option<String>,
    /// To this object, as `account 7`.
    #[param(max_length = 200)]
    pub object: Option<String>,
    /// From this time on.
    pub since: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
}
