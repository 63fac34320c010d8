#![doc = include_str!("../README.md")]

mod ahead;
mod buffer;
mod error;
mod file;
mod inflate;
mod limits;
mod number;
pub mod tar;
mod unpack;
pub mod zip;

pub use buffer::Buffer;
pub use error::Error;
pub use file::{create_directory, open_file, read_file};
pub use inflate::inflate;
pub use limits::Limits;
pub use number::clamp_usize;
pub use unpack::{Format, Sums, Unpacked, unpack};

// Named so that its `std` feature is on: flate2 alone leaves out the run-time choice of the CPU's instructions.
use zlib_rs as _;
