//! Versions of NuGet packages: `NuGetVersion`.
//!
//! The grammar is `N[.N[.N[.N]]][-label{.label}][+metadata]`, the order that of Semantic Versioning 2.0.0 with a fourth
//! number and with labels in any letter case. A missing number is zero, metadata counts for nothing. Numbers have no
//! upper limit, though .NET stops at 2^31.

use crate::cursor::Cursor;
use crate::schemes::semver::{Identifier, is_word, parse_identifiers, take_numbers};

pub(crate) use crate::schemes::semver::Key;

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let (version, metadata) = text.split_once('+').map_or((text, None), |(v, m)| (v, Some(m)));
    if metadata.is_some_and(|metadata| !is_word(metadata)) {
        return Err("the metadata after `+` is not letters, digits, hyphens and dots");
    }
    let lower = version.to_ascii_lowercase();
    let mut cursor = Cursor::new(&lower);
    let numbers = take_numbers(&mut cursor)?;
    if numbers.len() > 4 {
        return Err("it has more than four numbers");
    }
    let labels: Option<Vec<Identifier>> = if cursor.is_done() {
        None
    } else if cursor.eat("-") {
        Some(parse_identifiers(cursor.rest())?)
    } else {
        return Err("a component is not a number");
    };
    Ok(Key::new(numbers, labels))
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Nuget;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_nuget_does() {
        assert_ascending(
            Nuget,
            &[
                "0.9.9.9",
                "1.0.0-1",
                "1.0.0-10",
                "1.0.0-ALPHA",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-Beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-beta2",
                "1.0.0-preview.7.24405.7",
                "1.0.0-rc.1",
                "1.0.0",
                "1.0.0.1-a",
                "1.0.0.1",
                "1.0.0.10",
                "1.0.1",
                "4.3.0",
                "4.10.0",
            ],
        );
    }

    #[test]
    fn ignores_letter_case_metadata_and_missing_numbers() {
        assert_equal(
            Nuget,
            &[
                ("1.0.0-BETA", "1.0.0-beta"),
                ("1.0.0+AA", "1.0.0"),
                ("1", "1.0.0.0"),
                ("1.2", "1.2.0"),
                ("1.2-rc", "1.2.0.0-RC"),
                ("01.02", "1.2"),
            ],
        );
    }

    #[test]
    fn refuses_what_nuget_refuses() {
        assert_refused(
            Nuget,
            &[
                "v1.0",
                "1.0.0.0.0",
                "1.0.",
                "1.0-",
                "1.0-a..b",
                "1.0-a_b",
                "1.0+",
                "1.0beta",
                "1.*",
                "[1.0,2.0)",
                "$(Version)",
            ],
        );
    }
}
