//! The packages of rpm: its database in each of its three forms, and the list of distroless images.
//!
//! Written by rpm, through dnf, yum, zypper, tdnf or rpm-ostree: `rpmdb.sqlite` (since 4.16), `Packages.db` (NDB,
//! of SUSE), `Packages` (a Berkeley DB hash, up to 4.15 and in RHEL 8), and `container-manifest-2` by the builders of
//! distroless images. Sources: the rpm reference manual, <https://rpm-software-management.github.io/rpm/manual/>, and
//! the documents named in each reader. The form is told by the first bytes, whatever the file is called.
//!
//! Not read: `container-manifest-1`, which names the same packages without epoch and source; `rpm-ostree-base-db`,
//! which tells what was there before overrides; changes that are only in a write-ahead log, which are a gap. Where an
//! upgrade left the database of an older form behind, the packages of both are listed.

mod berkeley;
mod header;
mod manifest;
mod ndb;
mod records;
mod sqlite;
mod store;

use image::interest::Pattern;
use model::{Package, PackageType, SourcePackage};

use crate::{Error, Evidence, Extractor, Input};
use records::Records;
use store::Store;

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/rpm",
    version: 1,
    files: &[
        Pattern::Path("var/lib/rpm/rpmdb.sqlite"),
        Pattern::Path("var/lib/rpm/rpmdb.sqlite-wal"),
        Pattern::Path("var/lib/rpm/Packages.db"),
        Pattern::Path("var/lib/rpm/Packages"),
        Pattern::Path("usr/lib/sysimage/rpm/rpmdb.sqlite"),
        Pattern::Path("usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
        Pattern::Path("usr/lib/sysimage/rpm/Packages.db"),
        Pattern::Path("usr/lib/sysimage/rpm/Packages"),
        Pattern::Path("usr/share/rpm/rpmdb.sqlite"),
        Pattern::Path("usr/share/rpm/rpmdb.sqlite-wal"),
        Pattern::Path("usr/share/rpm/Packages.db"),
        Pattern::Path("usr/share/rpm/Packages"),
        Pattern::Path("var/lib/rpmmanifest/container-manifest-2"),
    ],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    match input.path().rsplit('/').next() {
        Some("container-manifest-2") => manifest::read(input),
        Some("rpmdb.sqlite-wal") => write_ahead(input),
        _ => database(input),
    }
}

fn database(input: &mut Input<'_>) -> Result<(), Error> {
    let mut records = Records::default();
    let outcome = read_database(&mut Store::new(input.content()), &mut records);
    records.report(input);
    outcome
}

/// Reads a database of any form; one without a byte is one without packages.
fn read_database(store: &mut Store<'_>, records: &mut Records) -> Result<(), Error> {
    if store.is_empty() {
        return Ok(());
    }
    let head = store.head()?;
    if sqlite::begins(&head) {
        sqlite::read(store, records)
    } else if ndb::begins(&head) {
        ndb::read(store, records)
    } else if let Some(order) = berkeley::order(&head) {
        berkeley::read(store, order, records)
    } else {
        Err(damaged("its first bytes are of no form that rpm writes"))
    }
}

fn write_ahead(input: &mut Input<'_>) -> Result<(), Error> {
    if sqlite::has_frames(&mut Store::new(input.content()))? {
        input.gap(
            "it holds changes that may not be in the rpm database beside it; packages that were installed or removed \
             last may be wrong: end what writes to the database before the image is made",
        );
    }
    Ok(())
}

/// What the database says that cannot be.
fn damaged(why: impl Into<String>) -> Error {
    Error::Format { format: "rpm database", why: why.into() }
}

/// A package with the version as advisories write it.
fn package(name: String, epoch: u32, version_release: &str) -> Package {
    let version = if epoch == 0 { version_release.to_owned() } else { format!("{epoch}:{version_release}") };
    Package::new(PackageType::Rpm, name, version)
}

/// The source package by the name of its file, which tells no epoch.
fn source(file: &str) -> Option<SourcePackage> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(SourcePackage { name: name.to_owned(), version: format!("{version}-{release}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_source_from_the_name_of_its_file() {
        let told = |file| source(file).map(|source| (source.name, source.version));
        let known = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        assert_eq!(told("bash-5.1.8-6.el9.src.rpm"), known("bash", "5.1.8-6.el9"));
        assert_eq!(
            told("java-17-openjdk-17.0.9.0.9-2.el9.src.rpm"),
            known("java-17-openjdk", "17.0.9.0.9-2.el9")
        );
        assert_eq!(told("a-1-2.nosrc.rpm"), known("a", "1-2"));
        assert_eq!(told("a-1-2.x86_64.rpm"), None);
        assert_eq!(told("a.src.rpm"), None);
    }
}
