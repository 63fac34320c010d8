//! The file `release` of a Java runtime.
//!
//! Written by the build of every JDK and JRE since version 7, as lines `NAME="value"` that a shell can read. Sources:
//! `make/ReleaseFile.gmk` of `OpenJDK`; the names of the National Vulnerability Database. Runtimes of all makers share
//! the code of `OpenJDK` and are told as `openjdk`, those of Oracle as `jdk`; `GraalVM` is
//! told as `graalvm` beside it.

use std::collections::HashMap;

use image::interest::Pattern;
use model::{Package, PackageType};

use crate::fields::{lines, split_at, string};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "java/runtime",
    version: 1,
    files: &[Pattern::Name("release")],
    wants: |path| !path.starts_with("proc/") && path.contains('/'),
    evidence: Evidence::Installed,
    extract,
};

/// The most of the file that is looked at; the list of source revisions in it is long at times.
const LINES: usize = 1000;

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let fields: HashMap<String, String> = lines(input.bytes()?).take(LINES).filter_map(field).collect();
    let Some(version) = fields.get("JAVA_VERSION") else { return Ok(()) };
    let Some(release) = Release::of(version) else {
        let why = format!("its JAVA_VERSION is `{}`", version.escape_debug());
        return Err(Error::Format { format: "description of a Java runtime", why });
    };
    let implementor = fields.get("IMPLEMENTOR").map(String::as_str).unwrap_or_default();
    let graal = fields.get("GRAALVM_VERSION");
    let (name, products): (_, &[&str]) = match implementor {
        _ if graal.is_some() || implementor.contains("GraalVM") => {
            ("openjdk", &["graalvm_for_jdk", "openjdk"])
        }
        // Oracle's own builds of OpenJDK say it as well; what NVD says of the one holds for the other.
        "Oracle Corporation" => ("jdk", &["jdk", "jre", "openjdk"]),
        _ => ("openjdk", &["openjdk"]),
    };
    let describe = |name: &str, version: &str, cpes: Vec<String>| {
        let mut package = Package::new(PackageType::Generic, name, version);
        package.vendor = Some(implementor.to_owned()).filter(|vendor| !vendor.is_empty());
        package.arch = fields.get("OS_ARCH").cloned();
        package.cpes = cpes;
        package
    };
    input.package(describe(name, version, products.iter().map(|product| release.cpe(product)).collect()));
    if let Some((version, release)) = graal.and_then(|version| Some((version, Release::of(version)?))) {
        input.package(describe("graalvm", version, vec![release.cpe("graalvm")]));
    }
    Ok(())
}

/// A name and its value without quotes.
fn field(line: &[u8]) -> Option<(String, String)> {
    let (name, value) = split_at(line, b'=')?;
    let value = string(value.trim_ascii());
    Some((string(name.trim_ascii()), value.trim_matches('"').to_owned()))
}

/// A version as the National Vulnerability Database writes it: Java 8 as an update of a release.
struct Release {
    number: String,
    update: Option<String>,
}

impl Release {
    fn of(version: &str) -> Option<Self> {
        let (number, update) = match version.split_once('_') {
            Some((number, update)) => (number, Some(update)),
            None => (version, None),
        };
        let is_number = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_digit())
                && text.len() <= 64
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
        };
        let number = number.split(['-', '+']).next().unwrap_or(number);
        (is_number(number) && update.is_none_or(is_number))
            .then(|| Self { number: number.to_owned(), update: update.map(str::to_owned) })
    }

    fn cpe(&self, product: &str) -> String {
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        let update =
            self.update.as_deref().map_or("*".to_owned(), |update| format!("update{}", digits(update)));
        // `1.8.0` is called `8` of OpenJDK alone.
        let number = match self.number.strip_prefix("1.") {
            Some(old) if product == "openjdk" => old.strip_suffix(".0").unwrap_or(old),
            _ => &self.number,
        };
        format!("cpe:2.3:a:oracle:{product}:{number}:{update}:*:*:*:*:*:*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_names_as_the_vulnerability_database_does() {
        for (version, product, expected) in [
            ("17.0.9", "openjdk", "cpe:2.3:a:oracle:openjdk:17.0.9:*:*:*:*:*:*:*"),
            ("1.8.0_392", "openjdk", "cpe:2.3:a:oracle:openjdk:8:update392:*:*:*:*:*:*"),
            ("1.8.0_392", "jdk", "cpe:2.3:a:oracle:jdk:1.8.0:update392:*:*:*:*:*:*"),
            ("22-ea", "openjdk", "cpe:2.3:a:oracle:openjdk:22:*:*:*:*:*:*:*"),
        ] {
            assert_eq!(Release::of(version).unwrap().cpe(product), expected);
        }
        assert!(Release::of("${version}").is_none());
        assert!(Release::of("").is_none());
    }
}
