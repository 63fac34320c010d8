//! `container-manifest-2`: a line for each package, for images without an rpm database.
//!
//! Written by the builders of the distroless images of Azure Linux and CBL-Mariner with the query
//! `%{NAME}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{BUILDTIME}\t%{VENDOR}\t%{EPOCH}\t%{SIZE}\t%{ARCH}\t%{EPOCHNUM}\t%{SOURCERPM}`,
//! in which rpm writes `(none)` for what is not there. It tells no licences and no files.

use model::Package;

use super::{package, source};
use crate::fields::{lines, string};
use crate::{Error, Input};

const ABSENT: &str = "(none)";

pub(super) fn read(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut strange = 0_u64;
    for line in lines(&bytes).filter(|line| !line.trim_ascii().is_empty()) {
        match listed(&string(line)) {
            Some(package) if package.name == "gpg-pubkey" => {}
            Some(package) => input.package(package),
            None => strange = strange.saturating_add(1),
        }
    }
    if strange > 0 {
        input.gap(format!("lines that tell no package: {strange}"));
    }
    Ok(())
}

fn listed(line: &str) -> Option<Package> {
    let fields: Vec<&str> = line.split('\t').collect();
    let &[name, version, _, _, vendor, epoch, _, arch, _, source_file, ..] = fields.as_slice() else {
        return None;
    };
    if name.is_empty() || name == ABSENT || !version.contains('-') {
        return None;
    }
    let told = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty() && text != ABSENT);
    let epoch = if epoch == ABSENT { 0 } else { epoch.parse().ok()? };
    let mut package = package(name.to_owned(), epoch, version);
    package.arch = told(arch);
    package.vendor = told(vendor);
    package.source = source(source_file);
    Some(package)
}
