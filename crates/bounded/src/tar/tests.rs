use std::io::Cursor;

use proptest::prelude::{any, proptest};

use super::*;

/// Reads everything; the names, kinds and contents met before the end or the error.
fn read(bytes: &[u8], limits: &Limits) -> (Vec<(Entry, Vec<u8>)>, Option<Error>) {
    let mut cursor = Cursor::new(bytes);
    let mut reader = Reader::new(&mut cursor as &mut (dyn BufRead + Send), limits);
    let mut entries = Vec::new();
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => {
                let mut content = Vec::new();
                if let Err(error) = reader.read_to_end(&mut content) {
                    return (entries, Some(Error::from_io(error)));
                }
                entries.push((entry, content));
            }
            Ok(None) => return (entries, None),
            Err(error) => return (entries, Some(error)),
        }
    }
}

fn layer() -> testkit::Layer {
    testkit::Layer::new()
        .dir("etc")
        .file("etc/hostname", "box")
        .symlink("etc/alias", "hostname")
        .hardlink("etc/hard", "etc/hostname")
        .file(&format!("{}/end", "long-name".repeat(40)), vec![7; 1000])
}

#[test]
fn reads_what_was_written() {
    let (entries, error) = read(&layer().tar(), &Limits::default());
    assert!(error.is_none(), "{error:?}");
    let kinds: Vec<Kind> = entries.iter().map(|(entry, _)| entry.kind).collect();
    assert_eq!(kinds, [Kind::Directory, Kind::File, Kind::SymbolicLink, Kind::HardLink, Kind::File]);
    assert_eq!(entries[1].1, b"box");
    assert_eq!(entries[2].0.link, b"hostname");
    assert!(entries[4].0.path.ends_with(b"long-name/end"), "{:?}", entries[4].0.path);
    assert_eq!(entries[4].1, vec![7; 1000]);
}

#[test]
fn agrees_with_the_reader_that_seeks() {
    let bytes = layer().tar();
    let mut file = tempfile::tempfile().unwrap();
    io::Write::write_all(&mut file, &bytes).unwrap();
    io::Seek::rewind(&mut file).unwrap();
    let mut seeking = Reader::new(SeekSource::new(file, bytes.len() as u64), &Limits::default());
    for (entry, content) in read(&bytes, &Limits::default()).0 {
        assert_eq!(seeking.next_entry().unwrap().unwrap(), entry);
        let at = usize::try_from(seeking.offset()).unwrap();
        assert_eq!(&bytes[at..at + content.len()], content);
    }
    assert!(seeking.next_entry().unwrap().is_none());
}

#[test]
fn tells_every_truncation_or_reads_a_prefix() {
    let bytes = layer().tar();
    let whole = read(&bytes, &Limits::default()).0;
    for cut in (0..bytes.len()).step_by(37) {
        let (entries, error) = read(&bytes[..cut], &Limits::default());
        assert_eq!(entries, whole[..entries.len()]);
        if !cut.is_multiple_of(BLOCK) && entries.len() < whole.len() {
            assert!(matches!(error, Some(Error::Truncated { .. })), "{cut}: {error:?}");
        }
    }
}

#[test]
fn refuses_a_wrong_checksum() {
    let mut bytes = layer().tar();
    bytes[3] ^= 1;
    let (_, error) = read(&bytes, &Limits::default());
    assert!(matches!(error, Some(Error::Damaged { .. })), "{error:?}");
}

#[test]
fn refuses_an_entry_after_a_lone_zero_block() {
    let bytes = [vec![0; BLOCK], layer().tar()].concat();
    let (entries, error) = read(&bytes, &Limits::default());
    assert!(entries.is_empty());
    assert!(matches!(error, Some(Error::Damaged { .. })), "{error:?}");
}

#[test]
fn holds_its_limits() {
    let limits = Limits { entries: 2, ..Limits::default() };
    assert!(matches!(read(&layer().tar(), &limits).1, Some(Error::TooLarge { .. })));
    let limits = Limits { path_bytes: 100, ..Limits::default() };
    assert!(matches!(read(&layer().tar(), &limits).1, Some(Error::TooLarge { .. })));
    let limits = Limits { header_bytes: 100, ..Limits::default() };
    assert!(matches!(read(&layer().tar(), &limits).1, Some(Error::TooLarge { .. })));
}

proptest! {
    #[test]
    fn any_bytes_give_an_end(bytes: Vec<u8>, at: usize, with in any::<u8>()) {
        read(&bytes, &Limits::default());
        let mut damaged = layer().tar();
        let at = at % damaged.len();
        damaged[at] = with;
        read(&damaged, &Limits::default());
    }
}
