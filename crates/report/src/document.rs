//! JSON that no terminal obeys, and what the documents of several standards have in common.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use sha2::{Digest, Sha256};

/// Writes a document and a line feed.
///
/// Characters a terminal may obey, or that turn the direction of writing, stand as `\u` escapes: a parser reads the
/// same text, and looking at the file does no harm.
pub(crate) fn write(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    document.serialize(&mut Serializer::with_formatter(&mut *out, Quiet(PrettyFormatter::new())))?;
    writeln!(out)
}

/// A value as JSON on one line or on several, escaped in the same way.
pub(crate) fn quiet(value: &impl Serialize, pretty: bool) -> serde_json::Result<String> {
    let mut text = Vec::new();
    if pretty {
        value.serialize(&mut Serializer::with_formatter(&mut text, Quiet(PrettyFormatter::new())))?;
    } else {
        value.serialize(&mut Serializer::with_formatter(&mut text, Quiet(CompactFormatter)))?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The document without members that are null.
pub(crate) fn without_nulls(document: Value) -> Value {
    match document {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// The SHA-256 of a text in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    model::Digest::from_bytes(Sha256::digest(text.as_bytes()).into()).hex()
}

/// The first 16 digits of the hash of a text: enough to tell the parts of one document apart.
pub(crate) fn short_hash(text: &str) -> String {
    hash(text).chars().take(16).collect()
}

/// A UUID that follows from a document's content (version 8 of RFC 9562), so that the same content has the same one.
pub(crate) fn uuid(content: &Value) -> String {
    let mut digits: Vec<char> = hash(&content.to_string()).chars().take(32).collect();
    for (place, digit) in [(12, '8'), (16, 'a')] {
        if let Some(known) = digits.get_mut(place) {
            *known = digit;
        }
    }
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    let groups: Vec<String> =
        groups.into_iter().filter_map(|group| Some(digits.get(group)?.iter().collect())).collect();
    groups.join("-")
}

/// Names within one document, none of them twice.
pub(crate) struct Names {
    /// The names that are taken, with the last number given to each.
    taken: HashMap<String, usize>,
    separator: char,
}

impl Names {
    /// No names yet; `separator` stands before the number of a name that is wanted again.
    pub(crate) fn new(separator: char) -> Self {
        Self { taken: HashMap::new(), separator }
    }

    /// The wanted name, or that name with the first number that makes it new.
    pub(crate) fn unique(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = self.taken.get(wanted).copied().unwrap_or_default();
        while self.taken.contains_key(&name) {
            number += 1;
            name = format!("{wanted}{}{number}", self.separator);
        }
        self.taken.insert(wanted.to_owned(), number.max(1));
        self.taken.entry(name.clone()).or_insert(1);
        name
    }
}

/// Writes JSON as another formatter does, with escapes for what a terminal obeys.
struct Quiet<F>(F);

impl<F: Formatter> Formatter for Quiet<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| is_loud(*character)) {
            let (before, after) = rest.split_at(at);
            write!(writer, "{before}\\u{:04x}", u32::from(character))?;
            rest = after.strip_prefix(character).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// Whether a character that JSON lets stand is one a terminal obeys or one that turns the direction of writing; all of
/// them have four hexadecimal digits.
fn is_loud(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_driven_and_a_parser_reads_the_same() {
        let text = "a\u{1b}]\u{9b}31m\u{202e}\u{7f}\u{2028}é漏";
        let mut out = Vec::new();
        write(&[text], &mut out).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert_eq!(
            written, "[\n  \"a\\u001b]\\u009b31m\\u202e\\u007f\\u2028é漏\"\n]\n",
            "what is loud is escaped, and nothing else"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [text]);
    }

    #[test]
    fn the_same_content_has_the_same_uuid() {
        let one = uuid(&Value::from("one"));
        assert_eq!(one, uuid(&Value::from("one")));
        assert_ne!(one, uuid(&Value::from("two")));
        let lengths: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(one.contains("-8"), "{one}");
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::new('-');
        assert_eq!([names.unique("a"), names.unique("a-2"), names.unique("a")], ["a", "a-2", "a-3"]);
        assert_eq!([names.unique("a"), names.unique("a-2")], ["a-4", "a-2-2"]);
    }
}
