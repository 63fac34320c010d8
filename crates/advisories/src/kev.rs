//! CISA's catalogue of known exploited vulnerabilities.

use std::collections::BTreeMap;

use model::KnownExploited;
use serde::Deserialize;

#[derive(Deserialize)]
struct Catalogue {
    vulnerabilities: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve: String,
    #[serde(default)]
    date_added: String,
    #[serde(default)]
    due_date: String,
    #[serde(default)]
    required_action: String,
    #[serde(default)]
    known_ransomware_campaign_use: String,
}

/// Reads the catalogue, by CVE.
///
/// # Errors
/// When the bytes are not the catalogue's JSON; the text says where.
pub fn parse(bytes: &[u8]) -> Result<BTreeMap<String, KnownExploited>, String> {
    let catalogue: Catalogue = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let entry = |entry: Entry| {
        let known = KnownExploited {
            date_added: entry.date_added,
            due_date: entry.due_date,
            ransomware: entry.known_ransomware_campaign_use.eq_ignore_ascii_case("known"),
            required_action: entry.required_action,
        };
        (entry.cve, known)
    };
    Ok(catalogue.vulnerabilities.into_iter().map(entry).collect())
}
