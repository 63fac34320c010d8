//! A table whose items a script can search, filter, sort and page; without a script it shows them all.

use model::{Finding, FindingKind, Severity, Text};

use super::Sheet;
use super::markup::Markup;
use crate::words;

/// A switch that narrows a list: items whose `data-GROUP` is the value.
pub(super) struct Filter {
    pub(super) group: &'static str,
    pub(super) value: &'static str,
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
}

/// A heading in both languages.
pub(super) type Heading = (&'static str, &'static str);

pub(super) const FIXABLE: Filter = filter("fix", "yes", "fixable", "可修复");
pub(super) const EXPLOITED: Filter = filter("exploited", "yes", "known exploited", "已知被利用");
pub(super) const BASE: Filter = filter("origin", "base", "base image", "基础镜像");
pub(super) const OWN: Filter = filter("origin", "own", "own layers", "自身层");
pub(super) const OPEN: Filter = filter("state", "open", "open", "未抑制");
pub(super) const SUPPRESSED: Filter = filter("state", "suppressed", "suppressed", "已抑制");
pub(super) const VISIBLE: Filter = filter("visible", "yes", "visible", "可见");
pub(super) const HISTORY: Filter = filter("visible", "no", "history only", "仅历史层");

pub(super) const fn filter(
    group: &'static str,
    value: &'static str,
    english: &'static str,
    chinese: &'static str,
) -> Filter {
    Filter { group, value, english, chinese }
}

/// Begins a list with its tools; severities can be chosen when `severities` names any.
pub(super) fn open(page: &mut Markup, severities: &[Severity], filters: &[Filter], headings: &[Heading]) {
    page.raw("<div class=\"list\"><form class=\"tools\"><label class=\"search\">");
    page.words("Search", "搜索").raw(" <input type=\"search\" autocomplete=\"off\"></label>");
    let mut group = "severity";
    page.raw("<span class=\"group\">");
    for severity in severities {
        page.raw("<label class=\"chip s-")
            .raw(severity.word())
            .raw("\"><input type=\"checkbox\" name=\"severity\"");
        page.attribute("value", severity.word()).raw("> ");
        page.both(|language| words::severity(language, *severity)).raw("</label>");
    }
    for filter in filters {
        if filter.group != group {
            group = filter.group;
            page.raw("</span><span class=\"group\">");
        }
        page.raw("<label class=\"chip\"><input type=\"checkbox\"").attribute("name", filter.group);
        page.attribute("value", filter.value).raw("> ").words(filter.english, filter.chinese).raw("</label>");
    }
    page.raw("</span><output class=\"shown\"></output></form><div class=\"scroll\"><table><thead><tr>");
    for (english, chinese) in headings {
        page.raw("<th scope=\"col\">").words(english, chinese).raw("</th>");
    }
    page.raw("</tr></thead>");
}

/// Says that nothing of a kind was found, when it is so.
pub(super) fn nothing(page: &mut Markup, sheet: &Sheet<'_>, kind: FindingKind) -> bool {
    let nothing = sheet.findings(kind).next().is_none();
    if nothing {
        page.raw("<p class=\"good\">").words("Nothing was found.", "未发现问题。").raw("</p>");
    }
    nothing
}

/// Ends a list.
pub(super) fn close(page: &mut Markup) {
    page.raw("</table></div><nav class=\"pages\"></nav></div>");
}

/// Begins the item of a finding, up to its first cell.
pub(super) fn open_finding(page: &mut Markup, finding: &Finding, marks: &[(&'static str, &str)]) {
    let suppressed = finding.suppressed.is_some();
    page.raw(if suppressed { "<tbody class=\"item suppressed\"" } else { "<tbody class=\"item\"" });
    page.attribute("data-severity", finding.severity.word());
    page.attribute("data-state", if suppressed { "suppressed" } else { "open" });
    if let Some(from_base) = finding.from_base {
        page.attribute("data-origin", if from_base { "base" } else { "own" });
    }
    for (name, value) in marks {
        page.attribute(name, value);
    }
    page.raw("><tr>");
    severity_cell(page, finding.severity);
}

/// A cell with a severity, the worst first in order.
pub(super) fn severity_cell(page: &mut Markup, severity: Severity) {
    let place = Severity::WORST_FIRST.iter().position(|one| *one == severity).unwrap_or_default();
    page.raw("<td").attribute("data-value", &place.to_string()).raw(">").severity(severity).raw("</td>");
}

/// The cells of the layer and of base or own.
pub(super) fn origin_cells(
    page: &mut Markup,
    sheet: &Sheet<'_>,
    layer: Option<&str>,
    from_base: Option<bool>,
) {
    match sheet.layers.of(layer) {
        Some(number) => {
            let number = number.to_string();
            page.raw("<td class=\"number\"").attribute("data-value", &number).raw(">#").text(&number)
        }
        None => page.raw("<td>"),
    };
    page.raw("</td><td class=\"from\">").both(|language| words::origin(language, from_base)).raw("</td>");
}

/// Ends the row of a finding and begins its details; `columns` are those of the list.
pub(super) fn open_details(page: &mut Markup, columns: usize, finding: &Finding, title: &Text) {
    page.raw("</tr><tr class=\"more\"><td").attribute("colspan", &columns.to_string());
    page.raw("><details><summary>");
    if let Some(decision) = &finding.suppressed {
        page.raw("<span class=\"badge quiet\">")
            .both(|language| words::suppression(language, decision.status));
        page.raw("</span> ");
    }
    page.localized(title).raw("</summary><dl class=\"facts\">");
}

/// The facts that findings of all kinds have, and the end of the item.
pub(super) fn close_details(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding) {
    if let Some(layer) = &finding.layer {
        page.term("Layer", "镜像层");
        if let Some(number) = sheet.layers.of(Some(layer)) {
            page.raw("#").text(&number.to_string()).raw(" ");
        }
        page.raw("<code>").text(layer).raw("</code></dd>");
    }
    if let Some(instruction) = &finding.created_by {
        page.term("Instruction", "构建指令").raw("<code>").text(instruction).raw("</code></dd>");
    }
    if let Some(decision) = &finding.suppressed {
        page.term("Suppressed", "抑制").both(|language| words::suppression(language, decision.status));
        page.raw(": ").text(&decision.reason);
        if let Some(day) = &decision.until {
            page.raw(" (").words("until", "有效期至").raw(" ").text(day).raw(")");
        }
        page.raw(" — ").text(&decision.source).raw("</dd>");
    }
    page.raw("</dl></details></td></tr></tbody>");
}

/// The facts that a text in both languages gives.
pub(super) fn localized_fact(page: &mut Markup, english: &str, chinese: &str, text: &Text) {
    if !text.is_empty() {
        page.term(english, chinese).localized(text).raw("</dd>");
    }
}

/// Paths, one a line; a long list is cut and the rest counted.
pub(super) fn paths(page: &mut Markup, paths: &[String]) {
    const SHOWN: usize = 20;
    if paths.is_empty() {
        return;
    }
    page.term("Path", "路径").raw("<ul class=\"plain\">");
    for path in paths.iter().take(SHOWN) {
        page.raw("<li><code>").text(path).raw("</code></li>");
    }
    rest(page, paths.len().saturating_sub(SHOWN));
    page.raw("</ul></dd>");
}

/// Links, one a line; a long list is cut and the rest counted.
pub(super) fn references<'a>(page: &mut Markup, links: impl Iterator<Item = &'a str>) {
    const SHOWN: usize = 12;
    let links: Vec<&str> = links.collect();
    if links.is_empty() {
        return;
    }
    page.term("References", "参考链接").raw("<ul class=\"plain\">");
    for link in links.iter().take(SHOWN) {
        page.raw("<li>").link(link, link).raw("</li>");
    }
    rest(page, links.len().saturating_sub(SHOWN));
    page.raw("</ul></dd>");
}

fn rest(page: &mut Markup, count: usize) {
    if count > 0 {
        let (english, chinese) = (format!("… and {count} more"), format!("……另有 {count} 条"));
        page.raw("<li>").words(&english, &chinese).raw("</li>");
    }
}
