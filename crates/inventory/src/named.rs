//! Packages of which a file states name and version as plain words.

use model::{Package, PackageType};

/// The longest name or version that is believed.
const LONGEST: usize = 512;

/// A package of that name and version; what is wrong with them otherwise.
pub(crate) fn package(kind: PackageType, name: &str, version: &str) -> Result<Package, String> {
    let (name, version) = (name.trim(), version.trim());
    if name.is_empty() {
        return Err("it names a package without a name".to_owned());
    }
    if !is_word(name) {
        return Err(format!("it names a package `{}`", shown(name)));
    }
    if version.is_empty() {
        return Err(format!("it states no version of `{name}`"));
    }
    if !is_word(version) {
        return Err(format!("it states the version `{}` of `{name}`", shown(version)));
    }
    Ok(Package::new(kind, name, version))
}

fn is_word(text: &str) -> bool {
    text.len() <= LONGEST && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_words_only() {
        assert!(package(PackageType::Hex, " jason ", "1.4.1").is_ok_and(|p| p.name == "jason"));
        for (name, version) in
            [("", "1"), ("a", ""), ("a b", "1"), ("a", "1\u{1b}[2J"), (&*"a".repeat(600), "1")]
        {
            assert!(package(PackageType::Hex, name, version).is_err(), "{name} {version}");
        }
    }
}
