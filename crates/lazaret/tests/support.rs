//! `SUPPORT.md` tells what is supported, and tells it as the lists in the program do.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use bounded::read_file;
use image::interest::Pattern;
use inventory::{EXTRACTORS, Evidence};
use model::{Failure, Language};
use versions::Scheme;

const HEAD: &str = "# What Lazaret supports

Written from the lists in the program by `cargo test -p lazaret --test support -- --ignored bless`.
";

/// The engines by their words on the command line, what they are, and how their layers are read.
const ENGINES: &[[&str; 3]] = &[
    [
        "docker",
        "Docker, with its own image store or containerd's",
        "`overlay2` and containerd's snapshots in place, else exported",
    ],
    [
        "containerd",
        "containerd in all namespaces, also that of Kubernetes, k3s and MicroK8s",
        "overlay snapshots in place, else blobs",
    ],
    ["podman", "Podman and CRI-O, by the storage they share", "`overlay` in place"],
];

/// After this the page on sources is written from the list in the program.
const CODES: &str = "<!-- codes -->\n";

fn file() -> PathBuf {
    below_the_root("SUPPORT.md")
}

fn sources() -> PathBuf {
    below_the_root("docs/sources.md")
}

fn below_the_root(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

fn read(file: &Path) -> String {
    String::from_utf8(read_file(file, 4 << 20).unwrap()).unwrap()
}

fn text() -> String {
    let mut text = HEAD.to_owned();
    engines(&mut text);
    registries(&mut text);
    packages(&mut text);
    programs(&mut text);
    feeds(&mut text);
    orders(&mut text);
    distributions(&mut text);
    text
}

fn table(
    text: &mut String,
    title: &str,
    about: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rows: Vec<String> = rows.map(|cells| line(&cells)).collect();
    write!(text, "\n## {title} ({})\n{about}\n\n", rows.len()).unwrap();
    let heads: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    text.push_str(&line(&heads));
    text.push_str(&line(&vec!["---".to_owned(); columns.len()]));
    text.push_str(&rows.concat());
}

/// Each in back quotes; a bar would end a cell.
fn code<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> =
        words.into_iter().map(|word| format!("`{}`", word.replace('|', "\\|"))).collect();
    quoted.join(", ")
}

fn engines(text: &mut String) {
    let about = "How they are found, and what rights are needed: [docs/sources.md](docs/sources.md).";
    let rows = ENGINES
        .iter()
        .map(|[word, title, layers]| vec![code([*word]), (*title).to_owned(), (*layers).to_owned()]);
    table(text, "Engines", about, &["Engine", "What it is", "Layers"], rows);
}

fn registries(text: &mut String) {
    let about =
        "Images are pulled from any registry; these can be listed, too (`lazaret registry test` and `list`).";
    let rows = registries::all().iter().map(|kind| {
        let title = kind.title();
        let help = kind.sign_in_help().of(Language::English).to_owned();
        vec![code([kind.word]), title.of(Language::English).to_owned(), help]
    });
    table(text, "Registries", about, &["Kind", "Registry", "User, password, and what else is said"], rows);
}

/// The page on sources with the codes of failures as the program has them.
fn page(committed: &str) -> String {
    let (written, _) = committed.split_once(CODES).unwrap();
    let mut text = format!("{written}{CODES}| code | what to do | 处理建议 |\n|---|---|---|\n");
    for failure in Failure::all() {
        let advice = failure.advice();
        writeln!(text, "| `{failure}` | {} | {} |", advice.en, advice.zh).unwrap();
    }
    text
}

fn packages(text: &mut String) {
    let about = "What a lock file or manifest only asks for counts in source trees and where `--declared always` is given.";
    let rows = EXTRACTORS.iter().map(|extractor| {
        let evidence = match extractor.evidence {
            Evidence::Installed => "is there",
            Evidence::Declared => "is asked for",
        };
        let files: Vec<String> = extractor.files.iter().map(pattern).collect();
        vec![code([extractor.name]), evidence.to_owned(), files.join(", ")]
    });
    table(text, "Packages", about, &["Extractor", "A package in it", "Files"], rows);
}

fn pattern(pattern: &Pattern) -> String {
    let text = match pattern {
        Pattern::Path(path) => format!("/{path}"),
        Pattern::Name(name) => (*name).to_owned(),
        Pattern::Prefix(prefix) => format!("{prefix}*"),
        Pattern::Extension(extension) => format!("*{extension}"),
        Pattern::Directory { path, suffix } => format!("/{path}/*{suffix}"),
        Pattern::Executable(b"\x7fELF") => return "ELF programs".to_owned(),
        Pattern::Executable(_) => return "programs".to_owned(),
        Pattern::Listed(_) => return "see the next list".to_owned(),
    };
    code([text.as_str()])
}

fn programs(text: &mut String) {
    let about = "Known by name and bytes (`rules/binaries.toml`); `*` is any text, `#` a number. What a system package owns is judged as that package.";
    let rows = inventory::classifiers().iter().map(|classifier| {
        vec![
            classifier.id.clone(),
            code([classifier.purl().as_str()]),
            code(classifier.files.iter().copied()),
        ]
    });
    table(text, "Programs outside package managers", about, &["Program", "Package URL", "Files"], rows);
}

fn feeds(text: &mut String) {
    let about = "Beside OSV, CISA's known exploited vulnerabilities, and VEX documents of one's own.";
    let rows = advisories::FEEDS.iter().map(|feed| {
        let fetched = if feed.is_default { "by default" } else { "when asked for" };
        vec![code([feed.name]), feed.title.to_owned(), fetched.to_owned(), feed.ecosystems.join(", ")]
    });
    table(text, "Feeds", about, &["Feed", "Title", "Fetched", "Ecosystems"], rows);
}

fn orders(text: &mut String) {
    let about = "Ecosystems are named as OSV names them.";
    let rows =
        Scheme::ALL.iter().map(|scheme| vec![code([scheme.name()]), scheme.own_ecosystems().join(", ")]);
    table(text, "Version orders", about, &["Order", "Ecosystems"], rows);
}

fn distributions(text: &mut String) {
    let about = "With the last day on which a release is mended for everybody, where that is known.";
    let rows = distributions::all().iter().map(|known| {
        let releases: Vec<String> =
            known.releases().map(|(release, day)| format!("{release}: {day}")).collect();
        vec![known.name.clone(), code([known.id.as_str()]), known.packages.to_string(), releases.join(", ")]
    });
    table(text, "Distributions", about, &["Distribution", "Id", "Packages", "Releases and their ends"], rows);
}

#[test]
fn tells_what_the_program_supports() {
    let stale =
        "SUPPORT.md is stale: `cargo test -p lazaret --test support -- --ignored bless` writes it anew";
    assert!(read(&file()) == text(), "{stale}");
}

#[test]
fn the_page_on_sources_tells_every_code_and_every_kind_of_registry() {
    let committed = read(&sources());
    let stale =
        "docs/sources.md is stale: `cargo test -p lazaret --test support -- --ignored bless` mends its codes";
    assert!(committed == page(&committed), "{stale}");
    let rows: Vec<&str> = committed.lines().collect();
    let at = |word: &str| rows.iter().position(|row| row.starts_with(&format!("| `{word}` | ")));
    let places: Vec<Option<usize>> = registries::all().iter().map(|kind| at(kind.word)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "a kind has no row, or another place");
}

#[test]
fn the_engines_are_those_of_the_command_line() {
    let help = Command::new(env!("CARGO_BIN_EXE_lazaret")).args(["local", "images", "-h"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let words: Vec<&str> = ENGINES.iter().map(|[word, ..]| *word).collect();
    let one_line = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(&format!("[possible values: {}]", words.join(", "))), "{help}");
}

/// Writes `SUPPORT.md` anew, and the codes in the page on sources.
#[test]
#[ignore = "writes into the sources: cargo test -p lazaret --test support -- --ignored bless"]
fn bless() {
    std::fs::write(file(), text()).unwrap();
    std::fs::write(sources(), page(&read(&sources()))).unwrap();
}
