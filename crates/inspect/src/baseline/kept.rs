//! What is kept of a configuration file.

use std::borrow::Cow;

use image::path::display;
use model::Gap;
use regex::{Captures, Regex};

use super::{
    Kept, accounts, crypt,
    guess::{Guesser, Hash, usable},
    weak_password::WeakPasswords,
};

/// No configuration file is larger; of one that is, nothing is read.
const MAX_FILE: usize = 1 << 20;

/// What a gap about a file of this room is called.
pub(crate) const FILE_GAP: &str = "baseline";

/// Makes what is kept of files.
#[derive(Debug)]
pub(crate) struct Keeper {
    key: [u8; 32],
    guesser: Guesser,
    readers: Vec<WeakPasswords>,
    /// Names that say a password follows, and the value behind them.
    assignment: Regex,
}

impl Keeper {
    /// One with the key of its hashes, its dictionary, and what finds passwords.
    ///
    /// # Errors
    /// When its own expression is wrong, which a test would show.
    pub(crate) fn new(
        key: [u8; 32],
        guesser: Guesser,
        readers: Vec<WeakPasswords>,
    ) -> Result<Self, regex::Error> {
        let assignment = Regex::new(
            r#"(?i)((?:no)?(?:pass|passwd|password|passphrase|pwd|secret|token)["']?[ \t]*[=:][ \t]*|(?:requirepass|masterauth)[ \t]+)("[^"\n]+"|'[^'\n]+'|[^\s#;,"']+)"#,
        )?;
        Ok(Self { key, guesser, readers, assignment })
    }

    /// What is kept of a file.
    pub(crate) fn keep(&self, path: &[u8], content: &[u8]) -> Kept {
        let mut kept = Kept { path: path.to_vec(), ..Kept::default() };
        if content.len() > MAX_FILE {
            let why = format!(
                "it is {} bytes long; settings are read of files up to {MAX_FILE} bytes",
                content.len()
            );
            kept.gaps.push(Gap::new(FILE_GAP, display(path), why));
            return kept;
        }
        let text = String::from_utf8_lossy(content);
        if is_account_file(path) {
            self.guess_accounts(path, &text, &mut kept);
            kept.text = self.mask_column(&text);
            return kept;
        }
        let mut text = text.into_owned();
        for reader in self.readers.iter().filter(|reader| reader.reads(path)) {
            text = self.read(reader, &text, &mut kept);
        }
        kept.text = self.mask_values(&text).into_owned();
        kept
    }

    /// Tries the dictionary on the accounts of the system.
    fn guess_accounts(&self, path: &[u8], text: &str, kept: &mut Kept) {
        if !matches!(path, b"etc/passwd" | b"etc/shadow") {
            return;
        }
        let hashes: Vec<Hash<'_>> = accounts::secrets(text)
            .filter_map(|secret| {
                Some(Hash { service: "system", user: secret.name, hash: usable(secret.password)? })
            })
            .collect();
        let (weak, gaps) = self.guesser.hashes(&display(path), &hashes);
        kept.weak = weak;
        kept.gaps.extend(gaps);
    }

    /// Tries the dictionary on the passwords of a service, and masks them.
    fn read(&self, reader: &WeakPasswords, text: &str, kept: &mut Kept) -> String {
        let place = display(&kept.path);
        let (mut written, is_all) = reader.written(text);
        if !is_all {
            let why = "it has too many passwords to try them all; nothing of it is kept".to_owned();
            kept.gaps.push(Gap::new(FILE_GAP, place, why));
            return String::new();
        }
        written.sort_by_key(|one| one.span.start);
        let service = reader.service.as_str();
        let mut masked = String::with_capacity(text.len());
        let mut hashes = Vec::new();
        let mut end = 0;
        for one in &written {
            // Two patterns may find the same.
            if one.span.start < end {
                continue;
            }
            let value = text.get(one.span.clone()).unwrap_or_default();
            masked.push_str(text.get(end..one.span.start).unwrap_or_default());
            end = one.span.end;
            if one.is_hash {
                masked.push_str(&crypt::mask(value, &self.key));
                hashes.extend(usable(value).map(|hash| Hash { service, user: &one.user, hash }));
            } else {
                masked.push_str("***");
                kept.weak.extend(self.guesser.plain(service, &one.user, value));
            }
        }
        masked.push_str(text.get(end..).unwrap_or_default());
        let (weak, gaps) = self.guesser.hashes(&place, &hashes);
        kept.weak.extend(weak);
        kept.gaps.extend(gaps);
        masked
    }

    /// Masks the second column of a file such as `/etc/shadow`.
    fn mask_column(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        for row in text.lines() {
            match row.split_once(':') {
                Some((name, rest)) => {
                    let (field, rest) =
                        rest.split_once(':').map_or((rest, None), |(field, rest)| (field, Some(rest)));
                    masked.push_str(name);
                    masked.push(':');
                    masked.push_str(&crypt::mask(field, &self.key));
                    if let Some(rest) = rest {
                        masked.push(':');
                        masked.push_str(rest);
                    }
                }
                None => masked.push_str(row),
            }
            masked.push('\n');
        }
        masked
    }

    /// Masks what is assigned to a password.
    fn mask_values<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.assignment.replace_all(text, |found: &Captures<'_>| {
            let name = found.get(1).map_or("", |name| name.as_str());
            let value = found.get(2).map_or("", |value| value.as_str());
            // `NOPASSWD:` of sudo is followed by commands.
            let value = if name.starts_with("NO") { value } else { "***" };
            format!("{name}{value}")
        })
    }
}

fn is_account_file(path: &[u8]) -> bool {
    accounts::FILES.iter().any(|file| file.as_bytes() == path)
}

#[cfg(test)]
mod tests;
