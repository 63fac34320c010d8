//! Package URLs, read and compared by their parts.
//!
//! Source: the purl specification and its type definitions, <https://github.com/package-url/purl-spec>. A type is not
//! held against its definition: a package URL of an unknown type is compared as it is written.

use std::collections::BTreeMap;

/// Qualifiers that say where a package came from, not which one it is.
const NOT_IDENTITY: &[&str] =
    &["checksum", "download_url", "file_name", "repository_url", "upstream", "vcs_url"];

/// Types whose names do not differ by case.
const CASELESS: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "bitnami",
    "composer",
    "deb",
    "docker",
    "github",
    "golang",
    "hex",
    "npm",
    "nuget",
    "oci",
    "pub",
    "pypi",
    "rpm",
];

/// A package URL in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purl {
    /// The type, `deb`.
    pub(crate) kind: String,
    /// The namespace, without slashes at its ends; may be empty.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: Option<String>,
    /// The qualifiers that have a value.
    pub(crate) qualifiers: BTreeMap<String, String>,
    subpath: String,
}

impl Purl {
    /// Reads a package URL; nothing for what is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let scheme = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("pkg:"))?;
        let rest = text.strip_prefix(scheme)?.trim_start_matches('/');
        let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.split_once('/')?;
        let rest = rest.trim_matches('/');
        // An `@` before the last slash is that of an npm scope that was not encoded.
        let name_at = rest.rfind('/').map_or(0, |slash| slash + 1);
        let version_at = rest.rfind('@').filter(|at| *at > name_at);
        // A version with a slash in it leaves the `@` before that slash.
        let version_at =
            version_at.or_else(|| rest.rfind('@').filter(|at| *at > 0 && !starts_part(rest, *at)));
        let (path, version) = match version_at {
            Some(at) => (rest.get(..at)?, rest.get(at + 1..)),
            None => (rest, None),
        };
        let (namespace, name) = path.trim_end_matches('/').rsplit_once('/').unwrap_or(("", path));
        let kind = kind.to_ascii_lowercase();
        if kind.is_empty() || name.is_empty() {
            return None;
        }
        let caseless = CASELESS.contains(&kind.as_str());
        Some(Self {
            namespace: normal(&kind, &decode(namespace), caseless),
            name: normal(&kind, &decode(name), caseless),
            version: version.map(decode).filter(|version| !version.is_empty()),
            qualifiers: qualifiers.split('&').filter_map(qualifier).collect(),
            subpath: decode(subpath.trim_matches('/')),
            kind,
        })
    }

    /// What is equal for all package URLs of one package, whatever their versions.
    pub(crate) fn coordinate(&self) -> String {
        format!("{}/{}/{}", self.kind, self.namespace, self.name)
    }

    /// Whether it names an image.
    pub(crate) fn is_image(&self) -> bool {
        matches!(self.kind.as_str(), "oci" | "docker")
    }

    /// Whether its version is a range, which is not one version of one package.
    pub(crate) fn is_range(&self) -> bool {
        let range = |text: &str| text.starts_with("vers:") || text.contains(['<', '>', '|', '*', ',']);
        self.version.as_deref().is_some_and(range) || self.qualifiers.contains_key("vers")
    }

    /// Whether it stands for this package: all that it says is so.
    pub(crate) fn covers(&self, package: &Self) -> bool {
        self.kind == package.kind
            && self.namespace == package.namespace
            && self.name == package.name
            && self.version_covers(package)
            && (self.subpath.is_empty() || self.subpath == package.subpath)
            && self.qualifiers.iter().all(|(key, value)| qualifier_covers(key, value, package))
    }

    fn version_covers(&self, package: &Self) -> bool {
        let plain = |version: &str| match self.kind.as_str() {
            "golang" => version.strip_prefix('v').unwrap_or(version).to_owned(),
            _ => version.to_owned(),
        };
        match (&self.version, &package.version) {
            (None, _) => true,
            (Some(wanted), Some(version)) => plain(wanted) == plain(version),
            (Some(_), None) => false,
        }
    }
}

fn starts_part(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn qualifier_covers(key: &str, value: &str, package: &Purl) -> bool {
    if NOT_IDENTITY.contains(&key) || (key == "type" && package.kind == "maven" && value == "jar") {
        return true;
    }
    let Some(found) = package.qualifiers.get(key) else { return false };
    // `debian-12.4` is said of packages of `debian-12`.
    let minor = || value.strip_prefix(found.as_str()).is_some_and(|rest| rest.starts_with('.'));
    found == value || (key == "distro" && minor())
}

fn qualifier(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    let value = decode(value);
    (!key.is_empty() && !value.is_empty()).then(|| (key.to_ascii_lowercase(), value))
}

fn normal(kind: &str, text: &str, caseless: bool) -> String {
    let text = text.trim_matches('/');
    match kind {
        // Runs of `-`, `_` and `.` are one and the same in names of Python packages.
        "pypi" => {
            let lower = text.to_lowercase();
            let parts: Vec<&str> = lower.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
            parts.join("-")
        }
        _ if caseless => text.to_lowercase(),
        _ => text.to_owned(),
    }
}

/// The text without percent encoding; what is not encoded rightly stays as it is.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, left @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hexadecimal(*high) << 4 | hexadecimal(*low));
                rest = left;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).saturating_sub(b'a') + 10,
    }
}

/// The text with everything percent-encoded that has a meaning in a package URL.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                encoded.push(byte.into())
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn covers(statement: &str, package: &str) -> bool {
        Purl::parse(statement).unwrap().covers(&Purl::parse(package).unwrap())
    }

    #[test]
    fn compares_parts_and_not_spelling() {
        let openssl = "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12";
        for (statement, package, expected) in [
            ("pkg:deb/debian/openssl", openssl, true),
            ("pkg:DEB/Debian/OpenSSL@3.0.11-1%7Edeb12u2", openssl, true),
            ("pkg:deb/debian/openssl@3.0.11-1~deb12u1", openssl, false),
            ("pkg:deb/debian/openssl?arch=arm64", openssl, false),
            ("pkg:deb/debian/openssl?distro=debian-12.4&arch=amd64", openssl, true),
            ("pkg:deb/debian/openssl?distro=debian-1", openssl, false),
            ("pkg:deb/debian/openssl?repository_url=https://a.example/", openssl, true),
            ("pkg:deb/ubuntu/openssl", openssl, false),
            ("pkg:npm/@babel/core", "pkg:npm/%40babel/core@7.0.0", true),
            ("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0", true),
            ("pkg:npm/core", "pkg:npm/%40babel/core@7.0.0", false),
            ("pkg:pypi/Ruamel_Yaml", "pkg:pypi/ruamel.yaml@1", true),
            ("pkg:maven/org.A/b", "pkg:maven/org.a/b@1", false),
            ("pkg:maven/org.a/b?type=jar", "pkg:maven/org.a/b@1", true),
            ("pkg:maven/org.a/b?classifier=x", "pkg:maven/org.a/b@1", false),
            ("pkg:golang/golang.org/x/net@0.1.0", "pkg:golang/golang.org/x/net@v0.1.0", true),
            ("pkg:golang/golang.org/x/net#http2", "pkg:golang/golang.org/x/net@v0.1.0", false),
        ] {
            assert_eq!(covers(statement, package), expected, "{statement} on {package}");
        }
    }

    #[test]
    fn knows_what_is_no_package_url() {
        for text in
            ["", "pkg", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/a", "http://a/b", "密钥密钥", "pkg:npm/@1?a"]
        {
            assert!(Purl::parse(text).is_none_or(|purl| !purl.name.is_empty()), "{text}");
        }
        assert!(Purl::parse("nginx:1.25").is_none());
        assert!(Purl::parse("pkg:npm/a@vers:npm/>=1|<2").unwrap().is_range());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(pkg:)?[a-zA-Z0-9@/%?#&=:.é-]{0,40}") {
            if let Some(purl) = Purl::parse(&text) {
                prop_assert!(purl.covers(&purl));
            }
        }

        #[test]
        fn what_is_encoded_comes_back(text in "\\PC{0,30}") {
            prop_assert_eq!(decode(&encode(&text)), text);
        }
    }
}
