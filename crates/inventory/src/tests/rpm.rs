//! Databases of rpm that are damaged: the good ones of the fixtures with a few bytes changed.

use std::path::Path;

use bounded::read_file;

use super::File;

const SQLITE: &str = "usr/lib/sysimage/rpm/rpmdb.sqlite";
const NDB: &str = "usr/lib/sysimage/rpm/Packages.db";
const BERKELEY: &str = "var/lib/rpm/Packages";

/// The built files of a case; none for a case that is all in its folder.
pub(super) fn files(case: &str) -> Vec<File> {
    let one = |path: &str, bytes: Vec<u8>| vec![(path.to_owned(), bytes)];
    match case {
        "malformed-sqlite-cut" => one(SQLITE, good("sqlite", SQLITE)[..12_000].to_vec()),
        "malformed-sqlite-circle" => one(SQLITE, sqlite_circle()),
        "malformed-sqlite-lengths" => one(SQLITE, sqlite_lengths()),
        "malformed-sqlite-tableless" => one(SQLITE, changed("sqlite", SQLITE, b"Packages", b"Parcels!")),
        "malformed-ndb-cut" => one(NDB, good("ndb", NDB)[..25_000].to_vec()),
        "malformed-ndb-lengths" => one(NDB, changed("ndb", NDB, b"BlbS\x02\0\0\0", b"BlbS\x03\0\0\0")),
        "malformed-ndb-headers" => {
            one(NDB, changed("ndb", NDB, b"\0\0\x03\xe8\0\0\0\x06", b"\0\0\x03\xe8\0\0\0\x01"))
        }
        "malformed-berkeley-cut" => one(BERKELEY, good("berkeley", BERKELEY)[..20_000].to_vec()),
        "malformed-berkeley-circle" => one(BERKELEY, berkeley_circle()),
        "malformed-berkeley-lengths" => one(BERKELEY, berkeley_lengths()),
        "malformed-form" => one(BERKELEY, b"no database".to_vec()),
        "malformed-write-ahead" => [("-wal", log(7, 7)), ("", good("sqlite", SQLITE))]
            .map(|(end, bytes)| (format!("{SQLITE}{end}"), bytes))
            .into(),
        "write-ahead-done" => one(&format!("{SQLITE}-wal"), log(7, 6)),
        _ => Vec::new(),
    }
}

fn good(case: &str, path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/os/rpm");
    read_file(&root.join(case).join(path), 1 << 20).unwrap()
}

/// A good file with `old`, where it stands first, replaced.
fn changed(case: &str, path: &str, old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut bytes = good(case, path);
    replace(&mut bytes, old, new);
    bytes
}

fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let at = memchr::memmem::find(bytes, old).unwrap();
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// The pages of a file, to be changed.
fn pages(bytes: &mut [u8], length: usize) -> impl Iterator<Item = &mut [u8]> {
    bytes.chunks_mut(length)
}

/// Every page of further bytes leads to itself.
fn sqlite_circle() -> Vec<u8> {
    let mut bytes = good("sqlite", SQLITE);
    for (number, page) in (1_u32..).zip(pages(&mut bytes, 1024)).skip(1) {
        if page[0] == 0 {
            page[..4].copy_from_slice(&number.to_be_bytes());
        }
    }
    bytes
}

/// Every row of `Packages` is of many terabytes.
fn sqlite_lengths() -> Vec<u8> {
    let mut bytes = good("sqlite", SQLITE);
    for page in pages(&mut bytes, 1024).skip(1).filter(|page| page[0] == 13) {
        for cell in 0..usize::from(page[4]) {
            let place = usize::from(u16::from_be_bytes([page[8 + 2 * cell], page[9 + 2 * cell]]));
            page[place..place + 8].fill(0xff);
        }
    }
    bytes
}

/// Every overflow page leads to itself.
fn berkeley_circle() -> Vec<u8> {
    let mut bytes = good("berkeley", BERKELEY);
    for (number, page) in (0_u32..).zip(pages(&mut bytes, 4096)).filter(|(_, page)| page[25] == 7) {
        page[16..20].copy_from_slice(&number.to_le_bytes());
        page[22..24].copy_from_slice(&0_u16.to_le_bytes());
    }
    bytes
}

/// Items begin behind the end of their page.
fn berkeley_lengths() -> Vec<u8> {
    let mut bytes = good("berkeley", BERKELEY);
    for page in pages(&mut bytes, 4096).filter(|page| [2, 13].contains(&page[25])) {
        page[26..28].fill(0xff);
    }
    bytes
}

/// A write-ahead log with one frame, which is of the present round when the salts are one.
fn log(salt: u8, frame_salt: u8) -> Vec<u8> {
    let mut log = vec![0; 32 + 24 + 1024];
    log[..4].copy_from_slice(&0x377f_0682_u32.to_be_bytes());
    log[16..24].fill(salt);
    log[40..48].fill(frame_salt);
    log
}
