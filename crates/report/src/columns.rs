//! Text in columns, by the width it has on a terminal.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One cell: its text and the colour it is shown in.
pub(crate) struct Cell {
    text: String,
    color: Option<&'static str>,
}

impl Cell {
    /// A cell; control characters are shown, not sent.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: printable(text), color: None }
    }

    pub(crate) fn colored(text: &str, color: &'static str) -> Self {
        Self { text: printable(text), color: Some(color) }
    }
}

/// A text without anything a terminal would obey: control characters stand as their escapes, and those that turn the
/// direction of writing are left out.
pub(crate) fn printable(text: &str) -> String {
    let turns =
        |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let mut shown = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !turns(character)) {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Writes rows in columns, two spaces apart; the last column is cut at `width`.
pub(crate) fn write(
    rows: &[Vec<Cell>],
    width: Option<usize>,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max().unwrap_or(0)
        })
        .collect();
    for row in rows {
        let mut used = 0;
        for (place, (cell, wide)) in row.iter().zip(&widths).enumerate() {
            let last = place + 1 == row.len();
            let room = width.filter(|_| last).map_or(usize::MAX, |width| width.saturating_sub(used).max(8));
            let text = cut(&cell.text, room);
            match cell.color.filter(|_| color) {
                Some(code) => write!(out, "\x1b[{code}m{text}\x1b[0m")?,
                None => write!(out, "{text}")?,
            }
            if !last {
                let padding = wide.saturating_sub(cell.text.width()) + 2;
                write!(out, "{:padding$}", "")?;
                used += wide + 2;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// As much of a text as has room, with a mark where it was cut.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > room {
            break;
        }
        cut.push(character);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_driven_by_a_file_name() {
        assert_eq!(printable("a\x1b]0;title\x07\u{202e}b\n"), "a\\u{1b}]0;title\\u{7}b\\n");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cut("严重漏洞", 5), "严重…");
        let mut out = Vec::new();
        let rows = [vec![Cell::new("高危"), Cell::new("x")], vec![Cell::new("a"), Cell::new("y")]];
        write(&rows, None, false, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "高危  x\na     y\n");
    }
}
