//! `SUPPORT.md` tells what is supported, and tells it as the lists in the program do.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fmt::Write;
use std::path::PathBuf;

use bounded::read_file;
use image::interest::Pattern;
use inventory::{EXTRACTORS, Evidence};
use versions::Scheme;

const HEAD: &str = "# What Lazaret supports

Written from the lists in the program by `cargo test -p lazaret --test support -- --ignored bless`.
";

fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../SUPPORT.md"))
}

fn text() -> String {
    let mut text = HEAD.to_owned();
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
    let committed = String::from_utf8(read_file(&file(), 4 << 20).unwrap()).unwrap();
    let stale =
        "SUPPORT.md is stale: `cargo test -p lazaret --test support -- --ignored bless` writes it anew";
    assert!(committed == text(), "{stale}");
}

/// Writes `SUPPORT.md` anew.
#[test]
#[ignore = "writes into the sources: cargo test -p lazaret --test support -- --ignored bless"]
fn bless() {
    std::fs::write(file(), text()).unwrap();
}
