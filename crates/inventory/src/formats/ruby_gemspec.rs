//! Installed gems: the specification that RubyGems writes for each, `specifications/<name>-<version>.gemspec`, and
//! those of the gems that come with Ruby in `specifications/default`.
//!
//! Written by RubyGems and the packagers of distributions. Source: <https://guides.rubygems.org/specification-reference/>
//! and `Gem::Specification#to_ruby`. Ruby is not run: what counts are the line `# stub: name version platform paths` and
//! assignments of plain literals. Specifications that authors keep in their repositories are not looked at.

use image::interest::Pattern;
use model::{Package, PackageType};

use crate::fields::{lines, string};
use crate::licenses::normalise;
use crate::listing::shown;
use crate::{Error, Evidence, Extractor, Input, locator, names};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "ruby/gemspec",
    version: 1,
    files: &[Pattern::Extension(".gemspec")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// The largest specification that is read; the files of a gem are listed in it.
const BYTES: u64 = 8 << 20;
/// The most licences of one gem.
const LICENSES: usize = 50;
/// The platform of gems that run on all.
const ANY_PLATFORM: &str = "ruby";

fn is_installed(path: &str) -> bool {
    let mut folders = path.rsplit('/').skip(1);
    match folders.next() {
        Some("default") => folders.next() == Some("specifications"),
        folder => folder == Some("specifications"),
    }
}

/// What a specification says.
#[derive(Default)]
struct Specification {
    name: String,
    version: String,
    platform: String,
    licenses: Vec<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let specification = read(input.content().whole(BYTES)?);
    let name = names::canonical(PackageType::Gem, &specification.name)
        .ok_or_else(|| invalid(format!("its name is `{}`", shown(&specification.name))))?;
    if !specification.version.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(invalid(format!("it states no version of `{name}`")));
    }
    let mut package = Package::new(PackageType::Gem, name, specification.version);
    package.licenses = specification.licenses.iter().map(|stated| normalise(stated)).collect();
    if !["", ANY_PLATFORM].contains(&specification.platform.as_str()) {
        let platform = [("platform", specification.platform.as_str())];
        package.purl = locator::qualified(package.kind, &package.name, &package.version, &platform);
    }
    input.package(package);
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Format { format: "gem specification", why }
}

/// The stub line tells it best; what it leaves open is taken from the first assignment.
fn read(bytes: &[u8]) -> Specification {
    let mut specification = Specification::default();
    for line in lines(bytes) {
        let line = string(line);
        let line = line.trim();
        if let Some(stub) = line.strip_prefix("# stub: ") {
            specification.set_stub(stub);
        } else if let Some((field, value)) = assignment(line) {
            specification.set(field, value);
        }
    }
    specification
}

impl Specification {
    /// The first stub line; a second one lists extensions.
    fn set_stub(&mut self, stub: &str) {
        let mut words = stub.split(' ');
        if let (true, Some(name), Some(version), Some(platform)) =
            (self.name.is_empty(), words.next(), words.next(), words.next())
        {
            self.name = name.to_owned();
            self.version = version.to_owned();
            self.platform = platform.to_owned();
        }
    }

    fn set(&mut self, field: &str, value: &str) {
        let place = match field {
            "name" => &mut self.name,
            "version" => &mut self.version,
            "platform" => &mut self.platform,
            "license" | "licenses" if self.licenses.is_empty() => {
                self.licenses = literals(value).take(LICENSES).map(str::to_owned).collect();
                return;
            }
            _ => return,
        };
        if let (true, Some(literal)) = (place.is_empty(), literals(value).next()) {
            literal.clone_into(place);
        }
    }
}

/// `name` and `"rake".freeze` from `s.name = "rake".freeze`, whatever the variable is called.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (target, value) = line.split_once('=')?;
    let (variable, field) = target.trim().split_once('.')?;
    variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then(|| (field, value.trim()))
}

/// The texts of a value: in single or double quotation marks or in `%q{}`. What is computed is none.
fn literals(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        loop {
            let opened = rest.get(rest.find(['"', '\'', '%'])?..)?;
            let inner = opened.get(1..)?;
            let (inner, mark) = match (opened.chars().next()?, inner.strip_prefix("q{")) {
                ('%', Some(inner)) => (inner, '}'),
                ('%', None) => {
                    rest = inner;
                    continue;
                }
                (mark, _) => (inner, mark),
            };
            let (literal, after) = inner.split_once(mark)?;
            rest = after;
            return Some(literal);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_specifications_of_installed_gems_only() {
        for (path, expected) in [
            ("usr/local/bundle/specifications/rake-13.0.6.gemspec", true),
            ("usr/local/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", true),
            ("usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec", true),
            ("usr/local/bundle/gems/rake-13.0.6/rake.gemspec", false),
            ("srv/default/a.gemspec", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }

    #[test]
    fn takes_literals_of_every_form() {
        for (line, expected) in [
            ("s.name = \"rake\".freeze", &["rake"][..]),
            ("s.licenses = [\"MIT\".freeze, 'Ruby']", &["MIT", "Ruby"]),
            ("s.name = %q{rake}", &["rake"]),
            ("s.version = Gem::Version.new(\"1.0\")", &["1.0"]),
            ("s.files = %w[a b] + [\"c\"]", &["c"]),
            ("s.version = Rake::VERSION", &[]),
        ] {
            let (_, value) = assignment(line).unwrap();
            assert_eq!(literals(value).collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
