//! Which rpm package a component is: from its package URL or from its file's name.

use std::borrow::Cow;

/// A package, with or without a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Component<'t> {
    /// Its name.
    pub(crate) name: Cow<'t, str>,
    /// `epoch:version-release`, the epoch left out when it is 0.
    pub(crate) version: Option<Cow<'t, str>>,
    /// Its architecture; `src` for a source package.
    pub(crate) arch: Option<Cow<'t, str>>,
    /// The module stream it is of, `nodejs:18`.
    pub(crate) module: Option<Cow<'t, str>>,
}

/// What a package URL of an rpm package says beside name and version.
#[derive(Debug, Default)]
pub(crate) struct Qualifiers<'t> {
    /// The file of its source package.
    pub(crate) upstream: Option<Cow<'t, str>>,
    /// Its module: `name:stream:version:context`.
    pub(crate) module: Option<Cow<'t, str>>,
}

impl<'t> Component<'t> {
    /// Reads `pkg:rpm/<namespace>/<name>@<version>-<release>?arch=…&epoch=…`; nothing for another type or namespace.
    pub(crate) fn of_purl(purl: &'t str, namespace: &str) -> Option<(Self, Qualifiers<'t>)> {
        let path = purl.strip_prefix("pkg:rpm/")?.strip_prefix(namespace)?.strip_prefix('/')?;
        let path = path.split_once('#').map_or(path, |(path, _)| path);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (name, version) = path.split_once('@').unwrap_or((path, ""));
        let mut component = Self { name: decoded(name)?, ..Self::default() };
        let (mut qualifiers, mut epoch) = (Qualifiers::default(), None);
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "arch" => component.arch = Some(decoded(value)?),
                "epoch" => epoch = Some(value),
                "rpmmod" => qualifiers.module = Some(decoded(value)?),
                "upstream" => qualifiers.upstream = Some(decoded(value)?),
                _ => {}
            }
        }
        if !version.is_empty() {
            component.version = Some(with_epoch(epoch, decoded(version)?));
        }
        is_name(&component.name).then_some((component, qualifiers))
    }

    /// Reads `<name>-[epoch:]<version>-<release>[.<arch>][.rpm]`.
    pub(crate) fn of_file(text: &'t str) -> Option<Self> {
        let text = text.strip_suffix(".rpm").unwrap_or(text);
        let (text, arch) = match text.rsplit_once('.') {
            Some((rest, arch)) if ARCHES.contains(&arch) => (rest, Some(arch)),
            _ => (text, None),
        };
        let (rest, release) = text.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        let (epoch, version) =
            version.split_once(':').map_or((None, version), |(epoch, version)| (Some(epoch), version));
        if !is_name(name) || version.is_empty() || release.is_empty() {
            return None;
        }
        Some(Self {
            name: name.into(),
            version: Some(with_epoch(epoch, format!("{version}-{release}").into())),
            arch: arch.map(Cow::Borrowed),
            module: None,
        })
    }

    /// Reads a name alone.
    pub(crate) fn of_name(name: &'t str) -> Option<Self> {
        is_name(name).then(|| Self { name: name.into(), ..Self::default() })
    }

    /// Whether it only helps to find faults in another.
    pub(crate) fn is_debugging(&self) -> bool {
        self.name.ends_with("-debuginfo") || self.name.ends_with("-debugsource")
    }
}

/// The architectures that files are named by.
const ARCHES: [&str; 24] = [
    "aarch64",
    "aarch64_ilp32",
    "armv6hl",
    "armv7hl",
    "athlon",
    "i386",
    "i486",
    "i586",
    "i686",
    "ia64",
    "loongarch64",
    "noarch",
    "nosrc",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv64",
    "s390",
    "s390x",
    "src",
    "sw_64",
    "x86_64",
    "x86_64_v2",
    "x86_64_v3",
];

fn with_epoch<'t>(epoch: Option<&str>, version: Cow<'t, str>) -> Cow<'t, str> {
    match epoch {
        Some(epoch) if !epoch.is_empty() && epoch != "0" => format!("{epoch}:{version}").into(),
        _ => version,
    }
}

/// What rpm allows as a name, roughly: images and files, with `/`, `@` or `:` in them, are none.
fn is_name(name: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'~');
    !name.is_empty() && name.len() <= 256 && name.bytes().all(is_sign)
}

/// Without percent signs; nothing when what is behind one is no number.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if byte == b'%' {
            let (number, behind) = behind.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(str::from_utf8(number).ok()?, 16).ok()?);
            rest = behind;
        } else {
            bytes.push(byte);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(name: &str, version: &str, arch: &str) -> Component<'static> {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned().into());
        Component { name: name.to_owned().into(), version: said(version), arch: said(arch), module: None }
    }

    #[test]
    fn reads_package_urls() {
        let read = |purl| Component::of_purl(purl, "redhat").map(|(component, _)| component);
        let nodejs =
            "pkg:rpm/redhat/nodejs@18.19.1-1.module%2Bel8.9.0%2B21387%2B36d6ba86?arch=x86_64&epoch=1";
        let expected = component("nodejs", "1:18.19.1-1.module+el8.9.0+21387+36d6ba86", "x86_64");
        assert_eq!(read(nodejs), Some(expected));
        assert_eq!(read("pkg:rpm/redhat/kernel?arch=src"), Some(component("kernel", "", "src")));
        assert_eq!(read("pkg:rpm/redhat/libcurl@?epoch=0"), Some(component("libcurl", "", "")));
        for other in [
            "pkg:oci/rhcos",
            "pkg:rpm/suse/curl",
            "pkg:rpm/redhat/",
            "pkg:rpm/redhat/a%zz",
            "pkg:rpm/redhat/a/b",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        let (_, qualifiers) =
            Component::of_purl("pkg:rpm/suse/liblzma5@5.6.2-1.1?upstream=xz-5.6.2-1.1.src.rpm", "suse")
                .unwrap();
        assert_eq!(qualifiers.upstream.as_deref(), Some("xz-5.6.2-1.1.src.rpm"));
    }

    #[test]
    fn reads_names_of_files() {
        for (text, expected) in [
            ("python3-perf-0:5.14.0-427.el9.x86_64", component("python3-perf", "5.14.0-427.el9", "x86_64")),
            ("nodejs-1:20.20.2-2.el9", component("nodejs", "1:20.20.2-2.el9", "")),
            ("varnish-7.4.3-2.oe2203sp3.aarch64.rpm", component("varnish", "7.4.3-2.oe2203sp3", "aarch64")),
        ] {
            assert_eq!(Component::of_file(text), Some(expected), "{text}");
        }
        for text in ["mailman", "", "-", "--", "a-b", "rhel9/ubi-1-2", "a--1"] {
            assert_eq!(Component::of_file(text), None, "{text}");
        }
    }
}
