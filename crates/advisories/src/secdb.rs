//! Security databases of distributions with apk: for each source package, the versions that mend something.
//!
//! Written by Alpine, and in the same form by Wolfi and Chainguard. A version `0` says that the package was never
//! affected. Source: <https://secdb.alpinelinux.org/>, <https://wiki.alpinelinux.org/wiki/APKBUILD_Reference> under
//! `secfixes`. What no version mends is not in them, nor any severity.

use std::collections::BTreeMap;

use model::{Advisory, Affected, Event, FixStatus, Range};
use serde::Deserialize;

use crate::Error;
use crate::feed::Input;

/// The largest document that is read; Chainguard's is a few tens of MiB.
const DOCUMENT_BYTES: u64 = 256 << 20;
/// The longest id that is read.
const ID_BYTES: usize = 64;

#[derive(Deserialize)]
struct Database {
    #[serde(default)]
    distroversion: Option<String>,
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    pkg: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    secfixes: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// An issue: its other ids, and for each package the versions that mend it.
#[derive(Default)]
struct Issue {
    aliases: Vec<String>,
    packages: BTreeMap<String, Vec<String>>,
}

/// Reads one database. Ids get `prefix` put before them; `ecosystem` is told the release, where the document says it.
pub(crate) fn parse(
    input: &mut Input<'_>,
    prefix: &str,
    ecosystem: fn(Option<&str>) -> Option<String>,
) -> Result<(), Error> {
    let bytes = input.bytes(DOCUMENT_BYTES)?;
    let database: Database =
        serde_json::from_slice(&bytes).map_err(|error| input.wrong(error.to_string()))?;
    let Some(ecosystem) = ecosystem(database.distroversion.as_deref()) else {
        return Err(input.wrong("it does not say of which release it is (`distroversion`)"));
    };
    let mut issues: BTreeMap<String, Issue> = BTreeMap::new();
    for Entry { pkg: package } in database.packages {
        for (version, fixed) in package.secfixes.unwrap_or_default() {
            for line in fixed.unwrap_or_default() {
                let (ids, aliases) = ids(&line);
                if ids.is_empty() {
                    let what = format!("what {version} of {} mends", package.name);
                    input.malformed(&what, format!("`{}` has no id", shortened(&line)));
                }
                for id in ids {
                    let issue = issues.entry(id).or_default();
                    issue.aliases.extend(aliases.iter().cloned());
                    issue.packages.entry(package.name.clone()).or_default().push(version.clone());
                }
            }
        }
    }
    for (id, issue) in issues {
        input.advisory(advisory(prefix, &id, issue, &ecosystem));
    }
    Ok(())
}

/// The ids of one line, and what else they go by. A line is an id, ids of the same thing behind it, and sometimes
/// words: `CVE-2017-2616 (+ regression fix)`. Of several CVEs each is a vulnerability of its own.
fn ids(line: &str) -> (Vec<String>, Vec<String>) {
    let clean = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        word.strip_prefix("CVE_").map_or_else(|| word.to_owned(), |rest| format!("CVE-{rest}"))
    };
    let is_id = |word: &String| {
        let begins = word.chars().take_while(char::is_ascii_uppercase).count() >= 2;
        begins && word.len() <= ID_BYTES && word.chars().any(|c| c.is_ascii_digit())
    };
    let words = line.split(|c: char| c.is_whitespace() || c == ',').map(clean).filter(is_id);
    let (mut ids, mut others): (Vec<String>, Vec<String>) = words.partition(|word| word.starts_with("CVE-"));
    if ids.is_empty() && !others.is_empty() {
        ids.push(others.remove(0));
    }
    (ids, others)
}

fn shortened(line: &str) -> String {
    line.chars().take(ID_BYTES).collect()
}

fn advisory(prefix: &str, id: &str, mut issue: Issue, ecosystem: &str) -> Advisory {
    let is_cve = id.starts_with("CVE-");
    if !is_cve {
        issue.aliases.push(id.to_owned());
    }
    issue.aliases.sort();
    issue.aliases.dedup();
    let affected = |(package, versions): (String, Vec<String>)| {
        // Mended twice is mended by the later version: each is the end of a range, and being in one suffices.
        let mended = versions.into_iter().filter(|version| version != "0");
        let range =
            |version| Range { events: vec![Event::Introduced("0".to_owned()), Event::Fixed(version)] };
        let ranges: Vec<Range> = mended.map(range).collect();
        Affected {
            ecosystem: ecosystem.to_owned(),
            package,
            status: ranges.is_empty().then_some(FixStatus::NotAffected),
            ranges,
            ..Affected::default()
        }
    };
    Advisory {
        id: format!("{prefix}{id}"),
        aliases: issue.aliases,
        upstream: if is_cve { vec![id.to_owned()] } else { Vec::new() },
        affected: issue.packages.into_iter().map(affected).collect(),
        ..Advisory::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_each_cve_of_a_line_and_gives_it_the_other_ids() {
        let split = |line: &str| {
            let (ids, others) = ids(line);
            (ids.join(" "), others.join(" "))
        };
        let pair = |ids: &str, others: &str| (ids.to_owned(), others.to_owned());
        assert_eq!(split("CVE-2017-2616 (+ regression fix)"), pair("CVE-2017-2616", ""));
        assert_eq!(split("CVE-2017-15588 XSA-241"), pair("CVE-2017-15588", "XSA-241"));
        assert_eq!(split("CVE-2018-1, CVE-2018-2"), pair("CVE-2018-1 CVE-2018-2", ""));
        assert_eq!(split("XSA-247"), pair("XSA-247", ""));
        assert_eq!(split("VSV00004"), pair("VSV00004", ""));
        assert_eq!(split("CVE_2019-2426"), pair("CVE-2019-2426", ""));
        assert_eq!(split("CVE N/A ZBX-11023"), pair("ZBX-11023", ""));
        assert_eq!(split("to be assigned"), pair("", ""));
    }
}
