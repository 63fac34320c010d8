use tar::EntryType;

/// The time of every entry: 2024-01-02T03:04:05Z.
const TIME: u64 = 1_704_164_645;
const BLOCK: usize = 512;

/// A layer under construction; entries keep their order.
///
/// Paths are written as given, so a relative path such as `etc/os-release` is what real layers hold.
/// Parent folders are not made up: a layer holds what it was told.
#[derive(Debug, Default, Clone)]
pub struct Layer {
    bytes: Vec<u8>,
    created_by: Option<String>,
}

impl Layer {
    /// A layer without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder with mode 0755.
    pub fn dir(self, path: impl AsRef<str>) -> Self {
        let path = format!("{}/", path.as_ref().trim_end_matches('/'));
        self.entry(path.as_bytes(), EntryType::Directory, b"", 0o755, b"")
    }

    /// Adds a file with mode 0644.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.file_mode(path, content, 0o644)
    }

    /// Adds a file with the given mode, set-user-id bits included.
    pub fn file_mode(self, path: &str, content: impl AsRef<[u8]>, mode: u32) -> Self {
        self.entry(path.as_bytes(), EntryType::Regular, b"", mode, content.as_ref())
    }

    /// Adds a symbolic link whose target is kept as given.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path.as_bytes(), EntryType::Symlink, target.as_bytes(), 0o777, b"")
    }

    /// Adds a hard link to an entry, named from the root of the layer.
    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.entry(path.as_bytes(), EntryType::Link, target.as_bytes(), 0o644, b"")
    }

    /// Removes a path of a lower layer: writes `dir/.wh.name`.
    pub fn whiteout(self, path: &str) -> Self {
        let marker = match path.trim_end_matches('/').rsplit_once('/') {
            Some((dir, name)) => format!("{dir}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.file(&marker, b"")
    }

    /// Hides what lower layers hold in a folder: writes `dir/.wh..wh..opq`.
    pub fn opaque(self, dir: &str) -> Self {
        let dir = dir.trim_matches('/');
        let marker = if dir.is_empty() { ".wh..wh..opq".to_owned() } else { format!("{dir}/.wh..wh..opq") };
        self.file(&marker, b"")
    }

    /// Adds a character device, numbers 1 and 3 as `/dev/null` has.
    pub fn device(mut self, path: &str) -> Self {
        let mut header = header(path.as_bytes(), EntryType::Char, 0o666, 0);
        header.set_device_major(1).unwrap();
        header.set_device_minor(3).unwrap();
        header.set_cksum();
        self.bytes.extend_from_slice(header.as_bytes());
        self
    }

    /// Adds a named pipe.
    pub fn fifo(self, path: &str) -> Self {
        self.entry(path.as_bytes(), EntryType::Fifo, b"", 0o644, b"")
    }

    /// Adds bytes at this place in the tar as they are, for hostile headers; see [`tar_header`].
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// Adds a file under any name: `../x`, `/etc/passwd`, bytes that are not UTF-8.
    pub fn raw_path_file(self, path: &[u8], content: impl AsRef<[u8]>) -> Self {
        self.entry(path, EntryType::Regular, b"", 0o644, content.as_ref())
    }

    /// Adds a file whose name stands in a PAX header, the name in the tar header being another.
    pub fn pax_file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let record = pax_record("path", path);
        self.bytes.extend_from_slice(
            header(b"PaxHeaders.0/name", EntryType::XHeader, 0o644, record.len()).as_bytes(),
        );
        self.append_padded(record.as_bytes());
        self.entry(b"pax-name-not-used", EntryType::Regular, b"", 0o644, content.as_ref())
    }

    /// Says which build instruction made this layer, for the history of the image.
    pub fn created_by(mut self, text: &str) -> Self {
        self.created_by = Some(text.to_owned());
        self
    }

    /// The layer as an unpacked tar, closed by two empty blocks.
    pub fn tar(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        bytes.resize(bytes.len() + 2 * BLOCK, 0);
        bytes
    }

    pub(crate) fn instruction(&self) -> Option<&str> {
        self.created_by.as_deref()
    }

    fn entry(mut self, path: &[u8], kind: EntryType, target: &[u8], mode: u32, content: &[u8]) -> Self {
        if path.len() > 100 {
            self.append_long(EntryType::GNULongName, path);
        }
        if target.len() > 100 {
            self.append_long(EntryType::GNULongLink, target);
        }
        let mut header = header(path, kind, mode, content.len());
        put(&mut header.as_old_mut().linkname, target);
        header.set_cksum();
        self.bytes.extend_from_slice(header.as_bytes());
        self.append_padded(content);
        self
    }

    /// GNU tar's way for names over 100 bytes: an entry that holds the name of the next one.
    fn append_long(&mut self, kind: EntryType, name: &[u8]) {
        let header = header(b"././@LongLink", kind, 0o644, name.len() + 1);
        self.bytes.extend_from_slice(header.as_bytes());
        self.append_padded(&[name, b"\0"].concat());
    }

    fn append_padded(&mut self, content: &[u8]) {
        self.bytes.extend_from_slice(content);
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK), 0);
    }
}

/// One tar header block with a right checksum that may claim anything, to be given to [`Layer::raw`].
///
/// `kind` is the type flag (`b'0'` file, `b'5'` folder, `b'2'` symlink), `size` the claimed length of what
/// follows. A path over 100 bytes is cut.
pub fn tar_header(path: &[u8], kind: u8, mode: u32, size: u64) -> Vec<u8> {
    let mut header = header(path, EntryType::new(kind), mode, 0);
    header.set_size(size);
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn header(path: &[u8], kind: EntryType, mode: u32, size: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    put(&mut header.as_old_mut().name, path);
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header.set_size(size.try_into().unwrap());
    header.set_cksum();
    header
}

/// Fills a name field as far as it goes, with no check of what the bytes are.
fn put(field: &mut [u8], bytes: &[u8]) {
    field.fill(0);
    for (slot, byte) in field.iter_mut().zip(bytes) {
        *slot = *byte;
    }
}

/// One PAX record; its leading number counts its own digits.
fn pax_record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn names(layer: &Layer) -> Vec<Vec<u8>> {
        let bytes = layer.tar();
        let mut archive = tar::Archive::new(bytes.as_slice());
        archive.entries().unwrap().map(|entry| entry.unwrap().path_bytes().into_owned()).collect()
    }

    #[test]
    fn keeps_every_entry_in_its_order() {
        let long = format!("a/{}/z", "b".repeat(150));
        let layer = Layer::new()
            .dir("etc")
            .file("etc/z", "one")
            .file_mode("bin/su", "two", 0o4755)
            .symlink("etc/a", "z")
            .hardlink("etc/h", "etc/z")
            .whiteout("etc/gone")
            .opaque("opt")
            .device("dev/null")
            .fifo("run/pipe")
            .file(&long, "three")
            .raw_path_file(b"../\xff", "four")
            .raw_path_file(b"/abs", "five")
            .pax_file("pax/n\u{e4}me", "six")
            .raw(tar_header(b"raw", b'0', 0o600, 0));
        let expected: Vec<&[u8]> = vec![
            b"etc/",
            b"etc/z",
            b"bin/su",
            b"etc/a",
            b"etc/h",
            b"etc/.wh.gone",
            b"opt/.wh..wh..opq",
            b"dev/null",
            b"run/pipe",
            long.as_bytes(),
            b"../\xff",
            b"/abs",
            "pax/n\u{e4}me".as_bytes(),
            b"raw",
        ];
        assert_eq!(names(&layer), expected);
    }

    #[test]
    fn keeps_contents_modes_and_targets() {
        let target = "t".repeat(120);
        let bytes = Layer::new().file_mode("bin/su", "two", 0o4755).symlink("l", &target).tar();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut entries = archive.entries().unwrap();
        let mut file = entries.next().unwrap().unwrap();
        assert_eq!(file.header().mode().unwrap(), 0o4755);
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "two");
        let link = entries.next().unwrap().unwrap();
        assert_eq!(link.link_name_bytes().unwrap().as_ref(), target.as_bytes());
        assert!(entries.next().is_none());
    }

    #[test]
    fn a_pax_record_counts_its_own_digits() {
        assert_eq!(pax_record("path", "x"), "9 path=x\n");
        assert_eq!(pax_record("path", "xx"), "11 path=xx\n");
        assert_eq!(pax_record("p", "x"), "6 p=x\n");
    }
}
