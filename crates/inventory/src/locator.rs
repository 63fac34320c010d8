//! Package URLs of formats that know more of a package than its kind, name and version.
//!
//! Source: the purl specification and its type definitions, <https://github.com/package-url/purl-spec>.

use std::fmt::Write;

use model::PackageType;

/// The package URL with these qualifiers, which are written in the order of their names; empty ones are left out.
pub(crate) fn qualified(
    kind: PackageType,
    name: &str,
    version: &str,
    qualifiers: &[(&'static str, &str)],
) -> String {
    let mut url = format!("pkg:{kind}/{}@{}", encoded(name), encoded(version));
    let mut stated: Vec<_> = qualifiers.iter().filter(|(_, value)| !value.is_empty()).collect();
    stated.sort();
    for (place, (key, value)) in stated.into_iter().enumerate() {
        let separator = if place == 0 { '?' } else { '&' };
        url.push(separator);
        url.push_str(key);
        url.push('=');
        url.push_str(&encoded(value));
    }
    url
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(byte.into());
        } else {
            write!(encoded, "%{byte:02X}").unwrap_or_default();
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_qualifiers_and_leaves_out_the_empty_ones() {
        let url = qualified(
            PackageType::Conda,
            "a",
            "1!1.0+cu",
            &[("subdir", "noarch"), ("build", "0"), ("type", "")],
        );
        assert_eq!(url, "pkg:conda/a@1%211.0%2Bcu?build=0&subdir=noarch");
    }
}
