//! Installed Perl modules as Perl's own log tells them: `perllocal.pod`.
//!
//! Appended to by `make install` of `ExtUtils::MakeMaker`, an entry for each installation: `=head2 <time>: C<Module>
//! L<Foo::Bar|Foo::Bar>` and below it `C<VERSION: 1.2>`. A module is listed under the name that its distribution has by
//! custom, `Foo-Bar`; of several entries for one the last counts. What `Module::Build` installs is not in the log.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;

use crate::fields::{lines, string};
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "perl/local",
    version: 1,
    files: &[Pattern::Name("perllocal.pod")],
    wants: |_| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Cpan);
    let bytes = input.take_bytes()?;
    let mut versions: BTreeMap<String, String> = BTreeMap::new();
    let mut module = None;
    for line in lines(&bytes).map(string) {
        if line.starts_with("=head2") {
            let link = line.split_once("C<Module> L<").and_then(|(_, link)| link.split(['|', '>']).next());
            module = link.map(|link| link.replace("::", "-"));
            if let Some(module) = &module {
                versions.insert(module.clone(), String::new());
            } else if line.contains("Module") {
                listing.problem("an entry of it names no module".to_owned());
            }
        } else if let Some((_, version)) = line.split_once("C<VERSION: ")
            && let Some(module) = &module
        {
            let version = version.split('>').next().unwrap_or_default();
            versions.insert(module.clone(), version.trim_matches(['"', ' ']).to_owned());
        }
    }
    for (module, version) in versions {
        listing.add(&module, &version);
    }
    listing.report(input);
    Ok(())
}
