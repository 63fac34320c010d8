//! Instants as publishers write them.

/// An instant in RFC 3339, of one written as a day, as a day and a time of UTC, or in RFC 3339 already; empty when it is
/// none of these.
pub(crate) fn rfc3339(text: &str) -> String {
    let text = text.trim();
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    match shape.as_str() {
        "0000-00-00" => format!("{text}T00:00:00Z"),
        "0000-00-00 00:00" => text.replace(' ', "T") + ":00Z",
        "0000-00-00 00:00:00" | "0000-00-00T00:00:00" => text.replace(' ', "T") + "Z",
        "0000-00-00 00:00:00 UTC" => text.trim_end_matches(" UTC").replace(' ', "T") + "Z",
        "0000-00-00T00:00:00Z" | "0000-00-00T00:00:00+00:00" => text.to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn writes_instants_the_one_way() {
        assert_eq!(rfc3339("2024-06-05"), "2024-06-05T00:00:00Z");
        assert_eq!(rfc3339(" 2018-01-05 18:56"), "2018-01-05T18:56:00Z");
        assert_eq!(rfc3339("2018-01-05 18:56:07"), "2018-01-05T18:56:07Z");
        assert_eq!(rfc3339("2024-07-01 12:37:00 UTC"), "2024-07-01T12:37:00Z");
        assert_eq!(rfc3339("2023-03-21T19:17:00Z"), "2023-03-21T19:17:00Z");
        assert_eq!(rfc3339("yesterday"), "");
    }
}
