use crate::sql::Sql;

/// The projects somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// These.
    Projects(Vec<i64>),
}

impl Scope {
    /// Adds `AND column IN (…)` to a statement that has a `WHERE`, where not all may be seen.
    #[must_use]
    pub fn limit(&self, sql: Sql, column: &str) -> Sql {
        match self {
            Self::All => sql,
            Self::Projects(projects) => sql.list(&format!(" AND {column} IN "), projects.iter().copied()),
        }
    }

    /// Whether a project may be seen.
    #[must_use]
    pub fn holds(&self, project: i64) -> bool {
        match self {
            Self::All => true,
            Self::Projects(projects) => projects.contains(&project),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, scope) | (scope, Self::All) => scope.clone(),
            (Self::Projects(left), Self::Projects(right)) => {
                Self::Projects(left.iter().copied().filter(|project| right.contains(project)).collect())
            }
        }
    }
}
