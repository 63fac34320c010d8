//! Text of `Name: value` lines, read in place.

use memchr::memchr;

/// The lines of a text, without their ends.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr(b'\n', text);
        let line = end.and_then(|end| text.get(..end)).unwrap_or(text);
        rest = end.and_then(|end| text.get(end + 1..));
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

/// The name and the trimmed value of a field; nothing for a line that holds none.
pub(crate) fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = split_at(line, b':')?;
    Some((name, value.trim_ascii()))
}

/// Whether the line goes on with the value of the field above it.
pub(crate) fn continues(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

/// What stands before and after the first `mark`.
pub(crate) fn split_at(text: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr(mark, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The text as a string; bytes that are no UTF-8 are shown as such.
pub(crate) fn string(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Fields that stand together, with the first lines of their values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Paragraph<'a> {
    pub(crate) fields: Vec<(&'a [u8], &'a [u8])>,
    /// How many of its lines are no fields.
    pub(crate) strange: u64,
}

impl<'a> Paragraph<'a> {
    /// The value of a field, whatever the case of its name; nothing where it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&'a [u8]> {
        let is_named = |(known, _): &&(&[u8], &[u8])| known.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().find(is_named).map(|(_, value)| *value).filter(|value| !value.is_empty())
    }

    /// The value as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(string)
    }
}

/// The paragraphs of a control file, as Debian and those who follow it write them.
pub(crate) fn paragraphs(text: &[u8]) -> impl Iterator<Item = Paragraph<'_>> {
    let mut lines = lines(text);
    std::iter::from_fn(move || {
        let mut paragraph = Paragraph::default();
        let is_begun = |paragraph: &Paragraph<'_>| *paragraph != Paragraph::default();
        for line in lines.by_ref() {
            if line.trim_ascii().is_empty() {
                if is_begun(&paragraph) {
                    return Some(paragraph);
                }
            } else if !continues(line) {
                match field(line) {
                    Some(field) => paragraph.fields.push(field),
                    None => paragraph.strange = paragraph.strange.saturating_add(1),
                }
            }
        }
        is_begun(&paragraph).then_some(paragraph)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_lines_with_every_end() {
        let taken: Vec<&[u8]> = lines(b"a\r\n\nb").collect();
        assert_eq!(taken, [&b"a"[..], b"", b"b"]);
        assert_eq!(lines(b"a\n").last(), Some(&b""[..]));
    }

    #[test]
    fn splits_a_field_at_its_first_colon() {
        assert_eq!(field(b"Version:  1:2.0 "), Some((&b"Version"[..], &b"1:2.0"[..])));
        assert_eq!(field(b"no field"), None);
    }

    #[test]
    fn takes_paragraphs_apart() {
        let all: Vec<Paragraph<'_>> = paragraphs(b"\n\nA: 1\n more\nB:\n\n \nC: 2\nnonsense").collect();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].get("a"), all[0].get("b"), all[0].strange), (Some(&b"1"[..]), None, 0));
        assert_eq!((all[1].text("C"), all[1].strange), (Some("2".to_owned()), 1));
        assert_eq!(paragraphs(b"\n").count(), 0);
    }
}
