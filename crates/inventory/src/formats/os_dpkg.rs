//! The packages of dpkg: `status`, the `status.d` of distroless images, and the lists of their files.
//!
//! Written by dpkg, by debootstrap and by the builders of distroless images. Sources: dpkg(1), deb-control(5),
//! deb-md5sums(5). Not read: `available`, `*.list` (it does not tell files from directories). Licences are
//! told by `os/dpkg-copyright`.

use image::interest::Pattern;
use model::{Package, PackageType, SourcePackage};

use crate::fields::{continues, field, lines, split_at, string};
use crate::ownership;
use crate::{Error, Evidence, Extractor, Input, Owned};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/dpkg",
    version: 2,
    files: &[
        Pattern::Path("var/lib/dpkg/status"),
        Pattern::Directory { path: "var/lib/dpkg/status.d", suffix: "" },
        Pattern::Directory { path: "var/lib/dpkg/info", suffix: ".md5sums" },
    ],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    match input.path().strip_suffix(SUMS) {
        Some(path) => owned(input, path),
        None => packages(input),
    }
}

const SUMS: &str = ".md5sums";

/// The fields of one package that count.
#[derive(Default)]
struct Record<'a> {
    package: &'a [u8],
    version: &'a [u8],
    architecture: &'a [u8],
    source: &'a [u8],
    status: &'a [u8],
    maintainer: &'a [u8],
    begun: bool,
}

fn packages(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut record = Record::default();
    let mut strange = 0_u64;
    for line in lines(&bytes).chain([&b""[..]]) {
        if line.trim_ascii().is_empty() {
            report(input, &record);
            record = Record::default();
        } else if !continues(line) {
            match field(line) {
                Some((name, value)) => record.set(name, value),
                None => strange = strange.saturating_add(1),
            }
        }
    }
    if strange > 0 {
        input.gap(format!("lines that are no fields of a dpkg record: {strange}"));
    }
    Ok(())
}

impl<'a> Record<'a> {
    fn set(&mut self, name: &[u8], value: &'a [u8]) {
        self.begun = true;
        let place = match name.first().map(u8::to_ascii_lowercase) {
            Some(b'p') if name.eq_ignore_ascii_case(b"Package") => &mut self.package,
            Some(b'v') if name.eq_ignore_ascii_case(b"Version") => &mut self.version,
            Some(b'a') if name.eq_ignore_ascii_case(b"Architecture") => &mut self.architecture,
            Some(b's') if name.eq_ignore_ascii_case(b"Source") => &mut self.source,
            Some(b'm') if name.eq_ignore_ascii_case(b"Maintainer") => &mut self.maintainer,
            Some(b's') if name.eq_ignore_ascii_case(b"Status") => &mut self.status,
            _ => return,
        };
        *place = value;
    }

    /// Whether files of it may be there. `status.d` states no status.
    fn is_installed(&self) -> bool {
        let state = self.status.split(u8::is_ascii_whitespace).rfind(|word| !word.is_empty());
        !matches!(state, Some(b"not-installed" | b"config-files"))
    }

    /// Its source package; without a word of it, the package itself.
    fn source(&self) -> SourcePackage {
        let (name, version) = match split_at(self.source, b'(') {
            Some((name, version)) => (name, version.strip_suffix(b")").unwrap_or(version)),
            None => (self.source, self.version),
        };
        let or = |text: &[u8], other: &[u8]| string(if text.is_empty() { other } else { text });
        SourcePackage {
            name: or(name.trim_ascii(), self.package),
            version: or(version.trim_ascii(), self.version),
        }
    }
}

fn report(input: &mut Input<'_>, record: &Record<'_>) {
    if !record.begun || !record.is_installed() {
        return;
    }
    if record.package.is_empty() || record.version.is_empty() {
        let named = [record.package, record.version].concat();
        input.gap(format!("a dpkg record has no name or no version: `{}`", string(&named)));
        return;
    }
    let mut package = Package::new(PackageType::Deb, string(record.package), string(record.version));
    package.source = Some(record.source());
    let some = |text: &[u8]| Some(string(text)).filter(|text| !text.is_empty());
    (package.arch, package.vendor) = (some(record.architecture), some(record.maintainer));
    input.package(package);
}

/// Reads which regular files a package has; `path` is the list's without its ending.
fn owned(input: &mut Input<'_>, path: &str) -> Result<(), Error> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let package = name.split(':').next().unwrap_or(name).to_owned();
    let mut strange = 0_u64;
    let mut paths = Vec::new();
    for line in lines(input.bytes()?).filter(|line| !line.is_empty()) {
        let Some((sum, path)) = split_at(line, b' ').filter(|(sum, _)| sum.len() == 32) else {
            strange = strange.saturating_add(1);
            continue;
        };
        strange = strange.saturating_add(u64::from(!sum.iter().all(u8::is_ascii_hexdigit)));
        let path = path.trim_ascii_start();
        let path = path.strip_prefix(b"*").unwrap_or(path);
        let path = path.strip_prefix(b"./").or_else(|| path.strip_prefix(b"/")).unwrap_or(path);
        if ownership::counts(path) {
            paths.push(string(path));
        }
    }
    input.owned(Owned { package, paths });
    if strange > 0 {
        input.gap(format!("lines that are no sums of files: {strange}"));
    }
    Ok(())
}
