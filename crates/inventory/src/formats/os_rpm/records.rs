//! What the records of a database come to, whatever its form.

use model::Package;

use super::header::Header;
use crate::{Error, Input, Owned};

/// How many bytes of names, versions and paths are kept of one database.
const TEXT_BYTES: usize = 128 << 20;

/// The packages of a database, gathered while it is read.
#[derive(Default)]
pub(super) struct Records {
    packages: Vec<Package>,
    owned: Vec<Owned>,
    lost: u64,
    first_lost: Option<String>,
    text: usize,
}

impl Records {
    /// Takes the header of one package.
    pub(super) fn header(&mut self, blob: &[u8]) {
        match Header::of(blob) {
            Ok(header) if header.is_key() => {}
            Ok(header) => self.take(&header),
            Err(error) => self.lose(&error),
        }
    }

    /// Takes a record, or why it could not be had.
    pub(super) fn outcome(&mut self, blob: Result<Vec<u8>, Error>) {
        match blob {
            Ok(blob) => self.header(&blob),
            Err(error) => self.lose(&error),
        }
    }

    /// Notes that something could not be read, a package or more.
    pub(super) fn lose(&mut self, error: &Error) {
        self.lost = self.lost.saturating_add(1);
        self.first_lost.get_or_insert_with(|| match error {
            Error::Format { why, .. } => why.clone(),
            error => error.to_string(),
        });
    }

    fn take(&mut self, header: &Header<'_>) {
        let room = TEXT_BYTES.saturating_sub(self.text);
        let package = header.package(room);
        let package = match package {
            Ok(package) => package,
            Err(error) => return self.lose(&error),
        };
        self.text = self.text.saturating_add(header.text_bytes());
        match header.paths(TEXT_BYTES.saturating_sub(self.text)) {
            Ok(paths) => {
                self.text = paths.iter().map(String::len).fold(self.text, usize::saturating_add);
                self.owned.push(Owned { package: package.name.clone(), paths });
            }
            Err(error) => self.lose(&error),
        }
        self.packages.push(package);
    }

    /// Hands over what was found.
    pub(super) fn report(self, input: &mut Input<'_>) {
        for package in self.packages {
            input.package(package);
        }
        for owned in self.owned {
            input.owned(owned);
        }
        if let Some(first) = self.first_lost {
            let lost = self.lost;
            input.gap(format!(
                "parts that could not be read: {lost}; packages may be missing; the first: {first}"
            ));
        }
    }
}
