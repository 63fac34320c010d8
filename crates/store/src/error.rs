/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the database is none.
    #[error("cannot use database `{url}`: {why}")]
    Address {
        /// The address, without a password.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The tables could not be brought up to date.
    #[error("cannot bring the tables up to date with `{migration}`: {why}")]
    Migration {
        /// Which step.
        migration: String,
        /// What is wrong.
        why: String,
    },
    /// The database refused or is gone.
    #[error("cannot {operation}")]
    Query {
        /// What was to be done.
        operation: &'static str,
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// A text holds a character that no database keeps.
    #[error("cannot {operation}: a text holds the character NUL")]
    Nul {
        /// What was to be done.
        operation: &'static str,
    },
    /// What asks for the next page is nothing that a page gave.
    #[error("cannot go on from there: `after` is nothing that a page of this list gave as `next`")]
    Cursor,
    /// What is kept cannot be understood; a newer version may have written it.
    #[error("cannot understand the {what} `{id}` that is kept")]
    Kept {
        /// What kind of thing.
        what: &'static str,
        /// Its id.
        id: i64,
    },
    /// A report does not fit the inventory.
    #[error("cannot keep the report: {why}")]
    Report {
        /// What is wrong with it.
        why: String,
    },
    /// Another report of the same image was kept since the one before was read.
    #[error("cannot keep the report: another of the same image came first")]
    Overtaken,
    /// Something of that name is there already.
    #[error("cannot add {what} `{name}`: it is there already")]
    Exists {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Something belongs to it.
    #[error("cannot delete {what} `{name}`: something belongs to it\nhint: delete or move that before")]
    Used {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
}

impl Error {
    /// Whether something was named that is not there, or deleted that others name.
    #[must_use]
    pub fn is_broken_reference(&self) -> bool {
        matches!(self, Self::Query { source: sqlx::Error::Database(error), .. } if error.is_foreign_key_violation())
    }

    /// Whether something was to be there twice that is to be there once.
    #[must_use]
    pub fn is_twice(&self) -> bool {
        matches!(self, Self::Query { source: sqlx::Error::Database(error), .. } if error.is_unique_violation())
    }
}

impl Error {
    /// Whether the same may go well when it is tried again at once: two transactions waited for one another.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let Self::Query { source: sqlx::Error::Database(error), .. } = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }
}

/// Names what was being done when a query failed.
pub(crate) fn doing(operation: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |source| Error::Query { operation, source }
}
