//! Zip archives: jars, wheels, advisory bundles.

use std::io::{Read, Seek};

use crate::{Buffer, Error, Limits, clamp_usize};

/// An open zip archive.
#[derive(Debug)]
pub struct Archive<R> {
    #[expect(clippy::disallowed_types, reason = "this is the door")]
    inner: zip::ZipArchive<R>,
    limits: Limits,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    /// When it is no zip archive, is damaged, or has more members than [`Limits::members`].
    #[expect(clippy::disallowed_types, reason = "this is the door")]
    pub fn open(source: R, limits: &Limits) -> Result<Self, Error> {
        let inner = zip::ZipArchive::new(source).map_err(damaged)?;
        if inner.len() as u64 > limits.members {
            let limit = format!("{} members", limits.members);
            return Err(Error::TooLarge { what: "the zip directory".to_owned(), limit });
        }
        Ok(Self { inner, limits: limits.clone() })
    }

    /// How many members it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// The name of a member; text in another encoding than UTF-8 is read as code page 437, as zip says.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<String> {
        self.inner.name_for_index(index)?.ok().map(std::borrow::Cow::into_owned)
    }

    /// A member by its place in the directory.
    ///
    /// # Errors
    /// When there is none, or it is encrypted or damaged.
    pub fn member(&mut self, index: usize) -> Result<Member<'_, R>, Error> {
        let inner = self.inner.by_index(index).map_err(damaged)?;
        let name = inner.name().map_err(damaged)?.into_owned();
        Ok(Member { inner, name, limits: &self.limits })
    }
}

/// One member.
pub struct Member<'a, R: Read> {
    inner: zip::read::ZipFile<'a, R>,
    name: String,
    limits: &'a Limits,
}

impl<R: Read> Member<'_, R> {
    /// Its name, as the archive writes it: never a path to write to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size unpacked, as the archive claims.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.inner.size()
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.inner.is_dir()
    }

    /// All of it in memory, when it is at most `limit` bytes.
    ///
    /// # Errors
    /// When it is larger, whatever the directory claims, or damaged.
    pub fn read(&mut self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::with_capacity(clamp_usize(self.size().min(limit).min(1 << 20)));
        let mut capped = (&mut self.inner).take(limit.saturating_add(1));
        capped.read_to_end(&mut bytes).map_err(|error| damage(error.to_string()))?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge {
                what: format!("`{}`", self.name),
                limit: format!("{limit} bytes"),
            });
        }
        Ok(bytes)
    }

    /// All of it in a buffer, which spills to a file when it is large.
    ///
    /// # Errors
    /// As [`Member::read`], with the limit of [`Limits::file_bytes`].
    pub fn buffer(&mut self) -> Result<Buffer, Error> {
        let expected = self.size();
        Buffer::read_from(&mut self.inner, expected, self.limits)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn damaged(error: zip::result::ZipError) -> Error {
    damage(error.to_string())
}

fn damage(why: String) -> Error {
    Error::Damaged { format: "zip", offset: 0, why }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn reads_members_and_holds_the_limit() {
        let bytes = testkit::zip(&[("a/b.txt", b"hello"), ("c", b"")]);
        let mut archive = Archive::open(Cursor::new(bytes), &Limits::default()).unwrap();
        assert_eq!(archive.len(), 2);
        assert_eq!(archive.name(0).as_deref(), Some("a/b.txt"));
        assert_eq!(archive.member(0).unwrap().read(5).unwrap(), b"hello");
        assert!(matches!(archive.member(0).unwrap().read(4), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn refuses_what_is_no_archive() {
        assert!(Archive::open(Cursor::new(b"PK\x03\x04nothing".to_vec()), &Limits::default()).is_err());
    }

    #[test]
    fn holds_the_number_of_members() {
        let bytes = testkit::zip(&[("a", b""), ("b", b"")]);
        let limits = Limits { members: 1, ..Limits::default() };
        assert!(matches!(Archive::open(Cursor::new(bytes), &limits), Err(Error::TooLarge { .. })));
    }
}
