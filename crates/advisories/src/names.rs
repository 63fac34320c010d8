//! Names as advisories are looked up by them.

/// The name of a package in the form its ecosystem compares by.
pub(crate) fn canonical(ecosystem: &str, name: &str) -> String {
    match ecosystem.split(':').next().unwrap_or_default() {
        "PyPI" => python(name),
        "NuGet" | "Packagist" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    }
}

/// The ecosystem that what is known of a vulnerability, whoever it concerns, is kept under: by its year.
pub(crate) fn by_vulnerability(id: &str) -> String {
    let year = id.split('-').nth(1).unwrap_or_default();
    format!("CVE:{year}")
}

/// Whether a name fits a pattern in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
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
    fn a_star_stands_for_any_text() {
        let suse = "SUSE:Linux Enterprise * 15 SP5";
        assert!(fits(suse, "SUSE:Linux Enterprise Module for Basesystem 15 SP5"));
        assert!(!fits(suse, "SUSE:Linux Enterprise Server 15 SP51") && !fits(suse, "SUSE:Linux Enterprise"));
        assert!(fits("a", "a") && !fits("a", "ab") && fits("*", "") && fits("a*b*c", "axbxbc"));
        assert!(!fits("a*a", "a"));
    }

    #[test]
    fn python_names_are_normalised() {
        assert_eq!(canonical("PyPI", "Zope._.Interface"), "zope-interface");
        assert_eq!(canonical("npm", "JSONStream"), "JSONStream");
    }
}
