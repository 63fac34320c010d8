/// Why rules, lists or settings could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule file is not written as it should be.
    #[error("cannot understand `{file}`: line {line}, column {column}: {why}")]
    Rules {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// A file could not be read.
    #[error("cannot read `{file}`")]
    Read {
        /// The file.
        file: String,
        /// The reason.
        #[source]
        source: bounded::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{file}`")]
    Write {
        /// The file.
        file: String,
        /// The reason.
        #[source]
        source: std::io::Error,
    },
    /// A service that was asked for does not answer as it should.
    #[error("cannot use {service} at `{address}`: {why}")]
    Service {
        /// The service: `clamd`.
        service: &'static str,
        /// Where it was looked for.
        address: String,
        /// What happened.
        why: String,
    },
}
