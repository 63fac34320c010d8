//! Projects: who sees what.

use crate::sql::{On, Sql};
use crate::{Error, now};

/// The project that is always there.
pub const DEFAULT: &str = "default";

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Project {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// The id of a project, which is made when it is not there.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ensure(on: impl Into<On<'_>>, name: &str) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "make a project",
        "INSERT INTO project (name, created) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
    )
    .bind(name)
    .bind(now())
    .one(on)
    .await?;
    Ok(id)
}
