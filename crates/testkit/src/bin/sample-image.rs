//! Writes the sample image as an OCI layout: `sample-image <DIR>`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a small tool that speaks to its caller")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(dir), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: sample-image <DIR>");
        return ExitCode::from(2);
    };
    let image = testkit::sample::image();
    image.write_oci_layout(Path::new(&dir));
    println!("wrote {} to {}", image.name(), Path::new(&dir).display());
    ExitCode::SUCCESS
}
