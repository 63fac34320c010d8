use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::{Affected, Event, Range as Events};
use proptest::prelude::{ProptestConfig, any, proptest};

use super::*;

fn affected(versions: &[&str], events: Vec<Event>) -> Affected {
    Affected {
        ecosystem: "npm".to_owned(),
        ranges: vec![Events { events }],
        versions: versions.iter().map(|version| (*version).to_owned()).collect(),
        severity: Some(Severity::Negligible),
        ..Affected::default()
    }
}

/// A file with a segment that has everything in it, and where that begins.
static PACKED: LazyLock<(Vec<u8>, u64)> = LazyLock::new(packed);

fn bytes() -> Vec<u8> {
    PACKED.0.clone()
}

fn packed() -> (Vec<u8>, u64) {
    let mut pack = Pack::default();
    for number in 0..40_u32 {
        let advisory = Advisory {
            id: format!("GHSA-{number}"),
            aliases: vec![format!("CVE-2024-{number}")],
            details: format!("text {number} ").repeat(200),
            ..Advisory::default()
        };
        let events = vec![Event::Introduced("0".to_owned()), Event::Fixed(format!("1.{}.0", number % 7))];
        let names = ["left", "right", &format!("pad-{number}")].map(str::to_owned);
        let entries = names.map(|name| (name, affected(&["7.0.0", "1.0.0-alpha"], events.clone())));
        let by_ecosystem = BTreeMap::from([("npm".to_owned(), entries.to_vec())]);
        pack.add(&advisory, false, by_ecosystem).unwrap();
    }
    let mut bytes = Vec::new();
    let written = pack.write(&mut bytes).unwrap();
    (bytes, written[0].offset)
}

fn open(directory: &Path, bytes: &[u8]) -> Segment {
    let path = directory.join("a.seg");
    std::fs::write(&path, bytes).unwrap();
    Segment::new(&File::open(&path, bytes.len() as u64).unwrap(), PACKED.1, "npm")
}

/// Reads all there is about a name.
fn read(segment: &Segment, name: &str) -> Result<Vec<String>, Error> {
    let (mut steps, mut blocks, mut all) = (Vec::new(), Blocks::new(), Vec::new());
    for row in segment.rows(name)? {
        segment.steps(row, &mut steps)?;
        let ids = segment.ids(row.advisory())?;
        let advisory = segment.advisory(row.advisory(), &mut blocks)?;
        let severity = row.severity();
        all.push(format!("{} {:?} {:?} {severity:?} {steps:?}", advisory.id, ids.vulnerabilities, ids.all));
    }
    Ok(all)
}

/// Makes every checksum fit again, as somebody would who wants to be believed.
fn reseal(bytes: &mut [u8]) {
    let start = usize::try_from(PACKED.1).unwrap();
    let Ok((header, _)) = Header::read_from_prefix(&bytes[start..]) else { return };
    let mut sections = header.sections;
    for section in &mut sections {
        let (start, length) =
            (bounded::clamp_usize(section.offset.get()), bounded::clamp_usize(section.length.get()));
        let sum = bytes.get(start..start.saturating_add(length)).map(xxh3_64).unwrap_or_default();
        section.checksum = sum.into();
    }
    let header = Header { checksum: xxh3_64(sections.as_bytes()).into(), sections, ..header };
    bytes[start..start + size_of::<Header>()].copy_from_slice(header.as_bytes());
}

#[test]
fn gives_back_what_was_put_in() {
    let scratch = tempfile::tempdir().unwrap();
    let segment = open(scratch.path(), &bytes());
    let left = read(&segment, "left").unwrap();
    assert_eq!(left.len(), 40);
    assert!(
        left[3].starts_with(r#"GHSA-3 ["CVE-2024-3"] ["GHSA-3", "CVE-2024-3"] Some(Negligible)"#),
        "{}",
        left[3]
    );
    assert_eq!(read(&segment, "pad-12").unwrap(), [left[12].clone()]);
    assert!(read(&segment, "middle").unwrap().is_empty());
}

#[test]
fn says_what_is_wrong_with_a_segment() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = bytes();
    let why = |bytes: &[u8]| read(&open(scratch.path(), bytes), "left").unwrap_err().to_string();
    assert!(why(b"short").contains("too short"));
    assert!(why(&vec![b'x'; whole.len()]).contains("no advisory segment"));
    assert!(why(&whole[..whole.len() - 9]).contains("leads nowhere"));
    assert!(File::open(&scratch.path().join("a.seg"), 7).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damage_is_an_error_or_makes_no_difference(at in any::<u32>(), bit in 0..8_u8) {
        let scratch = tempfile::tempdir().unwrap();
        let mut bytes = bytes();
        let right = read(&open(scratch.path(), &bytes), "left").unwrap();
        let at = at as usize % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(answer) = read(&open(scratch.path(), &bytes), "left") {
            assert_eq!(answer, right);
        }
    }

    #[test]
    fn what_somebody_forges_is_no_panic(places in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..6)) {
        let scratch = tempfile::tempdir().unwrap();
        let mut bytes = bytes();
        for (at, byte) in places {
            let at = at as usize % bytes.len();
            bytes[at] = byte;
        }
        reseal(&mut bytes);
        let segment = open(scratch.path(), &bytes);
        for name in ["left", "right", "pad-1", "pad-39", "nothing", ""] {
            drop(read(&segment, name));
        }
    }
}
