//! How the image was built: its layers, its build history and what it runs.

use std::collections::HashMap;

use model::{ImageConfig, Severity};

use super::markup::Markup;
use super::{Sheet, charts};
use crate::words;

pub(super) fn write(page: &mut Markup, sheet: &Sheet<'_>) {
    layers(page, sheet);
    configuration(page, &sheet.report.image.config);
    history(page, sheet);
}

/// How many findings each layer brought, by its number and by severity, the worst first.
pub(super) fn by_layer(sheet: &Sheet<'_>) -> HashMap<usize, [usize; 6]> {
    let mut found: HashMap<usize, [usize; 6]> = HashMap::new();
    for finding in sheet.report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let Some(layer) = sheet.layers.of(finding.layer.as_deref()) else { continue };
        for (severity, count) in Severity::WORST_FIRST.iter().zip(found.entry(layer).or_default()) {
            *count += usize::from(*severity == finding.severity);
        }
    }
    found
}

fn layers(page: &mut Markup, sheet: &Sheet<'_>) {
    let found = by_layer(sheet);
    let largest = found.values().map(|counts| counts.iter().sum()).max().unwrap_or(0);
    page.raw("<h3>").words("Layers", "镜像层").raw("</h3><div class=\"scroll\"><table><thead><tr>");
    for (english, chinese) in [
        ("Layer", "镜像层"),
        ("Size", "大小"),
        ("From", "来源"),
        ("Findings", "风险数"),
        ("By severity", "按级别"),
        ("Instruction", "构建指令"),
    ] {
        page.raw("<th scope=\"col\">").words(english, chinese).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (place, layer) in sheet.report.layers.iter().enumerate() {
        let counts = found.get(&(place + 1)).copied().unwrap_or_default();
        page.raw("<tr><td class=\"number\"").attribute("title", layer.diff_id.as_deref().unwrap_or_default());
        page.raw(">#").count(place as u64 + 1).raw("</td>").size_cell(layer.size).raw("<td>");
        page.both(|language| words::origin(language, layer.from_base)).raw("</td>");
        page.number_cell(counts.iter().sum::<usize>() as u64).raw("<td class=\"bar\">");
        let counts: Vec<_> = Severity::WORST_FIRST.into_iter().zip(counts).collect();
        charts::stack(page, &counts, largest);
        page.raw("</td><td><code>")
            .text(layer.created_by.as_deref().unwrap_or_default())
            .raw("</code></td></tr>");
    }
    page.raw("</tbody></table></div>");
}

fn configuration(page: &mut Markup, config: &ImageConfig) {
    page.raw("<h3>").words("Configuration", "镜像配置").raw("</h3><dl class=\"facts\">");
    page.term("User", "运行用户");
    match config.user.as_str() {
        "" => page.words("root (none is set)", "root（未设置）"),
        user => page.text(user),
    };
    page.raw("</dd>");
    page.fact("Entry point", "入口点", &config.entrypoint.join(" "));
    page.fact("Command", "启动命令", &config.command.join(" "));
    page.fact("Working directory", "工作目录", &config.working_directory);
    page.fact("Ports", "暴露端口", &config.exposed_ports.join(", "));
    page.fact("Volumes", "数据卷", &config.volumes.join(", "));
    page.fact("Health check", "健康检查", &config.healthcheck.clone().unwrap_or_default().join(" "));
    page.fact("On build", "ONBUILD", &config.on_build.join("; "));
    let labels: Vec<String> = config.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for (english, chinese, lines) in
        [("Environment", "环境变量", &config.environment), ("Labels", "标签", &labels)]
    {
        if lines.is_empty() {
            continue;
        }
        page.term(english, chinese).raw("<ul class=\"plain\">");
        for line in lines {
            page.raw("<li><code>").text(line).raw("</code></li>");
        }
        page.raw("</ul></dd>");
    }
    page.raw("</dl>");
}

fn history(page: &mut Markup, sheet: &Sheet<'_>) {
    let steps = &sheet.report.image.history;
    if steps.is_empty() {
        return;
    }
    page.raw("<h3>").words("Build history", "构建历史").raw("</h3><ol class=\"history\">");
    for step in steps {
        page.raw(if step.empty_layer { "<li class=\"quiet\">" } else { "<li>" });
        page.raw("<code>").text(&step.created_by).raw("</code> <small>");
        page.text(step.created.as_deref().unwrap_or_default());
        if step.empty_layer {
            page.raw(" · ").words("no layer", "不产生镜像层");
        }
        if let Some(comment) = step.comment.as_deref().filter(|comment| !comment.is_empty()) {
            page.raw(" · ").text(comment);
        }
        page.raw("</small></li>");
    }
    page.raw("</ol>");
}
