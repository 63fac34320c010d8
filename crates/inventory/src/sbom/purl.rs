//! Package URLs, read.
//!
//! Source: the purl specification, <https://github.com/package-url/purl-spec>.

use std::collections::BTreeMap;

use model::{Distribution, PackageType, SourcePackage};

/// The longest package URL, in bytes.
const LONGEST: usize = 8 << 10;

/// The parts of a package URL, decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Purl {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) qualifiers: BTreeMap<String, String>,
}

impl Purl {
    /// The parts of a text; nothing when it is no package URL.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:").filter(|_| text.len() <= LONGEST)?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _subpath)| rest);
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.trim_start_matches('/').split_once('/')?;
        let rest = rest.trim_matches('/');
        // A version never has a slash that is not encoded, and neither does a scope before the name have a version.
        let (namespace, last) = rest.rsplit_once('/').unwrap_or(("", rest));
        let (name, version) = match last.rsplit_once('@') {
            Some((name, version)) if !name.is_empty() => (name, version),
            _ => (last, ""),
        };
        let qualifiers = qualifiers
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| Some((key.to_ascii_lowercase(), decode(value)?)))
            .collect::<Option<BTreeMap<_, _>>>()?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        if name.is_empty() || kind.is_empty() || !kind.chars().all(is_word) {
            return None;
        }
        Some(Self {
            kind: kind.to_ascii_lowercase(),
            namespace: decode(namespace)?,
            name: decode(name)?,
            version: decode(version)?,
            qualifiers,
        })
    }

    /// The name as its ecosystem writes it.
    pub(super) fn full_name(&self, kind: PackageType) -> String {
        let separator = match kind {
            PackageType::Pypi => return pypi(&self.name),
            kind if kind.is_system() => return self.name.clone(),
            PackageType::Maven => ":",
            _ => "/",
        };
        if self.namespace.is_empty() {
            return self.name.clone();
        }
        format!("{}{separator}{}", self.namespace, self.name)
    }

    /// The version with its epoch.
    pub(super) fn full_version(&self) -> String {
        match self.qualifiers.get("epoch") {
            Some(epoch) if epoch != "0" && !self.version.contains(':') => format!("{epoch}:{}", self.version),
            _ => self.version.clone(),
        }
    }

    /// The source package, `name` or `name@version`, of the same version when it says none.
    pub(super) fn source(&self, version: &str) -> Option<SourcePackage> {
        let upstream = self.qualifiers.get("upstream").filter(|upstream| !upstream.is_empty())?;
        let (name, version) = upstream.split_once('@').unwrap_or((upstream, version));
        Some(SourcePackage { name: name.to_owned(), version: version.to_owned() })
    }

    /// The distribution: `debian-12`, or the version alone.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let distro = self.qualifiers.get("distro").filter(|distro| !distro.is_empty())?;
        let starts = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let (id, version) = match distro.rsplit_once('-') {
            Some((id, version)) if starts(version) => (id, Some(version)),
            _ if starts(distro) => (self.namespace.as_str(), Some(distro.as_str())),
            _ => (distro.as_str(), None),
        };
        (!id.is_empty()).then(|| Distribution {
            id: id.to_ascii_lowercase(),
            version: version.map(str::to_owned),
            ..Distribution::default()
        })
    }
}

/// The name in the form of <https://packaging.python.org/en/latest/specifications/name-normalization/>.
fn pypi(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            letter => normal.push(letter.to_ascii_lowercase()),
        }
    }
    normal
}

/// A text without percent encoding; nothing when it is encoded wrongly.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}
