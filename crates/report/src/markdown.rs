//! Texts in Markdown.

/// A text that Markdown shows as it is.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal
}

#[test]
fn nothing_in_a_text_becomes_mark_up() {
    assert_eq!(literal("<b>[x](y)|"), "\\<b\\>\\[x\\]\\(y\\)\\|");
}
