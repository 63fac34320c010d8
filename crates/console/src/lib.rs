//! The web console as it was built, inside of the program: `console/` holds its sources.

/// A file of the console.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its name below the root of the console: `index.html`, `assets/….js`.
    pub name: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// Its entity tag, quotes and all.
    pub tag: &'static str,
    /// Its bytes.
    pub plain: &'static [u8],
    /// The same, compressed as gzip.
    pub packed: &'static [u8],
}

/// All files, sorted by name.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The file of a name.
#[must_use]
pub fn file(name: &str) -> Option<&'static File> {
    let at = FILES.binary_search_by(|file| file.name.cmp(name)).ok()?;
    FILES.get(at)
}

/// The page that every address of the console begins with.
#[must_use]
pub fn page() -> Option<&'static File> {
    file("index.html")
}

impl File {
    /// Whether its name changes with its bytes, so that it can be kept for ever.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        self.name.starts_with("assets/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_and_every_file_is_found_by_its_name() {
        assert!(page().unwrap().plain.starts_with(b"<!doctype html>"));
        for known in FILES {
            assert_eq!(file(known.name).unwrap().tag, known.tag);
            assert_eq!(known.packed.get(..2), Some(&[0x1f, 0x8b][..]), "{}", known.name);
        }
        assert!(file("../Cargo.toml").is_none());
    }
}
