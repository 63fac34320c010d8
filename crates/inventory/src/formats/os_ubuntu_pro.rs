//! What an Ubuntu that is attached to a subscription takes updates from: `var/lib/ubuntu-advantage/status.json`.
//!
//! Written by `pro attach` and `pro enable` of ubuntu-pro-client. Source: the client's documentation of
//! `pro status --format json`. Known gap: sources of packages that were written into apt's lists by hand are not looked at.

use image::interest::Pattern;
use serde::Deserialize;

use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/ubuntu-pro",
    version: 1,
    files: &[Pattern::Path("var/lib/ubuntu-advantage/status.json")],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

/// The services that bring packages; others, such as livepatch, bring none.
const SERVICES: &[&str] = &[
    "esm-apps",
    "esm-infra",
    "fips",
    "fips-preview",
    "fips-updates",
    "realtime-kernel",
    "ros",
    "ros-updates",
];

#[derive(Deserialize)]
struct Status {
    /// Absent before the client of 2020.
    #[serde(default)]
    services: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    name: String,
    /// Absent where nothing is attached.
    #[serde(default)]
    status: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    if bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let status: Status = serde_json::from_slice(&bytes)
        .map_err(|error| Error::Format { format: "status of Ubuntu Pro", why: error.to_string() })?;
    for service in status.services {
        if service.status.as_deref() == Some("enabled") && SERVICES.contains(&service.name.as_str()) {
            input.channel(service.name);
        }
    }
    Ok(())
}
