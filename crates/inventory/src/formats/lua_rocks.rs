//! Installed rocks: `lib/luarocks/rocks-<version of Lua>/<name>/<version>/<name>-<version>.rockspec`.
//!
//! Written by each rock's authors, put there by LuaRocks. Source: the LuaRocks rockspec format. A rockspec is a Lua program;
//! read are the fields it sets to plain texts, which is all that real ones do.

use std::sync::LazyLock;

use image::interest::Pattern;
use model::PackageType;
use regex::Regex;

use crate::fields::string;
use crate::licenses::normalise;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "lua/rocks",
    version: 1,
    files: &[Pattern::Extension(".rockspec")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

fn is_installed(path: &str) -> bool {
    path.rsplit('/').nth(3).is_some_and(|tree| tree == "rocks" || tree.starts_with("rocks-"))
}

/// `package = "name"` at the start of a line, in either kind of quotes.
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(package|version|license)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|\[\[([^\]\n]*)\]\])"#)
        .ok()
});

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = string(input.bytes()?);
    let (mut name, mut version, mut license) = Default::default();
    for captures in FIELD.iter().flat_map(|field| field.captures_iter(&text)) {
        let place: &mut Option<String> = match captures.get(1).map(|field| field.as_str()) {
            Some("package") => &mut name,
            Some("version") => &mut version,
            _ => &mut license,
        };
        let value = (2..=4).find_map(|i| captures.get(i)).map(|value| value.as_str().trim().to_owned());
        // The first is the rock's own; tables below may have fields of the same name.
        *place = place.take().or(value);
    }
    let licenses = license.filter(|license| !license.is_empty()).map(|license| normalise(&license));
    let mut listing = Listing::new(PackageType::Luarocks);
    listing.add_licensed(
        &name.unwrap_or_default(),
        &version.unwrap_or_default(),
        licenses.into_iter().collect(),
    );
    listing.report(input);
    Ok(())
}
