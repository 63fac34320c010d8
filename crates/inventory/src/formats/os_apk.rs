//! The packages of apk: `lib/apk/db/installed`, also below `usr` since the merge of the two.
//!
//! Written by apk-tools 2 and 3 (Alpine, Wolfi and their kin). Source: "Apk spec" and "Apk installed database" of the
//! Alpine wiki. One letter a field; `F` is a directory and `R` a file in it.

use image::interest::Pattern;
use model::{Package, PackageType, SourcePackage};

use crate::fields::{lines, string};
use crate::licenses::normalise;
use crate::ownership;
use crate::{Error, Evidence, Extractor, Input, Owned};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/apk",
    version: 2,
    files: &[Pattern::Path("lib/apk/db/installed"), Pattern::Path("usr/lib/apk/db/installed")],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

/// What is known of one package.
#[derive(Default)]
struct Record<'a> {
    begun: bool,
    name: &'a [u8],
    version: &'a [u8],
    arch: &'a [u8],
    origin: &'a [u8],
    license: &'a [u8],
    maintainer: &'a [u8],
    directory: &'a [u8],
    paths: Vec<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut record = Record::default();
    let mut strange = 0_u64;
    for line in lines(&bytes).chain([&b""[..]]) {
        match line {
            [] => report(input, std::mem::take(&mut record)),
            [letter, b':', value @ ..] => record.set(*letter, value),
            _ => strange = strange.saturating_add(1),
        }
    }
    if strange > 0 {
        input.gap(format!("lines that are no fields of an apk record: {strange}"));
    }
    Ok(())
}

impl<'a> Record<'a> {
    fn set(&mut self, letter: u8, value: &'a [u8]) {
        self.begun = true;
        let place = match letter {
            b'P' => &mut self.name,
            b'V' => &mut self.version,
            b'A' => &mut self.arch,
            b'o' => &mut self.origin,
            b'L' => &mut self.license,
            b'm' => &mut self.maintainer,
            b'F' => &mut self.directory,
            b'R' => return self.own(value),
            _ => return,
        };
        *place = value;
    }

    fn own(&mut self, name: &[u8]) {
        let path = match self.directory {
            [] => name.to_vec(),
            directory => [directory, name].join(&b'/'),
        };
        if ownership::counts(&path) {
            self.paths.push(string(&path));
        }
    }
}

fn report(input: &mut Input<'_>, record: Record<'_>) {
    if !record.begun {
        return;
    }
    if record.name.is_empty() || record.version.is_empty() {
        let named = [record.name, record.version].concat();
        input.gap(format!("an apk record has no name or no version: `{}`", string(&named)));
        return;
    }
    let some = |text: &[u8]| Some(string(text)).filter(|text| !text.is_empty());
    let name = string(record.name);
    let mut package = Package::new(PackageType::Apk, name.clone(), string(record.version));
    package.arch = some(record.arch);
    package.vendor = some(record.maintainer);
    package.licenses.extend(some(record.license).map(|license| normalise(&license)));
    package.source = Some(SourcePackage {
        name: some(record.origin).unwrap_or_else(|| name.clone()),
        version: package.version.clone(),
    });
    input.package(package);
    input.owned(Owned { package: name, paths: record.paths });
}
