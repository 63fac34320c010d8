//! Names as advisories are looked up by them.

/// The name of a package in the form its ecosystem compares by.
pub(crate) fn canonical(ecosystem: &str, name: &str) -> String {
    match ecosystem.split(':').next().unwrap_or_default() {
        "PyPI" => python(name),
        "NuGet" | "Packagist" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    }
}

/// PEP 503: lower case, and each run of `-`, `_` and `.` one `-`.
fn python(name: &str) -> String {
    let mut canonical = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if canonical.ends_with('-') => {}
            '-' | '_' | '.' => canonical.push('-'),
            other => canonical.extend(other.to_lowercase()),
        }
    }
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_names_are_normalised() {
        assert_eq!(canonical("PyPI", "Zope._.Interface"), "zope-interface");
        assert_eq!(canonical("npm", "JSONStream"), "JSONStream");
    }
}
