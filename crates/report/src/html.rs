//! The report as one self-contained page: no network, no third-party code, and nothing missing without a script.
//!
//! The page is written whole, in both languages; the script only chooses what is shown. A policy in its head allows this
//! program's own style and script by their hashes and nothing else, so that even markup that got in would do nothing.

mod baseline;
mod build;
mod charts;
mod content;
mod kinds;
mod list;
mod markup;
mod overview;
mod vulnerabilities;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Finding, FindingKind, Language, Report, Severity};
use sha2::{Digest, Sha256};

use crate::counts::Counts;
use crate::layers::LayerNumbers;
use crate::{Style, words};
use markup::Markup;

const CSS: &str = include_str!("html/page.css");
/// Runs before the page is shown; the rest of the script runs when all of it is there.
const START: &str = include_str!("html/start.js");
const SCRIPT: &str = include_str!("html/page.js");

/// One report of the page.
struct Sheet<'a> {
    report: &'a Report,
    number: usize,
    layers: LayerNumbers<'a>,
    counts: Counts,
}

impl<'a> Sheet<'a> {
    /// The anchor of one of its parts.
    fn id(&self, part: &str) -> String {
        format!("image{}-{part}", self.number)
    }

    fn findings(&self, kind: FindingKind) -> impl Iterator<Item = &'a Finding> {
        self.report.findings.iter().filter(move |finding| finding.kind() == kind)
    }

    /// Whether a check of the baseline has a finding of its own.
    fn has(&self, check: &str) -> bool {
        self.findings(FindingKind::Baseline).any(|finding| finding.id == check)
    }

    fn made(&self, check: &str) -> bool {
        self.report.checks.iter().any(|made| made == check)
    }
}

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Markup::default();
    head(&mut page, reports, style.language);
    let sheets = reports.iter().enumerate().map(|(number, report)| Sheet {
        report,
        number: number + 1,
        layers: LayerNumbers::new(report),
        counts: Counts::new(report),
    });
    let sheets: Vec<Sheet<'_>> = sheets.collect();
    if sheets.len() > 1 {
        index(&mut page, &sheets);
    }
    out.write_all(page.finish().as_bytes())?;
    for sheet in &sheets {
        let mut page = Markup::default();
        article(&mut page, sheet);
        out.write_all(page.finish().as_bytes())?;
    }
    let mut page = Markup::default();
    foot(&mut page, reports);
    out.write_all(page.finish().as_bytes())
}

fn head(page: &mut Markup, reports: &[Report], language: Language) {
    page.raw("<!doctype html>\n<html").attribute("lang", language.pick("en", "zh"));
    page.raw("><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\"");
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {} {}; base-uri 'none'; form-action 'none'",
        hash(CSS),
        hash(START),
        hash(SCRIPT)
    );
    page.attribute("content", &policy).raw("><meta name=\"referrer\" content=\"no-referrer\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Lazaret");
    if let [report] = reports {
        page.raw(": ").text(&report.image.name);
    }
    page.raw("</title><style>").raw(CSS).raw("</style><script>").raw(START).raw("</script></head><body>");
    page.raw("<header class=\"top\"><b class=\"brand\">Lazaret</b> <span>");
    page.words("Container image report", "容器镜像安全报告").raw("</span><span class=\"switches\">");
    page.raw("<select class=\"choose\" aria-label=\"Image / 镜像\" hidden></select>");
    page.raw("<button type=\"button\" class=\"switch-language\"><span lang=\"en\">中文</span>");
    page.raw("<span lang=\"zh\">English</span></button> <button type=\"button\" class=\"switch-theme\">");
    page.words("Light / dark", "浅色 / 深色").raw("</button></span></header><main>");
}

/// A source expression that allows exactly this text.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// The images and how bad each is.
fn index(page: &mut Markup, sheets: &[Sheet<'_>]) {
    page.raw("<section class=\"index\"><div class=\"scroll\"><table><thead><tr><th scope=\"col\">");
    page.words("Image", "镜像").raw("</th>");
    for severity in Severity::WORST_FIRST {
        page.raw("<th scope=\"col\">").both(|language| words::severity(language, severity)).raw("</th>");
    }
    page.raw("<th scope=\"col\">").words("Gaps", "缺口").raw("</th></tr></thead><tbody>");
    for sheet in sheets {
        page.raw("<tr><td><a").attribute("href", &format!("#{}", sheet.id("overview"))).raw(">");
        page.text(&sheet.report.image.name);
        if let Some(platform) = &sheet.report.image.platform {
            page.raw(" <small>").text(platform).raw("</small>");
        }
        page.raw("</a></td>");
        for severity in Severity::WORST_FIRST {
            page.number_cell(sheet.counts.open(None, Some(severity)) as u64);
        }
        page.number_cell(sheet.report.gaps.len() as u64).raw("</tr>");
    }
    page.raw("</tbody></table></div></section>");
}

/// A part of a report: its id, its name in both languages, and how many things it holds.
struct Panel {
    id: &'static str,
    name: fn(Language) -> &'static str,
    count: Option<usize>,
}

/// The parts of a report in their order; a check that was not made has none.
fn panels(sheet: &Sheet<'_>) -> Vec<Panel> {
    let report = sheet.report;
    let open = |kind| Some(sheet.counts.open(Some(kind), None));
    let mut panels =
        vec![Panel { id: "overview", name: |language| language.pick("Overview", "概览"), count: None }];
    let mut add = |id: &'static str, name: fn(Language) -> &'static str, count| {
        if sheet.made(id) {
            panels.push(Panel { id, name, count });
        }
    };
    add(
        "vulnerabilities",
        |language| language.pick("Vulnerabilities", "漏洞"),
        open(FindingKind::Vulnerabilities),
    );
    add("malware", |language| language.pick("Malware", "恶意文件"), open(FindingKind::Malware));
    add("secrets", |language| language.pick("Secrets", "敏感信息"), open(FindingKind::Secrets));
    add("baseline", |language| language.pick("Baseline", "基线检查"), open(FindingKind::Baseline));
    add("compliance", |language| language.pick("Compliance", "软件合规"), open(FindingKind::Compliance));
    add("base-image", |language| language.pick("Base image", "基础镜像"), open(FindingKind::BaseImage));
    add("software", |language| language.pick("Software", "软件信息"), Some(report.packages.len()));
    add("files", |language| language.pick("Files", "文件信息"), None);
    panels.push(Panel {
        id: "build",
        name: |language| language.pick("Layers and history", "镜像层与构建历史"),
        count: Some(report.layers.len()),
    });
    if !report.gaps.is_empty() {
        let count = Some(report.gaps.len());
        panels.push(Panel { id: "gaps", name: |language| language.pick("Gaps", "缺口"), count });
    }
    panels
}

fn article(page: &mut Markup, sheet: &Sheet<'_>) {
    let panels = panels(sheet);
    let image = &sheet.report.image;
    let name = match &image.platform {
        Some(platform) => format!("{} ({platform})", image.name),
        None => image.name.clone(),
    };
    page.raw("<article class=\"report\"").attribute("data-name", &name).raw("><header>");
    overview::facts(page, sheet.report);
    page.raw("</header><nav class=\"tabs\">");
    for panel in &panels {
        page.raw("<a").attribute("href", &format!("#{}", sheet.id(panel.id))).raw(">").both(panel.name);
        if let Some(count) = panel.count {
            page.raw(" <small>").count(count as u64).raw("</small>");
        }
        page.raw("</a>");
    }
    page.raw("</nav>");
    for panel in &panels {
        page.raw("<section class=\"panel\"")
            .attribute("id", &sheet.id(panel.id))
            .raw("><h2>")
            .both(panel.name);
        page.raw("</h2>");
        match panel.id {
            "overview" => overview::write(page, sheet),
            "vulnerabilities" => vulnerabilities::write(page, sheet),
            "malware" => kinds::write(page, sheet, FindingKind::Malware),
            "secrets" => kinds::write(page, sheet, FindingKind::Secrets),
            "baseline" => baseline::write(page, sheet),
            "compliance" => kinds::write(page, sheet, FindingKind::Compliance),
            "base-image" => base_image(page, sheet),
            "software" => content::software(page, sheet),
            "files" => content::files(page, sheet),
            "build" => build::write(page, sheet),
            _ => content::gaps(page, sheet),
        }
        page.raw("</section>");
    }
    page.raw("</article>");
}

fn base_image(page: &mut Markup, sheet: &Sheet<'_>) {
    page.raw("<p>");
    match &sheet.report.base_image {
        Some(base) => page.both(|language| words::base_image(language, base)),
        None => page.words("No base image was recognised.", "未识别出基础镜像。"),
    };
    page.raw("</p>");
    if let Some(digest) = sheet.report.base_image.as_ref().and_then(|base| base.digest.as_ref()) {
        page.raw("<p><code>").text(digest).raw("</code></p>");
    }
    kinds::write(page, sheet, FindingKind::BaseImage);
}

fn foot(page: &mut Markup, reports: &[Report]) {
    page.raw("</main><footer>");
    if let Some(report) = reports.first() {
        page.text(&report.tool.name).raw(" ").text(&report.tool.version).raw(" · ");
    }
    page.words("Suppressed findings are not counted.", "已抑制的风险不计入统计。");
    page.raw("</footer><script>").raw(SCRIPT).raw("</script></body></html>\n");
}
