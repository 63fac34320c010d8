//! What a reader wants to know first: how bad it is, where it comes from and what to do.

use std::collections::HashMap;

use model::{Detail, Finding, FindingKind, Report, Severity};

use super::markup::Markup;
use super::{Sheet, build, charts, content};
use crate::words;

/// What is known of the image.
pub(super) fn facts(page: &mut Markup, report: &Report) {
    let image = &report.image;
    page.raw("<h1>").text(&image.name).raw("</h1><dl class=\"facts head\">");
    page.fact("Digest", "摘要", image.digest.as_deref().unwrap_or_default());
    page.fact("Image ID", "镜像 ID", image.image_id.as_deref().unwrap_or_default());
    page.fact("Operating system", "操作系统", image.os.as_deref().unwrap_or_default());
    page.fact("Platform", "平台", image.platform.as_deref().unwrap_or_default());
    page.fact("Created", "创建时间", image.created.as_deref().unwrap_or_default());
    page.term("Size", "大小").text(&words::bytes(image.size)).raw(" · ");
    page.count(report.layers.len() as u64).raw(" ").words("layers", "层").raw("</dd>");
    page.term("Base image", "基础镜像");
    match &report.base_image {
        Some(base) => page.both(|language| words::base_image(language, base)),
        None => page.words("not known", "未知"),
    };
    page.raw("</dd>");
    if let Some(database) = &report.database {
        page.term("Advisories", "漏洞库")
            .count(database.advisories)
            .raw(" · ")
            .words("updated", "更新于")
            .raw(" ");
        page.raw("<time").attribute("datetime", &database.updated).raw(">").text(&database.updated);
        page.raw("</time></dd>");
    }
    page.term("Checks", "检查项");
    for check in &report.checks {
        page.raw("<span class=\"badge quiet\">").both(|language| words::check(language, check).to_owned());
        page.raw("</span> ");
    }
    page.raw("</dd></dl>");
}

pub(super) fn write(page: &mut Markup, sheet: &Sheet<'_>) {
    let counts = Severity::WORST_FIRST.map(|severity| (severity, sheet.counts.open(None, Some(severity))));
    page.raw("<div class=\"cards severities\">");
    for (severity, count) in counts {
        page.raw("<div class=\"card s-").raw(severity.word()).raw("\"><span>");
        page.both(|language| words::severity(language, severity))
            .raw("</span><b>")
            .count(count as u64)
            .raw("</b></div>");
    }
    content::card(page, "Suppressed", "已抑制", |page| page.count(sheet.counts.suppressed(None) as u64));
    content::card(page, "Gaps", "缺口", |page| page.count(sheet.report.gaps.len() as u64));
    page.raw("</div><div class=\"columns\"><div class=\"block\"><h3>")
        .words("Severity", "级别分布")
        .raw("</h3>");
    charts::ring(page, &counts);
    origins(page, sheet);
    layers(page, sheet);
    page.raw("</div><div class=\"block wide\"><h3>").words("By kind", "按类型").raw("</h3>");
    kinds(page, sheet);
    page.raw("</div></div><div class=\"columns\"><div class=\"block wide\">");
    first(page, sheet);
    page.raw("</div><div class=\"block wide\">");
    packages(page, sheet);
    page.raw("</div></div>");
}

fn kinds(page: &mut Markup, sheet: &Sheet<'_>) {
    let largest = FindingKind::ALL.iter().map(|kind| sheet.counts.open(Some(*kind), None)).max().unwrap_or(0);
    page.raw("<table class=\"kinds\"><tbody>");
    for kind in FindingKind::ALL {
        page.raw("<tr><th scope=\"row\">");
        if !sheet.made(kind.word()) {
            page.both(|language| words::kind(language, kind));
            page.raw("</th><td colspan=\"2\" class=\"quiet\">")
                .words("not checked", "未检查")
                .raw("</td></tr>");
            continue;
        }
        page.raw("<a").attribute("href", &format!("#{}", sheet.id(kind.word()))).raw(">");
        page.both(|language| words::kind(language, kind)).raw("</a></th>");
        page.number_cell(sheet.counts.open(Some(kind), None) as u64).raw("<td class=\"bar\">");
        let counts =
            Severity::WORST_FIRST.map(|severity| (severity, sheet.counts.open(Some(kind), Some(severity))));
        charts::stack(page, &counts, largest);
        page.raw("<small>");
        for (severity, count) in counts.iter().filter(|(_, count)| *count > 0) {
            page.raw(" <span class=\"dot s-")
                .raw(severity.word())
                .raw("\"></span>")
                .count(*count as u64)
                .raw(" ");
            page.both(|language| words::severity(language, *severity));
        }
        page.raw("</small></td></tr>");
    }
    page.raw("</tbody></table>");
}

/// What the base image brought and what the image itself.
fn origins(page: &mut Markup, sheet: &Sheet<'_>) {
    let open = || sheet.report.findings.iter().filter(|finding| finding.suppressed.is_none());
    let base = open().filter(|finding| finding.from_base == Some(true)).count() as u64;
    let own = open().filter(|finding| finding.from_base == Some(false)).count() as u64;
    if base + own == 0 {
        return;
    }
    page.raw("<p class=\"origins\">");
    charts::bar(page, "accent", base, base + own);
    page.count(base).raw(" ").words("from the base image", "来自基础镜像").raw(" · ");
    page.count(own).raw(" ").words("of its own layers", "来自自身层").raw("</p>");
}

/// Which layers brought how much of it.
fn layers(page: &mut Markup, sheet: &Sheet<'_>) {
    const SHOWN: usize = 8;
    let mut layers: Vec<_> = build::by_layer(sheet).into_iter().collect();
    layers.sort_by_key(|(number, counts)| (std::cmp::Reverse(counts.iter().sum::<usize>()), *number));
    layers.truncate(SHOWN);
    layers.sort_unstable();
    let largest = layers.iter().map(|(_, counts)| counts.iter().sum()).max().unwrap_or(0);
    if layers.is_empty() {
        return;
    }
    page.raw("<h3>").words("By layer", "按镜像层").raw("</h3><table class=\"kinds layers\"><tbody>");
    for (number, counts) in layers {
        let instruction = number.checked_sub(1).and_then(|place| sheet.report.layers.get(place));
        let instruction = instruction.and_then(|layer| layer.created_by.as_deref()).unwrap_or_default();
        page.raw("<tr><th scope=\"row\"").attribute("title", instruction).raw(">#").count(number as u64);
        page.raw(" <small>").text(instruction).raw("</small></th>");
        page.number_cell(counts.iter().sum::<usize>() as u64).raw("<td class=\"bar\">");
        let counts: Vec<_> = Severity::WORST_FIRST.into_iter().zip(counts).collect();
        charts::stack(page, &counts, largest);
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table>");
}

/// How pressing a finding is; the smallest comes first.
fn rank(finding: &Finding) -> Option<u8> {
    match &finding.detail {
        _ if finding.suppressed.is_some() => None,
        Detail::Malware(found) if found.visible => Some(0),
        Detail::Vulnerability(found) if found.known_exploited => Some(1),
        Detail::Secret(found) if found.visible && finding.severity >= Severity::High => Some(2),
        Detail::Vulnerability(found)
            if finding.severity == Severity::Critical && found.fixed_version.is_some() =>
        {
            Some(3)
        }
        Detail::Malware(_) => Some(4),
        Detail::Secret(_) | Detail::Baseline(_) | Detail::Compliance(_)
            if finding.severity >= Severity::High =>
        {
            Some(5)
        }
        Detail::Vulnerability(found)
            if finding.severity == Severity::High && found.fixed_version.is_some() =>
        {
            Some(6)
        }
        _ => None,
    }
}

/// The most pressing findings, the worst first, each id once with how many findings have it.
fn pressing<'a>(sheet: &Sheet<'a>) -> Vec<(&'a Finding, usize)> {
    let mut ranked: Vec<(u8, &Finding)> =
        sheet.report.findings.iter().filter_map(|finding| Some((rank(finding)?, finding))).collect();
    ranked.sort_by_key(|(rank, finding)| (*rank, std::cmp::Reverse(finding.severity)));
    let mut counts: HashMap<(FindingKind, &str), usize> = HashMap::new();
    for (_, finding) in &ranked {
        *counts.entry((finding.kind(), &finding.id)).or_default() += 1;
    }
    let first_of_its_id = |(_, finding): (u8, &'a Finding)| {
        counts.remove(&(finding.kind(), finding.id.as_str())).map(|count| (finding, count))
    };
    ranked.into_iter().filter_map(first_of_its_id).collect()
}

/// What to do first.
fn first(page: &mut Markup, sheet: &Sheet<'_>) {
    let pressing = pressing(sheet);
    page.raw("<h3>").words("Act on these first", "优先处理").raw("</h3>");
    if pressing.is_empty() {
        page.raw("<p class=\"quiet\">").words("Nothing pressing was found.", "没有需要紧急处理的风险。");
        page.raw("</p>");
        return;
    }
    page.raw("<ul class=\"first\">");
    for (finding, count) in pressing.into_iter().take(10) {
        page.raw("<li>").severity(finding.severity).raw(" <a");
        page.attribute("href", &format!("#{}", sheet.id(finding.kind().word()))).raw(">");
        page.both(|language| words::kind(language, finding.kind())).raw("</a> <b>").text(&finding.id);
        page.raw("</b> ").both(|language| finding.title(language).to_owned()).raw(" <small>");
        match (finding.package(), finding.paths().first()) {
            (Some((name, version)), _) => page.text(name).raw(" ").text(version),
            (None, Some(path)) => page.text(path),
            (None, None) => page,
        };
        if let Some(others @ 1..) = count.checked_sub(1) {
            let (english, chinese) = (format!(" and {others} more"), format!("，另有 {others} 处"));
            page.words(&english, &chinese);
        }
        page.raw("</small></li>");
    }
    page.raw("</ul>");
}

/// The packages with the most vulnerabilities, and how many of them an update mends.
fn packages(page: &mut Markup, sheet: &Sheet<'_>) {
    let mut packages: HashMap<(&str, &str), ([usize; 6], u64)> = HashMap::new();
    for finding in sheet.findings(FindingKind::Vulnerabilities).filter(|finding| finding.suppressed.is_none())
    {
        let Detail::Vulnerability(found) = &finding.detail else { continue };
        let name = found.source_package.as_deref().unwrap_or(&found.package);
        let (counts, fixable) = packages.entry((name, &found.installed_version)).or_default();
        for (severity, count) in Severity::WORST_FIRST.iter().zip(counts) {
            *count += usize::from(*severity == finding.severity);
        }
        *fixable += u64::from(found.fixed_version.is_some());
    }
    let mut packages: Vec<_> = packages.into_iter().collect();
    packages.sort_by(|(name, (counts, _)), (other_name, (other, _))| {
        other.cmp(counts).then(name.cmp(other_name))
    });
    packages.truncate(10);
    let largest = packages.iter().map(|(_, (counts, _))| counts.iter().sum()).max().unwrap_or(0);
    page.raw("<h3>")
        .words("Packages to update", "优先升级的软件包")
        .raw("</h3><table class=\"kinds\"><tbody>");
    for ((name, version), (counts, fixable)) in packages {
        page.raw("<tr><th scope=\"row\">").text(name).raw(" <small>").text(version).raw("</small></th>");
        page.number_cell(counts.iter().sum::<usize>() as u64).raw("<td class=\"bar\">");
        let counts: Vec<_> = Severity::WORST_FIRST.into_iter().zip(counts).collect();
        charts::stack(page, &counts, largest);
        page.raw("<small>").count(fixable).raw(" ").words("fixable", "个可修复").raw("</small></td></tr>");
    }
    page.raw("</tbody></table>");
}
