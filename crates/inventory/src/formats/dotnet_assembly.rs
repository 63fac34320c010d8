//! .NET assemblies: the version resource of `.dll` and `.exe` files that are managed code.
//!
//! Written by the compilers of .NET. Sources: ECMA-335 II.25, the PE format and `VS_VERSIONINFO` as Microsoft documents
//! them. The name is the one the compiler gave the file, which for libraries is nearly always that of the package. Left
//! out: programs of machine code, satellite assemblies, and the runtime's own, whose versions are not those of the
//! packages of the same name; `deps.json` tells them.

mod resource;

use image::interest::Pattern;
use model::{Package, PackageType};

use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "dotnet/assembly",
    version: 1,
    files: &[Pattern::Extension(".dll"), Pattern::Extension(".exe")],
    wants: is_outside_frameworks,
    evidence: Evidence::Installed,
    extract,
};

/// Where the parts of .NET itself lie: frameworks, reference assemblies, the SDK.
const FRAMEWORKS: &[&str] = &["dotnet/shared/", "dotnet/packs/", "dotnet/sdk/", "dotnet/host/", "lib/mono/"];

fn is_outside_frameworks(path: &str) -> bool {
    !path.ends_with(".resources.dll") && !FRAMEWORKS.iter().any(|place| path.contains(place))
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let Some(strings) = resource::strings(input.content())? else { return Ok(()) };
    let get = |name: &str| strings.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    if get("ProductName").is_some_and(is_runtime) {
        return Ok(());
    }
    let name = ["OriginalFilename", "InternalName"].iter().find_map(|field| assembly(get(field)?));
    let version = ["ProductVersion", "FileVersion"].iter().find_map(|field| version(get(field)?));
    match (name, version) {
        (Some(name), Some(version)) => {
            let mut package = Package::new(PackageType::Nuget, name, version);
            package.vendor = get("CompanyName").map(str::to_owned);
            input.package(package);
        }
        _ => input.gap("it is a .NET assembly that does not say its name and version"),
    }
    Ok(())
}

/// Whether it is part of a runtime: `Microsoft® .NET`, `Microsoft (R) .NET Framework`, Mono.
fn is_runtime(product: &str) -> bool {
    let mut words = product.split_whitespace();
    let maker = words.next().unwrap_or_default();
    (maker.starts_with("Microsoft") && words.any(|word| word == ".NET"))
        || product == "Mono Common Language Infrastructure"
}

/// The name of the file the compiler wrote, without its extension; nothing for what can be no package's name.
fn assembly(file: &str) -> Option<&str> {
    let extension = [".dll", ".exe"].iter().find(|extension| {
        let at = file.len().checked_sub(extension.len());
        at.and_then(|at| file.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(extension))
    });
    let name = file.get(..file.len().saturating_sub(extension.map_or(0, |extension| extension.len())))?;
    let is_name = name.len() <= 100
        && name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    (is_name && !name.ends_with(".resources")).then_some(name)
}

/// The version without the commit that the SDK adds, `13.0.3+0a2e291c`; nothing for what is none.
fn version(text: &str) -> Option<&str> {
    let version = text.split(['+', ' ', ',']).next()?;
    let numbers = version.split('-').next()?.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let good = version.contains('.')
        && version.len() <= 100
        && numbers.clone().all(is_number)
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    // A project that states no version is of version 0.0.0.0: that says nothing.
    (good && !numbers.clone().all(|part| part.bytes().all(|byte| byte == b'0'))).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_names_and_versions() {
        for (file, expected) in [
            ("Newtonsoft.Json.dll", Some("Newtonsoft.Json")),
            ("Shop.EXE", Some("Shop")),
            ("Shop", Some("Shop")),
            ("de/Shop.resources.dll", None),
            ("Shop.resources.dll", None),
            ("My shop.dll", None),
            (".dll", None),
        ] {
            assert_eq!(assembly(file), expected, "{file}");
        }
        for (text, expected) in [
            ("13.0.3+0a2e291c0d9c0c7675d445703e51750363a549ef", Some("13.0.3")),
            ("2.0.0-rc.1", Some("2.0.0-rc.1")),
            ("1.2.3.4", Some("1.2.3.4")),
            ("4.6.25714.03 built by: release", Some("4.6.25714.03")),
            ("0.0.0.0", None),
            ("main", None),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }

    #[test]
    fn passes_over_the_runtime_itself() {
        assert!(is_runtime("Microsoft® .NET"));
        assert!(is_runtime("Microsoft® .NET Framework"));
        assert!(is_runtime("Microsoft (R) .NET Framework"));
        assert!(is_runtime("Mono Common Language Infrastructure"));
        assert!(!is_runtime("Microsoft.Data.SqlClient"));
        assert!(!is_outside_frameworks(
            "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.Text.Json.dll"
        ));
        assert!(is_outside_frameworks("app/Newtonsoft.Json.dll"));
    }
}
