//! Password fields of `passwd`, `shadow` and their kin, and the schemes of hashes in them.

use sha2::{Digest, Sha256};

/// How a password was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scheme {
    /// The old one of Unix: 56 bits of DES.
    Des,
    /// `$1$`
    Md5,
    /// `$apr1$`, Apache's form of it.
    AprMd5,
    /// `$2a$`, `$2b$`, `$2y$`
    Bcrypt,
    /// `$3$`, Windows' own, which has no salt.
    NtHash,
    /// `{SHA}`, Apache's SHA-1 without a salt.
    Sha1,
    /// `$5$`
    Sha256,
    /// `$6$`
    Sha512,
    /// `$7$`
    Scrypt,
    /// `$y$`
    Yescrypt,
    /// `$gy$`
    GostYescrypt,
    /// `$sm3$` of openEuler.
    Sm3,
    /// Something else.
    Unknown,
}

/// What stands in a password field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    /// Nothing: no password is asked for.
    Empty,
    /// It stands in the shadow file.
    Shadowed,
    /// Nobody can log in with a password; a hash behind the lock, if there is one.
    Locked(Option<&'a str>),
    /// The hash of a password.
    Hash(&'a str),
}

impl Scheme {
    const ALL: [(Self, &'static str, &'static [&'static str]); 12] = [
        (Self::Des, "des", &[]),
        (Self::Md5, "md5", &["$1$"]),
        (Self::AprMd5, "apr1", &["$apr1$"]),
        (Self::Bcrypt, "bcrypt", &["$2a$", "$2b$", "$2y$", "$2x$"]),
        (Self::NtHash, "nt", &["$3$"]),
        (Self::Sha1, "sha1", &["{SHA}"]),
        (Self::Sha256, "sha256", &["$5$"]),
        (Self::Sha512, "sha512", &["$6$"]),
        (Self::Scrypt, "scrypt", &["$7$"]),
        (Self::Yescrypt, "yescrypt", &["$y$"]),
        (Self::GostYescrypt, "gost-yescrypt", &["$gy$"]),
        (Self::Sm3, "sm3", &["$sm3$"]),
    ];

    /// The scheme of a hash, or of what is kept of one.
    pub(crate) fn of(hash: &str) -> Self {
        if let Some(word) = kept_scheme(hash) {
            return Self::ALL
                .iter()
                .find(|(_, name, _)| *name == word)
                .map_or(Self::Unknown, |(scheme, _, _)| *scheme);
        }
        for (scheme, _, prefixes) in Self::ALL {
            if prefixes.iter().any(|prefix| hash.starts_with(prefix)) {
                return scheme;
            }
        }
        let traditional = matches!(hash.len(), 13) || (hash.len() == 20 && hash.starts_with('_'));
        let letters =
            hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'_'));
        if traditional && letters { Self::Des } else { Self::Unknown }
    }

    /// Its name for people.
    pub(crate) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(scheme, _, _)| *scheme == self).map_or("unknown", |(_, word, _)| word)
    }
}

impl<'a> Field<'a> {
    /// What a field says; the same for the field as written and as kept.
    pub(crate) fn of(text: &'a str) -> Self {
        match text {
            "" => Self::Empty,
            "x" => Self::Shadowed,
            // `*NP*`, `*LK*` and `NP` are how other systems say that there is no password.
            "NP" | "LK" => Self::Locked(None),
            _ if text.starts_with('*') => Self::Locked(None),
            _ if text.starts_with('!') => {
                let rest = text.trim_start_matches('!');
                let none = rest.is_empty() || rest.starts_with('*') || rest == "x";
                Self::Locked((!none).then_some(rest))
            }
            _ => Self::Hash(text),
        }
    }
}

/// The field with its hash replaced by the scheme and a keyed hash, so that it can be compared and not cracked.
pub(crate) fn mask(field: &str, key: &[u8; 32]) -> String {
    match Field::of(field) {
        Field::Hash(hash) => masked(hash, key),
        Field::Locked(Some(hash)) => format!("!{}", masked(hash, key)),
        _ => field.to_owned(),
    }
}

fn masked(hash: &str, key: &[u8; 32]) -> String {
    let sum = Sha256::new().chain_update(key).chain_update(hash.as_bytes()).finalize();
    let number = sum.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{{{} {number:016x}}}", Scheme::of(hash).word())
}

/// The scheme's name in what is kept of a hash.
fn kept_scheme(hash: &str) -> Option<&str> {
    hash.strip_prefix('{')?.strip_suffix('}')?.split_once(' ').map(|(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_schemes_by_their_prefix_and_also_when_they_are_masked() {
        for (hash, word) in [
            ("$1$salt$h", "md5"),
            ("$2y$10$h", "bcrypt"),
            ("$5$h", "sha256"),
            ("$6$rounds=9$h", "sha512"),
            ("$y$j9T$h", "yescrypt"),
            ("$gy$h", "gost-yescrypt"),
            ("$sm3$h", "sm3"),
            ("abJnggxhB/yWI", "des"),
            ("hunter2", "unknown"),
        ] {
            assert_eq!(Scheme::of(hash).word(), word);
            assert_eq!(Scheme::of(&mask(hash, &[7; 32])).word(), word, "{hash}");
        }
    }

    #[test]
    fn masks_alike_what_is_alike_and_keeps_the_lock() {
        let (one, other) = (mask("$6$a$b", &[1; 32]), mask("$6$a$c", &[1; 32]));
        assert_eq!(one, mask("$6$a$b", &[1; 32]));
        assert_ne!(one, other);
        assert_ne!(one, mask("$6$a$b", &[2; 32]));
        assert!(mask("!$6$a$b", &[1; 32]).starts_with("!{sha512 "));
        for same in ["", "x", "*", "!", "!!", "!*", "*LK*"] {
            assert_eq!(mask(same, &[1; 32]), same);
        }
    }
}
