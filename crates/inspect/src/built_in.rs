use model::{Severity, Text};

/// A rule or check that comes with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its public id.
    pub id: String,
    /// One line.
    pub title: Text,
    /// How bad it is when something is found.
    pub severity: Severity,
}
