//! Takes what `./dev console build` made into the program. Where nothing was built, a page that says how takes its place:
//! Rust alone is enough for everything else.

#![expect(
    clippy::disallowed_methods,
    reason = "what is built is our own, and told by cargo in the environment"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    // The directory around it is always there, so that a first build is noticed.
    let around = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../console/built");
    println!("cargo::rerun-if-changed={}", around.display());
    let built = around.join("site");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut files = Vec::new();
    match built.join("index.html").exists() {
        true => find(&built, "", &mut files)?,
        false => files.push(("index.html".to_owned(), PathBuf::from("src/missing.html"))),
    }
    files.sort();
    let mut table = "&[\n".to_owned();
    for (at, (name, path)) in files.iter().enumerate() {
        entry(&mut table, at, name, &fs::read(path)?, &out)?;
    }
    table.push(']');
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

/// The files below a directory, by their names from there.
fn find(directory: &Path, before: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name =
            entry.file_name().into_string().map_err(|name| format!("not Unicode: {}", name.display()))?;
        match entry.file_type()?.is_dir() {
            true => find(&entry.path(), &format!("{before}{name}/"), files)?,
            false => files.push((format!("{before}{name}"), entry.path())),
        }
    }
    Ok(())
}

/// One file of the table: its bytes lie beside it, as they are and compressed.
fn entry(table: &mut String, at: usize, name: &str, bytes: &[u8], out: &Path) -> Result<(), Box<dyn Error>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes)?;
    let packed = packed.finish()?;
    fs::write(out.join(format!("{at}.plain")), bytes)?;
    fs::write(out.join(format!("{at}.gz")), packed)?;
    let mut hash = DefaultHasher::new();
    bytes.hash(&mut hash);
    writeln!(
        table,
        "    File {{ name: {name:?}, media: {:?}, tag: \"\\\"{:016x}\\\"\", plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \
         \"/{at}.plain\")), packed: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{at}.gz\")) }},",
        media(name),
        hash.finish()
    )?;
    Ok(())
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
