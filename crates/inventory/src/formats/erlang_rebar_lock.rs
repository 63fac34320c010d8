//! Packages an Erlang project has locked: `rebar.lock`.
//!
//! Written by rebar3: Erlang terms in which a package is `{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0}`. Source: the
//! documentation of rebar3. What comes from git or a path is on no registry and left out.

use std::sync::LazyLock;

use image::interest::Pattern;
use model::PackageType;
use regex::Regex;

use crate::fields::string;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "erlang/rebar-lock",
    version: 1,
    files: &[Pattern::Name("rebar.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

/// A package, or only its beginning where the rest is not as it should be.
static PACKAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\{\s*pkg\s*,(?:\s*<<"([^"]*)">>\s*,\s*<<"([^"]*)">>)?"#).ok());

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Hex);
    let text = string(&input.take_bytes()?);
    let end = text.trim();
    if !end.is_empty() && !end.ends_with("].") && !end.ends_with("}.") {
        return Err(Error::Format {
            format: "rebar.lock",
            why: "it does not end as an Erlang term".to_owned(),
        });
    }
    let found = PACKAGE.iter().flat_map(|package| package.captures_iter(&text));
    for captures in found {
        let part = |i| captures.get(i).map_or("", |part| part.as_str());
        listing.add(part(1), part(2));
    }
    listing.report(input);
    Ok(())
}
