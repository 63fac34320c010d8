//! `pom.xml`: a Maven project and the libraries it asks for.
//!
//! Written by people, <https://maven.apache.org/pom.html>. Versions are taken from the file itself: literal, by a
//! `${property}`, or from its `dependencyManagement`. What stands in a parent elsewhere or an imported list is not
//! known and said as a gap. Left out: what is only for tests, given by a container, or optional; profiles and plug-ins.

pub(super) mod project;

use image::interest::Pattern;
use model::PackageType;

use crate::listing::{self, Listing, shown};
use crate::{Error, Evidence, Extractor, Input};
use project::{Dependency, Project};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "java/pom",
    version: 1,
    files: &[Pattern::Name("pom.xml")],
    wants: |path| !path.contains("src/test/"),
    evidence: Evidence::Declared,
    extract,
};

/// How many libraries a gap names.
const NAMED: usize = 5;

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let project = Project::parse(listing::text(input, "pom.xml")?);
    let project = project.map_err(|why| Error::Format { format: "pom.xml", why })?;
    let mut listed = Listing::new(PackageType::Maven);
    let mut unknown = Vec::new();
    let mut list = |stated: &Dependency, licenses: &[String]| {
        let [group, artifact, version] = [&stated.group, &stated.artifact, &stated.version];
        let [group, artifact, version] = [group, artifact, version].map(|text| project.resolve(text));
        match (group, artifact, version.filter(|version| is_exact(version))) {
            (Some(group), Some(artifact), Some(version)) => {
                listed.add_licensed(&format!("{group}:{artifact}"), &version, licenses.to_vec());
            }
            (_, artifact, _) => unknown.push(artifact.unwrap_or_else(|| stated.artifact.clone())),
        }
    };
    list(&project.own(), project.licenses());
    for dependency in project.dependencies() {
        list(&dependency, &[]);
    }
    listed.report(input);
    if !unknown.is_empty() {
        let named: Vec<String> = unknown.iter().take(NAMED).map(|name| shown(name)).collect();
        let more = if unknown.len() > NAMED { ", …" } else { "" };
        let (count, named) = (unknown.len(), named.join(", "));
        input.gap(format!(
            "artifacts whose group or exact version does not stand in this file: {count} ({named}{more})"
        ));
    }
    Ok(())
}

/// Whether it is one version, not a range or one of Maven's words for a version that is yet to be found.
fn is_exact(version: &str) -> bool {
    !version.is_empty() && !version.contains(['[', '(', ',']) && !matches!(version, "LATEST" | "RELEASE")
}
