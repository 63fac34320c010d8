//! openEuler's security advisories as CSAF: one document for each erratum, and an index that names them.
//!
//! Source: <https://repo.openeuler.org/security/data/csaf/advisories/>, whose `index.txt` has a path in each line
//! (`2025/csaf-openeuler-sa-2025-1351.json`); a mirror has all of them in one tar archive. An OSV mirror has the same
//! fixes, which is why these are read only when they are asked for: they are thousands of files.
//!
//! Known gaps: the VEX files beside them (`../cve/`) and hot patches of the kernel are not read.

use crate::Error;
use crate::csaf::{self, Component, Node, Publisher, Stream};
use crate::feed::{Document, Feed, Input};

pub(super) static FEED: Feed = Feed {
    name: "openeuler-csaf",
    title: "openEuler security advisories (CSAF)",
    version: 1,
    is_default: false,
    enriches: false,
    ecosystems: &["openEuler"],
    documents,
    parse,
};

static PUBLISHER: Publisher = Publisher { name: "openEuler", prefix: "OPENEULER-", stream, component };

fn documents() -> Vec<Document> {
    vec![Document {
        name: "csaf-advisories.tar".to_owned(),
        url: "https://repo.openeuler.org/security/data/csaf/advisories/index.txt".to_owned(),
        follow: &[advisories],
    }]
}

/// The addresses of all documents, from the index beside them.
fn advisories(url: &str, body: &[u8]) -> Result<String, String> {
    let folder = url.rsplit_once('/').map_or(url, |(folder, _)| folder);
    let text = String::from_utf8_lossy(body);
    let mut addresses = Vec::new();
    for (number, path) in (1_u64..).zip(text.lines().map(str::trim)) {
        if is_path(path) {
            addresses.push(format!("{folder}/{path}"));
        } else if !path.is_empty() {
            return Err(format!("line {number} is not `<year>/<name>.json`"));
        }
    }
    if addresses.is_empty() { Err("it names no files".to_owned()) } else { Ok(addresses.join("\n")) }
}

fn is_path(path: &str) -> bool {
    let Some((year, file)) = path.split_once('/') else { return false };
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    is_year && !file.starts_with('.') && file.ends_with(".json") && file.bytes().all(is_sign)
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    csaf::parse(input, &PUBLISHER)
}

/// Reads `openEuler-22.03-LTS-SP3`.
fn stream(id: &str, _cpe: Option<&str>) -> Option<Stream> {
    let release = id.strip_prefix("openEuler-")?;
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let is_release =
        release.starts_with(|first: char| first.is_ascii_digit()) && release.bytes().all(is_sign);
    is_release.then(|| Stream { ecosystem: format!("openEuler:{release}"), channel: None })
}

fn component<'t>(node: Node<'t>, _module: Option<Node<'t>>, is_fix: bool) -> Option<Component<'t>> {
    let component = if is_fix { Component::of_file(node.id) } else { Component::of_name(node.id) };
    component.filter(|component| !component.is_debugging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_only_paths_below_the_index() {
        let at = |text: &str| advisories("https://a.example/csaf/index.txt", text.as_bytes());
        let two = "2023/csaf-openEuler-SA-2023-1001.json\n2025/csaf-openeuler-sa-2025-1351.json\n\n";
        let expected = "https://a.example/csaf/2023/csaf-openEuler-SA-2023-1001.json\n\
                        https://a.example/csaf/2025/csaf-openeuler-sa-2025-1351.json";
        assert_eq!(at(two).as_deref(), Ok(expected));
        for text in
            ["", "/etc/passwd", "2025/../x.json", "https://b.example/x.json", "2025/a/x.json", "2025/.json"]
        {
            assert!(at(text).is_err(), "{text}");
        }
    }
}
