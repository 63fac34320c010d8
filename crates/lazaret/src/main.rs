//! The `lazaret` binary.
fn main() {}
