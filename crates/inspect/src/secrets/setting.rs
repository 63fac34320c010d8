//! Settings that their names say are secret: `ENV DB_PASSWORD=…`, `|1 TOKEN=… /bin/sh -c …`.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::placeholder;
use super::rule::compile;

/// Names assigned in an instruction, and what is assigned.
const ASSIGNMENT: &str =
    r#"(?:^|[\s|;&("'])([A-Za-z_][A-Za-z0-9_.\-]{2,60})=("[^"\r\n]*"|'[^'\r\n]*'|[^\s;&|)"']+)"#;
/// The old form of `ENV`, a name, a space and a value.
const SPACED: &str =
    r"^(?:/bin/sh -c #\(nop\)\s+)?(?i:ENV)\s+([A-Za-z_][A-Za-z0-9_.\-]{2,60})[ \t]+([^\s=]+)\s*$";
/// Words a name ends with when its value opens something.
const SECRET_ENDS: &[&str] =
    &["password", "passwd", "passphrase", "secret", "token", "credential", "credentials"];
/// Words that are whole parts of such a name.
const SECRET_WORDS: &[&str] = &["apikey", "secretkey", "accesskey", "privatekey", "authkey"];
/// What a key must be for to count.
const KEY_OWNERS: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "application",
    "auth",
    "cookie",
    "encrypt",
    "encryption",
    "hmac",
    "jwt",
    "licence",
    "license",
    "master",
    "private",
    "secret",
    "service",
    "session",
    "shared",
    "signing",
    "storage",
];
/// Last words that say the value is about a secret, and is none.
const HARMLESS_ENDS: &[&str] = &[
    "algorithm",
    "arn",
    "dir",
    "directory",
    "enabled",
    "endpoint",
    "env",
    "expiration",
    "expiry",
    "file",
    "format",
    "header",
    "host",
    "id",
    "issuer",
    "key-id",
    "length",
    "lifetime",
    "max",
    "min",
    "mode",
    "name",
    "path",
    "policy",
    "prefix",
    "provider",
    "ref",
    "required",
    "service",
    "size",
    "source",
    "store",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "user",
    "username",
    "version",
];
/// Words anywhere in the name that say so.
const HARMLESS_WORDS: &[&str] = &[
    "allow",
    "disable",
    "enable",
    "fingerprint",
    "gpg",
    "keyring",
    "pgp",
    "pub",
    "public",
    "random",
    "sha256",
    "skip",
];
/// Values that switch something.
const SWITCHES: &[&str] = &["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined"];

/// The values in an instruction whose names say they are secret.
pub(super) fn assigned(instruction: &[u8]) -> Vec<Range<usize>> {
    static ASSIGNED: OnceLock<Vec<Regex>> = OnceLock::new();
    let patterns =
        ASSIGNED.get_or_init(|| [ASSIGNMENT, SPACED].into_iter().filter_map(|it| compile(it).ok()).collect());
    let mut found = Vec::new();
    for groups in patterns.iter().flat_map(|pattern| pattern.captures_iter(instruction)) {
        let (Some(name), Some(value)) = (groups.get(1), groups.get(2)) else { continue };
        let quoted = matches!(value.as_bytes().first(), Some(b'"' | b'\''));
        let inner = if quoted { value.start() + 1..value.end() - 1 } else { value.range() };
        if is_secret(name.as_bytes(), instruction.get(inner.clone()).unwrap_or_default()) {
            found.push(inner);
        }
    }
    found
}

/// Whether a setting is a secret, going by its name, and its value is one.
pub(super) fn is_secret(name: &[u8], value: &[u8]) -> bool {
    let words = words_of(name);
    let weight = weight(&words);
    let least = match weight {
        Weight::None => return false,
        Weight::Password => 1,
        Weight::Key => 8,
    };
    value.len() >= least
        && is_literal(value)
        && (weight == Weight::Password || placeholder::entropy(value) >= 2.5)
}

/// What a name says about its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    None,
    Password,
    Key,
}

fn weight(words: &[String]) -> Weight {
    let Some(last) = words.last().map(String::as_str) else { return Weight::None };
    if HARMLESS_ENDS.contains(&last) || words.iter().any(|word| HARMLESS_WORDS.contains(&word.as_str())) {
        return Weight::None;
    }
    let is_password = |word: &String| {
        let word = word.as_str();
        matches!(word, "pass" | "pwd")
            || ["password", "passwd", "passphrase"].iter().any(|end| word.ends_with(end))
    };
    // `PWD` and `OLDPWD` alone are directories of a shell.
    if words.iter().any(is_password) && !(words.len() == 1 && matches!(last, "pwd" | "oldpwd" | "pass")) {
        return Weight::Password;
    }
    let is_key = |word: &String| {
        SECRET_ENDS.iter().any(|end| word.ends_with(end)) || SECRET_WORDS.contains(&word.as_str())
    };
    let is_owned_key =
        matches!(last, "key" | "keys") && words.iter().any(|word| KEY_OWNERS.contains(&word.as_str()));
    if words.iter().any(is_key) || is_owned_key { Weight::Key } else { Weight::None }
}

/// The words of a name, in lower case: `MYSQL_ROOT_PASSWORD`, `db.password`, `apiKey`.
fn words_of(name: &[u8]) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for &byte in name {
        let breaks = !byte.is_ascii_alphanumeric() || (was_lower && byte.is_ascii_uppercase());
        if breaks {
            words.push(String::new());
        }
        if byte.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
        was_lower = byte.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value is written out, and is no path, switch, number of a version or address.
fn is_literal(value: &[u8]) -> bool {
    let begins = |starts: &[&str]| starts.iter().any(|start| value.starts_with(start.as_bytes()));
    if begins(&[
        "/",
        "./",
        "../",
        "~",
        "$",
        "<",
        "file:",
        "http://",
        "https://",
        "ssh-",
        "-----BEGIN PUBLIC",
        "`",
    ]) {
        return false;
    }
    let drive = value.get(1..3).is_some_and(|rest| rest == b":\\" || rest == b":/");
    let switch = SWITCHES.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    let stars = value.iter().all(|byte| *byte == b'*');
    !drive && !switch && !stars && !value.contains(&b'$') && !placeholder_of_settings(value)
}

/// A default such as `changeme` is the password there; only what is filled in later is none.
fn placeholder_of_settings(value: &[u8]) -> bool {
    ["{{", "<", "%(", "********"].iter().any(|mark| placeholder::has_word(value, &[mark]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_by_their_words() {
        for name in ["MYSQL_ROOT_PASSWORD", "PGPASSWORD", "DB_PASS", "db.password", "redisPwd"] {
            assert!(is_secret(name.as_bytes(), b"hunter2!"), "{name}");
        }
        for name in
            ["API_KEY", "apiKey", "JWT_SECRET", "NPM_TOKEN", "SECRET_KEY_BASE", "AWS_SECRET_ACCESS_KEY"]
        {
            assert!(is_secret(name.as_bytes(), b"k3jH8sdf7sdfl2"), "{name}");
        }
    }

    #[test]
    fn leaves_names_that_only_have_the_letters() {
        for name in [
            "KEYBOARD",
            "MONKEY",
            "GPG_KEY",
            "GPG_KEYS",
            "PASSWORD_FILE",
            "TOKEN_URL",
            "COMPASS",
            "PWD",
            "TOKENIZERS_PARALLELISM",
        ] {
            assert!(!is_secret(name.as_bytes(), b"k3jH8sdf7sdfl2"), "{name}");
        }
    }

    #[test]
    fn leaves_values_that_are_no_secret() {
        for value in ["", "/run/secrets/db", "$DB_PASSWORD", "${X}", "true", "********", "{{ password }}"] {
            assert!(!is_secret(b"DB_PASSWORD", value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn finds_assignments_in_both_notations() {
        let value_of = |text: &str| {
            let found = assigned(text.as_bytes());
            found.first().and_then(|range| text.get(range.clone())).map(str::to_owned)
        };
        assert_eq!(value_of("/bin/sh -c #(nop)  ENV DB_PASSWORD=hunter2"), Some("hunter2".to_owned()));
        assert_eq!(value_of("ENV DB_PASSWORD hunter2"), Some("hunter2".to_owned()));
        assert_eq!(
            value_of("|2 A=b API_TOKEN=k3jH8sdf7sdfl2 /bin/sh -c make"),
            Some("k3jH8sdf7sdfl2".to_owned())
        );
        assert_eq!(value_of("RUN export DB_PASSWORD='a b c' && run # buildkit"), Some("a b c".to_owned()));
        assert_eq!(value_of("RUN --mount=type=secret,id=token make # buildkit"), None);
        assert_eq!(value_of("RUN apk add libcrypto3 monkey=1.2"), None);
    }
}
