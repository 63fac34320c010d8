//! Plays a registry of many images on this machine: `fleet [IMAGES]`.
//!
//! Its address is the first line it prints. For each line it reads it prints what it served until then, as JSON; it ends
//! with its input.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a small tool that speaks to its caller")]

use std::io::BufRead as _;
use std::process::ExitCode;

use testkit::{Fleet, FleetOptions};

fn main() -> ExitCode {
    let mut options = FleetOptions::default();
    if let Some(images) = std::env::args().nth(1) {
        let Ok(images) = images.parse() else {
            eprintln!("usage: fleet [IMAGES]");
            return ExitCode::from(2);
        };
        options.images = images;
    }
    let fleet = Fleet::start(options);
    println!("{}", fleet.url());
    for _line in std::io::stdin().lock().lines() {
        let served = fleet.served();
        let told = serde_json::json!({
            "catalogs": served.catalogs, "tag_lists": served.tag_lists, "heads": served.heads,
            "manifests": served.manifests, "configs": served.configs, "layers": served.layers,
            "refused": served.refused, "bytes": served.bytes,
        });
        println!("{told}");
    }
    ExitCode::SUCCESS
}
