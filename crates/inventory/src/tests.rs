//! The fixtures, the rules of the list of extractors, and bytes of any kind.

mod built;
mod hostile;
mod registry;
mod rpm;

use std::fs;
use std::path::{Path, PathBuf};

use bounded::{Buffer, Limits, read_file};
use image::interest::Table;
use serde_json::{Value, json};

use crate::{EXTRACTORS, Extractor, Found, Input};

/// A file of a case: its path in the image and its bytes.
type File = (String, Vec<u8>);

/// One case: a folder of fixtures, which may be completed by files that are built.
struct Case {
    extractor: &'static Extractor,
    name: String,
    folder: PathBuf,
    files: Vec<File>,
}

const EXPECTED: &str = "expected.json";

/// What the case's own extractor finds in the files it wants, all together.
fn run(case: &Case) -> Found {
    let mut all = Found::default();
    for (path, bytes) in &case.files {
        if wanting(path, bytes).iter().any(|wanting| wanting.name == case.extractor.name) {
            let found = read(case.extractor, path, bytes.clone());
            all.packages.extend(found.packages);
            all.owned.extend(found.owned);
            all.channels.extend(found.channels);
            all.licensed.extend(found.licensed);
            all.distribution = all.distribution.or(found.distribution);
            all.gaps.extend(found.gaps);
        }
    }
    all
}

/// The extractors that want a file, which is taken as executable.
fn wanting(path: &str, bytes: &[u8]) -> Vec<&'static Extractor> {
    let table = Table::new(EXTRACTORS.iter().map(|extractor| extractor.files));
    let mut wanted = table.by_path(path.as_bytes());
    wanted.add(table.by_head(bytes));
    wanted.iter().map(|place| EXTRACTORS[place]).filter(|extractor| (extractor.wants)(path)).collect()
}

fn read(extractor: &Extractor, path: &str, bytes: Vec<u8>) -> Found {
    read_within(extractor, path, bytes, &Limits::default())
}

fn read_within(extractor: &Extractor, path: &str, bytes: Vec<u8>, limits: &Limits) -> Found {
    let mut found = Found::default();
    let mut content = Buffer::from_bytes(bytes);
    let outcome = (extractor.extract)(&mut Input::new(path, &mut content, limits, &mut found));
    if let Err(error) = outcome {
        found.gaps.push(model::Gap::new("file", path, error.to_string()));
    }
    found
}

/// All cases: `fixtures/<extractor>/<case>/<path in the image>`.
fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut cases = Vec::new();
    for &extractor in EXTRACTORS {
        let folder = root.join(extractor.name);
        for name in names(&folder) {
            let folder = folder.join(&name);
            let mut files = built::files(extractor.name, &name);
            add_files(&folder, "", &mut files);
            files.sort();
            cases.push(Case { extractor, name, folder, files });
        }
    }
    cases
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn add_files(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for name in names(folder) {
        let (path, inner) = (format!("{prefix}{name}"), folder.join(&name));
        if inner.is_dir() {
            add_files(&inner, &format!("{path}/"), files);
        } else if path != EXPECTED {
            files.push((path, read_file(&inner, 1 << 20).unwrap()));
        }
    }
}

/// What was found, without the fields that hold nothing.
fn json(found: &Found) -> String {
    let mut value = serde_json::to_value(found).unwrap();
    prune(&mut value);
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

fn prune(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(prune),
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            let nothing = [json!(null), json!(""), json!([]), json!(false)];
            fields.retain(|_, value| !nothing.contains(value));
        }
        _ => {}
    }
}

#[test]
fn every_case_gives_what_is_expected() {
    for case in cases() {
        let expected = read_file(&case.folder.join(EXPECTED), 1 << 20).unwrap();
        assert_eq!(json(&run(&case)), String::from_utf8(expected).unwrap(), "{}", case.folder.display());
    }
}

/// Writes what every case gives now as what is expected; look at the difference before it is committed.
#[test]
#[ignore = "writes into the sources: cargo test -p inventory -- --ignored bless"]
fn bless() {
    for case in cases() {
        fs::write(case.folder.join(EXPECTED), json(&run(&case))).unwrap();
    }
}
