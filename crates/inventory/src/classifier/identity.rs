//! What a program is called once its version is known: the package and its CPE names.

use model::Package;
use regex::bytes::Captures;

use super::Classifier;

/// A version as it stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) text: String,
    /// What CPE names have for the version: 9.2 of 9.2p1.
    release: Option<String>,
    /// What they have for the update: p1.
    update: Option<String>,
}

/// The longest version that is believed.
const VERSION_BYTES: usize = 64;

impl Version {
    /// The groups of a match: `version`, and `release` and `update` where CPE names part it; or `packed`.
    pub(super) fn read(captures: &Captures<'_>) -> Option<Self> {
        let group = |name: &str| {
            let bytes = captures.name(name)?.as_bytes();
            let text = std::str::from_utf8(bytes).ok()?;
            (1..=VERSION_BYTES).contains(&text.len()).then(|| text.to_owned())
        };
        let text = group("version").or_else(|| unpacked(&group("packed")?))?;
        Some(Self { text, release: group("release"), update: group("update") })
    }
}

/// 2.9.14 from 20914.
fn unpacked(packed: &str) -> Option<String> {
    let number: u32 = packed.parse().ok()?;
    Some(format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100))
}

impl Classifier {
    /// The package that a file of this version is.
    pub(crate) fn package(&self, version: &Version) -> Package {
        let mut package = Package::new(self.purl.kind, self.purl.name.as_str(), version.text.as_str());
        package.cpes = self.cpe.iter().map(|names| cpe(names, version)).collect();
        package.licenses = self.license.iter().cloned().collect();
        package
    }
}

/// The formatted string of CPE 2.3, NIST IR 7695 §6.2.
fn cpe(names: &str, version: &Version) -> String {
    let release = escaped(version.release.as_ref().unwrap_or(&version.text));
    let update = version.update.as_deref().map_or_else(|| "*".to_owned(), escaped);
    format!("cpe:2.3:{names}:{release}:{update}:*:*:*:*:*:*")
}

/// Letters, digits and `._-` stand for themselves, everything else behind a backslash.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        if !character.is_ascii_alphanumeric() && !matches!(character, '.' | '_' | '-') {
            escaped.push('\\');
        }
        escaped.push(character);
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_cpe_names() {
        let version = |text: &str, release: Option<&str>, update: Option<&str>| Version {
            text: text.to_owned(),
            release: release.map(str::to_owned),
            update: update.map(str::to_owned),
        };
        for (version, expected) in [
            (version("1.2.3+git~4", None, None), "cpe:2.3:a:some:thing:1.2.3\\+git\\~4:*:*:*:*:*:*:*"),
            (version("9.2p1", Some("9.2"), Some("p1")), "cpe:2.3:a:some:thing:9.2:p1:*:*:*:*:*:*"),
            (version("v3.13.1", Some("3.13.1"), None), "cpe:2.3:a:some:thing:3.13.1:*:*:*:*:*:*:*"),
        ] {
            assert_eq!(cpe("a:some:thing", &version), expected);
        }
    }
}
