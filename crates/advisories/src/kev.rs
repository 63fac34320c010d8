//! CISA's catalogue of known exploited vulnerabilities.

use std::collections::BTreeMap;

use model::KnownExploited;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

/// What the stored catalogue begins with; its checksum follows.
const MAGIC: [u8; 8] = *b"LZRTKEV2";

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

/// The catalogue as it is stored: magic, checksum, and its entries in a form that is read quickly.
///
/// # Errors
/// When it cannot be encoded.
pub(crate) fn pack(catalogue: &BTreeMap<String, KnownExploited>) -> Result<Vec<u8>, String> {
    let body = postcard::to_stdvec(catalogue).map_err(|error| error.to_string())?;
    Ok([&MAGIC[..], &xxh3_64(&body).to_le_bytes(), &body].concat())
}

/// Reads what [`pack`] wrote.
///
/// # Errors
/// When it is anything else.
pub(crate) fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, KnownExploited>, String> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or("it is no catalogue of this version")?;
    let (checksum, body) = rest.split_first_chunk().ok_or("it is too short")?;
    if u64::from_le_bytes(*checksum) != xxh3_64(body) {
        return Err("its checksum is wrong".to_owned());
    }
    postcard::from_bytes(body).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_catalogue_and_what_it_packs() {
        let text = br#"{"title":"x","vulnerabilities":[{"cveID":"CVE-2024-1","vendorProject":"v","dateAdded":"2024-02-01",
            "dueDate":"2024-02-22","requiredAction":"Patch.","knownRansomwareCampaignUse":"Known"},{"cveID":"CVE-2024-2"}]}"#;
        let catalogue = parse(text).unwrap();
        assert_eq!(catalogue.len(), 2);
        assert_eq!(catalogue["CVE-2024-1"].required_action, "Patch.");
        assert!(catalogue["CVE-2024-1"].ransomware && !catalogue["CVE-2024-2"].ransomware);
        let mut packed = pack(&catalogue).unwrap();
        assert_eq!(unpack(&packed).unwrap(), catalogue);
        packed[20] ^= 1;
        assert!(unpack(&packed).unwrap_err().contains("checksum"));
        assert!(unpack(b"LZRTKEV2").is_err() && unpack(b"").is_err());
        assert!(parse(b"[]").is_err());
    }
}
