//! Looking for versions in a file, a chunk at a time.

use std::io::{Read, Seek};

use bounded::Buffer;
use memchr::memmem;
use regex::bytes::{Captures, Regex};

use super::Classifier;
use super::identity::Version;
use crate::Error;

/// How much of a file is looked at.
pub(crate) const SEARCHED_BYTES: u64 = 128 << 20;

/// How much is looked at at once.
const CHUNK_BYTES: usize = 1 << 20;

/// How much of a chunk is looked at again with the next one; no match is longer.
pub(super) const OVERLAP_BYTES: usize = 4 << 10;

/// What has been found of one classifier.
pub(crate) struct Search {
    pub(crate) classifier: &'static Classifier,
    patterns: Vec<&'static Regex>,
    /// The place of the pattern that matched, and the version.
    found: Option<(usize, Version)>,
    has_required: bool,
}

impl Search {
    /// A search for the classifier's version.
    ///
    /// # Errors
    /// When one of its regular expressions is none.
    pub(crate) fn new(classifier: &'static Classifier) -> Result<Self, Error> {
        let patterns: Result<Vec<_>, _> =
            classifier.version.iter().map(super::VersionPattern::regex).collect();
        Ok(Self { classifier, patterns: patterns?, found: None, has_required: classifier.requires.is_none() })
    }

    /// Whether nothing more can be learnt.
    fn is_done(&self) -> bool {
        self.has_required && matches!(self.found, Some((0, _)))
    }

    /// The version, when there is one and all that is required was there.
    pub(crate) fn version(&self) -> Option<&Version> {
        self.found.as_ref().filter(|_| self.has_required).map(|(_, version)| version)
    }

    /// Looks at a part of the file. What reaches its end is left to the next part, where all of it is seen.
    fn look(&mut self, bytes: &[u8], is_last: bool) {
        if let Some(required) = &self.classifier.requires {
            self.has_required = self.has_required || memmem::find(bytes, required.as_bytes()).is_some();
        }
        let better = self.found.as_ref().map_or(self.patterns.len(), |(place, _)| *place);
        for (place, pattern) in self.patterns.iter().enumerate().take(better) {
            let whole = |captures: &Captures<'_>| {
                is_last || captures.get(0).is_some_and(|all| all.end() < bytes.len())
            };
            let found =
                pattern.captures_iter(bytes).filter(whole).find_map(|captures| Version::read(&captures));
            if let Some(version) = found {
                self.found = Some((place, version));
                break;
            }
        }
    }

    /// Looks through a file for all of them at once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn run(searches: &mut [Self], content: &mut Buffer) -> Result<(), Error> {
        if let Buffer::Memory(bytes) = content {
            let bytes = bytes.get_ref();
            let part = bytes.get(..bounded::clamp_usize(SEARCHED_BYTES)).unwrap_or(bytes);
            searches.iter_mut().for_each(|search| search.look(part, true));
            return Ok(());
        }
        content.rewind().map_err(bounded::Error::from_io)?;
        let mut rest = content.take(SEARCHED_BYTES);
        let mut window = Vec::with_capacity(CHUNK_BYTES + OVERLAP_BYTES);
        loop {
            let read = rest.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut window);
            let is_last = read.map_err(bounded::Error::from_io)? < CHUNK_BYTES;
            for search in searches.iter_mut().filter(|search| !search.is_done()) {
                search.look(&window, is_last);
            }
            if is_last || searches.iter().all(Self::is_done) {
                return Ok(());
            }
            let passed = window.len().saturating_sub(OVERLAP_BYTES);
            window.drain(..passed);
        }
    }
}
