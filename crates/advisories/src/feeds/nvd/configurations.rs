//! Configurations of the NVD as entries of the ecosystem `CPE`, by `vendor:product`.
//!
//! - Only applications (part `a`) that are marked vulnerable count. Of what they run on (`AND` with other nodes) only
//!   this is looked at: a configuration for nothing but systems of Microsoft, Apple or Google is left out.
//! - Of those for one target (`target_sw`), those for Linux count. `wordpress` or `node.js` there name plug-ins and
//!   libraries that only share their name with a program, `windows` and `android` what no image runs.
//! - A start that is excluded becomes the version with an `a` behind it (`1.2.0a`): in the order of upstream versions no
//!   release is between the two.
//! - A version with an update is written as upstream does, one behind the other: `1.0` and `rc1` are `1.0rc1`.
//! - A version `-` says nothing of versions; such a line is left out.

use std::collections::BTreeMap;

use model::{Affected, Event, Range};

use super::record::{Configuration, Match};

/// What runs on Linux, in lower case.
const TARGETS: [&str; 4] = ["*", "-", "linux", "linux_kernel"];
/// Who makes the systems that no image has.
const FOREIGN: [&str; 3] = ["apple", "google", "microsoft"];

pub(super) fn affected(configurations: &[Configuration<'_>]) -> Vec<Affected> {
    let mut products: BTreeMap<String, Affected> = BTreeMap::new();
    let fitting = |configuration: &&Configuration<'_>| !configuration.negate && !is_elsewhere(configuration);
    let nodes = configurations.iter().filter(fitting).flat_map(|configuration| &configuration.nodes);
    let nodes = nodes.filter(|node| !node.negate);
    for line in nodes.flat_map(|node| &node.matches).filter(|line| line.vulnerable) {
        let Some(name) = Name::parse(&line.criteria).filter(Name::is_program) else { continue };
        let package = format!("{}:{}", name.vendor, name.product);
        let versions = versions(line, &name);
        if versions == Versions::None {
            continue;
        }
        let product = products.entry(package).or_default();
        match versions {
            Versions::Range(range) => product.ranges.push(range),
            Versions::One(version) => product.versions.push(version),
            Versions::None => {}
        }
    }
    products.into_iter().map(|(package, product)| entry(package, product)).collect()
}

/// Whether it is about what runs on systems that no image has.
fn is_elsewhere(configuration: &Configuration<'_>) -> bool {
    let is_foreign = |line: &Match<'_>| {
        let name = Name::parse(&line.criteria).filter(|name| name.part == "o" && !line.vulnerable);
        name.is_some_and(|name| FOREIGN.contains(&name.vendor.as_str()))
    };
    let mut nodes = configuration.nodes.iter().filter(|node| !node.matches.is_empty());
    configuration.operator.as_deref() == Some("AND") && nodes.any(|node| node.matches.iter().all(is_foreign))
}

/// Without what was said twice, as of two editions.
fn entry(package: String, mut product: Affected) -> Affected {
    product.versions.sort();
    product.versions.dedup();
    product.ranges.sort_by_cached_key(|range| format!("{range:?}"));
    product.ranges.dedup();
    Affected { ecosystem: "CPE".to_owned(), package, ..product }
}

/// What a line says of versions.
#[derive(PartialEq, Eq)]
enum Versions {
    None,
    One(String),
    Range(Range),
}

fn versions(line: &Match<'_>, name: &Name) -> Versions {
    let start = match (&line.version_start_including, &line.version_start_excluding) {
        (Some(first), _) => Some(plain(first)),
        (None, Some(last)) => Some(format!("{}a", plain(last))),
        (None, None) => None,
    };
    let end = match (&line.version_end_excluding, &line.version_end_including) {
        (Some(fixed), _) => Some(Event::Fixed(plain(fixed))),
        (None, Some(last)) => Some(Event::LastAffected(plain(last))),
        (None, None) => None,
    };
    match name.version.as_str() {
        _ if start.is_some() || end.is_some() => {}
        "*" => {}
        "-" => return Versions::None,
        version if matches!(name.update.as_str(), "*" | "-") => return Versions::One(version.to_owned()),
        version => return Versions::One(format!("{version}{}", name.update)),
    }
    let start = Event::Introduced(start.unwrap_or_else(|| "0".to_owned()));
    Versions::Range(Range { events: [start].into_iter().chain(end).collect() })
}

/// A version without the backslashes that some have as in a name.
fn plain(version: &str) -> String {
    version.replace('\\', "")
}

/// The parts of a CPE 2.3 name that count, without the backslashes before signs.
struct Name {
    part: String,
    vendor: String,
    product: String,
    version: String,
    update: String,
    target: String,
}

impl Name {
    /// Reads `cpe:2.3:part:vendor:product:version:update:edition:language:sw_edition:target_sw:target_hw:other`.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = unescaped(text.strip_prefix("cpe:2.3:")?).into_iter();
        let [part, vendor, product, version, update] =
            [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let target = parts.nth(3)?;
        Some(Self { part, vendor, product, version, update, target })
    }

    fn is_program(&self) -> bool {
        self.part == "a" && TARGETS.contains(&self.target.as_str())
    }
}

/// The parts between colons that no backslash stands before.
fn unescaped(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let character = match character {
            ':' => {
                parts.push(String::new());
                continue;
            }
            '\\' => characters.next(),
            other => Some(other),
        };
        if let Some(part) = parts.last_mut() {
            part.extend(character);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_each_way_to_say_versions() {
        let line = |rest: &str| {
            let text = format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:a:f5:nginx:{rest}}}"#);
            let line: Match<'_> = serde_json::from_str(&text).unwrap();
            match versions(&line, &Name::parse(&line.criteria).unwrap()) {
                Versions::None => "none".to_owned(),
                Versions::One(version) => version,
                Versions::Range(range) => format!("{:?}", range.events).replace('"', ""),
            }
        };
        const ANY: &str = r#"*:*:*:*:*:*:*:*""#;
        assert_eq!(line(ANY), "[Introduced(0)]");
        assert_eq!(line(&format!(r#"{ANY},"versionEndExcluding":"1.2""#)), "[Introduced(0), Fixed(1.2)]");
        assert_eq!(line(&format!(r#"{ANY},"versionStartExcluding":"1.2.0""#)), "[Introduced(1.2.0a)]");
        let both = format!(r#"{ANY},"versionStartIncluding":"1.0","versionEndIncluding":"12.6\\(1\\)""#);
        assert_eq!(line(&both), "[Introduced(1.0), LastAffected(12.6(1))]");
        assert_eq!(line(r#"1.0:rc1:*:*:*:*:*:*""#), "1.0rc1");
        assert_eq!(line(r#"1.0:-:*:*:*:*:*:*""#), "1.0");
        assert_eq!(line(r#"-:*:*:*:*:*:*:*""#), "none");
    }

    #[test]
    fn reads_names_with_signs_in_them() {
        let name = Name::parse(r"cpe:2.3:a:apache:http\:\:server\+:2.4:rc\_1:*:*:*:*:*:*").unwrap();
        assert_eq!((name.product.as_str(), name.update.as_str()), ("http::server+", "rc_1"));
        assert!(name.is_program());
        assert!(Name::parse("cpe:2.3:a:b:c").is_none());
        assert!(Name::parse("cpe:/a:b:c").is_none());
    }
}
