use model::{FindingKind, Severity};

use crate::Error;

/// Reads what `--fail-on` is given: `high`, `vulnerabilities=critical,secrets=low`, `high,malware=any`.
///
/// A severity without a kind is for all kinds that are not named.
///
/// # Errors
/// A word is no kind or no severity, or a kind is named twice.
pub fn parse_fail_on(text: &str) -> Result<Vec<(Option<FindingKind>, Severity)>, Error> {
    let mut gates: Vec<(Option<FindingKind>, Severity)> = Vec::new();
    for part in text.split(',') {
        let (kind, severity) = one(part.trim()).map_err(|why| Error::Gate { text: text.to_owned(), why })?;
        if gates.iter().any(|(other, _)| *other == kind) {
            let what = kind.map_or("all kinds", FindingKind::word);
            let why = format!("{what} is given a severity twice");
            return Err(Error::Gate { text: text.to_owned(), why });
        }
        gates.push((kind, severity));
    }
    Ok(gates)
}

fn one(part: &str) -> Result<(Option<FindingKind>, Severity), String> {
    let Some((kind, severity)) = part.split_once('=') else { return Ok((None, severity_of(part)?)) };
    let kind = kind.trim();
    let known = FindingKind::ALL.into_iter().find(|known| known.word() == kind);
    let Some(known) = known else {
        let words: Vec<&str> = FindingKind::ALL.into_iter().map(FindingKind::word).collect();
        return Err(format!("`{kind}` is not a kind of findings ({})", words.join(", ")));
    };
    Ok((Some(known), severity_of(severity.trim())?))
}

fn severity_of(word: &str) -> Result<Severity, String> {
    if word.eq_ignore_ascii_case("any") {
        return Ok(Severity::Unknown);
    }
    word.parse().map_err(|error| format!("{error}; `any` stands for all of them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_severities_for_all_and_for_each_kind() {
        assert_eq!(parse_fail_on("high").unwrap(), [(None, Severity::High)]);
        assert_eq!(
            parse_fail_on("vulnerabilities=critical, secrets=low,base-image=any").unwrap(),
            [
                (Some(FindingKind::Vulnerabilities), Severity::Critical),
                (Some(FindingKind::Secrets), Severity::Low),
                (Some(FindingKind::BaseImage), Severity::Unknown),
            ]
        );
    }

    #[test]
    fn refuses_unknown_words_and_repetition() {
        for (text, part) in [
            ("", "not a severity"),
            ("hgih", "not a severity"),
            ("secret=low", "`secret` is not a kind"),
            ("high,low", "twice"),
            ("secrets=low,secrets=high", "twice"),
            ("secrets=", "not a severity"),
        ] {
            let error = parse_fail_on(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
