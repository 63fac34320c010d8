//! Which files somebody wants to look into, as data, and one table that answers for all of them at once.

use rustc_hash::FxHashMap;

/// One way of naming the files a detector wants.
#[derive(Clone, Copy, Debug)]
pub enum Pattern {
    /// Exactly this path, without a leading slash.
    Path(&'static str),
    /// Any file of this name.
    Name(&'static str),
    /// Any file whose name begins so.
    Prefix(&'static str),
    /// Any file whose name ends in this extension, written with its dot: `.jar`. ASCII case does not matter.
    Extension(&'static str),
    /// Any file directly in this directory whose name ends so.
    Directory {
        /// The directory, without slashes around it.
        path: &'static str,
        /// How the name ends; empty for any name.
        suffix: &'static str,
    },
    /// Any executable file that begins with these bytes, at most [`HEAD_BYTES`] of them.
    Executable(&'static [u8]),
    /// Whatever a table that is read at start asks for; none of these is itself a list.
    Listed(fn() -> &'static [Self]),
}

/// How much of a file is looked at for [`Pattern::Executable`].
pub const HEAD_BYTES: usize = 8;

/// The detectors that want a file, by their places in the list the table was made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted(u128);

impl Wanted {
    /// How many detectors one table can hold.
    pub const CAPACITY: usize = 128;

    /// Whether nobody wants it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds the detectors of `other`.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// The places of the detectors, in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..Self::CAPACITY).filter(move |place| self.0 & (1 << place) != 0)
    }
}

/// Answers who wants a file, at the cost of a few hash look-ups whatever the number of detectors.
#[derive(Debug, Default)]
pub struct Table {
    paths: FxHashMap<&'static [u8], Wanted>,
    names: FxHashMap<&'static [u8], Wanted>,
    /// By their first byte.
    prefixes: FxHashMap<u8, Vec<(&'static [u8], Wanted)>>,
    extensions: FxHashMap<Vec<u8>, Wanted>,
    directories: FxHashMap<&'static [u8], Vec<(&'static [u8], Wanted)>>,
    executables: Vec<(&'static [u8], Wanted)>,
}

impl Table {
    /// A table of the patterns of each detector; at most [`Wanted::CAPACITY`] detectors.
    pub fn new<'a>(detectors: impl IntoIterator<Item = &'a [Pattern]>) -> Self {
        let mut table = Self::default();
        for (place, patterns) in detectors.into_iter().take(Wanted::CAPACITY).enumerate() {
            for pattern in patterns {
                match pattern {
                    Pattern::Listed(list) => {
                        list().iter().for_each(|listed| table.insert(*listed, Wanted(1 << place)));
                    }
                    pattern => table.insert(*pattern, Wanted(1 << place)),
                }
            }
        }
        table
    }

    fn insert(&mut self, pattern: Pattern, who: Wanted) {
        match pattern {
            Pattern::Path(path) => self.paths.entry(path.as_bytes()).or_default().add(who),
            Pattern::Name(name) => self.names.entry(name.as_bytes()).or_default().add(who),
            Pattern::Prefix(prefix) => {
                let first = prefix.as_bytes().first().copied().unwrap_or_default();
                self.prefixes.entry(first).or_default().push((prefix.as_bytes(), who));
            }
            Pattern::Extension(extension) => {
                let extension = extension.trim_start_matches('.').to_ascii_lowercase().into_bytes();
                self.extensions.entry(extension).or_default().add(who);
            }
            Pattern::Directory { path, suffix } => {
                self.directories.entry(path.as_bytes()).or_default().push((suffix.as_bytes(), who));
            }
            Pattern::Executable(magic) => self.executables.push((magic, who)),
            Pattern::Listed(_) => {}
        }
    }

    /// Who wants the file at `path`, going by its path alone.
    #[must_use]
    pub fn by_path(&self, path: &[u8]) -> Wanted {
        let (directory, name) = split(path);
        let mut wanted = Wanted::default();
        wanted.add(self.paths.get(path).copied().unwrap_or_default());
        wanted.add(self.names.get(name).copied().unwrap_or_default());
        for (prefix, who) in name.first().and_then(|first| self.prefixes.get(first)).into_iter().flatten() {
            if name.starts_with(prefix) {
                wanted.add(*who);
            }
        }
        if let Some(dot) = name.iter().rposition(|byte| *byte == b'.') {
            wanted.add(self.by_extension(name.get(dot + 1..).unwrap_or_default()));
        }
        for (suffix, who) in self.directories.get(directory).into_iter().flatten() {
            if name.ends_with(suffix) {
                wanted.add(*who);
            }
        }
        wanted
    }

    fn by_extension(&self, extension: &[u8]) -> Wanted {
        let found = self.extensions.get(extension);
        let found = match found {
            None if extension.iter().any(u8::is_ascii_uppercase) => {
                self.extensions.get(&extension.to_ascii_lowercase())
            }
            found => found,
        };
        found.copied().unwrap_or_default()
    }

    /// Whether the first bytes of a file of this mode are worth looking at.
    #[must_use]
    pub fn looks_into(&self, mode: u32, size: u64) -> bool {
        mode & 0o111 != 0 && size >= HEAD_BYTES as u64 && !self.executables.is_empty()
    }

    /// Who wants an executable file that begins so.
    #[must_use]
    pub fn by_head(&self, head: &[u8]) -> Wanted {
        let mut wanted = Wanted::default();
        for (magic, who) in &self.executables {
            if head.starts_with(magic) {
                wanted.add(*who);
            }
        }
        wanted
    }
}

/// A path's directory and name.
#[must_use]
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
        None => (&[], path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_for_every_kind_of_pattern() {
        let detectors: [&[Pattern]; 6] = [
            &[Pattern::Path("etc/os-release")],
            &[Pattern::Name("package.json")],
            &[Pattern::Extension(".jar")],
            &[Pattern::Directory { path: "var/lib/dpkg/info", suffix: ".md5sums" }],
            &[Pattern::Executable(b"\x7fELF")],
            &[Pattern::Listed(|| &[Pattern::Prefix("libssl.so"), Pattern::Name("nginx")])],
        ];
        let table = Table::new(detectors);
        let who = |path: &str| table.by_path(path.as_bytes()).iter().collect::<Vec<_>>();
        assert_eq!(who("etc/os-release"), [0]);
        assert_eq!(who("a/etc/os-release"), [] as [usize; 0]);
        assert_eq!(who("package.json"), [1]);
        assert_eq!(who("a/b/package.json"), [1]);
        assert_eq!(who("a/B.JAR"), [2]);
        assert_eq!(who("jar"), [] as [usize; 0]);
        assert_eq!(who("var/lib/dpkg/info/bash.md5sums"), [3]);
        assert_eq!(who("var/lib/dpkg/info/x/bash.md5sums"), [] as [usize; 0]);
        assert_eq!(who("usr/lib/libssl.so.3"), [5]);
        assert_eq!(who("usr/sbin/nginx"), [5]);
        assert_eq!(who("usr/lib/libssl"), [] as [usize; 0]);
        assert_eq!(who("libssl.so.d/x"), [] as [usize; 0]);
        assert_eq!(table.by_head(b"\x7fELF\x02\x01\x01\0").iter().collect::<Vec<_>>(), [4]);
        assert!(table.looks_into(0o755, 100) && !table.looks_into(0o644, 100));
    }
}
