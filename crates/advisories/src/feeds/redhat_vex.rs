//! Red Hat's VEX files: one CSAF document for each CVE, all of them in one archive.
//!
//! `archive_latest.txt` names the archive of the day. Source: Red Hat's security data guidelines,
//! <https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/>, in the form of before and in that of
//! 2026 (no architectures, source packages, each minor release named).
//!
//! - Red Hat Enterprise Linux 6 to 10 counts, whatever repository the CPE names. The streams that only some systems take
//!   updates from (`rhel_eus:9.2`, `rhel_aus`, `rhel_tus`, `rhel_e4s`) are channels; the extended life of a whole release
//!   (`rhel_els:7`) and its extras are not, as nothing else tells of the release any more.
//! - Packages with a fix are told as binary packages, those without as the components they are built of.
//! - Of the fixes for several minor releases the highest version counts.
//!
//! Known gaps: software collections, containers and all other products are left out; flatpaks, whose module is written
//! as `rhel10`, too.

use crate::Error;
use crate::csaf::{self, Component, Node, Publisher, Qualifiers, Stream};
use crate::feed::{Document, Feed, Input};

pub(super) static FEED: Feed = Feed {
    name: "redhat-vex",
    title: "Red Hat VEX files (CSAF)",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Red Hat"],
    documents,
    parse,
};

const FOLDER: &str = "https://security.access.redhat.com/data/csaf/v2/vex/";

static PUBLISHER: Publisher = Publisher { name: "Red Hat", prefix: "REDHAT-", stream, component };

fn documents() -> Vec<Document> {
    vec![Document {
        name: "csaf_vex.tar.zst".to_owned(),
        url: format!("{FOLDER}archive_latest.txt"),
        follow: &[archive],
    }]
}

/// The archive's address, from the file that holds its name.
fn archive(_url: &str, body: &[u8]) -> Result<String, String> {
    let name = str::from_utf8(body).unwrap_or_default().trim();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.starts_with("csaf_vex") && name.ends_with(".tar.zst") && name.bytes().all(is_plain) {
        return Ok(format!("{FOLDER}{name}"));
    }
    Err("it does not hold the name of an archive, `csaf_vex_<date>.tar.zst`".to_owned())
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    csaf::parse(input, &PUBLISHER)
}

/// Products whose updates everybody has who has the release.
const RELEASES: [&str; 3] = ["enterprise_linux", "rhel_els", "rhel_extras"];
/// Streams of a minor release that only some have.
const STREAMS: [&str; 6] =
    ["enterprise_linux_eus", "rhel_aus", "rhel_e4s", "rhel_eus", "rhel_eus_long_life", "rhel_tus"];

/// Reads `cpe:/o:redhat:enterprise_linux:9::baseos`, `cpe:/a:redhat:rhel_eus:9.2::appstream`.
fn stream(_id: &str, cpe: Option<&str>) -> Option<Stream> {
    let rest = cpe?.strip_prefix("cpe:/")?;
    let rest = rest.strip_prefix("o:redhat:").or_else(|| rest.strip_prefix("a:redhat:"))?;
    let mut parts = rest.split(':');
    let (product, version) = (parts.next()?, parts.next()?);
    // Behind the version stands an update, which releases have none of, and a repository.
    if parts.next().is_some_and(|update| !update.is_empty()) {
        return None;
    }
    let major: u32 = version.split('.').next()?.parse().ok().filter(|major| (6..=10).contains(major))?;
    let channel = match product {
        product if RELEASES.contains(&product) => None,
        product if STREAMS.contains(&product) => Some(format!("{product}:{version}")),
        _ => return None,
    };
    Some(Stream { ecosystem: format!("Red Hat:{major}"), channel })
}

fn component<'t>(node: Node<'t>, module: Option<Node<'t>>, _is_fix: bool) -> Option<Component<'t>> {
    // Components of modules without a fix: `nodejs:16/nodejs`, with a package URL of either form or none.
    let of_id = node.id.split_once('/').filter(|(module, _)| module.contains(':'));
    let (mut component, qualifiers) = match (node.purl, of_id) {
        (Some(purl), _) if purl.starts_with("pkg:rpm/") => Component::of_purl(purl, "redhat")?,
        (Some(purl), _) if !purl.starts_with("pkg:rpmmod/") => return None,
        (_, Some((_, name))) => {
            (Component { name: name.into(), ..Component::default() }, Qualifiers::default())
        }
        (Some(_), None) => return None,
        (None, None) => (of_name(node.id)?, Qualifiers::default()),
    };
    let module = module.map(|module| module.id).or(of_id.map(|(module, _)| module));
    component.module = match (qualifiers.module.as_deref(), module) {
        (Some(module), _) if !module.contains(':') => return None,
        (Some(module), _) | (None, Some(module)) => Some(name_and_stream(module).to_owned().into()),
        (None, None) => None,
    };
    (!component.is_debugging()).then_some(component)
}

/// A component without a package URL: a bare name, or one with a version and an architecture.
fn of_name(id: &str) -> Option<Component<'_>> {
    if id.contains(':') {
        return Component::of_file(id);
    }
    Component::of_name(id.strip_suffix(".src").unwrap_or(id))
}

/// `nodejs:18` of `nodejs:18:8090020240301110609:a75119d5`.
fn name_and_stream(module: &str) -> &str {
    let end = module.match_indices(':').nth(1).map_or(module.len(), |(index, _)| index);
    module.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str, purl: &str, module: &str) -> Option<String> {
        let said = |text: &'static str| (!text.is_empty()).then_some(text);
        let [id, purl, module] = [id, purl, module].map(|text| &*text.to_owned().leak());
        let module = said(module).map(|id| Node { id, cpe: None, purl: None });
        let component = component(Node { id, cpe: None, purl: said(purl) }, module, true)?;
        Some(format!("{} {}", component.name, component.module.unwrap_or_default()))
    }

    #[test]
    fn knows_modules_in_every_form() {
        let nodejs = Some("nodejs nodejs:18".to_owned());
        assert_eq!(of("nodejs:18/nodejs", "", ""), nodejs);
        assert_eq!(of("nodejs:18/nodejs", "pkg:rpmmod/redhat/nodejs:18/nodejs", ""), nodejs);
        assert_eq!(
            of("nodejs", "pkg:rpm/redhat/nodejs?arch=src", "nodejs:18:8090020240301110609:a75119d5"),
            nodejs
        );
        assert_eq!(
            of("x", "pkg:rpm/redhat/nodejs@1-1?rpmmod=nodejs:18:8090020240301110609:rhel8", ""),
            nodejs
        );
        assert_eq!(of("firefox-flatpak", "pkg:rpm/redhat/firefox-flatpak?arch=src&rpmmod=rhel10", ""), None);
    }

    #[test]
    fn takes_only_packages() {
        assert_eq!(of("mailman", "", ""), Some("mailman ".to_owned()));
        assert_eq!(of("curl.src", "", ""), Some("curl ".to_owned()));
        assert_eq!(of("openssl-1:3.0.7-18.el9_2.x86_64", "", ""), Some("openssl ".to_owned()));
        for (id, purl) in [
            ("rhcos", "pkg:koji/redhat/rhcos"),
            ("rhel9/toolbox", ""),
            ("openshift4/ose-etcd@sha256:00_amd64", ""),
            ("curl-debuginfo-0:7.76.1-26.el9_3.2.x86_64", ""),
        ] {
            assert_eq!(of(id, purl, ""), None, "{id}");
        }
    }

    #[test]
    fn knows_releases_by_their_cpe() {
        let name = |cpe| {
            let stream = stream("", Some(cpe))?;
            Some(format!("{} {}", stream.ecosystem, stream.channel.unwrap_or_default()).trim_end().to_owned())
        };
        for (cpe, expected) in [
            ("cpe:/o:redhat:enterprise_linux:9::baseos", "Red Hat:9"),
            ("cpe:/a:redhat:enterprise_linux:8::appstream", "Red Hat:8"),
            ("cpe:/o:redhat:enterprise_linux:10.2", "Red Hat:10"),
            ("cpe:/o:redhat:rhel_els:7", "Red Hat:7"),
            ("cpe:/a:redhat:rhel_eus:9.2::appstream", "Red Hat:9 rhel_eus:9.2"),
            ("cpe:/o:redhat:rhel_aus:8.4::baseos", "Red Hat:8 rhel_aus:8.4"),
        ] {
            assert_eq!(name(cpe).as_deref(), Some(expected), "{cpe}");
        }
        for cpe in [
            "cpe:/a:redhat:openshift:4.16::el9",
            "cpe:/o:redhat:enterprise_linux_nvidia:10::el10",
            "cpe:/o:redhat:enterprise_linux:9:beta",
            "cpe:/o:redhat:enterprise_linux:9-preview",
            "cpe:/o:redhat:enterprise_linux:5",
            "cpe:/a:redhat:rhel_software_collections:3::el7",
            "cpe:/o:suse:sles:15:sp5",
            "",
        ] {
            assert_eq!(name(cpe), None, "{cpe}");
        }
    }

    #[test]
    fn follows_only_the_name_of_an_archive() {
        let at = |body: &str| archive("", body.as_bytes());
        assert_eq!(
            at("csaf_vex_2026-11-20.tar.zst\n").unwrap(),
            format!("{FOLDER}csaf_vex_2026-11-20.tar.zst")
        );
        for body in
            ["", "../csaf_vex.tar.zst", "https://example.com/csaf_vex.tar.zst", "csaf_vex/../x.tar.zst"]
        {
            assert!(at(body).is_err(), "{body}");
        }
    }
}
