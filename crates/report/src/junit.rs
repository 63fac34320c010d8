//! The report as `JUnit` XML, which build servers show as tests.
//!
//! One suite for each kind of finding and image that was checked: a finding is a test that failed, a suppressed one is
//! skipped, a check of the baseline that passed is a test that passed. What could not be read or decided is a suite of
//! its own with tests in error, since unknown is not clean.
//!
//! There is no standard; this is what Jenkins, GitLab and the rest agree on.

use std::borrow::Cow;
use std::io::{self, Write};

use model::{Finding, FindingKind, Outcome, Report};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::Style;
use crate::words;

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let suites: Vec<Suite> = reports.iter().flat_map(|report| suites(report, style)).collect();
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let tests = suites.iter().map(|suite| suite.cases.len()).sum::<usize>().to_string();
    let [failures, errors, skipped] = count(suites.iter().flat_map(|suite| &suite.cases));
    writer
        .create_element("testsuites")
        .with_attributes([
            ("name", "lazaret"),
            ("tests", &*tests),
            ("failures", &failures),
            ("errors", &errors),
            ("skipped", &skipped),
        ])
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| suite.write(writer)))?;
    writeln!(out)
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    class: String,
    name: String,
    file: Option<String>,
    result: CaseResult,
}

enum CaseResult {
    Passed,
    Failed { message: String, kind: String, text: String },
    Skipped(String),
    Error { message: String, kind: String },
}

/// The suites of one report: one for each kind that was checked or has findings, and one for gaps.
fn suites(report: &Report, style: Style) -> Vec<Suite> {
    let image = &report.image.name;
    let mut suites = Vec::new();
    for kind in FindingKind::ALL {
        let findings = report.findings.iter().filter(|finding| finding.kind() == kind);
        let mut cases: Vec<Case> = findings.map(|finding| failed(image, finding, style)).collect();
        if kind == FindingKind::Baseline {
            cases.extend(report.baseline.iter().filter_map(|check| {
                let result = match check.outcome {
                    // It is a finding as well.
                    Outcome::Fail => return None,
                    Outcome::Pass => CaseResult::Passed,
                    Outcome::NotApplicable => {
                        CaseResult::Skipped(style.language.pick("not applicable", "不适用").to_owned())
                    }
                    Outcome::Unknown => CaseResult::Error {
                        message: style.language.pick("could not be decided", "无法判断").to_owned(),
                        kind: "unknown".to_owned(),
                    },
                };
                let name = format!("{} {}", check.id, check.title.of(style.language));
                Some(Case { class: class(image, kind.word()), name, file: None, result })
            }));
        }
        if !cases.is_empty() || report.checks.iter().any(|check| check == kind.word()) {
            suites.push(Suite { name: format!("{image} {}", kind.word()), cases });
        }
    }
    if !report.gaps.is_empty() {
        let cases = report.gaps.iter().map(|gap| Case {
            class: class(image, "gaps"),
            name: format!("{} {}", gap.what, gap.place),
            file: None,
            result: CaseResult::Error { message: gap.why.clone(), kind: gap.what.clone() },
        });
        suites.push(Suite { name: format!("{image} gaps"), cases: cases.collect() });
    }
    suites
}

/// The class of a case; build servers make a tree of the parts between full stops, so the image's name has none.
fn class(image: &str, kind: &str) -> String {
    format!("{}.{kind}", image.replace('.', "_"))
}

fn failed(image: &str, finding: &Finding, style: Style) -> Case {
    let title = finding.title(style.language);
    let place = match finding.package() {
        Some((package, version)) => format!(" {package} {version}"),
        None => finding.paths().first().map(|path| format!(" {path}")).unwrap_or_default(),
    };
    let result = match &finding.suppressed {
        Some(decision) => CaseResult::Skipped(format!("{} ({})", decision.reason, decision.source)),
        None => CaseResult::Failed {
            message: format!("{}: {title}", words::severity(style.language, finding.severity)),
            kind: finding.severity.word().to_owned(),
            text: explanation(finding, style),
        },
    };
    Case {
        class: class(image, finding.kind().word()),
        name: format!("{}{place}", finding.id),
        file: finding.paths().first().cloned(),
        result,
    }
}

/// What a reader wants to know of a failure, one thing on a line.
fn explanation(finding: &Finding, style: Style) -> String {
    let mut lines = Vec::new();
    let mut line = |english: &str, chinese: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{}: {value}", style.language.pick(english, chinese)));
        }
    };
    line("what", "说明", finding.description(style.language));
    line("where", "位置", &finding.paths().join(", "));
    line("line", "行号", &finding.line().map(|line| line.to_string()).unwrap_or_default());
    line("package", "软件包", finding.purl().unwrap_or_default());
    line("layer", "镜像层", finding.layer.as_deref().unwrap_or_default());
    line("instruction", "构建指令", finding.created_by.as_deref().unwrap_or_default());
    line("advice", "修复建议", finding.advice(style.language));
    line("references", "参考", &finding.references().join(" "));
    lines.join("\n")
}

/// How many failed, are in error and were skipped.
fn count<'a>(cases: impl Iterator<Item = &'a Case>) -> [String; 3] {
    let (mut failures, mut errors, mut skipped) = (0_usize, 0_usize, 0_usize);
    for case in cases {
        match case.result {
            CaseResult::Passed => {}
            CaseResult::Failed { .. } => failures += 1,
            CaseResult::Error { .. } => errors += 1,
            CaseResult::Skipped(_) => skipped += 1,
        }
    }
    [failures.to_string(), errors.to_string(), skipped.to_string()]
}

impl Suite {
    fn write<W: Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let [failures, errors, skipped] = count(self.cases.iter());
        let tests = self.cases.len().to_string();
        writer
            .create_element("testsuite")
            .with_attributes([
                ("name", &*legal(&self.name)),
                ("tests", &tests),
                ("failures", &failures),
                ("errors", &errors),
                ("skipped", &skipped),
            ])
            .write_inner_content(|writer| self.cases.iter().try_for_each(|case| case.write(writer)))?;
        Ok(())
    }
}

impl Case {
    fn write<W: Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let element = writer
            .create_element("testcase")
            .with_attribute(("classname", &*legal(&self.class)))
            .with_attribute(("name", &*legal(&self.name)));
        let file = self.file.as_deref().map(legal);
        let element = match &file {
            Some(file) => element.with_attribute(("file", &**file)),
            None => element,
        };
        match &self.result {
            CaseResult::Passed => element.write_empty()?,
            CaseResult::Failed { message, kind, text } => element.write_inner_content(|writer| {
                writer
                    .create_element("failure")
                    .with_attributes([("message", &*legal(message)), ("type", kind)])
                    .write_text_content(BytesText::new(&legal(text)))?;
                Ok(())
            })?,
            CaseResult::Error { message, kind } => element.write_inner_content(|writer| {
                let message = legal(message);
                let attributes = [("message", &*message), ("type", kind)];
                writer.create_element("error").with_attributes(attributes).write_empty()?;
                Ok(())
            })?,
            CaseResult::Skipped(message) => element.write_inner_content(|writer| {
                writer
                    .create_element("skipped")
                    .with_attribute(("message", &*legal(message)))
                    .write_empty()?;
                Ok(())
            })?,
        };
        Ok(())
    }
}

/// A text that XML 1.0 can hold: characters it cannot hold, and those a terminal obeys, stand as their escapes; those
/// that turn the direction of writing are left out, as in the table.
fn legal(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| {
        matches!(c, '\n')
            || !(c.is_control()
                || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
    };
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            crate::columns::printable(line).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
        })
        .collect();
    Cow::Owned(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;

    use super::*;
    use crate::rich;

    fn written() -> String {
        let mut out = Vec::new();
        write(&[rich::report()], Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The names of all elements, their attributes unescaped; fails when it is not well-formed.
    fn elements(text: &str) -> Vec<(String, Vec<(String, String)>)> {
        let mut reader = Reader::from_str(text);
        let mut elements = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) | Event::Empty(start) => {
                    let name = start.name().as_ref().to_owned();
                    let attributes = start
                        .attributes()
                        .map(|attribute| {
                            let attribute = attribute.unwrap();
                            let name = attribute.key.as_ref().to_owned();
                            (name, quick_xml::escape::unescape(&attribute.value).unwrap().into_owned())
                        })
                        .collect();
                    elements.push((name, attributes));
                }
                Event::Eof => return elements,
                _ => {}
            }
        }
    }

    #[test]
    fn names_cannot_break_out_of_their_attribute() {
        let written = written();
        let names: std::collections::BTreeSet<String> =
            elements(&written).into_iter().map(|(name, _)| name).collect();
        let known = ["error", "failure", "skipped", "testcase", "testsuite", "testsuites"];
        assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), known);
        assert!(!written.contains("<script>") && !written.contains("]]>"));
    }

    #[test]
    fn holds_only_characters_of_xml_and_none_that_drive_a_terminal() {
        let written = written();
        let bad = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{fffe}' | '\u{202e}');
        assert!(!written.contains(bad), "{written}");
        assert!(written.contains("\\u{fffe}") && written.contains("\\u{1b}]0;owned"));
        assert!(!written.contains("&#0;") && !written.contains("&#x0;"));
    }

    #[test]
    fn counts_are_those_of_the_cases() {
        let elements = elements(&written());
        let total = |name: &str| elements.iter().filter(|(element, _)| element == name).count().to_string();
        let (_, attributes) = &elements[0];
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let found = attributes.iter().find(|(name, _)| name == attribute).unwrap();
            assert_eq!(found.1, total(element), "{attribute}");
        }
        // 6 of the 18 findings are suppressed, one check is not applicable; one is unknown, and there are two gaps.
        assert_eq!([total("failure"), total("skipped"), total("error")], ["12", "7", "3"]);
    }

    #[test]
    fn a_clean_image_has_suites_without_failures() {
        let mut report = rich::report();
        report.findings.clear();
        report.gaps.clear();
        report.baseline.retain(|check| check.outcome == Outcome::Pass);
        let mut out = Vec::new();
        write(&[report], Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(elements(&text).iter().filter(|(name, _)| name == "testsuite").count(), 6);
        assert!(!text.contains("<failure") && text.contains("BASE-0002 check BASE-0002"));
    }
}
