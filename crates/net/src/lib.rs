#![doc = include_str!("../README.md")]

mod client;
mod error;
pub mod grpc;
mod host;
mod options;
mod pause;
mod request;
mod response;

pub use client::{Client, Fetch, check_authorities};
pub use error::Error;
pub use host::{Origin, encode_component, is_loopback};
pub use options::{Options, Speed};
pub use request::{Authorization, Method, Request};
pub use response::{Refusal, Response};
