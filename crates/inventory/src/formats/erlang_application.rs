//! Installed Erlang and Elixir applications: `ebin/<application>.app`.
//!
//! Written by rebar3, Mix and erlang.mk: the Erlang term `{application, jason, [{vsn, "1.4.1"}, …]}.` Source: app(4) of
//! Erlang/OTP. The applications of Erlang/OTP and Elixir themselves are not packages of Hex and left out. An
//! application is taken for the package of the same name, as nearly all are.

use std::sync::LazyLock;

use image::interest::Pattern;
use model::PackageType;
use regex::Regex;

use crate::fields::string;
use crate::licenses::normalise;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "erlang/application",
    version: 1,
    files: &[Pattern::Extension(".app")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

fn is_installed(path: &str) -> bool {
    path.rsplit('/').nth(1) == Some("ebin")
}

/// What comes with Erlang/OTP and with Elixir.
const BUILT_IN: &[&str] = &[
    "asn1",
    "common_test",
    "compiler",
    "crypto",
    "debugger",
    "dialyzer",
    "diameter",
    "edoc",
    "eex",
    "eldap",
    "elixir",
    "erl_docgen",
    "erl_interface",
    "erts",
    "et",
    "eunit",
    "ex_unit",
    "ftp",
    "hipe",
    "iex",
    "inets",
    "jinterface",
    "kernel",
    "logger",
    "megaco",
    "mix",
    "mnesia",
    "observer",
    "odbc",
    "os_mon",
    "otp_mibs",
    "parsetools",
    "public_key",
    "reltool",
    "runtime_tools",
    "sasl",
    "snmp",
    "ssh",
    "ssl",
    "stdlib",
    "syntax_tools",
    "tftp",
    "tools",
    "wx",
    "xmerl",
];

static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{\s*application\s*,\s*'?([A-Za-z0-9_@.-]+)'?\s*,").ok());
static VERSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\{\s*vsn\s*,\s*"([^"]*)"\s*\}"#).ok());
static LICENSES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{\s*licenses\s*,\s*\[([^\]]*)\]").ok());

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = string(input.bytes()?);
    let find =
        |what: &Option<Regex>| what.as_ref()?.captures(&text)?.get(1).map(|found| found.as_str().to_owned());
    let invalid = |why: String| Error::Format { format: "Erlang application", why };
    let name = find(&NAME).ok_or_else(|| invalid("it names no application".to_owned()))?;
    if BUILT_IN.contains(&name.as_str()) {
        return Ok(());
    }
    let version = find(&VERSION).unwrap_or_default();
    let licenses = find(&LICENSES).unwrap_or_default();
    let licenses = licenses
        .split(',')
        .map(|license| license.trim().trim_start_matches("<<").trim_end_matches(">>").trim_matches('"'))
        .filter(|license| !license.is_empty())
        .map(normalise)
        .collect();
    let mut listing = Listing::new(PackageType::Hex);
    listing.add_licensed(&name, &version, licenses);
    listing.report(input);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_only_what_lies_in_ebin() {
        for (path, expected) in [
            ("app/lib/jason-1.4.1/ebin/jason.app", true),
            ("app/_build/prod/lib/plug/ebin/plug.app", true),
            ("Applications/Safari.app", false),
            ("ebin.app", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }

    #[test]
    fn keeps_the_list_of_what_is_built_in_sorted() {
        assert!(BUILT_IN.is_sorted_by(|a, b| a < b));
    }
}
