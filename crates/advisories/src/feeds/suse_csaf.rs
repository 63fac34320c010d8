//! SUSE's VEX files: one CSAF document for each CVE, all of them in one archive.
//!
//! Source: <https://ftp.suse.com/pub/projects/security/csaf-vex/> and
//! <https://www.suse.com/support/security/csaf/>. A product is a release of SUSE Linux Enterprise, one of its modules, or
//! of openSUSE, known by its name alone. What an OSV mirror has of SUSE are the fixes; this has the rest.
//!
//! - The modules of a release and its long term support (`-LTSS`) are the release: a package is in one of them.
//! - Where a package URL names the source package, that is what is told, once for all that is built of it.
//!
//! Known gaps: products that no image is made of (desktop, SAP, real time, containers, Package Hub) are left out. The
//! archive unpacks to tens of gigabytes, which is why it is read only when it is asked for.

use crate::Error;
use crate::csaf::{self, Component, Node, Publisher, Stream};
use crate::feed::{Document, Feed, Input};

pub(super) static FEED: Feed = Feed {
    name: "suse-csaf",
    title: "SUSE VEX files (CSAF)",
    version: 1,
    is_default: false,
    enriches: false,
    ecosystems: &["SUSE", "openSUSE"],
    documents,
    parse,
};

static PUBLISHER: Publisher = Publisher { name: "SUSE", prefix: "SUSE-", stream, component };

fn documents() -> Vec<Document> {
    vec![Document {
        name: "csaf-vex.tar.bz2".to_owned(),
        url: "https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2".to_owned(),
        follow: &[],
    }]
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    csaf::parse(input, &PUBLISHER)
}

/// Products by how their names begin, and the release of which ecosystem they are.
const PRODUCTS: [(&str, &str); 6] = [
    ("openSUSE Leap Micro ", "openSUSE:Leap Micro "),
    ("openSUSE Leap ", "openSUSE:Leap "),
    ("SUSE Linux Enterprise Micro ", "SUSE:Linux Enterprise Micro "),
    ("SUSE Linux Enterprise Server ", SERVER),
    ("SUSE Linux Micro ", "SUSE:Linux Micro "),
    ("SUSE Linux Enterprise Module for ", SERVER),
];
const SERVER: &str = "SUSE:Linux Enterprise Server ";

/// Reads `SUSE Linux Enterprise Module for Basesystem 15 SP5`, `openSUSE Leap 15.6`.
fn stream(id: &str, _cpe: Option<&str>) -> Option<Stream> {
    let new = |ecosystem: String| Some(Stream { ecosystem, channel: None });
    if id == "openSUSE Tumbleweed" {
        return new("openSUSE:Tumbleweed".to_owned());
    }
    let (rest, ecosystem) =
        PRODUCTS.iter().find_map(|(begin, ecosystem)| Some((id.strip_prefix(begin)?, *ecosystem)))?;
    let rest = rest.strip_suffix("-LTSS").or_else(|| rest.strip_suffix(" LTSS")).unwrap_or(rest);
    let mut words: Vec<&str> = rest.split(' ').collect();
    if id.contains(" Module for ") {
        // Before the release stands the module's name.
        let is_pack = words.last().is_some_and(|word| word.starts_with("SP"));
        words =
            words.split_off(words.len().checked_sub(if is_pack { 2 } else { 1 }).filter(|name| *name > 0)?);
    }
    let is_number = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_digit())
            && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let is_release = match *words.as_slice() {
        [release] => is_number(release),
        [release, pack] => is_number(release) && pack.strip_prefix("SP").is_some_and(is_number),
        _ => false,
    };
    if is_release { new(format!("{ecosystem}{}", words.join(" "))) } else { None }
}

fn component<'t>(node: Node<'t>, _module: Option<Node<'t>>, is_fix: bool) -> Option<Component<'t>> {
    let Some(purl) = node.purl else { return of_name(node.id, is_fix) };
    let (component, qualifiers) =
        Component::of_purl(purl, "suse").or_else(|| Component::of_purl(purl, "opensuse"))?;
    let Some(source) = qualifiers.upstream else { return Some(component) };
    let file = source.strip_suffix(".src.rpm").or_else(|| source.strip_suffix(".nosrc.rpm"))?;
    let source = of_name(file, component.version.is_some())?;
    // Borrowed from the decoded qualifier, which ends here.
    let version = source.version.map(|version| version.into_owned().into());
    Some(Component { name: source.name.into_owned().into(), version, ..Component::default() })
}

/// A name with a version where there is a fix, and without one where there is none: `libgtk-3-0` is a name.
fn of_name(name: &str, has_version: bool) -> Option<Component<'_>> {
    if has_version { Component::of_file(name) } else { Component::of_name(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_releases_by_their_name() {
        for (id, expected) in [
            ("SUSE Linux Enterprise Server 15 SP6", "SUSE:Linux Enterprise Server 15 SP6"),
            ("SUSE Linux Enterprise Server 15", "SUSE:Linux Enterprise Server 15"),
            ("SUSE Linux Enterprise Server 16.0", "SUSE:Linux Enterprise Server 16.0"),
            ("SUSE Linux Enterprise Server 12 SP5-LTSS", "SUSE:Linux Enterprise Server 12 SP5"),
            ("SUSE Linux Enterprise Server 11 SP4 LTSS", "SUSE:Linux Enterprise Server 11 SP4"),
            ("SUSE Linux Enterprise Module for Python 3 15 SP6", "SUSE:Linux Enterprise Server 15 SP6"),
            ("SUSE Linux Enterprise Module for Basesystem 15", "SUSE:Linux Enterprise Server 15"),
            ("SUSE Linux Enterprise Micro 5.5", "SUSE:Linux Enterprise Micro 5.5"),
            ("SUSE Linux Micro 6.1", "SUSE:Linux Micro 6.1"),
            ("openSUSE Leap 15.6", "openSUSE:Leap 15.6"),
            ("openSUSE Leap Micro 5.5", "openSUSE:Leap Micro 5.5"),
            ("openSUSE Tumbleweed", "openSUSE:Tumbleweed"),
        ] {
            assert_eq!(stream(id, None).map(|stream| stream.ecosystem).as_deref(), Some(expected), "{id}");
        }
        for id in [
            "SUSE Linux Enterprise Server for SAP Applications 15 SP4",
            "SUSE Linux Enterprise Server 12 SP2-BCL",
            "SUSE Linux Enterprise Server 15 SP4-ESPOS",
            "SUSE Linux Enterprise Server Teradata 12 SP3",
            "SUSE Linux Enterprise Server 12 SP3-LTSS-TERADATA",
            "SUSE Linux Enterprise High Performance Computing 15 SP5",
            "SUSE Linux Enterprise Desktop 15 SP6",
            "SUSE Linux Enterprise Module for 15 SP5",
            "SUSE Manager Server 4.3",
            "SUSE OpenStack Cloud 9",
            "",
        ] {
            assert_eq!(stream(id, None), None, "{id}");
        }
    }

    #[test]
    fn takes_source_packages_where_they_are_named() {
        let of = |id, purl, is_fix| {
            let component = component(Node { id, cpe: None, purl }, None, is_fix)?;
            Some(
                format!("{} {}", component.name, component.version.unwrap_or_default()).trim_end().to_owned(),
            )
        };
        let liblzma5 = "pkg:rpm/suse/liblzma5@5.6.2-1.1?upstream=xz-5.6.2-1.1.src.rpm";
        assert_eq!(of("liblzma5-5.6.2-1.1", Some(liblzma5), true).as_deref(), Some("xz 5.6.2-1.1"));
        assert_eq!(
            of("xz", Some("pkg:rpm/suse/liblzma5@?upstream=xz.src.rpm"), false).as_deref(),
            Some("xz")
        );
        assert_eq!(
            of("samba-libs-4.19.2+git.322-1.1", None, true).as_deref(),
            Some("samba-libs 4.19.2+git.322-1.1")
        );
        assert_eq!(of("libgtk-3-0", None, false).as_deref(), Some("libgtk-3-0"));
        assert_eq!(of("xz", Some("pkg:deb/debian/xz@5"), false), None);
    }
}
