//! `vendor/modules.txt`: the modules whose packages a Go project keeps in its own tree.
//!
//! Written by `go mod vendor`, <https://go.dev/ref/mod#go-mod-vendor>. Only modules of which a package lies there count;
//! a replaced module is told as what replaces it.

use image::interest::Pattern;
use model::PackageType;

use super::golang_binary::local;
use crate::listing::{self, Listing, shown};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "golang/vendor",
    version: 1,
    files: &[Pattern::Name("modules.txt")],
    wants: |path| path == "vendor/modules.txt" || path.ends_with("/vendor/modules.txt"),
    evidence: Evidence::Declared,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, "vendor/modules.txt")?;
    let mut listed = Listing::new(PackageType::Golang);
    let mut unknown = Vec::new();
    let mut waiting = None;
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if line.starts_with("## ") {
            continue;
        }
        if let Some(module) = line.strip_prefix("# ") {
            waiting = stated(module);
            if waiting.is_none() {
                listed.problem(format!("a line names no module: `{}`", shown(line)));
            }
            continue;
        }
        match waiting.take() {
            Some((path, "")) => unknown.push(path.to_owned()),
            Some((path, version)) => listed.add(path, version),
            None => {}
        }
    }
    listed.report(input);
    if !unknown.is_empty() {
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        input.gap(local(&unknown));
    }
    Ok(())
}

/// The path and the version of `path version`, or of what stands after `=>`; no version for a folder, which keeps the
/// name of what it replaces.
fn stated(module: &str) -> Option<(&str, &str)> {
    let (old, new) = module.split_once(" => ").unwrap_or((module, ""));
    let mut old = old.split_whitespace();
    let path = old.next()?;
    let mut words = new.split_whitespace();
    match (words.next(), words.next()) {
        (None, _) => Some((path, old.next()?)),
        (Some(_), None) => Some((path, "")),
        (Some(path), Some(version)) => Some((path, version)),
    }
}
