//! Values that only stand for secrets, and how random a value is.

/// Words that no real value has in it.
const WORDS: &[&str] = &[
    "example",
    "changeme",
    "change-me",
    "change_me",
    "changeit",
    "placeholder",
    "redacted",
    "xxxx",
    "your-",
    "your_",
    "yourpass",
    "yoursecret",
    "yourtoken",
    "yourkey",
    "insert-",
    "insert_",
    "replace",
    "dummy",
    "sample",
    "notreal",
    "not-a-real",
    "not_a_real",
    "fakefake",
    "....",
    "****",
    "<",
    ">",
    "${",
    "$(",
    "{{",
    "}}",
    "%(",
    "%{",
    "#{",
    "0123456789",
    "1234567890",
    "abcdefghij",
];

/// Whether a value stands for another one, or is made up.
pub(super) fn is(value: &[u8]) -> bool {
    if value.first() == Some(&b'$') || value.starts_with(b"%s") || value.starts_with(b"@@") {
        return true;
    }
    if value.first() == Some(&b'{') && value.last() == Some(&b'}') {
        return true;
    }
    let mut seen = [false; 256];
    for byte in value {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    if seen.iter().filter(|was| **was).count() <= 3 {
        return true;
    }
    has_word(value, WORDS)
}

/// Whether a value has one of the words in it, case aside.
pub(super) fn has_word<W: AsRef<str>>(value: &[u8], words: &[W]) -> bool {
    words
        .iter()
        .map(|word| word.as_ref().as_bytes())
        .any(|word| !word.is_empty() && value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)))
}

/// The Shannon entropy of a value in bits a byte.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_only_stands_for_a_value() {
        for value in
            ["${DB_PASSWORD}", "{{ password }}", "<password>", "xxxxxxxx", "%s", "aaaabbbb", "MyExampleKey1"]
        {
            assert!(is(value.as_bytes()), "{value}");
        }
        assert!(!is(b"q7Rt0-vLw93Kz"));
    }

    #[test]
    fn measures_entropy() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!(entropy(b"").abs() < 1e-9);
    }
}
