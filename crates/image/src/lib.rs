#![doc = include_str!("../README.md")]

mod archive_stream;
pub mod containerd;
pub mod containers_storage;
pub mod docker;
pub mod docker_archive;
mod error;
pub mod host;
pub mod interest;
mod known;
pub mod layout;
mod location;
mod manifest;
pub mod path;
mod place;
pub mod platform;
mod reference;
pub mod registry;
mod runtime;
mod source;
mod store;
pub mod walk;

pub use archive_stream::{OnLayer, read_stream};
pub use error::{Error, failure_of};
pub use known::Known;
pub use location::{Location, compression};
pub use manifest::{Config, Descriptor, Index, Manifest, RootFs, media_types};
pub use place::{Place, Storage};
pub use reference::Reference;
pub use runtime::{Opened, Runtime, Watch};
pub use source::{Blob, Data, Image, Layer};
