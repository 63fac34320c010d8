//! From reports to lists: what is kept, counted and decided, on both databases.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod ingest;
mod reports;
mod risks;
