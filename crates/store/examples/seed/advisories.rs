//! Advisories about the packages, in the layout of the public OSV bucket.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::Dice;
use crate::packages::{self, SORTS, SYSTEMS, Sort, VERSIONS};

/// Writes a mirror; `more` advisories are in it beyond the usual ones.
pub(crate) fn write(directory: &Path, more: usize) {
    let mut archives: BTreeMap<&str, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    let mut dice = Dice(0x5eed);
    let mut number = 10_000;
    for (at, sort) in SORTS.iter().enumerate() {
        // Releases of one distribution have the same vulnerabilities: the second is told with the first.
        if at < SYSTEMS && at % 2 == 1 {
            continue;
        }
        for name in 0..sort.names {
            // Two and a half on average, of which half concern a given version: 250 in an image of 200 packages.
            for _ in 0..2 + name % 2 {
                let fixed = 1 + dice.below(VERSIONS - 1);
                add(&mut archives, at, sort, name, fixed, number);
                number += 1;
            }
        }
    }
    for extra in 0..more {
        let at = [0, 2, 4, 4, 5, 6, 7][extra % 7];
        let name = dice.below(SORTS[at].names);
        add(&mut archives, at, &SORTS[at], name, VERSIONS / 2, 900_000 + extra);
    }
    for (ecosystem, records) in &archives {
        let place = directory.join(ecosystem);
        std::fs::create_dir_all(&place).unwrap();
        let entries: Vec<(&str, &[u8])> =
            records.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        std::fs::write(place.join("all.zip"), testkit::zip(&entries)).unwrap();
    }
    let names: Vec<&str> = archives.keys().copied().collect();
    std::fs::write(directory.join("ecosystems.txt"), names.join("\n")).unwrap();
}

fn add(
    archives: &mut BTreeMap<&'static str, Vec<(String, Vec<u8>)>>,
    at: usize,
    sort: &'static Sort,
    name: usize,
    fixed: usize,
    number: usize,
) {
    let cve = format!("CVE-2026-{number}");
    let id = match sort.ecosystem.split(':').next().unwrap_or_default() {
        "Debian" => format!("DEBIAN-{cve}"),
        "Alpine" => format!("ALPINE-{cve}"),
        _ => format!("GHSA-{number:04}-{number:04}-{number:04}"),
    };
    let releases = if at < SYSTEMS { &SORTS[at..=at + 1] } else { std::slice::from_ref(sort) };
    let affected: Vec<Value> = releases.iter().map(|sort| affected(sort, name, fixed)).collect();
    let vector = match number % 200 {
        0 => "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        1..=30 => "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
        31..=120 => "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N",
        _ => "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N",
    };
    let record = json!({
        "schema_version": "1.7.0",
        "id": id,
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-10-01T00:00:00Z",
        "aliases": [cve],
        "summary": format!("A fault of {} below {}", packages::name(sort, name), packages::version(sort, fixed)),
        "details": "Made up for measuring.",
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": affected,
    });
    let archive = sort.ecosystem.split(':').next().unwrap_or_default();
    archives.entry(archive).or_default().push((format!("{id}.json"), serde_json::to_vec(&record).unwrap()));
}

fn affected(sort: &Sort, name: usize, fixed: usize) -> Value {
    let kind = if matches!(sort.ecosystem, "npm" | "Go") { "SEMVER" } else { "ECOSYSTEM" };
    let fixed = packages::version(sort, fixed);
    json!({
        "package": {"ecosystem": sort.ecosystem, "name": packages::name(sort, name)},
        "ranges": [{"type": kind, "events": [{"introduced": "0"}, {"fixed": fixed.trim_start_matches('v')}]}],
    })
}
