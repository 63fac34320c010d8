//! Pax records: `LENGTH KEY=VALUE\n`, one after the other.

/// What extended headers say of the next entry.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) real_size: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
    pub(super) modified: Option<i64>,
    pub(super) sparse: bool,
}

impl Overrides {
    pub(super) fn read_records(&mut self, mut records: &[u8]) -> Result<(), &'static str> {
        while !records.is_empty() {
            let (record, rest) = split_record(records).ok_or("a pax record's length is wrong")?;
            let equals = memchr::memchr(b'=', record).ok_or("a pax record has no key")?;
            let (key, value) = record.split_at(equals);
            self.apply(key, value.get(1..).unwrap_or_default())?;
            records = rest;
        }
        Ok(())
    }

    fn apply(&mut self, key: &[u8], value: &[u8]) -> Result<(), &'static str> {
        match key {
            b"path" => self.path = Some(name(value)?),
            b"linkpath" => self.link = Some(name(value)?),
            b"size" => self.size = Some(number(value).ok_or("a pax size is no number")?),
            b"uid" => self.uid = number(value),
            b"gid" => self.gid = number(value),
            b"mtime" => {
                let whole = value.split(|byte| *byte == b'.').next().unwrap_or_default();
                self.modified = std::str::from_utf8(whole).ok().and_then(|text| text.parse().ok());
            }
            b"GNU.sparse.name" => self.path = Some(name(value)?),
            b"GNU.sparse.realsize" | b"GNU.sparse.size" => {
                self.sparse = true;
                self.real_size = Some(number(value).ok_or("a sparse file's size is no number")?);
            }
            b"GNU.sparse.major" | b"GNU.sparse.map" | b"GNU.sparse.numblocks" => self.sparse = true,
            _ => {}
        }
        Ok(())
    }
}

/// `LENGTH KEY=VALUE\n` without length and newline, and what follows.
fn split_record(records: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr::memchr(b' ', records.get(..records.len().min(20))?)?;
    let length = usize::try_from(number(records.get(..space)?)?).ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    Some((record.get(space + 1..)?.strip_suffix(b"\n")?, rest))
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn name(value: &[u8]) -> Result<Vec<u8>, &'static str> {
    if memchr::memchr(0, value).is_some() { Err("a pax path holds a NUL") } else { Ok(value.to_vec()) }
}
