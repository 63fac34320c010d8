//! Which vulnerabilities a record is about.

use model::Advisory;

/// Publishers whose ids are a CVE behind a prefix.
const PREFIXES: [&str; 5] = ["DEBIAN-", "ALPINE-", "UBUNTU-", "ECHO-", "BELL-"];
/// Errata, which list the CVEs they mend as related.
const ERRATA: [&str; 12] = [
    "ALSA-",
    "ALBA-",
    "ALEA-",
    "RLSA-",
    "RXSA-",
    "RHSA-",
    "RHBA-",
    "RHEA-",
    "SUSE-",
    "openSUSE-",
    "OESA-",
    "MGASA-",
];

/// How the ids of malicious packages begin; such a record is about no vulnerability of something good.
pub(crate) const MALICIOUS: &str = "MAL-";

/// The ids a record's findings go by: its CVEs, else GitHub's id, else its own; that of a malicious package its own.
pub(crate) fn vulnerabilities(advisory: &Advisory) -> Vec<String> {
    if advisory.id.starts_with(MALICIOUS) {
        return vec![advisory.id.clone()];
    }
    let own = [bare(&advisory.id)];
    let is_erratum = ERRATA.iter().any(|prefix| advisory.id.starts_with(prefix));
    let related = advisory.related.iter().filter(|_| is_erratum);
    let named = advisory.aliases.iter().chain(&advisory.upstream).chain(related).map(|id| bare(id));
    let mut cves: Vec<String> =
        own.into_iter().chain(named).filter(|id| is_cve(id)).map(str::to_owned).collect();
    cves.sort();
    cves.dedup();
    if cves.is_empty() {
        let github = advisory.aliases.iter().find(|alias| alias.starts_with("GHSA-"));
        cves.push(github.unwrap_or(&advisory.id).clone());
    }
    cves
}

/// All ids of a record.
pub(crate) fn ids(advisory: &Advisory) -> impl Iterator<Item = &str> {
    std::iter::once(&advisory.id).chain(&advisory.aliases).chain(&advisory.upstream).map(String::as_str)
}

fn bare(id: &str) -> &str {
    PREFIXES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id)
}

/// Whether an id is a CVE.
pub(crate) fn is_cve(id: &str) -> bool {
    id.starts_with("CVE-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_taken_apart_by_cve() {
        let of = |id: &str, aliases: &[&str], upstream: &[&str], related: &[&str]| {
            let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
            let advisory = Advisory {
                id: id.to_owned(),
                aliases: owned(aliases),
                upstream: owned(upstream),
                related: owned(related),
                ..Advisory::default()
            };
            vulnerabilities(&advisory)
        };
        assert_eq!(of("DEBIAN-CVE-2020-1", &[], &["CVE-2020-1"], &[]), ["CVE-2020-1"]);
        assert_eq!(of("DSA-1", &[], &["CVE-2020-2", "CVE-2020-1"], &[]), ["CVE-2020-1", "CVE-2020-2"]);
        assert_eq!(of("ALSA-2020:1", &[], &[], &["CVE-2020-1"]), ["CVE-2020-1"]);
        assert_eq!(of("GHSA-1", &["CVE-2020-1"], &[], &["CVE-2019-1"]), ["CVE-2020-1"]);
        assert_eq!(of("PYSEC-1", &["GHSA-1"], &[], &[]), ["GHSA-1"]);
        assert_eq!(of("MAL-1", &["GHSA-1"], &[], &[]), ["MAL-1"]);
    }
}
