//! Licences as packages state them: SPDX expressions, or names that are none.

use ::spdx::{Expression, LicenseItem, ParseMode};

/// The longest text that is taken for an expression, in bytes.
const LONGEST: usize = 1000;

/// A text as an SPDX expression, when it is one of licences on the SPDX list; a reference to a licence text that is not
/// in the document at hand is none.
pub(crate) fn expression(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let mode = ParseMode { allow_deprecated: true, allow_postfix_plus_on_gpl: true, ..ParseMode::STRICT };
    let expression = Expression::parse_mode(text, mode).ok()?;
    let listed = |item: &LicenseItem| matches!(item, LicenseItem::Spdx { .. });
    let known = expression.requirements().all(|part| {
        listed(&part.req.license) && part.req.addition.as_ref().is_none_or(|addition| addition.id().is_some())
    });
    known.then(|| text.split_whitespace().map(operator).collect::<Vec<_>>().join(" "))
}

/// An operator in capitals, as the standard writes it; any other word as it is.
fn operator(word: &str) -> &str {
    let operators = ["AND", "OR", "WITH"];
    operators.into_iter().find(|operator| word.eq_ignore_ascii_case(operator)).unwrap_or(word)
}

/// Several licences that hold at the same time as one expression.
pub(crate) fn all(expressions: &[String]) -> String {
    match expressions {
        [one] => one.clone(),
        several => {
            let parts: Vec<String> = several
                .iter()
                .map(|part| if part.contains(' ') { format!("({part})") } else { part.clone() })
                .collect();
            parts.join(" AND ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_expressions_from_names() {
        for good in
            ["MIT", " Apache-2.0 OR MIT ", "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0+", "GPL-3.0"]
        {
            assert_eq!(expression(good).as_deref(), Some(good.trim()));
        }
        for bad in [
            "",
            "see LICENSE",
            "MIT License",
            "LicenseRef-x",
            "DocumentRef-a:LicenseRef-b",
            "MIT/X11",
            "MIT OR",
        ] {
            assert_eq!(expression(bad), None, "{bad}");
        }
        assert_eq!(expression(&"(".repeat(100_000)), None);
        assert_eq!(expression(&format!("MIT{}", " OR MIT".repeat(100_000))), None);
    }

    #[test]
    fn several_hold_at_the_same_time() {
        let expressions = ["MIT".to_owned(), "GPL-2.0-only OR BSD-3-Clause".to_owned()];
        assert_eq!(all(&expressions), "MIT AND (GPL-2.0-only OR BSD-3-Clause)");
    }
}
