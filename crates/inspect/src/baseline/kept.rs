//! What is kept of a configuration file.

use std::borrow::Cow;

use image::path::display;
use model::Gap;
use regex::Regex;

use super::{Kept, accounts, crypt};

/// No configuration file is larger; of one that is, nothing is read.
const MAX_FILE: usize = 1 << 20;

/// What a gap about a file of this room is called.
pub(crate) const FILE_GAP: &str = "baseline";

/// Makes what is kept of files.
#[derive(Debug)]
pub(crate) struct Keeper {
    key: [u8; 32],
    /// Names that say a password follows, and the value behind them.
    assignment: Regex,
}

impl Keeper {
    /// One with the key of its hashes.
    ///
    /// # Errors
    /// When its own expression is wrong, which a test would show.
    pub(crate) fn new(key: [u8; 32]) -> Result<Self, regex::Error> {
        let assignment = Regex::new(
            r#"(?i)((?:pass|passwd|password|passphrase|pwd|secret|token|requirepass|masterauth)["']?[ \t]*[=:][ \t]*)("[^"\n]*"|'[^'\n]*'|[^\s#;,"']+)"#,
        )?;
        Ok(Self { key, assignment })
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
        kept.text = if is_account_file(path) {
            self.mask_column(&text)
        } else {
            self.mask_values(&text).into_owned()
        };
        kept
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
        self.assignment.replace_all(text, "${1}***")
    }
}

fn is_account_file(path: &[u8]) -> bool {
    accounts::FILES.iter().any(|file| file.as_bytes() == path)
}
