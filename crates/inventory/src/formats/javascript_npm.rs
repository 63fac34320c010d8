//! Installed npm packages: the `package.json` of each folder in a `node_modules`, bundled ones too.
//!
//! Written by npm, yarn and pnpm. Source: package.json in the npm documentation. Only the file right in the package's
//! folder counts; markers such as `dist/esm/package.json` and fixtures in tests do not. Not read: lock files, Yarn
//! Plug'n'Play archives, applications outside `node_modules`.

use std::borrow::Cow;
use std::fmt;

use image::interest::Pattern;
use model::{Package, PackageType};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/npm",
    version: 1,
    files: &[Pattern::Name("package.json")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// Whether the file lies in `node_modules/<name>` or `node_modules/@<scope>/<name>`.
fn is_installed(path: &str) -> bool {
    let mut parts = path.rsplit('/').skip(1);
    let Some(name) = parts.next().filter(|name| !name.starts_with(['.', '@'])) else { return false };
    let parent = parts.next();
    let parent = if parent.is_some_and(|scope| scope.starts_with('@')) { parts.next() } else { parent };
    parent == Some("node_modules") && name != "node_modules"
}

/// The fields that count. A field that comes twice is what it is the last time, as JavaScript reads it.
#[derive(Default)]
struct Manifest {
    name: Value,
    version: Value,
    private: Value,
    license: Value,
    licenses: Value,
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Manifest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Manifest, A::Error> {
        let mut manifest = Manifest::default();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let place = match &*key {
                "name" => &mut manifest.name,
                "version" => &mut manifest.version,
                "private" => &mut manifest.private,
                "license" => &mut manifest.license,
                "licenses" => &mut manifest.licenses,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value()?;
        }
        Ok(manifest)
    }
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.bytes()?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let manifest: Manifest = serde_json::from_slice(bytes)
        .map_err(|error| Error::Format { format: "package.json", why: error.to_string() })?;
    let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned()).unwrap_or_default();
    let (name, version) = (text(&manifest.name), text(&manifest.version));
    // A stub that only marks a folder, or what was never to be published, is no package.
    let is_stub =
        manifest.private == Value::Bool(true) || (manifest.name.is_null() && manifest.version.is_null());
    if is_stub && (name.is_empty() || version.is_empty()) {
        return Ok(());
    }
    if !is_name(&name) {
        return Err(Error::Format { format: "package.json", why: format!("its name is `{name}`") });
    }
    if version.is_empty() {
        let why = format!("it states no version of `{name}`");
        return Err(Error::Format { format: "package.json", why });
    }
    let mut package = Package::new(PackageType::Npm, name, version);
    package.licenses = licenses(&manifest);
    input.package(package);
    Ok(())
}

/// Whether npm would take the name, with the letters that old packages may have.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '_'])
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!'()*".contains(&byte))
    };
    let bare = match name.strip_prefix('@').map(|scoped| scoped.split_once('/')) {
        Some(Some((scope, bare))) => is_part(scope).then_some(bare),
        Some(None) => None,
        None => Some(name),
    };
    name.len() <= 214 && bare.is_some_and(is_part)
}

/// The licence as a string, as the old `{type, url}`, or as a list of such.
fn licenses(manifest: &Manifest) -> Vec<String> {
    let many = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        value => vec![value.clone()],
    };
    let one = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Object(fields) => {
            fields.get("type").or_else(|| fields.get("name"))?.as_str().map(str::to_owned)
        }
        _ => None,
    };
    let mut stated: Vec<String> =
        [&manifest.license, &manifest.licenses].into_iter().flat_map(many).filter_map(one).collect();
    stated.retain(|text| !text.trim().is_empty());
    stated.dedup();
    stated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_only_the_folder_of_a_package() {
        for (path, expected) in [
            ("srv/node_modules/a/package.json", true),
            ("node_modules/@s/a/package.json", true),
            ("node_modules/a/node_modules/b/package.json", true),
            ("node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", true),
            ("srv/package.json", false),
            ("package.json", false),
            ("node_modules/package.json", false),
            ("node_modules/.cache/package.json", false),
            ("node_modules/a/lib/package.json", false),
            ("node_modules/a/test/fixtures/b/package.json", false),
            ("node_modules/@s/package.json", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }

    #[test]
    fn knows_a_name() {
        for (name, expected) in [
            ("a", true),
            ("@s/a-b", true),
            ("JSONStream", true),
            ("", false),
            ("a b", false),
            ("@s", false),
            ("a/b", false),
        ] {
            assert_eq!(is_name(name), expected, "{name}");
        }
    }
}
