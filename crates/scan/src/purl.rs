//! Package URLs.
//!
//! Source: the purl specification and its type definitions, <https://github.com/package-url/purl-spec>.

use std::fmt::Write;

use model::{Distribution, Package, PackageType};

/// The package URL of a package in an image of this distribution.
pub(crate) fn of(package: &Package, distribution: Option<&Distribution>) -> String {
    let (namespace, name) = match package.kind {
        kind if kind.is_system() => {
            (distribution.map(|distribution| distribution.id.clone()), package.name.clone())
        }
        PackageType::Maven => split(&package.name, ':'),
        PackageType::Npm
        | PackageType::Golang
        | PackageType::Composer
        | PackageType::Swift
        | PackageType::Hex => split_last(&package.name),
        _ => (None, package.name.clone()),
    };
    // The epoch of an rpm is a qualifier; everywhere else it is part of the version.
    let (epoch, version) = match package.version.split_once(':') {
        Some((epoch, version)) if package.kind == PackageType::Rpm => (Some(epoch.to_owned()), version),
        _ => (None, package.version.as_str()),
    };
    let mut purl = format!("pkg:{}/", package.kind);
    for part in namespace.iter().flat_map(|namespace| namespace.split('/')).filter(|part| !part.is_empty()) {
        encode(part, &mut purl);
        purl.push('/');
    }
    encode(&name, &mut purl);
    if !version.is_empty() {
        purl.push('@');
        encode(version, &mut purl);
    }
    qualify(package, distribution, epoch.as_ref(), &mut purl);
    purl
}

/// Qualifiers in the order of their names, as the specification asks.
fn qualify(
    package: &Package,
    distribution: Option<&Distribution>,
    epoch: Option<&String>,
    purl: &mut String,
) {
    let distro =
        distribution.filter(|_| package.kind.is_system()).map(|distribution| match &distribution.version {
            Some(version) => format!("{}-{version}", distribution.id),
            None => distribution.id.clone(),
        });
    let mut separator = '?';
    for (key, value) in [("arch", package.arch.as_ref()), ("distro", distro.as_ref()), ("epoch", epoch)] {
        if let Some(value) = value {
            purl.push(separator);
            purl.push_str(key);
            purl.push('=');
            encode(value, purl);
            separator = '&';
        }
    }
}

fn split(name: &str, at: char) -> (Option<String>, String) {
    match name.split_once(at) {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, name.to_owned()),
    }
}

fn split_last(name: &str) -> (Option<String>, String) {
    match name.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, name.to_owned()),
    }
}

fn encode(text: &str, purl: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                purl.push(byte.into())
            }
            // Writing to a `String` cannot fail.
            _ => write!(purl, "%{byte:02X}").unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_forms_of_the_specification() {
        let debian =
            Distribution { id: "debian".into(), version: Some("12".into()), ..Distribution::default() };
        let purl = |kind, name: &str, version: &str| of(&Package::new(kind, name, version), Some(&debian));
        let mut deb = Package::new(PackageType::Deb, "libstdc++6", "12.2.0-14");
        deb.arch = Some("amd64".to_owned());
        assert_eq!(
            of(&deb, Some(&debian)),
            "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12"
        );
        assert_eq!(purl(PackageType::Npm, "@babel/core", "7.0.0"), "pkg:npm/%40babel/core@7.0.0");
        assert_eq!(purl(PackageType::Maven, "org.a:b", "1.0"), "pkg:maven/org.a/b@1.0");
        assert_eq!(
            purl(PackageType::Golang, "golang.org/x/net", "v0.1.0"),
            "pkg:golang/golang.org/x/net@v0.1.0"
        );
        assert_eq!(
            purl(PackageType::Rpm, "bind-libs", "32:9.16.23-1"),
            "pkg:rpm/debian/bind-libs@9.16.23-1?distro=debian-12&epoch=32"
        );
        assert_eq!(
            purl(PackageType::Composer, "symfony/http-kernel", "5.0"),
            "pkg:composer/symfony/http-kernel@5.0"
        );
        assert_eq!(purl(PackageType::Pypi, "requests", "2.0"), "pkg:pypi/requests@2.0");
    }
}
