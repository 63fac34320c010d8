/// Why decisions or gates could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file is not written as it should be.
    #[error("cannot understand `{file}`: line {line}, column {column}: {why}")]
    File {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// A document is well written, but not one that can be used.
    #[error("cannot use `{file}` as a VEX document: {why}")]
    Document {
        /// The file.
        file: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The argument of a gate is not written as it should be.
    #[error("cannot understand `{text}`: {why}")]
    Gate {
        /// The argument.
        text: String,
        /// What is wrong, and what would be right.
        why: String,
    },
}
