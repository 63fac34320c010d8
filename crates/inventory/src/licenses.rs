//! Licences as files state them, written as SPDX expressions.
//!
//! Understood: SPDX identifiers and expressions, trove classifiers, Debian's short names, the tags of Fedora and SUSE,
//! and the names people write (`Apache License, Version 2.0`). A statement with any part that is not understood stays as
//! it is: half an expression would say less than its author did. Source of identifiers and names: the SPDX licence list.

mod name;

use spdx::{Expression, ParseMode};

/// The longest statement that is looked at, in bytes; a longer one is the text of a licence.
const LONGEST: usize = 1000;
/// Parentheses within parentheses.
const DEEPEST: u32 = 16;

/// Where the texts of common licences lie, without scheme and extension.
const ADDRESSES: &[(&str, &str)] = &[
    ("apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
    ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
    ("eclipse.org/legal/epl-v10", "EPL-1.0"),
    ("eclipse.org/legal/epl-v20", "EPL-2.0"),
    ("eclipse.org/org/documents/edl-v10.php", "BSD-3-Clause"),
    ("gnu.org/licenses/old-licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("mozilla.org/MPL/2.0", "MPL-2.0"),
    ("opensource.org/license/mit", "MIT"),
    ("opensource.org/licenses/Apache-2.0", "Apache-2.0"),
    ("opensource.org/licenses/BSD-2-Clause", "BSD-2-Clause"),
    ("opensource.org/licenses/BSD-3-Clause", "BSD-3-Clause"),
    ("opensource.org/licenses/MIT", "MIT"),
];

/// Whether the text is this address, with whatever scheme and extension.
fn is_address(text: &str, address: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    let bare = [".txt", ".html", ".php"].iter().find_map(|extension| rest.strip_suffix(extension));
    [Some(rest), bare].into_iter().flatten().any(|rest| rest.eq_ignore_ascii_case(address))
}

/// A licence as it is stated, as an SPDX expression where it is understood; any other text trimmed, and else as it is.
///
/// A bare `BSD` is taken for the three clauses and a bare `GPL` for any version: nobody can tell more from it.
pub(crate) fn normalise(stated: &str) -> String {
    let stated = stated.trim();
    if stated.len() > LONGEST {
        return stated.to_owned();
    }
    if is_expression(stated) {
        return stated.to_owned();
    }
    if let Some(identifier) = name::identifier(stated) {
        return identifier.to_owned();
    }
    if let Some((_, id)) = ADDRESSES.iter().find(|(address, _)| is_address(stated, address)) {
        return (*id).to_owned();
    }
    // A trove classifier: the last part is the name.
    let named = match stated.strip_prefix("License ::") {
        Some(classified) => classified.rsplit("::").next().unwrap_or(classified).trim(),
        None => stated,
    };
    let understood = expression(&name::joined(named), DEEPEST).filter(|understood| is_expression(understood));
    understood.unwrap_or_else(|| stated.to_owned())
}

fn is_expression(text: &str) -> bool {
    Expression::parse_mode(text, ParseMode::STRICT).is_ok()
}

/// What separates the parts of a statement, the weakest first. A comma binds less than the words, as Debian defines it:
/// `A or B, and C` asks for C whatever is chosen of the others.
const OPERATORS: &[(&[&str], &str)] = &[
    (&[", and ", "; ", ", ", ",", ";"], " AND "),
    (&[" or ", "|", "/"], " OR "),
    (&[" and ", " & "], " AND "),
];

/// A statement in lower case: one name, or names joined by words.
fn expression(text: &str, depth: u32) -> Option<String> {
    let text = text.trim();
    if let Some(id) = name::expression(text) {
        return Some(id);
    }
    let depth = depth.checked_sub(1)?;
    for (separators, operator) in OPERATORS {
        let parts = split(text, separators);
        if parts.len() > 1 {
            let parts: Option<Vec<String>> = parts.into_iter().map(|part| expression(part, depth)).collect();
            return Some(parts?.into_iter().map(enclosed).collect::<Vec<_>>().join(operator));
        }
    }
    expression(text.strip_prefix('(')?.strip_suffix(')')?, depth)
}

fn enclosed(part: String) -> String {
    if part.contains(" OR ") || part.contains(" AND ") { format!("({part})") } else { part }
}

/// The parts between separators that stand outside parentheses.
fn split<'a>(text: &'a str, separators: &[&str]) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut open, mut rest, mut at) = (0_u32, text, 0);
    while let Some(byte) = rest.as_bytes().get(at) {
        match byte {
            b'(' => open = open.saturating_add(1),
            b')' => open = open.saturating_sub(1),
            _ if open == 0 => {
                let here = rest.get(at..).unwrap_or_default();
                let found = separators.iter().find(|separator| here.starts_with(**separator));
                if let Some(separator) = found {
                    parts.push(rest.get(..at).unwrap_or_default());
                    rest = here.get(separator.len()..).unwrap_or_default();
                    at = 0;
                    continue;
                }
            }
            _ => {}
        }
        at = at.saturating_add(1);
    }
    parts.push(rest);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_every_way_of_naming() {
        for (stated, expected) in [
            ("MIT", "MIT"),
            ("mit", "MIT"),
            ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
            ("The MIT License (MIT)", "MIT"),
            ("Expat", "MIT"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("The Apache Software License, Version 2.0", "Apache-2.0"),
            ("ASL 2.0", "Apache-2.0"),
            ("Apache-2", "Apache-2.0"),
            ("License :: OSI Approved :: Apache Software License", "Apache-2.0"),
            (
                "License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
                "GPL-2.0-or-later",
            ),
            ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
            ("GPL-2+", "GPL-2.0-or-later"),
            ("GPL-2.0+", "GPL-2.0-or-later"),
            ("GPL-2.0", "GPL-2.0-only"),
            ("GPL version 2 or any later version", "GPL-2.0-or-later"),
            ("LGPL-2.1+", "LGPL-2.1-or-later"),
            ("LGPLv2+", "LGPL-2.0-or-later"),
            ("GPL+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0"),
            ("GPLv2+ and (MIT or BSD)", "GPL-2.0-or-later AND (MIT OR BSD-3-Clause)"),
            ("BSD-3-clause", "BSD-3-Clause"),
            ("3-clause BSD", "BSD-3-Clause"),
            ("New BSD License", "BSD-3-Clause"),
            ("BSD 2-Clause \"Simplified\" License", "BSD-2-Clause"),
            ("GPL-2+ or Artistic, and MIT", "(GPL-2.0-or-later OR Artistic-1.0) AND MIT"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
            ("GPL2 w/ CPE", "GPL-2.0-only WITH Classpath-exception-2.0"),
            ("GPLv3+ with GCC exception", "GPL-3.0-or-later WITH GCC-exception-3.1"),
            ("Eclipse Public License - v 2.0", "EPL-2.0"),
            ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
            ("MPLv2.0", "MPL-2.0"),
            ("Boost Software License 1.0", "BSL-1.0"),
            ("CC0 1.0 Universal", "CC0-1.0"),
            ("GNU Affero General Public License v3", "AGPL-3.0-only"),
            ("Zlib", "Zlib"),
            ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
            ("http://opensource.org/licenses/mit", "MIT"),
            ("OpenLDAP Public License v2.8", "OLDAP-2.8"),
        ] {
            assert_eq!(normalise(stated), expected, "{stated}");
        }
    }

    #[test]
    fn leaves_what_it_does_not_understand() {
        for stated in [
            "",
            "see LICENSE",
            "Public Domain",
            "GPLv2+ with exceptions",
            "MIT and Acme-1.0",
            "License :: Other/Proprietary License",
            "or",
            "GPL 2 3",
        ] {
            assert_eq!(normalise(stated), stated);
        }
        assert_eq!(normalise(" Acme licence\n"), "Acme licence");
    }

    #[test]
    fn stays_bounded_on_hostile_statements() {
        for unit in ["(", "/", "a or ", "((acme)", "许", "acme ", ",", "+ "] {
            let stated = unit.repeat(LONGEST / unit.len());
            assert_eq!(normalise(&stated), stated.trim());
            normalise(&unit.repeat(1 << 16));
        }
    }
}
