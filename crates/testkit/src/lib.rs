//! Images, layers and archives built as bytes for tests and for the sample.
//!
//! Everything here is deterministic: the same calls give the same bytes, with fixed times and owners.
//! It is a development crate: what goes wrong ends the test with a panic, so nothing returns an error.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "test support: a failure here is a failed test"
)]

mod authority;
mod daemon;
mod docker_registry;
mod engine;
mod fleet;
mod golang;
mod image;
mod layer;
mod layout;
mod lazy;
mod pack;
pub mod players;
mod postgres;
mod program;
mod registry;
pub mod sample;
mod secrets;
mod server;

pub use authority::{Authority, self_signed};
pub use daemon::{Daemon, free_port, root, tool};
pub use docker_registry::{DockerRegistry, DockerRegistryOptions};
pub use engine::{Containerd, Dockerd};
pub use fleet::{Fleet, FleetOptions, Served};
pub use golang::{go_binary, go_binary_pointers};
pub use image::{Blob, Blobs, Image};
pub use layer::{Layer, tar_header};
pub use layout::{multi_platform_index, multi_platform_layout};
pub use pack::{Compression, gzip, sha256_hex, zip, zlib, zstd};
pub use postgres::Postgres;
pub use program::{assembly, elf_section, pe_section};
pub use registry::registry_answer;
pub use secrets::assert_tells_none;
pub use server::{Answer, Asked, WebServer};
