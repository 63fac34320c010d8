//! Java archives and the archives in them.
//!
//! Written by Maven, Gradle, Ant and `jar`. Sources: the JAR file specification, Apache Maven Archiver. An archive says
//! what it is, in this order: every `META-INF/maven/**/pom.properties` (a shaded jar holds several, and all count); the
//! main section of `META-INF/MANIFEST.MF`; its file name. `pom.xml` beside the properties tells licences, and what the
//! archive is where there are none. The `pom.properties` of an archive that lies there unpacked counts as well. Not
//! done: looking up the SHA-1 sum in a list of Maven Central, which Lazaret does not carry and never asks for over the
//! network.

mod identity;
mod manifest;

use std::collections::BTreeMap;

use bounded::zip::Archive;
use bounded::{Buffer, Limits};
use image::interest::Pattern;
use model::{Gap, Package, PackageType};

use super::java_pom::project::Project;
use crate::licenses::normalise;
use crate::{Error, Evidence, Extractor, Input};
use identity::Identity;
use manifest::Manifest;

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "java/archive",
    version: 2,
    files: &[
        Pattern::Extension(".ear"),
        Pattern::Extension(".hpi"),
        Pattern::Extension(".jar"),
        Pattern::Extension(".jpi"),
        Pattern::Extension(".kar"),
        Pattern::Extension(".lpkg"),
        Pattern::Extension(".nar"),
        Pattern::Extension(".par"),
        Pattern::Extension(".sar"),
        Pattern::Extension(".war"),
        Pattern::Name(PROPERTIES),
    ],
    wants: |path| !path.ends_with(PROPERTIES) || path.contains("META-INF/maven/"),
    evidence: Evidence::Installed,
    extract,
};

/// The name of the file in which Maven says what an archive is.
const PROPERTIES: &str = "pom.properties";

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    if input.path().ends_with("/pom.properties") {
        return unpacked(input);
    }
    let (path, limits) = (input.path(), input.limits());
    let mut walk =
        Walk { limits, left: limits.archive_bytes, packages: Vec::new(), gaps: Vec::new(), full: false };
    let outcome = walk.archive(input.content(), path, 0);
    for package in walk.packages {
        input.package(package);
    }
    for gap in walk.gaps {
        input.gap_at(gap.place, gap.why);
    }
    outcome
}

/// An archive that was unpacked: its description lies alone.
fn unpacked(input: &mut Input<'_>) -> Result<(), Error> {
    let path = input.path();
    let bytes = input.content().whole(DESCRIPTION)?;
    match Identity::of_pom(path, bytes) {
        Some(identity) => {
            input.package(Package::new(PackageType::Maven, identity.name(), identity.version));
        }
        None => input.gap("it does not say of which package and version it is"),
    }
    Ok(())
}

/// The most packages and gaps one file may give.
const PACKAGES: usize = 50_000;
const GAPS: usize = 1000;
/// The longest name of a nested archive that is followed.
const NAME: usize = 4096;
/// The largest description that is read: `pom.properties`, a manifest with a digest for each file.
const DESCRIPTION: u64 = 16 << 20;
/// What opening an archive counts for at least, so that very many tiny ones end as well.
const OPENING: u64 = 4096;

/// One pass over an archive and all in it.
struct Walk<'a> {
    limits: &'a Limits,
    /// Bytes that may still be unpacked.
    left: u64,
    packages: Vec<Package>,
    gaps: Vec<Gap>,
    /// Whether a limit of the whole walk was passed.
    full: bool,
}

/// The members of one archive that count, by their places.
#[derive(Default)]
struct Members {
    poms: BTreeMap<String, Pom>,
    manifest: Option<usize>,
    nested: Vec<(usize, String)>,
    has_classes: bool,
}

/// The places of the files in one directory of `META-INF/maven`.
#[derive(Default)]
struct Pom {
    properties: Option<usize>,
    project: Option<usize>,
}

impl Walk<'_> {
    fn archive(&mut self, content: &mut Buffer, path: &str, depth: u32) -> Result<(), Error> {
        let limits = Limits { file_bytes: self.limits.file_bytes.min(self.left), ..self.limits.clone() };
        let mut archive = Archive::open(content, &limits)?;
        let members = members(&archive);
        self.describe(&mut archive, &members, path);
        for (place, name) in members.nested {
            if self.full {
                break;
            }
            let inner = if name.len() > NAME { path.to_owned() } else { format!("{path}/{name}") };
            if let Err(error) = self.nested(&mut archive, place, &inner, depth) {
                self.gap(&inner, error.to_string());
            }
        }
        Ok(())
    }

    fn nested(
        &mut self,
        archive: &mut Archive<&mut Buffer>,
        place: usize,
        path: &str,
        depth: u32,
    ) -> Result<(), Error> {
        if depth >= self.limits.nesting {
            return Err(too_large("archives within archives", format!("{} levels", self.limits.nesting)));
        }
        if path.len() > self.limits.path_bytes {
            return Err(too_large("its path", format!("{} bytes", self.limits.path_bytes)));
        }
        let mut member = archive.member(place)?;
        let claimed = member.size();
        if claimed.max(OPENING) > self.left {
            self.full = true;
            return Err(self.spent());
        }
        let content = member.buffer();
        // What failed has cost something too; it is not known how much.
        let cost = content.as_ref().map_or(claimed.saturating_mul(2), Buffer::len);
        self.left = self.left.saturating_sub(cost.max(OPENING));
        drop(member);
        self.archive(&mut content?, path, depth.saturating_add(1))
    }

    fn spent(&self) -> Error {
        too_large("the archive with all in it", format!("{} bytes", self.limits.archive_bytes))
    }

    fn gap(&mut self, path: &str, why: impl Into<String>) {
        if self.gaps.len() < GAPS {
            self.gaps.push(Gap::new("file", path, why));
        } else {
            self.full = true;
        }
    }

    /// Finds out what the archive itself is.
    fn describe(&mut self, archive: &mut Archive<&mut Buffer>, members: &Members, path: &str) {
        let mut found: BTreeMap<Identity, Vec<String>> = BTreeMap::new();
        for (directory, pom) in &members.poms {
            if self.full {
                return;
            }
            match self.pom(archive, directory, pom) {
                Ok(told) => found.extend(told),
                Err(error) => self.gap(path, error.to_string()),
            }
        }
        if found.is_empty() || (found.len() == 1 && found.values().all(Vec::is_empty)) {
            let manifest = members.manifest.map(|place| self.read(archive, place)).transpose();
            let manifest = manifest.unwrap_or_else(|error| {
                self.gap(path, error.to_string());
                None
            });
            let manifest = Manifest::parse(&manifest.unwrap_or_default());
            let licenses: Vec<String> =
                manifest.get("bundle-license").map(bundle_license).into_iter().collect();
            if found.is_empty() {
                let named = Identity::of_manifest(&manifest, path).or_else(|| Identity::of_file_name(path));
                found.extend(named.map(|identity| (identity, Vec::new())));
            }
            found.values_mut().for_each(|stated| stated.clone_from(&licenses));
        }
        if found.is_empty() && members.has_classes {
            self.gap(path, "it holds classes and does not say of which package and version");
        }
        for (identity, licenses) in found {
            self.report(identity, path, &licenses);
        }
    }

    /// What the files of one directory of `META-INF/maven` tell.
    fn pom(
        &mut self,
        archive: &mut Archive<&mut Buffer>,
        directory: &str,
        pom: &Pom,
    ) -> Result<Option<(Identity, Vec<String>)>, Error> {
        let properties = pom.properties.map(|place| self.read(archive, place)).transpose()?;
        let identity =
            properties.and_then(|bytes| Identity::of_pom(&format!("{directory}/{PROPERTIES}"), &bytes));
        let project = pom.project.map(|place| self.read(archive, place)).transpose()?;
        // A project that cannot be read says nothing of licences; of what the archive is there are other words.
        let project = project.and_then(|bytes| Project::parse(std::str::from_utf8(&bytes).ok()?).ok());
        let stated = || Identity::of_project(project.as_ref()?);
        let identity = identity.or_else(|| if pom.properties.is_none() { stated() } else { None });
        let licenses = project.as_ref().map(|project| project.licenses().to_vec()).unwrap_or_default();
        Ok(identity.map(|identity| (identity, licenses)))
    }

    fn report(&mut self, identity: Identity, path: &str, licenses: &[String]) {
        if self.packages.len() >= PACKAGES {
            if !self.full {
                self.gap(path, too_large("the number of packages", PACKAGES.to_string()).to_string());
            }
            self.full = true;
            return;
        }
        let mut package = Package::new(PackageType::Maven, identity.name(), identity.version);
        package.paths.push(path.to_owned());
        package.licenses = licenses.to_vec();
        self.packages.push(package);
    }

    fn read(&mut self, archive: &mut Archive<&mut Buffer>, place: usize) -> Result<Vec<u8>, Error> {
        let limit = DESCRIPTION.min(self.left);
        let bytes = archive.member(place)?.read(limit);
        let cost = bytes.as_ref().map_or(limit, |bytes| bytes.len() as u64);
        self.left = self.left.saturating_sub(cost);
        Ok(bytes?)
    }
}

/// The name of a licence without what `OSGi` lets follow it: `Apache-2.0;link="https://…"`.
fn bundle_license(stated: &str) -> String {
    normalise(stated.split(';').next().unwrap_or(stated).trim().trim_matches('"'))
}

fn too_large(what: &str, limit: String) -> Error {
    bounded::Error::TooLarge { what: what.to_owned(), limit }.into()
}

fn members(archive: &Archive<&mut Buffer>) -> Members {
    let mut members = Members::default();
    for place in 0..archive.len() {
        let Some(name) = archive.name(place) else { continue };
        if name.ends_with(".class") {
            members.has_classes = true;
        } else if name.eq_ignore_ascii_case("META-INF/MANIFEST.MF") {
            members.manifest = Some(place);
        } else if let Some((directory, file)) = of_maven(&name) {
            let pom = members.poms.entry(directory.to_owned()).or_default();
            let found = if file == PROPERTIES { &mut pom.properties } else { &mut pom.project };
            *found = Some(place);
        } else if is_archive(&name) {
            members.nested.push((place, name));
        }
    }
    members
}

/// The directory and the name of a file that Maven put into the archive to say what it is.
fn of_maven(name: &str) -> Option<(&str, &str)> {
    let (directory, file) = name.rsplit_once('/')?;
    (directory.starts_with("META-INF/maven/") && matches!(file, PROPERTIES | "pom.xml"))
        .then_some((directory, file))
}

fn is_archive(name: &str) -> bool {
    let Some((_, extension)) = name.rsplit_once('.') else { return false };
    EXTRACTOR.files.iter().any(|pattern| match pattern {
        Pattern::Extension(wanted) => wanted.trim_start_matches('.').eq_ignore_ascii_case(extension),
        _ => false,
    })
}
