//! Annotations of GitHub Actions: workflow commands that show findings beside a run and on changed files.
//!
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. GitHub shows at most ten
//! annotations of each level for one step, so the worst stand first, as in every report. Suppressed findings and checks
//! that passed are not written; gaps are warnings.

use std::io::{self, Write};

use model::{Finding, Report, Severity};

use crate::Style;
use crate::columns::printable;

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    for report in reports {
        for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
            annotate(&report.image.name, finding, style, out)?;
        }
        for gap in &report.gaps {
            let message = format!("{}: {} {}: {}", report.image.name, gap.what, gap.place, gap.why);
            let title = style.language.pick("could not be read or decided", "无法读取或判断");
            command("warning", &[("title", title.to_owned())], &message, out)?;
        }
    }
    Ok(())
}

fn annotate(image: &str, finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown => "notice",
    };
    let mut properties = Vec::new();
    if let Some(path) = finding.paths().first() {
        properties.push(("file", path.clone()));
        properties.extend(finding.line().map(|line| ("line", line.to_string())));
    }
    let severity = crate::words::severity(style.language, finding.severity);
    properties.push(("title", format!("{} ({severity})", finding.id)));
    let mut message = format!("{image}: {}", finding.title(style.language));
    if let Some((package, version)) = finding.package() {
        message.push_str(&format!(" [{package} {version}]"));
    }
    let advice = finding.advice(style.language);
    if !advice.is_empty() {
        message.push_str(&format!("\n{advice}"));
    }
    command(level, &properties, &message, out)
}

/// Writes one command on one line.
fn command(level: &str, properties: &[(&str, String)], message: &str, out: &mut dyn Write) -> io::Result<()> {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escape_property(value))).collect();
    writeln!(out, "::{level} {}::{}", properties.join(","), escape(message))
}

/// The text of a message: lines are kept, everything else a terminal would obey stands as its escape.
fn escape(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| printable(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

fn escape_property(text: &str) -> String {
    printable(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich;

    fn written() -> String {
        let mut out = Vec::new();
        write(&[rich::report()], Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_cannot_give_commands_of_their_own() {
        let written = written();
        assert!(!written.contains(|c: char| c.is_control() && c != '\n'), "{written}");
        assert!(!written.contains('\u{202e}'));
        for line in written.lines() {
            let rest =
                ["::error ", "::warning ", "::notice "].iter().find_map(|start| line.strip_prefix(start));
            let (properties, _) = rest.expect(line).split_once("::").expect(line);
            let names: Vec<&str> =
                properties.split(',').map(|property| property.split_once('=').expect(line).0).collect();
            assert!(
                [&["title"][..], &["file", "title"], &["file", "line", "title"]].contains(&names.as_slice()),
                "{line}"
            );
        }
    }

    #[test]
    fn says_where_and_how_bad() {
        let written = written();
        assert!(
            written.contains(
                "::error file=app/.env,line=12,title=gitlab-token (high)::registry.example/shop/web:1.2: GitLab access \
                 token%0Arevoke the token\n"
            ),
            "{written}"
        );
        assert!(written.contains("::warning title=base-image-not-approved (medium)::"));
        assert!(written.contains(
            "::notice file=app/node_modules/lodash/package.json,title=GHSA-aaaa-bbbb-cccc (unknown)::"
        ));
    }

    #[test]
    fn leaves_out_what_is_suppressed_and_shows_gaps() {
        let written = written();
        assert!(!written.contains("CVE-2026-0004"));
        assert!(written.contains("::warning title=could not be read or decided::registry.example/shop/web:1.2: file var/lib/odd\\u{1b}[2J.json: not JSON"));
    }
}
