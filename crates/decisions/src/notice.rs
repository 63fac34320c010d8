use model::Text;

/// Something about decisions that is worth telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What kind of thing it is.
    pub kind: NoticeKind,
    /// The file, and the line where there is one.
    pub source: String,
    /// What it is about: the entry or the statement, in short.
    pub subject: String,
    /// What happened, and what can be done.
    pub why: Text,
}

/// The kinds of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// The last day of an entry is over: it no longer holds.
    Expired,
    /// An entry or a document covers nothing in this report.
    Unused,
    /// A statement cannot be decided, and so suppresses nothing.
    Undecided,
}
