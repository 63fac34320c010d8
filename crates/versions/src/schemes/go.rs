//! Versions of Go modules and of the Go toolchain.
//!
//! A module version is Semantic Versioning with a `v` in front, as golang.org/x/mod/semver orders it; the `v` may be
//! missing. A pseudo-version (`v0.0.0-20200101000000-abcdefabcdef`) needs no rule of its own, and `+incompatible`
//! counts for nothing.
//!
//! A toolchain tag (`go1.21rc2`, `go1.21.3`) is read as the Go vulnerability database writes it, `1.21.0-rc.2` and
//! `1.21.3`, so that both compare with its events. What follows in a tag is left out of the order: vendor suffixes
//! (`go1.20.6-bigcorp`, as the `go` command does) and experiments (`go1.21.3 X:boringcrypto`). `1.21` is 1.21.0; Go's
//! reading of `go 1.21` as a *language* version before `1.21rc1` has no use in matching.
//!
//! `(devel)` and `devel go1.22-...` name no version and are refused.

use crate::schemes::semver::{Identifier, parse_identifiers, take_numbers};

use crate::cursor::Cursor;
use crate::natural::Natural;
pub(crate) use crate::schemes::semver::Key;

/// The mark that sets off experiments in the version of a Go binary.
const EXPERIMENT: &str = " X:";

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    if text == "(devel)" || text.starts_with("devel") {
        return Err("it is a development build without a version");
    }
    match text.strip_prefix("go") {
        Some(tag) => parse_tag(tag.split(['-', '+', ' ']).next().unwrap_or_default()),
        None => parse_module(text.split(EXPERIMENT).next().unwrap_or_default()),
    }
}

/// Reads a toolchain tag whose `go` and vendor suffix are gone.
fn parse_tag(tag: &str) -> Result<Key, &'static str> {
    let mut cursor = Cursor::new(tag);
    let numbers = take_three_numbers(&mut cursor)?;
    let prerelease = take_candidate(&mut cursor)?;
    Ok(Key::new(numbers, prerelease))
}

fn parse_module(text: &str) -> Result<Key, &'static str> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut cursor = Cursor::new(text.split('+').next().unwrap_or_default());
    let numbers = take_three_numbers(&mut cursor)?;
    let prerelease =
        if cursor.eat("-") { Some(parse_identifiers(cursor.rest())?) } else { take_candidate(&mut cursor)? };
    Ok(Key::new(numbers, prerelease))
}

fn take_three_numbers(cursor: &mut Cursor<'_>) -> Result<Vec<Natural>, &'static str> {
    let numbers = take_numbers(cursor)?;
    if numbers.len() > 3 { Err("it has more than three numbers") } else { Ok(numbers) }
}

/// Takes the rest as the `beta1` or `rc2` of a toolchain tag.
fn take_candidate(cursor: &mut Cursor<'_>) -> Result<Option<Vec<Identifier>>, &'static str> {
    if cursor.is_done() {
        return Ok(None);
    }
    let stage = cursor.take_while(|c| c.is_ascii_lowercase());
    let number = cursor.take_digits();
    if !matches!(stage, "alpha" | "beta" | "rc") || number.is_empty() || !cursor.is_done() {
        return Err("the numbers are followed by something other than betaN, rcN or `-`");
    }
    Ok(Some(vec![Identifier::new(stage), Identifier::new(number)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_modules_and_tags_in_one_line() {
        let ascending = [
            "v0.0.0-20191109021931-daa7c04131f5",
            "v0.0.0-20200101000000-abcdefabcdef",
            "v0.0.0",
            "go1.9beta1",
            "go1.9rc2",
            "go1.9",
            "v1.18.0-0",
            "go1.18beta1",
            "1.18beta2",
            "v1.18.0-rc.1",
            "go1.18",
            "v1.18.1-0.20220101000000-abcdefabcdef",
            "v1.18.1",
            "1.21.0-0",
            "go1.21rc2",
            "go1.21rc10",
            "go1.21.0",
            "go1.21.3 X:boringcrypto",
            "v2.0.0+incompatible",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(parse(a).unwrap().cmp(&parse(b).unwrap()), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn leaves_out_what_does_not_order() {
        for (a, b) in [
            ("v2.0.0+incompatible", "v2.0.0"),
            ("1.2.3", "v1.2.3"),
            ("v1.2", "v1.2.0"),
            ("go1.21", "1.21.0"),
            ("go1.21rc2", "1.21.0-rc.2"),
            ("go1.20.6-bigcorp", "go1.20.6"),
            ("go1.22.5+auto", "go1.22.5"),
            ("go1.20.5 (Red Hat 1.20.5-1.el9)", "go1.20.5"),
            ("1.21.3 X:loopvar,arenas", "1.21.3"),
            ("go1.25.1-X:nodwarf5", "go1.25.1"),
        ] {
            assert_eq!(parse(a).unwrap(), parse(b).unwrap(), "{a} {b}");
        }
    }

    #[test]
    fn refuses_what_names_no_version() {
        for text in [
            "(devel)",
            "devel",
            "devel go1.22-abc",
            "go",
            "gopher",
            "v",
            "1.2.3.4",
            "v1.x",
            "master",
            "v1.2.3-",
            "go1.21beta",
            "1.21gamma1",
            "go1.21rc2x",
            "1.2.3 4",
            "latest",
            "UNKNOWN",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
