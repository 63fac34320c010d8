//! Amazon Linux security advisories: errata with the packages that mend them.
//!
//! Published by Amazon as `updateinfo.xml` of its package repositories; `mirror.list` names the repository's present
//! address and `repodata/repomd.xml` the document there. Source: <https://alas.aws.amazon.com/>,
//! <https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list>. The document of `x86_64` names the packages of all
//! architectures. Known gaps: Amazon Linux 1 is understood, but its repositories cannot be fetched over TLS; those of
//! the extras of Amazon Linux 2 and of live patches are not fetched, and what their advisories say counts only for the
//! channel they name; unfixed vulnerabilities are not told.

use std::collections::{BTreeMap, BTreeSet};

use model::{Advisory, Affected, Event, Range, Rating, Reference, Severity};

use crate::feed::{Document, Feed, Follow, Input, Telling};
use crate::xml::Element;
use crate::{Error, instant, xml};

pub(super) static FEED: Feed = Feed {
    name: "amazon-alas",
    title: "Amazon Linux Security Center",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Amazon Linux"],
    documents,
    parse,
};

/// What the words of severity mean.
static SEVERITIES: [(&str, Severity); 6] = [
    ("critical", Severity::Critical),
    ("important", Severity::High),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("moderate", Severity::Medium),
    ("low", Severity::Low),
];

static FOLLOW: [Follow; 2] = [repository, updates];

fn documents() -> Vec<Document> {
    let document = |release: &str, path: &str| Document {
        name: format!("al{release}-updateinfo.xml.gz"),
        url: format!("https://cdn.amazonlinux.com/{path}/latest/x86_64/mirror.list"),
        follow: &FOLLOW,
    };
    vec![document("2", "2/core"), document("2023", "al2023/core/mirrors")]
}

/// From a list of mirrors to the description of the first repository.
fn repository(_url: &str, body: &[u8]) -> Result<String, String> {
    let text = String::from_utf8_lossy(body);
    let base = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let base = base.ok_or_else(|| "it names no mirror".to_owned())?.replace("$basearch", "x86_64");
    let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    let rest = rest.ok_or_else(|| "its mirror is no web address".to_owned())?;
    Ok(format!("https://{}/repodata/repomd.xml", rest.trim_end_matches('/')))
}

/// From the description of a repository to its updates.
fn updates(url: &str, body: &[u8]) -> Result<String, String> {
    let base = url.strip_suffix("repodata/repomd.xml").ok_or_else(|| "it lies elsewhere".to_owned())?;
    let mut href = None;
    xml::each(&mut &*body, "data", &mut |data| {
        if data.attribute("type") == "updateinfo" {
            href = data.child("location").map(|location| location.attribute("href").to_owned());
        }
    })?;
    let href = href.filter(|href| !href.is_empty() && !href.contains(':') && !href.starts_with('/'));
    let href = href.ok_or_else(|| "it names no `updateinfo` below the repository".to_owned())?;
    Ok(format!("{base}{href}"))
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let (reader, mut telling) = input.parts();
    let read = xml::each(reader, "update", &mut |update| tell(update, &mut telling));
    read.map_err(|why| input.wrong(why))
}

fn tell(update: &Element, telling: &mut Telling<'_>) {
    if !matches!(update.attribute("type"), "security" | "") {
        return;
    }
    let id = update.text_of("id");
    let Some((release, channel)) = release(id) else {
        return telling.malformed(&format!("`{id}`"), "its id is not `ALAS<release>-<year>-<number>`");
    };
    let word = update.text_of("severity").to_ascii_lowercase();
    let severity = SEVERITIES.iter().find(|(known, _)| *known == word).map(|(_, severity)| *severity);
    if severity.is_none() {
        telling.malformed(id, format!("its severity `{word}` is not known"));
    }
    let affected =
        affected(update, &format!("Amazon Linux:{release}"), channel, |why| telling.malformed(id, why));
    if affected.is_empty() {
        return telling.malformed(id, "it names no package");
    }
    let references = || update.all("references").flat_map(|list| list.all("reference"));
    let cves = references().filter(|reference| reference.attribute("type") == "cve");
    let links = references().map(|reference| reference.attribute("href"));
    let links: BTreeSet<&str> = links.filter(|link| link.starts_with("http")).collect();
    let date = |name: &str| update.child(name).map_or("", |element| element.attribute("date"));
    telling.advisory(Advisory {
        id: id.to_owned(),
        upstream: cves.map(|cve| cve.attribute("id").to_owned()).filter(|id| !id.is_empty()).collect(),
        summary: update.text_of("title").to_owned(),
        details: update.text_of("description").to_owned(),
        published: instant::rfc3339(date("issued")),
        modified: instant::rfc3339(date("updated")),
        ratings: severity.into_iter().map(rating).collect(),
        references: links.into_iter().map(link).collect(),
        affected,
        ..Advisory::default()
    });
}

fn rating(severity: Severity) -> Rating {
    Rating { source: "Amazon".to_owned(), vector: None, score: None, severity }
}

fn link(url: &str) -> Reference {
    Reference { kind: "WEB".to_owned(), url: url.to_owned() }
}

/// The release an id is about, and the channel where it is not the release's own repository: `ALAS-2018-939`,
/// `ALAS2-2024-2500`, `ALAS2023-2023-001`, `ALASDOCKER-2021-005`, `ALAS2023LIVEPATCH-2024-003`.
fn release(id: &str) -> Option<(&str, Option<String>)> {
    let mut parts = id.strip_prefix("ALAS")?.rsplitn(3, '-');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number)).then_some(())?;
    let head = parts.next()?;
    let word = head.trim_start_matches(|c: char| c.is_ascii_digit());
    let release = match head.strip_suffix(word)? {
        // The last release of Amazon Linux 1 calls itself 2018.03.
        "" if word.is_empty() => "2018",
        "" => "2",
        number => number,
    };
    Some((release, (!word.is_empty()).then(|| word.to_ascii_lowercase())))
}

fn affected(
    update: &Element,
    ecosystem: &str,
    channel: Option<String>,
    mut complain: impl FnMut(String),
) -> Vec<Affected> {
    let lists = update.all("pkglist").flat_map(|list| list.all("collection"));
    let packages = lists.flat_map(|collection| collection.all("package"));
    let mut mended: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for package in packages.filter(|package| package.attribute("arch") != "src") {
        let [name, version, release] = ["name", "version", "release"].map(|key| package.attribute(key));
        if name.is_empty() || version.is_empty() || release.is_empty() {
            complain(format!("its package `{name}` has no name, version or release"));
            continue;
        }
        let epoch = package.attribute("epoch");
        let epoch = if matches!(epoch, "" | "0") { String::new() } else { format!("{epoch}:") };
        let arches = mended.entry((name, format!("{epoch}{version}-{release}"))).or_default();
        arches.insert(package.attribute("arch"));
    }
    let channels: Vec<String> = channel.into_iter().collect();
    let affected = |((name, version), arches): ((&str, String), BTreeSet<&str>)| Affected {
        ecosystem: ecosystem.to_owned(),
        package: name.to_owned(),
        ranges: vec![Range { events: vec![Event::Introduced("0".to_owned()), Event::Fixed(version)] }],
        channels: channels.clone(),
        arches: limited(&arches),
        ..Affected::default()
    };
    mended.into_iter().map(affected).collect()
}

/// The architectures, where they are not all there are.
fn limited(arches: &BTreeSet<&str>) -> Vec<String> {
    let is_all = arches.contains("noarch") || (arches.contains("x86_64") && arches.contains("aarch64"));
    if is_all { Vec::new() } else { arches.iter().map(|&arch| arch.to_owned()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_release_and_channel_of_an_id() {
        let of = |id: &str| {
            release(id).map(|(release, channel)| format!("{release} {}", channel.unwrap_or_default()))
        };
        assert_eq!(of("ALAS-2018-939").as_deref(), Some("2018 "));
        assert_eq!(of("ALAS2-2024-2500").as_deref(), Some("2 "));
        assert_eq!(of("ALAS2023-2023-001").as_deref(), Some("2023 "));
        assert_eq!(of("ALASKERNEL-5.4-2022-001").as_deref(), Some("2 kernel-5.4"));
        assert_eq!(of("ALAS2DOCKER-2025-071").as_deref(), Some("2 docker"));
        assert_eq!(of("ALAS2023LIVEPATCH-2024-003").as_deref(), Some("2023 livepatch"));
        assert_eq!(of("ALAS2-2024").as_deref(), None);
        assert_eq!(of("RHSA-2024:1").as_deref(), None);
    }

    #[test]
    fn follows_a_list_of_mirrors_to_the_updates() {
        let list = b"\nhttps://cdn.amazonlinux.com/al2023/core/guids/0a1b/x86_64/\n";
        let described = repository("", list).unwrap();
        assert_eq!(
            described,
            "https://cdn.amazonlinux.com/al2023/core/guids/0a1b/x86_64/repodata/repomd.xml"
        );
        let data = |href: &str| {
            format!(
                r#"<repomd><data type="primary"><location href="repodata/p.xml.gz"/></data>
                <data type="updateinfo"><location href="{href}"/></data></repomd>"#
            )
        };
        let found = updates(&described, data("repodata/updateinfo.xml.gz").as_bytes()).unwrap();
        assert!(found.ends_with("0a1b/x86_64/repodata/updateinfo.xml.gz"), "{found}");
        assert!(updates(&described, data("https://elsewhere.example/x").as_bytes()).is_err());
        assert!(updates(&described, b"<repomd/>").is_err());
        assert!(repository("", b"\n").is_err());
    }
}
