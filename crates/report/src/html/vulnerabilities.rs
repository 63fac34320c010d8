//! The vulnerabilities; the publishers' texts stand once, however many packages they concern.

use std::collections::HashMap;

use model::{Detail, Finding, FindingKind, Severity, Text, Vulnerability};

use super::Sheet;
use super::list::{self, Heading};
use super::markup::Markup;
use crate::spreadsheet::highest_score;
use crate::words;

const HEADINGS: &[Heading] = &[
    ("Severity", "级别"),
    ("Vulnerability", "漏洞编号"),
    ("CVSS", "CVSS"),
    ("Package", "软件包"),
    ("Installed", "当前版本"),
    ("Fixed in", "修复版本"),
    ("Path", "路径"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

/// The most characters of a publisher's text that are shown.
const DESCRIPTION_LIMIT: usize = 4_000;

/// The texts of publishers that are shown, by the finding's id; those of one id can differ by package.
#[derive(Default)]
struct Texts<'a> {
    by_id: HashMap<&'a str, Vec<(usize, &'a Vulnerability)>>,
    all: Vec<(&'a str, &'a Vulnerability)>,
}

impl<'a> Texts<'a> {
    /// The number of a finding's text, which is kept when it is new.
    fn number(&mut self, id: &'a str, found: &'a Vulnerability) -> usize {
        let known = self.by_id.entry(id).or_default();
        if let Some((number, _)) = known.iter().find(|(_, one)| same_text(one, found)) {
            return *number;
        }
        let number = self.all.len();
        known.push((number, found));
        self.all.push((id, found));
        number
    }
}

fn same_text(one: &Vulnerability, other: &Vulnerability) -> bool {
    one.description == other.description
        && one.references == other.references
        && one.ratings == other.ratings
        && one.aliases == other.aliases
        && one.cwes == other.cwes
        && one.published == other.published
}

pub(super) fn write(page: &mut Markup, sheet: &Sheet<'_>) {
    let kind = FindingKind::Vulnerabilities;
    if list::nothing(page, sheet, kind) {
        return;
    }
    let filters = [list::FIXABLE, list::EXPLOITED, list::OWN, list::BASE, list::OPEN, list::SUPPRESSED];
    list::open(page, &Severity::WORST_FIRST, &filters, HEADINGS);
    let mut texts = Texts::default();
    for finding in sheet.findings(kind) {
        if let Detail::Vulnerability(found) = &finding.detail {
            let text = texts.number(&finding.id, found);
            item(page, sheet, finding, found, text);
        }
    }
    list::close(page);
    page.raw("<div class=\"texts\"><h3>").words("What the publishers say", "漏洞公告详情").raw("</h3>");
    for (number, (id, found)) in texts.all.iter().enumerate() {
        publisher_text(page, &sheet.id(&format!("text{number}")), id, found);
    }
    page.raw("</div>");
}

fn item(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding, found: &Vulnerability, text: usize) {
    let fixable = if found.fixed_version.is_some() { "yes" } else { "no" };
    let exploited = if found.known_exploited { "yes" } else { "no" };
    list::open_finding(page, finding, &[("data-fix", fixable), ("data-exploited", exploited)]);
    page.raw("<td class=\"id\">").link(&home(&finding.id), &finding.id);
    if found.known_exploited {
        page.raw(" ").badge("alarm", "exploited", "已被利用");
    }
    page.raw("</td>");
    match highest_score(found) {
        Some(score) => page.raw("<td class=\"number\">").text(&format!("{score:.1}")).raw("</td>"),
        None => page.raw("<td></td>"),
    };
    page.raw("<td class=\"name\">")
        .text(&found.package)
        .raw(" <small>")
        .text(&found.package_type)
        .raw("</small></td>");
    page.raw("<td class=\"version\">").text(&found.installed_version).raw("</td>");
    match &found.fixed_version {
        Some(version) => page.raw("<td class=\"good version\">").text(version).raw("</td>"),
        None => page
            .raw("<td class=\"quiet version\">")
            .both(|language| words::no_version(language, found.status))
            .raw("</td>"),
    };
    page.raw("<td class=\"path\">").text(found.paths.first().map_or("", String::as_str)).raw("</td>");
    list::origin_cells(page, sheet, finding.layer.as_deref(), finding.from_base);
    list::open_details(page, HEADINGS.len(), finding, &Text::same(found.title.as_str()));
    list::localized_fact(page, "Advice", "修复建议", &found.advice);
    page.fact("Evidence", "判断依据", &found.evidence);
    exploitation(page, found);
    page.fact("Risk", "风险值", &format!("{:.2}", found.risk));
    let likelihood = found.epss.map(|epss| format!("{:.3} %", epss.score * 100.0));
    page.fact(
        "Exploited within 30 days (EPSS)",
        "30 天内被利用概率（EPSS）",
        &likelihood.unwrap_or_default(),
    );
    page.fact("Source package", "源码包", found.source_package.as_deref().unwrap_or_default());
    page.term("Package URL", "Package URL").raw("<code>").text(&found.purl).raw("</code></dd>");
    list::paths(page, &found.paths);
    page.fact("Rated by", "级别来源", found.severity_source.as_deref().unwrap_or_default());
    let text = sheet.id(&format!("text{text}"));
    page.term("Advisory", "漏洞公告")
        .raw("<a class=\"text\"")
        .attribute("href", &format!("#{text}"))
        .raw(">");
    page.words("description, ratings, references", "描述、评分与参考链接").raw("</a></dd>");
    list::close_details(page, sheet, finding);
}

fn exploitation(page: &mut Markup, found: &Vulnerability) {
    let Some(entry) = &found.kev else { return };
    page.term("Known exploited", "已知被利用").words("in CISA's catalogue since", "CISA KEV 收录于").raw(" ");
    page.text(&entry.date_added);
    if entry.ransomware {
        page.raw(" ").badge("alarm", "ransomware", "勒索攻击");
    }
    if !entry.required_action.is_empty() {
        page.raw("<br>").text(&entry.required_action);
    }
    page.raw("</dd>");
}

fn publisher_text(page: &mut Markup, anchor: &str, id: &str, found: &Vulnerability) {
    page.raw("<article").attribute("id", anchor).raw("><h4>").text(id).raw("</h4>");
    let mut description: String = found.description.chars().take(DESCRIPTION_LIMIT).collect();
    if description.len() < found.description.len() {
        description.push('…');
    }
    if !description.is_empty() {
        page.raw("<p class=\"text\">").text(&description).raw("</p>");
    }
    page.raw("<dl class=\"facts\">");
    page.fact("Other IDs", "其他编号", &found.aliases.join(", "));
    page.fact("Matched records", "匹配的公告", &found.advisories.join(", "));
    page.fact("Published", "发布时间", found.published.as_deref().unwrap_or_default());
    page.fact("Weaknesses", "缺陷类型", &found.cwes.join(", "));
    if !found.ratings.is_empty() {
        page.term("Ratings", "评分").raw("<ul class=\"plain\">");
        for rating in &found.ratings {
            page.raw("<li>").severity(rating.severity).raw(" ").text(&rating.source);
            if let Some(score) = rating.score {
                page.raw(" <b>").text(&format!("{score:.1}")).raw("</b>");
            }
            page.raw(" <code>").text(rating.vector.as_deref().unwrap_or_default()).raw("</code></li>");
        }
        page.raw("</ul></dd>");
    }
    list::references(page, found.references.iter().map(|link| link.url.as_str()));
    page.raw("</dl></article>");
}

/// Where an id can be read about; OSV knows them all, by whoever they were given.
fn home(id: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.:".contains(character);
    if id.chars().all(plain) { format!("https://osv.dev/vulnerability/{id}") } else { String::new() }
}
