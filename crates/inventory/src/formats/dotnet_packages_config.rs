//! `packages.config`: the packages of a .NET Framework project.
//!
//! Written by `NuGet` before it used references in project files,
//! <https://learn.microsoft.com/en-us/nuget/reference/packages-config>. Packages for development only are left out.

use image::interest::Pattern;
use model::PackageType;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "dotnet/packages-config",
    version: 1,
    files: &[Pattern::Name("packages.config")],
    wants: |_path| true,
    evidence: Evidence::Declared,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listed = Listing::new(PackageType::Nuget);
    let outcome = read(listing::text(input, "packages.config")?, &mut listed);
    listed.report(input);
    outcome
}

fn read(text: &str, listed: &mut Listing) -> Result<(), Error> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_u32;
    let mut seen = false;
    loop {
        let event = reader.read_event().map_err(|error| invalid(error.to_string()))?;
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.local_name();
                if depth == 0 && name.as_ref() != "packages" {
                    return Err(invalid("it does not begin with `packages`"));
                }
                seen = true;
                if depth == 1 && name.as_ref() == "package" {
                    package(listed, element)?;
                }
                if matches!(event, Event::Start(_)) {
                    depth = depth.saturating_add(1);
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth > 0 || !seen => return Err(invalid("it ends too early")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn package(listed: &mut Listing, element: &BytesStart<'_>) -> Result<(), Error> {
    let attribute = |name: &str| -> Result<String, Error> {
        let found = element.try_get_attribute(name).map_err(|error| invalid(error.to_string()))?;
        Ok(found.map(|found| found.value.trim().to_owned()).unwrap_or_default())
    };
    let (id, version) = (attribute("id")?, attribute("version")?);
    if !attribute("developmentDependency")?.eq_ignore_ascii_case("true") {
        listed.add(&id, &version);
    }
    Ok(())
}

fn invalid(why: impl Into<String>) -> Error {
    Error::Format { format: "packages.config", why: why.into() }
}
