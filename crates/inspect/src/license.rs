//! Licences as packages state them, as SPDX expressions.

use spdx::{Expression, ParseMode};

/// The longest statement that is looked at, in bytes; a longer one is the text of a licence.
const LONGEST: usize = 1000;

/// Names that people write, in the form [`key`] gives them, and what they mean; sorted by name.
const NAMES: &[(&str, &str)] = &[
    ("academic free 3", "AFL-3.0"),
    ("agpl", "AGPL-3.0-only"),
    ("agpl 3", "AGPL-3.0-only"),
    ("agpl 3+", "AGPL-3.0-or-later"),
    ("agplv3", "AGPL-3.0-only"),
    ("agplv3+", "AGPL-3.0-or-later"),
    ("al 2", "Apache-2.0"),
    ("apache", "Apache-2.0"),
    ("apache 2", "Apache-2.0"),
    ("apache public 2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("artistic", "Artistic-1.0"),
    ("artistic 2", "Artistic-2.0"),
    ("asl 2", "Apache-2.0"),
    ("boost 1", "BSL-1.0"),
    ("bouncy castle", "MIT"),
    ("bsd", "BSD-3-Clause"),
    ("bsd 2 clause", "BSD-2-Clause"),
    ("bsd 3 clause", "BSD-3-Clause"),
    ("bsd 3 clause new or revised", "BSD-3-Clause"),
    ("bsd new", "BSD-3-Clause"),
    ("business source 1.1", "BUSL-1.1"),
    ("cc0", "CC0-1.0"),
    ("cc0 1 universal", "CC0-1.0"),
    ("cddl", "CDDL-1.0"),
    ("cddl 1.1", "CDDL-1.1"),
    ("creative commons attribution 4 international", "CC-BY-4.0"),
    ("eclipse distribution 1", "BSD-3-Clause"),
    ("eclipse public 1", "EPL-1.0"),
    ("eclipse public 2", "EPL-2.0"),
    ("edl 1", "BSD-3-Clause"),
    ("epl 1", "EPL-1.0"),
    ("epl 2", "EPL-2.0"),
    ("expat", "MIT"),
    ("gnu affero general public 3", "AGPL-3.0-only"),
    ("gnu affero general public 3 agplv3", "AGPL-3.0-only"),
    ("gnu affero general public 3 or later", "AGPL-3.0-or-later"),
    ("gnu affero general public 3 or later agplv3+", "AGPL-3.0-or-later"),
    ("gnu general public", "GPL-1.0-or-later"),
    ("gnu general public 2", "GPL-2.0-only"),
    ("gnu general public 2 gplv2", "GPL-2.0-only"),
    ("gnu general public 2 or later gplv2+", "GPL-2.0-or-later"),
    ("gnu general public 3", "GPL-3.0-only"),
    ("gnu general public 3 gplv3", "GPL-3.0-only"),
    ("gnu general public 3 or later gplv3+", "GPL-3.0-or-later"),
    ("gnu general public gpl", "GPL-1.0-or-later"),
    ("gnu lesser general public", "LGPL-2.1-or-later"),
    ("gnu lesser general public 2.1", "LGPL-2.1-only"),
    ("gnu lesser general public 3", "LGPL-3.0-only"),
    ("gnu lesser general public 3 lgplv3", "LGPL-3.0-only"),
    ("gnu lesser general public 3 or later lgplv3+", "LGPL-3.0-or-later"),
    ("gnu library or lesser general public lgpl", "LGPL-2.0-or-later"),
    ("gpl", "GPL-1.0-or-later"),
    ("gpl 2", "GPL-2.0-only"),
    ("gpl 2 or later", "GPL-2.0-or-later"),
    ("gpl 2 with classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("gpl 2+", "GPL-2.0-or-later"),
    ("gpl 3", "GPL-3.0-only"),
    ("gpl 3 or later", "GPL-3.0-or-later"),
    ("gpl 3+", "GPL-3.0-or-later"),
    ("gpl2 w cpe", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("gplv2", "GPL-2.0-only"),
    ("gplv2+", "GPL-2.0-or-later"),
    ("gplv3", "GPL-3.0-only"),
    ("gplv3+", "GPL-3.0-or-later"),
    ("isc", "ISC"),
    ("isc iscl", "ISC"),
    ("json", "JSON"),
    ("lgpl", "LGPL-2.0-or-later"),
    ("lgpl 2.1", "LGPL-2.1-only"),
    ("lgpl 2.1+", "LGPL-2.1-or-later"),
    ("lgpl 3", "LGPL-3.0-only"),
    ("lgpl 3+", "LGPL-3.0-or-later"),
    ("lgplv3", "LGPL-3.0-only"),
    ("lgplv3+", "LGPL-3.0-or-later"),
    ("mit", "MIT"),
    ("mit mit", "MIT"),
    ("mit no attribution", "MIT-0"),
    ("mit x11", "MIT"),
    ("mozilla public 1.1", "MPL-1.1"),
    ("mozilla public 2", "MPL-2.0"),
    ("mozilla public 2 mpl 2", "MPL-2.0"),
    ("mpl 1.1", "MPL-1.1"),
    ("mpl 2", "MPL-2.0"),
    ("new bsd", "BSD-3-Clause"),
    ("psf", "PSF-2.0"),
    ("python foundation", "PSF-2.0"),
    ("revised bsd", "BSD-3-Clause"),
    ("server side public", "SSPL-1.0"),
    ("server side public 1", "SSPL-1.0"),
    ("sil open font 1.1", "OFL-1.1"),
    ("simplified bsd", "BSD-2-Clause"),
    ("sspl", "SSPL-1.0"),
    ("unlicense", "Unlicense"),
    ("zlib", "Zlib"),
    ("zope public 2.1", "ZPL-2.1"),
];

/// A licence as a package states it, as an SPDX expression: one already, or a name that people use for one.
///
/// Alternatives (`MIT or Apache 2.0`, `MIT/Apache-2.0`) become `OR`. Nothing for what names no known licence. A bare
/// `BSD` is taken for the three clauses, a bare `GPL` for any version: nobody can tell more from it.
#[must_use]
pub fn expression(stated: &str) -> Option<String> {
    let stated = stated.trim();
    if stated.is_empty() || stated.len() > LONGEST {
        return None;
    }
    one(stated)
        .or_else(|| joined(stated, &[" or ", " OR ", "/", "|"], " OR "))
        .or_else(|| joined(stated, &[" and ", " AND ", " & ", ",", ";"], " AND "))
}

/// The expression of a text, parsed.
pub(crate) fn parse(text: &str) -> Option<Expression> {
    let mode = ParseMode { allow_deprecated: true, allow_postfix_plus_on_gpl: true, ..ParseMode::STRICT };
    Expression::parse_mode(text, mode).ok()
}

fn one(stated: &str) -> Option<String> {
    if parse(stated).is_some() {
        return Some(stated.to_owned());
    }
    let key = key(stated);
    let place = NAMES.binary_search_by(|(name, _)| (*name).cmp(&key)).ok()?;
    NAMES.get(place).map(|(_, expression)| (*expression).to_owned())
}

fn joined(stated: &str, separators: &[&str], operator: &str) -> Option<String> {
    let mut parts = vec![stated];
    for separator in separators {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    if parts.len() < 2 {
        return None;
    }
    let parts: Option<Vec<String>> = parts.into_iter().map(|part| one(part.trim())).collect();
    let enclosed = |part: String| if part.contains([' ', '\t', '\n']) { format!("({part})") } else { part };
    Some(parts?.into_iter().map(enclosed).collect::<Vec<_>>().join(operator))
}

/// The words of a name that tell licences apart.
pub(crate) fn key(stated: &str) -> String {
    let name = stated.rsplit("::").next().unwrap_or_default().to_ascii_lowercase();
    let kept = |c: char| if c.is_alphanumeric() || c == '.' || c == '+' { c } else { ' ' };
    let name: String = name.chars().map(kept).collect();
    let words = name.split_whitespace().map(|word| word.trim_matches('.')).map(number);
    let filler = ["", "the", "license", "licence", "licensed", "software", "version", "under", "v"];
    words.filter(|word| !filler.contains(word)).collect::<Vec<_>>().join(" ")
}

/// A version number without its `v` and its last `.0`; any other word as it is.
fn number(word: &str) -> &str {
    let bare = word.strip_prefix('v').unwrap_or(word);
    if !bare.starts_with(|c: char| c.is_ascii_digit()) {
        return word;
    }
    bare.strip_suffix(".0").unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_in_their_own_form_and_mean_expressions() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
        for (name, expression) in NAMES {
            assert!(parse(expression).is_some(), "{expression}");
            assert_eq!(*name, key(name));
        }
    }

    #[test]
    fn understands_what_people_write() {
        for (stated, expected) in [
            ("MIT", "MIT"),
            ("MIT License", "MIT"),
            ("The MIT License (MIT)", "MIT"),
            ("Apache 2.0", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("The Apache Software License, Version 2.0", "Apache-2.0"),
            ("License :: OSI Approved :: Apache Software License", "Apache-2.0"),
            (
                "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)",
                "GPL-3.0-or-later",
            ),
            ("GNU Affero General Public License v3", "AGPL-3.0-only"),
            ("BSD", "BSD-3-Clause"),
            ("BSD-3-Clause OR MIT", "BSD-3-Clause OR MIT"),
            ("GPLv3+", "GPL-3.0-or-later"),
            ("GPL-2.0+", "GPL-2.0+"),
            ("MIT/Apache 2.0", "MIT OR Apache-2.0"),
            (
                "Apache License 2.0 or GPL 2 with Classpath Exception",
                "Apache-2.0 OR (GPL-2.0-only WITH Classpath-exception-2.0)",
            ),
            ("BSD, MIT", "BSD-3-Clause AND MIT"),
            ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
            ("see LICENSE", ""),
            ("", ""),
        ] {
            let expected = Some(expected).filter(|text| !text.is_empty());
            assert_eq!(expression(stated).as_deref(), expected, "{stated}");
        }
    }

    #[test]
    fn stays_bounded_on_hostile_statements() {
        assert_eq!(expression(&"(".repeat(1 << 20)), None);
        assert_eq!(expression(&"(".repeat(LONGEST)), None);
        assert_eq!(expression(&"/".repeat(LONGEST)), None);
        assert_eq!(expression("许可证\u{0}::"), None);
    }
}
