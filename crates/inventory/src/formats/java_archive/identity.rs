//! What an archive says it is.

use super::manifest::Manifest;
use crate::fields::{lines, string};
use crate::formats::java_pom::project::Project;

/// Group, artifact and version, as Maven names them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Identity {
    pub(super) group: Option<String>,
    pub(super) artifact: String,
    pub(super) version: String,
}

/// The groups of well-known artifacts that are built without Maven and so name none. Source: Maven Central.
#[rustfmt::skip]
const GROUPS: &[(&str, &str)] = &[
    ("spring-aop", "org.springframework"), ("spring-aspects", "org.springframework"),
    ("spring-beans", "org.springframework"), ("spring-context", "org.springframework"),
    ("spring-context-indexer", "org.springframework"), ("spring-context-support", "org.springframework"),
    ("spring-core", "org.springframework"), ("spring-expression", "org.springframework"),
    ("spring-instrument", "org.springframework"), ("spring-jcl", "org.springframework"),
    ("spring-jdbc", "org.springframework"), ("spring-jms", "org.springframework"),
    ("spring-messaging", "org.springframework"), ("spring-orm", "org.springframework"),
    ("spring-oxm", "org.springframework"), ("spring-r2dbc", "org.springframework"),
    ("spring-test", "org.springframework"), ("spring-tx", "org.springframework"),
    ("spring-web", "org.springframework"), ("spring-webflux", "org.springframework"),
    ("spring-webmvc", "org.springframework"), ("spring-websocket", "org.springframework"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-boot-actuator", "org.springframework.boot"),
    ("spring-boot-actuator-autoconfigure", "org.springframework.boot"),
    ("spring-boot-autoconfigure", "org.springframework.boot"),
    ("spring-boot-loader", "org.springframework.boot"),
    ("spring-security-config", "org.springframework.security"),
    ("spring-security-core", "org.springframework.security"),
    ("spring-security-crypto", "org.springframework.security"),
    ("spring-security-web", "org.springframework.security"),
    ("tomcat-embed-core", "org.apache.tomcat.embed"), ("tomcat-embed-el", "org.apache.tomcat.embed"),
    ("tomcat-embed-websocket", "org.apache.tomcat.embed"),
];

/// What may follow a version's number after a dash.
const QUALIFIERS: &[&str] = &[
    "alpha",
    "android",
    "beta",
    "final",
    "ga",
    "incubating",
    "jre",
    "m",
    "rc",
    "redhat",
    "release",
    "snapshot",
    "sp",
];
/// What names a platform in a file name, after the version.
const PLATFORMS: &[&str] =
    &["aarch", "aarch_", "amd", "arm", "linux", "macos", "osx", "win", "windows", "x", "x86_"];

impl Identity {
    /// `group:artifact`, or the artifact alone when the group is not known.
    pub(super) fn name(&self) -> String {
        match &self.group {
            Some(group) => format!("{group}:{}", self.artifact),
            None => self.artifact.clone(),
        }
    }

    /// By `META-INF/maven/<group>/<artifact>/pom.properties`, whose path tells what its text leaves out.
    pub(super) fn of_pom(path: &str, bytes: &[u8]) -> Option<Self> {
        let mut parts = path.rsplit('/').skip(1);
        let mut artifact = parts.next().and_then(id);
        let mut group = parts.next().and_then(id);
        let mut version = None;
        for line in lines(bytes) {
            let line = string(line);
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            match key.trim() {
                "groupId" => group = id(value).or(group),
                "artifactId" => artifact = id(value).or(artifact),
                "version" => version = number(value),
                _ => {}
            }
        }
        Some(Self { group, artifact: artifact?, version: version? })
    }

    /// By a `pom.xml` that says all of it itself.
    pub(super) fn of_project(project: &Project) -> Option<Self> {
        let own = project.own();
        let group = id(&project.resolve(&own.group)?)?;
        let artifact = id(&project.resolve(&own.artifact)?)?;
        Some(Self { group: Some(group), artifact, version: number(&project.resolve(&own.version)?)? })
    }

    /// By the manifest's main section, and by the file name where the two agree on the version.
    pub(super) fn of_manifest(manifest: &Manifest, path: &str) -> Option<Self> {
        let named = split(stem(path));
        let stated = |name: &str| manifest.get(name).and_then(number);
        let version = stated("implementation-version")
            .or_else(|| named.as_ref().map(|(_, version)| version.clone()))
            .or_else(|| stated("bundle-version"))
            .or_else(|| stated("specification-version"))?;
        let agreed = named.filter(|(_, named)| *named == version).map(|(artifact, _)| artifact);
        let titled = ["implementation-title", "specification-title", "bundle-name"];
        let symbolic = manifest.get("bundle-symbolicname").and_then(|name| id(name.split(';').next()?));
        let artifact = agreed
            .or_else(|| titled.iter().find_map(|name| id(manifest.get(name)?)))
            .or_else(|| id(stem(path)))?;
        let group = known_group(&artifact)
            .or_else(|| manifest.get("implementation-vendor-id").and_then(id))
            .or_else(|| Some(symbolic?.rsplit_once('.')?.0.to_owned()));
        Some(Self { group, artifact, version })
    }

    /// By a file name such as `commons-text-1.9.jar`.
    pub(super) fn of_file_name(path: &str) -> Option<Self> {
        let (artifact, version) = split(stem(path))?;
        Some(Self { group: known_group(&artifact), artifact, version })
    }
}

fn known_group(artifact: &str) -> Option<String> {
    GROUPS.iter().find(|(known, _)| *known == artifact).map(|(_, group)| (*group).to_owned())
}

/// The file name without its directory and its extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A text that can be a group or an artifact.
fn id(text: &str) -> Option<String> {
    let text = text.trim();
    let is_id = text.len() <= 256
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    is_id.then(|| text.to_owned())
}

/// A text that can be a version: no placeholder such as `${project.version}`, and with a number.
fn number(text: &str) -> Option<String> {
    // Some manifests go on with the revision or the date after the version.
    let text = text.split_whitespace().next()?;
    let is_version = text.len() <= 256
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"${}".contains(&byte));
    is_version.then(|| text.to_owned())
}

/// Artifact and version of a file name's stem: `log4j-1.2-api-2.14.1` is version 2.14.1 of `log4j-1.2-api`.
///
/// The version begins at the first number after which only numbers and words of versions follow; the name of a platform
/// after it is left out.
fn split(stem: &str) -> Option<(String, String)> {
    let mut end = stem;
    while let Some((rest, last)) = end.rsplit_once('-').filter(|(_, last)| is_word(last, PLATFORMS)) {
        if is_number(last) && !rest.contains('-') {
            break;
        }
        end = rest;
    }
    let mut version_at = None;
    let mut head = end;
    while let Some((rest, last)) = head.rsplit_once('-') {
        if is_number(last) {
            version_at = Some(rest.len());
        } else if !is_word(last, QUALIFIERS) {
            break;
        }
        head = rest;
    }
    let (artifact, version) = end.split_at_checked(version_at?)?;
    Some((id(artifact)?, number(version.strip_prefix('-')?)?))
}

fn is_number(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether it is one of these words, in any case, with or without a number after it.
fn is_word(part: &str, words: &[&str]) -> bool {
    let word = part.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_file_names() {
        for (stem, expected) in [
            ("commons-text-1.9", Some(("commons-text", "1.9"))),
            ("guava-31.1-jre", Some(("guava", "31.1-jre"))),
            ("log4j-1.2-api-2.14.1", Some(("log4j-1.2-api", "2.14.1"))),
            ("foo-1.0-20200101.123456-1", Some(("foo", "1.0-20200101.123456-1"))),
            ("foo-1.0-SNAPSHOT", Some(("foo", "1.0-SNAPSHOT"))),
            ("netty-epoll-4.1.70.Final-linux-x86_64", Some(("netty-epoll", "4.1.70.Final"))),
            ("log4j-1.2-api", None),
            ("app", None),
            ("-1", None),
        ] {
            let split = split(stem);
            let split = split.as_ref().map(|(artifact, version)| (artifact.as_str(), version.as_str()));
            assert_eq!(split, expected, "{stem}");
        }
    }

    #[test]
    fn names_the_group_the_manifest_leaves_out() {
        let manifest =
            Manifest::parse(b"Implementation-Title: spring-core\nImplementation-Version: 5.3.16\n");
        let identity = Identity::of_manifest(&manifest, "a.jar/BOOT-INF/lib/spring-core-5.3.16.jar").unwrap();
        assert_eq!(
            (identity.name().as_str(), &*identity.version),
            ("org.springframework:spring-core", "5.3.16")
        );
    }
}
