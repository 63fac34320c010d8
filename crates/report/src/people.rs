//! Tests of the formats for people: HTML, CSV, XLSX and the table.

mod hostile;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use base64::Engine as _;
use model::{BaseEvidence, Detail, FindingKind, Language, Report};
use sha2::{Digest, Sha256};

use crate::{Format, Style, rich};

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

fn render(format: &str, language: Language, reports: &[Report]) -> Vec<u8> {
    let mut out = Vec::new();
    let style = Style { language, ..Style::default() };
    crate::render(reports, Format::by_name(format).unwrap(), style, &mut out).unwrap();
    out
}

fn text(format: &str, language: Language, reports: &[Report]) -> String {
    String::from_utf8(render(format, language, reports)).unwrap()
}

/// What stands between an opening and a closing mark, for each time they occur.
fn between<'a>(page: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    page.split(open).skip(1).map(|rest| rest.split(close).next().unwrap()).collect()
}

/// The tags of a page with the names of their attributes, as a browser reads them; style and script are left out.
fn tags(page: &str) -> Vec<(String, Vec<String>)> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, from)) = rest.split_once('<') {
        let mut quoted = false;
        let end = from
            .find(|character| {
                quoted ^= character == '"';
                character == '>' && !quoted
            })
            .expect("every tag ends");
        let (tag, after) = from.split_at(end);
        let name = tag.split([' ', '\n']).next().unwrap().to_owned();
        let plain: String = tag.split('"').step_by(2).collect();
        let attributes =
            plain.split_whitespace().skip(1).map(|name| name.trim_end_matches('=').to_owned()).collect();
        rest = match name.as_str() {
            "style" => after.split_once("</style").unwrap().1,
            "script" => after.split_once("</script").unwrap().1,
            _ => after,
        };
        tags.push((name, attributes));
    }
    tags
}

/// A text as it stands in a page.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            '\r' | '\u{202e}' => {}
            '\u{fffe}' => shown.push('\u{fffd}'),
            '\n' => shown.push('\n'),
            other if other.is_control() => shown.extend(other.escape_default()),
            other => shown.push(other),
        }
    }
    shown
}

#[test]
fn html_holds_everything_without_a_script() {
    let report = rich::report();
    let page = text("html", Language::English, std::slice::from_ref(&report));
    for finding in &report.findings {
        for language in LANGUAGES {
            assert!(page.contains(&escaped(finding.title(language))), "title of {}", finding.id);
            assert!(page.contains(&escaped(finding.advice(language))), "advice of {}", finding.id);
            assert!(page.contains(&escaped(finding.description(language))), "description of {}", finding.id);
        }
        for text in finding.paths().iter().map(String::as_str).chain(finding.references()) {
            assert!(page.contains(&escaped(text)), "{text} of {}", finding.id);
        }
    }
    let others = report.packages.iter().map(|package| &package.name);
    let others = others.chain(report.baseline.iter().map(|check| &check.id));
    let others = others.chain(report.gaps.iter().map(|gap| &gap.why));
    for text in others.chain(report.image.history.iter().map(|step| &step.created_by)) {
        assert!(page.contains(&escaped(text)), "{text}");
    }
}

#[test]
fn html_asks_nobody_for_anything() {
    let page = text("html", Language::Chinese, &[rich::report(), rich::report()]);
    for needle in
        ["url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "insertAdjacent", "eval(", " src="]
    {
        assert!(!page.contains(needle), "{needle}");
    }
    let names: BTreeSet<String> = tags(&page).into_iter().map(|(name, _)| name).collect();
    for name in ["link", "img", "iframe", "object", "embed", "base"] {
        assert!(!names.contains(name), "{name}");
    }
}

#[test]
fn the_policy_of_the_page_allows_exactly_its_own_style_and_scripts() {
    let page = text("html", Language::English, &[rich::report()]);
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").concat();
    assert!(policy.starts_with("default-src &#39;none&#39;;"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let mut own = between(&page, "<style>", "</style>");
    own.extend(between(&page, "<script>", "</script>"));
    assert_eq!(own.len(), 3);
    for text in own {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
        assert!(policy.contains(&format!("&#39;sha256-{hash}&#39;")), "{hash} is not in {policy}");
    }
    assert_eq!(policy.matches("sha256-").count(), 3);
    assert!(tags(&page).iter().all(|(_, attributes)| !attributes.iter().any(|name| name == "style")));
}

#[test]
fn no_text_of_an_image_becomes_markup() {
    let count = |page: &str| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (name, _) in tags(page).into_iter().filter(|(name, _)| name.trim_start_matches('/') != "a") {
            *counts.entry(name).or_default() += 1;
        }
        counts
    };
    let harmless = text("html", Language::English, &[hostile::report(&|text| format!("{text}x"))]);
    let known: BTreeSet<String> =
        tags(&harmless).into_iter().flat_map(|(_, attributes)| attributes).collect();
    for payload in hostile::PAYLOADS {
        for attack in [format!("x{payload}"), format!("{payload}x")] {
            let page = text("html", Language::English, &[hostile::report(&|text| format!("{attack}{text}"))]);
            assert_eq!(count(&page), count(&harmless), "{payload:?}");
            for (tag, attributes) in tags(&page) {
                assert!(
                    attributes.iter().all(|name| known.contains(name)),
                    "{payload:?} gave {tag} {attributes:?}"
                );
            }
            let controls = |character: &char| character.is_control() && *character != '\n';
            assert_eq!(page.chars().find(controls), None, "{payload:?}");
            assert!(!page.contains('\u{202e}'), "{payload:?}");
            assert!(
                between(&page, "href=\"", "\"").iter().all(|link| link.starts_with(['h', '#'])),
                "{payload:?}"
            );
        }
    }
}

#[test]
fn a_text_of_a_publisher_stands_once_however_many_packages_it_is_about() {
    let mut report = rich::report();
    let description = "the same words for every package";
    let mut count = 0;
    for finding in &mut report.findings {
        if let Detail::Vulnerability(found) = &mut finding.detail {
            finding.id = "CVE-2026-0001".to_owned();
            found.description = description.to_owned();
            found.package = format!("package-{count}");
            found.ratings.clear();
            found.references.clear();
            found.published = None;
            count += 1;
        }
    }
    assert!(count > 2);
    let page = text("html", Language::English, &[report]);
    assert_eq!(page.matches(description).count(), 1);
}

#[test]
fn what_is_pressing_comes_first_and_each_id_once() {
    let mut report = rich::report();
    let exploited = report.findings.iter().find(|finding| finding.id == "CVE-2026-0001").unwrap().clone();
    report.findings.retain(|finding| finding.kind() != FindingKind::Malware);
    report.findings.extend(vec![exploited; 2]);
    let page = text("html", Language::English, &[report]);
    let list = between(&page, "<ul class=\"first\">", "</ul>").concat();
    let items = between(&list, "<li>", "</li>");
    assert!(items[0].contains("CVE-2026-0001") && items[0].contains(" and 2 more"), "{list}");
    assert_eq!(list.matches("CVE-2026-0001").count(), 1);
    assert!(!list.contains("CVE-2026-0004"), "a suppressed finding is not pressing");
}

#[test]
fn a_finding_takes_few_bytes_of_a_page() {
    let mut report = rich::report();
    report.findings.retain(|finding| finding.id == "CVE-2026-0002");
    let one = render("html", Language::English, std::slice::from_ref(&report)).len();
    let finding = report.findings[0].clone();
    report.findings.extend(vec![finding; 1_000]);
    let many = render("html", Language::English, &[report]).len();
    assert!(many - one < 1_000 * 2_560, "{} bytes each", (many - one) / 1_000);
}

#[test]
fn what_was_not_checked_is_not_shown_as_clean() {
    let mut report = rich::report();
    report.checks = vec!["vulnerabilities".to_owned()];
    report.findings.retain(|finding| matches!(finding.detail, Detail::Vulnerability(_)));
    let page = text("html", Language::English, std::slice::from_ref(&report));
    assert_eq!(page.matches("not checked").count(), 5);
    assert!(!page.contains("image1-malware"));
    let table = text("table", Language::English, &[report]);
    assert!(!table.contains("Malware"), "{table}");
}

#[test]
fn several_images_stand_in_one_page_with_anchors_of_their_own() {
    let page = text("html", Language::English, &[rich::report(), rich::report()]);
    let ids = between(&page, " id=\"", "\"");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    for link in between(&page, "href=\"#", "\"") {
        assert!(unique.contains(link), "{link} leads nowhere");
    }
    assert_eq!(between(&page, "<article class=\"report\"", ">").len(), 2);
}

#[test]
fn csv_has_a_row_for_every_finding_and_gap() {
    let report = rich::report();
    let bytes = render("csv", Language::Chinese, std::slice::from_ref(&report));
    let table = bytes.strip_prefix("\u{feff}".as_bytes()).expect("Excel needs the byte order mark");
    let mut reader = csv::Reader::from_reader(table);
    let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    for heading in ["镜像", "类型", "编号", "级别", "软件包", "当前版本", "修复版本", "构建指令", "处理建议"]
    {
        assert!(headings.iter().any(|one| one == heading), "{heading}");
    }
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), report.findings.len() + report.gaps.len());
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    for (row, finding) in rows.iter().zip(&report.findings) {
        assert_eq!(row.get(column("编号")), Some(finding.id.as_str()));
        assert_eq!(row.get(column("处理建议")), Some(finding.advice(Language::Chinese)));
    }
    assert!(rows.iter().any(|row| row.get(column("抑制")) == Some("已接受风险")));
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    for payload in hostile::PAYLOADS.iter().chain(hostile::FORMULAS) {
        let report = hostile::report(&|text| format!("{payload}{text}"));
        let rows = report.findings.len() + report.gaps.len();
        let written = text("csv", Language::English, &[report]);
        let mut reader = csv::Reader::from_reader(written.trim_start_matches('\u{feff}').as_bytes());
        let mut count = 0;
        for record in reader.records() {
            count += 1;
            for cell in &record.unwrap() {
                let start = cell.trim_start();
                assert!(
                    !start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']),
                    "{payload:?}: {cell}"
                );
                assert!(
                    !cell.chars().any(|character| character.is_control() && character != '\n'),
                    "{payload:?}"
                );
            }
        }
        assert_eq!(count, rows, "{payload:?}");
    }
}

/// The files of a workbook.
fn workbook(bytes: &[u8]) -> BTreeMap<String, String> {
    #[expect(clippy::disallowed_types, reason = "the test wrote the workbook it opens")]
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

#[test]
fn a_workbook_has_a_sheet_for_each_kind() {
    let files = workbook(&render("xlsx", Language::Chinese, &[rich::report()]));
    let sheets = between(files.get("xl/workbook.xml").unwrap(), "<sheet name=\"", "\"");
    let expected = [
        "概览",
        "统计",
        "漏洞",
        "基线检查",
        "恶意文件",
        "敏感信息",
        "软件合规",
        "软件信息",
        "文件信息",
        "缺口",
    ];
    assert_eq!(sheets, expected);
    let sheets = files.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet"));
    for (name, sheet) in sheets {
        assert!(sheet.contains("state=\"frozen\""), "{name} has no frozen heading");
        assert!(sheet.contains("<autoFilter"), "{name} has no filter");
    }
    let strings = files.get("xl/sharedStrings.xml").unwrap();
    for word in ["CVE-2026-0001", "不通过", "通过", "libssl3", "lodash", "GPL-3.0-only", "SUID/SGID 文件"]
    {
        assert!(strings.contains(word), "{word}");
    }
}

#[test]
fn nothing_in_a_workbook_is_a_formula_or_a_link() {
    for payload in hostile::PAYLOADS.iter().chain(hostile::FORMULAS) {
        let files = workbook(&render(
            "xlsx",
            Language::English,
            &[hostile::report(&|text| format!("{payload}{text}"))],
        ));
        for (name, content) in &files {
            let mut reader = quick_xml::Reader::from_str(content);
            loop {
                match reader.read_event().unwrap_or_else(|error| panic!("{name} with {payload:?}: {error}")) {
                    quick_xml::events::Event::Eof => break,
                    quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                        let tag = tag.name();
                        assert!(!matches!(tag.as_ref(), "f" | "hyperlink"), "{name} with {payload:?}");
                    }
                    _ => {}
                }
            }
            assert!(!content.contains(['\0', '\u{1b}', '\u{202e}', '\u{fffe}']), "{name} with {payload:?}");
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in ["html", "csv", "xlsx", "table"] {
        let (one, other) = (
            render(format, Language::English, &[rich::report()]),
            render(format, Language::English, &[rich::report()]),
        );
        assert!(one == other, "{format}");
    }
}

#[test]
fn a_cell_holds_no_more_than_a_spreadsheet_takes() {
    let mut report = rich::report();
    report.gaps[0].why = "漏".repeat(40_000);
    let files = workbook(&render("xlsx", Language::English, std::slice::from_ref(&report)));
    let longest = between(files.get("xl/sharedStrings.xml").unwrap(), "<t>", "</t>");
    assert_eq!(longest.iter().map(|text| text.encode_utf16().count()).max(), Some(32_767));
    assert!(text("html", Language::English, &[report]).contains(&"漏".repeat(40_000)));
}

#[test]
fn a_terminal_is_driven_by_no_text_of_a_report() {
    for payload in hostile::PAYLOADS.iter().chain(hostile::FORMULAS) {
        for language in LANGUAGES {
            let written = text("table", language, &[hostile::report(&|text| format!("{payload}{text}"))]);
            let controls = |character: &char| character.is_control() && *character != '\n';
            assert_eq!(written.chars().find(controls), None, "{payload:?}");
            assert!(!written.contains('\u{202e}'), "{payload:?}");
        }
    }
}

#[test]
fn a_long_list_in_the_table_is_cut_and_says_so() {
    let mut report = rich::report();
    let secret =
        report.findings.iter().find(|finding| finding.kind() == FindingKind::Secrets).unwrap().clone();
    report.findings.retain(|finding| finding.kind() == FindingKind::Vulnerabilities);
    let open = report.findings.iter().filter(|finding| finding.suppressed.is_none()).count();
    report.findings.extend((0..50).map(|number| {
        let mut secret = secret.clone();
        secret.id = format!("rule-{number}");
        secret.suppressed = None;
        secret
    }));
    let table = text("table", Language::English, &[report]);
    assert_eq!(table.matches(" rule-").count(), 30);
    assert!(table.contains("Secrets: 50 ("), "{table}");
    assert!(table.contains("… and 20 more; --format html or json shows all of them"), "{table}");
    assert!(
        table.contains(&format!("Vulnerabilities: {open} (")) && table.contains(", suppressed 4"),
        "{table}"
    );
}

#[test]
fn the_table_tells_what_is_a_guess_and_what_is_gone() {
    let mut report = rich::report();
    report.base_image.as_mut().unwrap().evidence = BaseEvidence::History;
    let english = text("table", Language::English, std::slice::from_ref(&report));
    let chinese = text("table", Language::Chinese, &[report]);
    for (table, words) in [
        (
            &english,
            ["a guess from the build history", "(history only)", "pass 1, not applicable 1, undecided 1"],
        ),
        (&chinese, ["根据构建历史推测", "（仅历史层）", "通过 1，不适用 1，无法判断 1"]),
    ] {
        for word in words {
            assert!(table.contains(word), "{word} is missing in {table}");
        }
    }
}
