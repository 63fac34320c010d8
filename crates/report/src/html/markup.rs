//! HTML as it grows; what comes from an image can only get into it escaped.

use std::fmt::Write as _;

use model::{Language, Severity, Text};

use crate::words;

/// A page in the making. Markup is taken only from this program's own text (`&'static str`), so that a name out of an
/// image cannot be taken for markup by oversight.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// The page as written so far.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Markup of this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A text, escaped.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' => self.0.push('\n'),
                '\r' => {}
                // These turn the direction of writing, by which a name looks like another.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {}
                '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                other if other.is_control() => self.0.extend(other.escape_default()),
                other => self.0.push(other),
            }
        }
        self
    }

    /// An attribute with its value.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// A word of this program in both languages; the style sheet shows the one that is chosen.
    pub(super) fn words(&mut self, english: &str, chinese: &str) -> &mut Self {
        if english == chinese || chinese.is_empty() {
            return self.text(english);
        }
        self.raw("<span lang=\"en\">")
            .text(english)
            .raw("</span><span lang=\"zh\">")
            .text(chinese)
            .raw("</span>")
    }

    /// A word of this program that is made for each language.
    pub(super) fn both<T: AsRef<str>>(&mut self, word: impl Fn(Language) -> T) -> &mut Self {
        self.words(word(Language::English).as_ref(), word(Language::Chinese).as_ref())
    }

    /// A text for people.
    pub(super) fn localized(&mut self, text: &Text) -> &mut Self {
        self.words(&text.en, &text.zh)
    }

    /// A number with its thousands set apart.
    pub(super) fn count(&mut self, count: u64) -> &mut Self {
        let digits = count.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                self.0.push(',');
            }
            self.0.push(digit);
        }
        self
    }

    /// A plain number, such as one in an attribute.
    pub(super) fn number(&mut self, number: f64) -> &mut Self {
        // Writing to a string does not fail.
        _ = write!(self.0, "{number:.2}");
        self
    }

    /// A link where the address is one of the web, and its text where it is anything else.
    pub(super) fn link(&mut self, address: &str, shown: &str) -> &mut Self {
        if !is_web(address) {
            return self.text(shown);
        }
        self.raw("<a rel=\"noopener noreferrer\" target=\"_blank\"").attribute("href", address);
        self.raw(">").text(shown).raw("</a>")
    }

    /// A severity as a badge.
    pub(super) fn severity(&mut self, severity: Severity) -> &mut Self {
        self.raw("<span class=\"severity s-").raw(severity.word()).raw("\">");
        self.both(|language| words::severity(language, severity)).raw("</span>")
    }

    /// A remark as a small badge.
    pub(super) fn badge(&mut self, class: &'static str, english: &str, chinese: &str) -> &mut Self {
        self.raw("<span class=\"badge ").raw(class).raw("\">").words(english, chinese).raw("</span>")
    }

    /// A cell of a table.
    pub(super) fn cell(&mut self, text: &str) -> &mut Self {
        self.raw("<td>").text(text).raw("</td>")
    }

    /// A cell with a number by which it is sorted.
    pub(super) fn number_cell(&mut self, number: u64) -> &mut Self {
        self.raw("<td class=\"number\"").attribute("data-value", &number.to_string());
        self.raw(">").count(number).raw("</td>")
    }

    /// A cell with a size, sorted by its bytes.
    pub(super) fn size_cell(&mut self, size: u64) -> &mut Self {
        self.raw("<td class=\"number\"").attribute("data-value", &size.to_string());
        self.raw(">").text(&words::bytes(size)).raw("</td>")
    }

    /// A name and its value in a list of facts; nothing when there is no value.
    pub(super) fn fact(&mut self, english: &str, chinese: &str, value: &str) -> &mut Self {
        if value.is_empty() {
            return self;
        }
        self.term(english, chinese).text(value).raw("</dd>")
    }

    /// The beginning of a fact, up to where its value is written; `</dd>` ends it.
    pub(super) fn term(&mut self, english: &str, chinese: &str) -> &mut Self {
        self.raw("<dt>").words(english, chinese).raw("</dt><dd>")
    }
}

/// Whether an address is one of the web: everything else (`javascript:`, `data:`, `file:`) is shown and not linked.
fn is_web(address: &str) -> bool {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://"))
        && !address.chars().any(|character| character.is_control() || character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt://x",
            "data:text/html,x",
            "https://a\n.b",
            "//x",
            "ftp://x",
            "漏洞漏洞",
        ] {
            let mut markup = Markup::default();
            markup.link(address, "shown");
            assert_eq!(markup.finish(), "shown", "{address}");
        }
        let mut markup = Markup::default();
        markup.link("HTTPS://a/?b=\"&c='<", "x");
        let expected = "href=\"HTTPS://a/?b=&quot;&amp;c=&#39;&lt;\">x</a>";
        assert!(markup.finish().ends_with(expected));
    }

    #[test]
    fn thousands_are_set_apart() {
        let mut markup = Markup::default();
        markup.count(7).raw(" ").count(999).raw(" ").count(1_000).raw(" ").count(12_345_678);
        assert_eq!(markup.finish(), "7 999 1,000 12,345,678");
    }
}
