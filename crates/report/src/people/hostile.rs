//! Reports in which every text that could come from an image or a stranger is an attack.

use serde_json::Value;

/// Texts that do harm somewhere: to a page, a terminal, a spreadsheet, an XML document or a reader's eyes.
pub(crate) const PAYLOADS: &[&str] = &[
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><svg onload=alert(1)>",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "javascript:alert(1)",
    "\u{1b}]0;owned\u{7}\u{1b}[2J",
    "\u{202e}gpj.exe",
    "a\0b",
    "\r\nX-Injected: 1",
    "\u{85}\u{9b}31m",
];

/// Texts that a spreadsheet would compute.
pub(crate) const FORMULAS: &[&str] =
    &["=HYPERLINK(\"http://example.com\",\"x\")", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "＝1+1"];

/// Words of the model itself, which a report could not be read with otherwise.
const WORDS: &[&str] = &[
    "kind",
    "severity",
    "status",
    "class",
    "type",
    "outcome",
    "forbidden",
    "evidence",
    "category",
    "checks",
    "layer",
    "diff_id",
];

/// The sample with every text replaced by what `attack` makes of it.
pub(crate) fn report(attack: &dyn Fn(&str) -> String) -> model::Report {
    let mut value: Value = serde_json::to_value(crate::rich::report()).unwrap();
    replace(&mut value, "", attack);
    serde_json::from_value(value).unwrap()
}

fn replace(value: &mut Value, key: &str, attack: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) if !is_word(key, text) => *text = attack(text),
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, key, attack)),
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| replace(value, key, attack)),
        _ => {}
    }
}

/// `evidence` and `type` are free text in some places and words in others.
fn is_word(key: &str, text: &str) -> bool {
    match key {
        "evidence" => text == "history" || text == "approved",
        "type" => text.chars().all(|character| character.is_ascii_lowercase()),
        key => WORDS.contains(&key),
    }
}
