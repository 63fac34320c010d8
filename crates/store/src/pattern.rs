//! What people look for, as patterns of `LIKE … ESCAPE '\'`.

/// The words after a pattern: both databases then know its escapes.
pub(crate) const ESCAPE: &str = " ESCAPE '\\'";

fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// This text and nothing else, in small letters; for part of a longer pattern.
pub(crate) fn literal(text: &str) -> String {
    escaped(&text.to_ascii_lowercase())
}

/// Texts that hold this one, in small letters.
pub(crate) fn holding(text: &str) -> String {
    format!("%{}%", literal(text))
}

/// Texts that begin with this one, in small letters.
pub(crate) fn beginning(text: &str) -> String {
    format!("{}%", literal(text))
}

/// Texts that fit a glob in which `*` stands for anything, as they are written.
pub(crate) fn glob(text: &str) -> String {
    escaped(text).replace('*', "%")
}

/// The texts between which all lie, byte by byte, that begin with this one; for an index to be used.
pub(crate) fn between(beginning: &str) -> (String, String) {
    (beginning.to_owned(), format!("{beginning}\u{10ffff}"))
}
