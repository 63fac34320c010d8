//! The elements of one array of a large JSON document, one at a time.
//!
//! Documents such as a year of the NVD are an object around one long array. What lies around the elements is only
//! skimmed, so that memory is bounded by the largest element, and an element that cannot be read costs no other.

use std::io::BufRead;

/// Takes a document apart; the reader and the buffer stay with the caller.
pub(crate) struct Elements {
    key: &'static str,
    limit: usize,
    phase: Phase,
}

/// What was found next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// An element, in the buffer.
    Element,
    /// An element that is longer than the limit; it was passed over.
    TooLong,
    /// The end of the array.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Inside,
    Behind,
}

/// Where in the text of JSON one is.
#[derive(Default)]
struct Place {
    depth: usize,
    is_string: bool,
    is_escaped: bool,
}

impl Place {
    /// Goes over one byte; whether it was part of a string.
    fn pass(&mut self, byte: u8) -> bool {
        if self.is_string {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_string = false,
                _ => {}
            }
            return true;
        }
        match byte {
            b'"' => self.is_string = true,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        false
    }
}

impl Elements {
    /// The elements of the array `key` of the outermost object; none may be longer than `limit` bytes.
    pub(crate) fn new(key: &'static str, limit: usize) -> Self {
        Self { key, limit, phase: Phase::Before }
    }

    /// Puts the next element into the buffer.
    ///
    /// # Errors
    /// When the document has no such array or ends within it.
    pub(crate) fn next(&mut self, reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<Next, String> {
        if self.phase == Phase::Before {
            self.find(reader)?;
            self.phase = Phase::Inside;
        }
        if self.phase == Phase::Behind {
            return Ok(Next::End);
        }
        buffer.clear();
        loop {
            match peek(reader)? {
                None => return Err(self.cut_off()),
                Some(b']') => {
                    self.phase = Phase::Behind;
                    return Ok(Next::End);
                }
                Some(b',' | b' ' | b'\t' | b'\r' | b'\n') => reader.consume(1),
                Some(_) => return self.element(reader, buffer),
            }
        }
    }

    /// Goes to the first byte behind the array's `[`.
    fn find(&self, reader: &mut dyn BufRead) -> Result<(), String> {
        let mut place = Place::default();
        let (mut name, mut is_value) = (Vec::new(), false);
        while let Some(byte) = peek(reader)? {
            reader.consume(1);
            let is_outermost = place.depth == 1;
            if is_outermost && !place.is_string && byte == b'[' && is_value && name == self.key.as_bytes() {
                return Ok(());
            }
            let was_string = place.pass(byte);
            match byte {
                // Of a name longer than the one that is looked for, the beginning is enough to tell it from that.
                _ if was_string && is_outermost && !is_value && place.is_string => {
                    name.extend((name.len() <= self.key.len()).then_some(byte));
                }
                _ if was_string || !is_outermost => {}
                b'"' if !is_value => name.clear(),
                b':' => is_value = true,
                b',' => is_value = false,
                _ => {}
            }
        }
        Err(format!("it has no array `{}`", self.key))
    }

    fn element(&self, reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<Next, String> {
        let mut place = Place::default();
        let mut is_too_long = false;
        loop {
            let chunk = reader.fill_buf().map_err(|error| error.to_string())?;
            if chunk.is_empty() {
                return Err(self.cut_off());
            }
            // A value that is no object, list or string ends before what stands behind it.
            let (mut end, mut count) = (None, chunk.len());
            for (index, &byte) in chunk.iter().enumerate() {
                if place.depth == 0 && !place.is_string && matches!(byte, b',' | b']' | b'}') {
                    (end, count) = (Some(index), index);
                    break;
                }
                let was_string = place.pass(byte);
                if place.depth == 0 && !place.is_string && (was_string || matches!(byte, b'}' | b']')) {
                    (end, count) = (Some(index), index.saturating_add(1));
                    break;
                }
            }
            let taken = chunk.get(..count).unwrap_or_default();
            is_too_long |= buffer.len().saturating_add(taken.len()) > self.limit;
            if !is_too_long {
                buffer.extend_from_slice(taken);
            }
            // A stray `}` is passed over, or one would stay before it for ever.
            let is_stray = count == 0 && buffer.is_empty() && chunk.first() == Some(&b'}');
            reader.consume(if is_stray { 1 } else { count });
            if end.is_some() {
                return Ok(if is_too_long { Next::TooLong } else { Next::Element });
            }
        }
    }

    fn cut_off(&self) -> String {
        format!("it ends within the array `{}`", self.key)
    }
}

fn peek(reader: &mut dyn BufRead) -> Result<Option<u8>, String> {
    let chunk = reader.fill_buf().map_err(|error| error.to_string())?;
    Ok(chunk.first().copied())
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn elements(text: &str) -> Vec<String> {
        // A tiny buffer, so that elements are cut everywhere.
        let mut reader = BufReader::with_capacity(3, text.as_bytes());
        let mut elements = Elements::new("list", 40);
        let (mut found, mut buffer) = (Vec::new(), Vec::new());
        loop {
            match elements.next(&mut reader, &mut buffer) {
                Ok(Next::Element) => found.push(String::from_utf8(buffer.clone()).unwrap()),
                Ok(Next::TooLong) => found.push("too long".to_owned()),
                Ok(Next::End) => return found,
                Err(why) => {
                    found.push(why);
                    return found;
                }
            }
        }
    }

    #[test]
    fn finds_the_elements_of_the_outermost_array_of_that_name() {
        let text = r#" {"a": {"list": [1]}, "x": "list", "l\"ist": [2], "lists": [3], "list" : [ {"b":"]}\"{"}, [4,[5]],
            "te,xt", 6 , null], "list": [7]} "#;
        assert_eq!(elements(text), [r#"{"b":"]}\"{"}"#, "[4,[5]]", r#""te,xt""#, "6 ", "null"]);
        assert_eq!(elements(r#"{"list":[]}"#), Vec::<String>::new());
    }

    #[test]
    fn passes_over_an_element_that_is_too_long() {
        let text = format!(r#"{{"list":[{{"a":"{}"}},{{"b":1}}]}}"#, "x".repeat(50));
        assert_eq!(elements(&text), ["too long", r#"{"b":1}"#]);
    }

    #[test]
    fn says_what_is_missing() {
        assert_eq!(elements("{}"), ["it has no array `list`"]);
        assert_eq!(elements(""), ["it has no array `list`"]);
        assert_eq!(elements(r#"{"list":{"list":[1]}}"#), ["it has no array `list`"]);
        assert_eq!(elements(r#"{"list":[1,"#), ["1", "it ends within the array `list`"]);
        assert_eq!(elements(r#"{"list":[{"a""#), ["it ends within the array `list`"]);
    }

    #[test]
    fn ends_on_what_is_not_json() {
        for text in ["}}}]]]", r#"{"list":[}}}}]"#, r#"{"list":[}"#, r#"[{"list":[1]}]"#, "\"\\"] {
            elements(text);
        }
    }
}
