//! JSON with comments and trailing commas, as JSON without.

/// The text without comments and without commas before a closing bracket.
pub(super) fn json(text: &str) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let length = match first {
            b'"' => string(after) + 1,
            b'/' if after.starts_with(b"/") => {
                rest = rest.get(line(rest)..).unwrap_or_default();
                continue;
            }
            b'/' if after.starts_with(b"*") => {
                rest = rest.get(comment(rest)..).unwrap_or_default();
                continue;
            }
            b'}' | b']' => {
                drop_comma(&mut plain);
                1
            }
            _ => 1,
        };
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        plain.extend_from_slice(taken);
        rest = after;
    }
    plain
}

/// The length of what follows an opening quotation mark, up to and with the closing one.
fn string(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 1)
}

fn line(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).unwrap_or(text.len())
}

fn comment(text: &[u8]) -> usize {
    let end = text.get(2..).and_then(|inner| memchr::memmem::find(inner, b"*/"));
    end.map_or(text.len(), |end| end + 4)
}

fn drop_comma(plain: &mut Vec<u8>) {
    if let Some(last) = plain.iter().rposition(|byte| !byte.is_ascii_whitespace())
        && plain.get(last) == Some(&b',')
    {
        plain.truncate(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_comments_and_last_commas_but_not_in_strings() {
        for (text, expected) in [
            ("{\"a\": [1, 2,\n],}", "{\"a\": [1, 2]}"),
            ("// x\n{\"a\": 1 /* , */ ,}", "\n{\"a\": 1  }"),
            ("{\"a\": \"//\\\",}\"}", "{\"a\": \"//\\\",}\"}"),
            ("\"open", "\"open"),
            ("/* open", ""),
        ] {
            let plain = String::from_utf8(json(text)).unwrap();
            assert_eq!(plain.replace(' ', ""), expected.replace(' ', ""), "{text}");
        }
    }
}
