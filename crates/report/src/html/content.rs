//! What is in the image: its software and its files; and what could not be read.

use model::{FileEntry, Package};

use super::list::{self, Heading};
use super::markup::Markup;
use super::{Sheet, charts};
use crate::{counts, words};

const SOFTWARE: &[Heading] = &[
    ("Package", "软件包"),
    ("Version", "版本"),
    ("Type", "类型"),
    ("Licences", "许可证"),
    ("Vulnerabilities", "漏洞数"),
    ("Path", "路径"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

const FILES: &[Heading] = &[
    ("Path", "路径"),
    ("Size", "大小"),
    ("Mode", "权限"),
    ("Owner", "属主"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

/// The packages.
pub(super) fn software(page: &mut Markup, sheet: &Sheet<'_>) {
    let vulnerable = counts::vulnerabilities_by_package(sheet.report);
    let filters = [list::filter("vulnerable", "yes", "vulnerable", "有漏洞"), list::OWN, list::BASE];
    list::open(page, &[], &filters, SOFTWARE);
    for package in &sheet.report.packages {
        let count = vulnerable.get(package.purl.as_str()).copied().unwrap_or(0);
        one_package(page, sheet, package, count);
    }
    list::close(page);
}

fn one_package(page: &mut Markup, sheet: &Sheet<'_>, package: &Package, vulnerabilities: usize) {
    page.raw("<tbody class=\"item calm\"")
        .attribute("data-vulnerable", if vulnerabilities > 0 { "yes" } else { "no" });
    origin_mark(page, package.from_base);
    page.raw("><tr><td class=\"name\"")
        .attribute("title", &package.purl)
        .raw(">")
        .text(&package.name)
        .raw("</td>");
    page.cell(&package.version).cell(package.kind.word()).cell(&package.licenses.join(", "));
    if vulnerabilities > 0 {
        page.number_cell(vulnerabilities as u64);
    } else {
        page.raw("<td class=\"number\" data-value=\"0\"></td>");
    }
    page.raw("<td class=\"path\">").text(package.paths.first().map_or("", String::as_str)).raw("</td>");
    list::origin_cells(page, sheet, package.layer.as_deref(), package.from_base);
    page.raw("</tr></tbody>");
}

fn origin_mark(page: &mut Markup, from_base: Option<bool>) {
    if let Some(from_base) = from_base {
        page.attribute("data-origin", if from_base { "base" } else { "own" });
    }
}

/// The files.
pub(super) fn files(page: &mut Markup, sheet: &Sheet<'_>) {
    let Some(files) = &sheet.report.files else { return };
    page.raw("<div class=\"cards\">");
    card(page, "Files", "文件数", |page| page.count(files.count));
    card(page, "Directories", "目录数", |page| page.count(files.directories));
    card(page, "Total size", "文件总大小", |page| page.text(&words::bytes(files.size)));
    card(page, "Wasted", "被覆盖或删除", |page| page.text(&words::bytes(files.wasted)));
    page.raw("</div>");
    let largest = files.largest.iter().map(|file| file.size).max().unwrap_or(0);
    for (english, chinese, entries) in [
        ("Largest files", "最大的文件", &files.largest),
        ("Set-uid and set-gid files", "SUID/SGID 文件", &files.set_id),
        ("World-writable files and directories", "任何人可写的文件与目录", &files.world_writable),
    ] {
        page.raw("<h3>")
            .words(english, chinese)
            .raw(" <small>")
            .count(entries.len() as u64)
            .raw("</small></h3>");
        if !entries.is_empty() {
            list::open(page, &[], &[list::OWN, list::BASE], FILES);
            entries.iter().for_each(|file| one_file(page, sheet, file, largest));
            list::close(page);
        }
    }
}

pub(super) fn card(
    page: &mut Markup,
    english: &str,
    chinese: &str,
    value: impl FnOnce(&mut Markup) -> &mut Markup,
) {
    page.raw("<div class=\"card\"><span>").words(english, chinese).raw("</span><b>");
    value(page).raw("</b></div>");
}

fn one_file(page: &mut Markup, sheet: &Sheet<'_>, file: &FileEntry, largest: u64) {
    page.raw("<tbody class=\"item calm\"");
    origin_mark(page, file.from_base);
    page.raw("><tr><td class=\"path\">").text(&file.path).raw("</td><td class=\"number\"");
    page.attribute("data-value", &file.size.to_string()).raw(">").text(&words::bytes(file.size)).raw(" ");
    charts::bar(page, "accent", file.size, largest);
    page.raw("</td><td><code>").text(&file.mode).raw("</code></td>");
    page.cell(&format!("{}:{}", file.uid, file.gid));
    list::origin_cells(page, sheet, file.layer.as_deref(), file.from_base);
    page.raw("</tr></tbody>");
}

/// What could not be read or decided.
pub(super) fn gaps(page: &mut Markup, sheet: &Sheet<'_>) {
    page.raw("<p>").words(
        "What could not be read or decided. Unknown is not clean.",
        "以下内容无法读取或判断。未知不等于安全。",
    );
    page.raw("</p>");
    list::open(page, &[], &[], &[("What", "对象"), ("Where", "位置"), ("Why", "原因")]);
    for gap in &sheet.report.gaps {
        page.raw("<tbody class=\"item calm\"><tr>").cell(&gap.what);
        page.raw("<td class=\"path\">").text(&gap.place).raw("</td>").cell(&gap.why).raw("</tr></tbody>");
    }
    list::close(page);
}
