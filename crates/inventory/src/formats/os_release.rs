//! `os-release`: the file by which a distribution names itself; and the files by which those did that are older than it.
//!
//! Source: os-release(5) of systemd; the others are each distribution's own. Shell quoting is undone; nothing is expanded.
//! The order of `files` is the order in which they are believed.

mod older;

use image::interest::Pattern;
use model::Distribution;

use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/release",
    version: 2,
    files: &[
        Pattern::Path("etc/os-release"),
        Pattern::Path("usr/lib/os-release"),
        Pattern::Path("etc/openwrt_release"),
        Pattern::Path("etc/oracle-release"),
        Pattern::Path("etc/kylin-release"),
        Pattern::Path("etc/.productinfo"),
        Pattern::Path("etc/os-version"),
        Pattern::Path("etc/photon-release"),
        Pattern::Path("etc/SuSE-release"),
        Pattern::Path("etc/centos-release"),
        Pattern::Path("etc/fedora-release"),
        Pattern::Path("etc/redhat-release"),
        Pattern::Path("etc/system-release"),
        Pattern::Path("etc/lsb-release"),
        Pattern::Path("etc/alpine-release"),
        Pattern::Path("etc/arch-release"),
        Pattern::Path("etc/debian_version"),
    ],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    if input.path().ends_with("/os-release") {
        return os_release(input);
    }
    let path = input.path();
    let bytes = input.take_bytes()?;
    if let Some(distribution) = older::read(path, &String::from_utf8_lossy(&bytes))? {
        input.distribution(distribution);
    }
    Ok(())
}

fn os_release(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut distribution = Distribution::default();
    let mut strange = 0_u64;
    for line in String::from_utf8_lossy(&bytes).lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            strange = strange.saturating_add(1);
            continue;
        };
        let value = unquote(value);
        let given = || Some(value.clone()).filter(|value| !value.is_empty());
        match key {
            "ID" => distribution.id = value.to_ascii_lowercase(),
            "VERSION_ID" => distribution.version = given(),
            "PRETTY_NAME" => distribution.name = given(),
            "VERSION_CODENAME" => distribution.codename = given(),
            "ID_LIKE" => distribution.like = value.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
    }
    if distribution.id.is_empty() {
        // The specification's default.
        "linux".clone_into(&mut distribution.id);
    }
    input.distribution(distribution);
    if strange > 0 {
        input.gap(format!("lines that are no assignments: {strange}"));
    }
    Ok(())
}

/// The value of a shell assignment without its quotes and backslashes.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let mut plain = String::with_capacity(value.len());
    let mut characters = inner.unwrap_or(value).chars();
    while let Some(character) = characters.next() {
        if character == '\\' { plain.extend(characters.next()) } else { plain.push(character) }
    }
    plain
}
