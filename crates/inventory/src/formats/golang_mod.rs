//! `go.mod`: the modules a Go project asks for.
//!
//! Written by people and the go command, <https://go.dev/ref/mod#go-mod-file>. Replaced modules are told as what replaces
//! them. A `toolchain` line names the exact toolchain and so the standard library; a `go` line is only the least that
//! will do. Before Go 1.17 the file names direct dependencies only. Not read: `go.sum`, which lists more than is built,
//! and files of the module cache, which say what others asked for.

use std::collections::{HashMap, HashSet};

use image::interest::Pattern;
use model::PackageType;

use super::golang_binary::{local, toolchain};
use crate::listing::{self, Listing, shown};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "golang/mod",
    version: 1,
    files: &[Pattern::Name("go.mod")],
    wants: |path| !["pkg/mod/", "/testdata/", "/vendor/"].iter().any(|place| path.contains(place)),
    evidence: Evidence::Declared,
    extract,
};

#[derive(Default)]
struct Module {
    required: Vec<(String, String)>,
    /// The replaced module and its version, empty for any; the path and the version that replace it.
    replaced: HashMap<(String, String), (String, String)>,
    excluded: HashSet<(String, String)>,
    toolchain: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let module = Module::parse(listing::text(input, "go.mod")?)?;
    let mut listed = Listing::new(PackageType::Golang);
    if let Some(version) = module.toolchain.as_deref().and_then(toolchain) {
        listed.add("stdlib", version);
    }
    let mut unknown = Vec::new();
    for required in &module.required {
        let (path, version) = required;
        let replacement = [version.as_str(), ""]
            .iter()
            .find_map(|version| module.replaced.get(&(path.clone(), (*version).to_owned())));
        match replacement {
            Some((_, version)) if version.is_empty() => unknown.push(path.as_str()),
            Some((path, version)) => listed.add(path, version),
            None if module.excluded.contains(required) => {
                let path = shown(path);
                listed.problem(format!("`{path}` is required in an excluded version: Go takes a later one"));
            }
            None => listed.add(path, version),
        }
    }
    listed.report(input);
    if !unknown.is_empty() {
        input.gap(local(&unknown));
    }
    Ok(())
}

fn invalid(why: impl Into<String>) -> Error {
    Error::Format { format: "go.mod", why: why.into() }
}

impl Module {
    fn parse(text: &str) -> Result<Self, Error> {
        let mut module = Self::default();
        let mut block: Option<String> = None;
        for (number, line) in text.lines().enumerate() {
            let words = words(line);
            let Some((first, rest)) = words.split_first() else { continue };
            match &block {
                Some(_) if first == ")" => block = None,
                Some(verb) => module.directive(verb, &words).ok_or_else(|| misread(number))?,
                None if rest.first().is_some_and(|word| word == "(") => block = Some(first.clone()),
                None => module.directive(first, rest).ok_or_else(|| misread(number))?,
            }
        }
        match block {
            Some(verb) => Err(invalid(format!("the list of `{verb}` does not end"))),
            None => Ok(module),
        }
    }

    /// Takes in one directive; nothing when it is not written as its kind asks for.
    fn directive(&mut self, verb: &str, words: &[String]) -> Option<()> {
        match (verb, words) {
            ("require", [path, version]) if is_version(version) => {
                self.required.push((path.clone(), version.clone()));
            }
            ("exclude", [path, version]) => {
                self.excluded.insert((path.clone(), version.clone()));
            }
            ("toolchain", [name]) => self.toolchain = Some(name.clone()),
            ("replace", words) => {
                let at = words.iter().position(|word| word == "=>")?;
                let (old, new) = words.split_at_checked(at)?;
                let old = pair(old)?;
                self.replaced.insert(old, pair(new.get(1..)?)?);
            }
            ("require" | "exclude" | "toolchain", _) => return None,
            // `module`, `go`, `retract`, `tool`, `godebug`, `ignore` and what later versions bring.
            _ => {}
        }
        Some(())
    }
}

fn misread(number: usize) -> Error {
    invalid(format!("line {} is not written as go.mod asks for", number.saturating_add(1)))
}

fn pair(words: &[String]) -> Option<(String, String)> {
    match words {
        [path] => Some((path.clone(), String::new())),
        [path, version] => Some((path.clone(), version.clone())),
        _ => None,
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

/// The words of a line before its comment, without quotes.
fn words(line: &str) -> Vec<String> {
    let line = line.split_once("//").map_or(line, |(line, _)| line);
    line.split_whitespace().map(|word| word.trim_matches(['"', '`']).to_owned()).collect()
}
