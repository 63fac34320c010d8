//! Decisions, exports and rules over HTTP, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_types,
    reason = "what a test cannot do fails it"
)]

mod decisions;
mod exports;
mod inventory;
mod rules;
#[path = "../shared/server.rs"]
mod server_of_tests;

use server_of_tests::{Answer, Server, servers, until};
