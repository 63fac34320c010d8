//! Large XML documents, one record at a time.
//!
//! What lies around the records is only passed over, so that memory is bounded by the largest record. Entities other
//! than those of XML itself are never expanded: their names stay in the text.

use std::io::{self, BufRead, Read};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Bytes of one record; descriptions of kernels reach a megabyte.
const RECORD_BYTES: usize = 16 << 20;
/// Bytes of one tag or text.
const PIECE_BYTES: usize = 4 << 20;
/// Elements within elements.
const DEPTH: usize = 64;

/// An element with all that is in it. Names are without their prefix.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(crate) children: Vec<Self>,
}

impl Element {
    /// An attribute; empty when it is not there.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The text directly in it, without the white space around.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// Its children of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Its first child of a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of its first child of a name; empty when there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", Self::text)
    }
}

/// Gives every element of a name to `found`, but for those within another.
///
/// # Errors
/// When the document is not well-formed, ends early, has no element at all, or has a record beyond the limits.
pub(crate) fn each(
    reader: &mut dyn BufRead,
    name: &str,
    found: &mut dyn FnMut(&Element),
) -> Result<(), String> {
    let mut records = Records { name, depth: 0, bytes: 0, open: Vec::new(), found };
    let mut reader = Reader::from_reader(Rationed { reader, left: 0 });
    let (mut buffer, mut has_root) = (Vec::new(), false);
    loop {
        buffer.clear();
        reader.get_mut().left = PIECE_BYTES;
        let event = reader.read_event_into(&mut buffer).map_err(|error| error.to_string());
        let read = match event.map_err(|why| (why, reader.buffer_position())) {
            Ok(Event::Start(start)) => {
                has_root = true;
                records.start(&start)
            }
            Ok(Event::Empty(start)) => {
                has_root = true;
                records.start(&start).map(|()| records.end())
            }
            Ok(Event::End(_)) => {
                records.end();
                Ok(())
            }
            Ok(Event::Text(text)) => records.text(&text),
            Ok(Event::CData(text)) => records.text(&text),
            Ok(Event::GeneralRef(reference)) => records.text(&resolve(&reference)),
            Ok(Event::Eof) if records.depth > 0 => return Err("it ends within an element".to_owned()),
            Ok(Event::Eof) if !has_root => return Err("it is no XML document".to_owned()),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => Ok(()),
            Err((why, place)) => return Err(format!("{why}, near byte {place}")),
        };
        read.map_err(|why| format!("{why}, near byte {}", reader.buffer_position()))?;
    }
}

/// The character of a reference; the reference itself when it is none of XML's own.
fn resolve(reference: &BytesRef<'_>) -> String {
    let character = match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        _ => match &**reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        },
    };
    character.map_or_else(|| format!("&{};", &**reference), String::from)
}

/// The records of a document.
struct Records<'a> {
    name: &'a str,
    /// How many elements are open, of records and around them.
    depth: usize,
    /// The bytes of the record so far.
    bytes: usize,
    /// The open elements of the record, the outermost first.
    open: Vec<Element>,
    found: &'a mut dyn FnMut(&Element),
}

impl Records<'_> {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH {
            return Err(format!("it has more than {DEPTH} elements within elements"));
        }
        let name = start.local_name();
        if self.open.is_empty() && name.as_ref() != self.name {
            return Ok(());
        }
        // An element takes room, whatever it is called.
        self.count(start.len().saturating_add(size_of::<Element>()))?;
        let mut element = Element { name: name.as_ref().to_owned(), ..Element::default() };
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| error.to_string())?.into_owned();
            element.attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let Some(element) = self.open.pop() else { return };
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(element);
        } else {
            self.bytes = 0;
            (self.found)(&element);
        }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if self.open.is_empty() {
            return Ok(());
        }
        self.count(text.len())?;
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), String> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > RECORD_BYTES {
            return Err(format!("an element `{}` is longer than {RECORD_BYTES} bytes", self.name));
        }
        Ok(())
    }
}

/// A reader that gives only so many bytes before it is asked anew, so that no tag fills the memory.
struct Rationed<'a> {
    reader: &'a mut dyn BufRead,
    left: usize,
}

impl Read for Rationed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Rationed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(format!("a tag or text is longer than {PIECE_BYTES} bytes")));
        }
        let chunk = self.reader.fill_buf()?;
        Ok(chunk.get(..self.left).unwrap_or(chunk))
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.reader.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let mut told = Vec::new();
        let mut found = |element: &Element| {
            told.push(format!("{} {:?} {}", element.attribute("id"), element.text(), element.text_of("b")));
        };
        // A tiny buffer, so that tags are cut everywhere.
        each(&mut BufReader::with_capacity(3, text.as_bytes()), "a", &mut found).map(|()| told)
    }

    #[test]
    fn gives_records_with_prefixes_comments_and_references_resolved() {
        let text = r#"<?xml version="1.0"?><x:all><!-- <a/> --><x:a id="1&amp;2">t &lt;&#65;<x:b>in <![CDATA[<it>]]></x:b></x:a>
            <other><a id='3'/></other></x:all>"#;
        assert_eq!(read(text).unwrap(), ["1&2 \"t <A\" in <it>", "3 \"\" "]);
    }

    #[test]
    fn expands_no_entities() {
        let text =
            r#"<!DOCTYPE l [<!ENTITY x "yyyy"><!ENTITY f SYSTEM "file:///etc/passwd">]><l><a>&x;&f;</a></l>"#;
        assert_eq!(read(text).unwrap(), [" \"&x;&f;\" "]);
    }

    #[test]
    fn rejects_what_is_cut_off_mismatched_or_no_xml() {
        for text in ["", "text", "<a>", "<l><a></l>", "<a", "<a></b>"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn stops_at_deep_and_at_long_documents() {
        assert!(read(&"<l>".repeat(1000)).unwrap_err().contains("within elements"));
        assert!(read(&format!("<a {}", "x".repeat(5 << 20))).unwrap_err().contains("longer than"));
        let many = format!("<a>{}</a>", "<b/>".repeat(400_000));
        assert!(read(&many).unwrap_err().contains("longer than"));
    }
}
