//! The report for a terminal.

mod sections;

use std::collections::BTreeMap;
use std::io::{self, Write};

use model::{Detail, Finding, FindingKind, Language, Report, Severity, Vulnerability};

use crate::columns::{self, Cell, printable};
use crate::{Style, words};

const BOLD: &str = "1";
const DIM: &str = "2";

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    for (place, report) in reports.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        Table { report, style, language: style.language }.write(out)?;
    }
    Ok(())
}

struct Table<'a> {
    report: &'a Report,
    style: Style,
    language: Language,
}

impl Table<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.header(out)?;
        self.software(out)?;
        self.vulnerabilities(out)?;
        for kind in FindingKind::ALL.into_iter().filter(|kind| *kind != FindingKind::Vulnerabilities) {
            self.findings(kind, out)?;
        }
        self.files(out)?;
        self.gaps(out)
    }

    /// Whether a check was made; what was not looked for is not said to be clean.
    fn made(&self, check: &str) -> bool {
        self.report.checks.iter().any(|made| made == check)
    }

    fn say<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        self.language.pick(english, chinese)
    }

    fn rows(&self, rows: &[Vec<Cell>], out: &mut dyn Write) -> io::Result<()> {
        columns::write(rows, self.style.width, self.style.color, out)
    }

    fn title(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        self.rows(&[vec![Cell::colored(text, BOLD)]], out)
    }

    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let image = &self.report.image;
        let mut rows =
            vec![vec![Cell::colored(self.say("Image", "镜像"), BOLD), Cell::colored(&image.name, BOLD)]];
        let mut row = |english: &'static str, chinese: &'static str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                rows.push(vec![Cell::new(self.say(english, chinese)), Cell::new(&value)]);
            }
        };
        row("Digest", "摘要", image.digest.clone().or_else(|| image.image_id.clone()));
        let system = [image.os.clone(), image.platform.clone()];
        row("System", "系统", Some(system.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        let layers = self.report.layers.len();
        let size = words::bytes(image.size);
        let text = match self.language {
            Language::English => {
                let word = if layers == 1 { "layer" } else { "layers" };
                let size = if image.size == 0 { String::new() } else { format!(", {size}") };
                format!("{layers} {word}{size}")
            }
            Language::Chinese if image.size == 0 => format!("{layers} 层"),
            Language::Chinese => format!("{layers} 层，{size}"),
        };
        row("Layers", "镜像层", Some(text));
        if let Some(base) = &self.report.base_image {
            row("Base image", "基础镜像", Some(words::base_image(self.language, base)));
        }
        if let Some(database) = &self.report.database {
            let text = match self.language {
                Language::English => format!("{} records, updated {}", database.advisories, database.updated),
                Language::Chinese => format!("{} 条，更新于 {}", database.advisories, database.updated),
            };
            row("Advisories", "漏洞库", Some(text));
        }
        self.rows(&rows, out)
    }

    fn software(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.made("software") {
            return Ok(());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for package in &self.report.packages {
            *counts.entry(package.kind.word()).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let total = self.report.packages.len();
        let text = match self.language {
            Language::English => format!("Software: {total} packages ({})", counts.join(", ")),
            Language::Chinese => format!("软件信息：共 {total} 个软件包（{}）", counts.join("，")),
        };
        self.title(text.trim_end_matches(" ()").trim_end_matches("（）"), out)
    }

    fn vulnerabilities(&self, out: &mut dyn Write) -> io::Result<()> {
        let kind = FindingKind::Vulnerabilities;
        if !self.made(kind.word()) {
            return Ok(());
        }
        let found: Vec<(&Finding, &Vulnerability)> = self
            .open(kind)
            .filter_map(|finding| match &finding.detail {
                Detail::Vulnerability(vulnerability) => Some((finding, &**vulnerability)),
                _ => None,
            })
            .collect();
        self.title(&self.counts(kind), out)?;
        if found.is_empty() {
            return Ok(());
        }
        let headings = [
            self.say("SEVERITY", "级别"),
            self.say("VULNERABILITY", "漏洞编号"),
            self.say("PACKAGE", "软件包"),
            self.say("INSTALLED", "当前版本"),
            self.say("FIXED IN", "修复版本"),
            self.say("TITLE", "说明"),
        ];
        let mut rows = vec![headings.iter().map(|heading| Cell::colored(heading, DIM)).collect::<Vec<_>>()];
        rows.extend(found.iter().map(|(finding, vulnerability)| self.row(finding, vulnerability)));
        self.rows(&rows, out)?;
        if found.iter().any(|(_, vulnerability)| vulnerability.known_exploited) {
            let note = self.say("! known to be exploited (CISA KEV)", "! 已知被利用（CISA KEV）");
            self.rows(&[vec![Cell::colored(note, DIM)]], out)?;
        }
        Ok(())
    }

    fn row(&self, finding: &Finding, vulnerability: &Vulnerability) -> Vec<Cell> {
        let mark = if vulnerability.known_exploited { " !" } else { "" };
        let fixed = vulnerability.fixed_version.as_deref();
        vec![
            Cell::colored(words::severity(self.language, finding.severity), color(finding.severity)),
            Cell::new(&format!("{}{mark}", finding.id)),
            Cell::new(&vulnerability.package),
            Cell::new(&vulnerability.installed_version),
            Cell::new(fixed.unwrap_or_else(|| words::no_version(self.language, vulnerability.status))),
            Cell::new(&vulnerability.title),
        ]
    }

    fn gaps(&self, out: &mut dyn Write) -> io::Result<()> {
        let gaps = &self.report.gaps;
        if gaps.is_empty() {
            return Ok(());
        }
        let text = match self.language {
            Language::English => {
                format!("Gaps: {} (what could not be read or decided; unknown is not clean)", gaps.len())
            }
            Language::Chinese => format!("缺口：{}（无法读取或判断的内容；未知不等于安全）", gaps.len()),
        };
        self.title(&text, out)?;
        for gap in gaps {
            let place =
                if gap.place.is_empty() { String::new() } else { format!(" {}", printable(&gap.place)) };
            writeln!(out, "  {}{place}: {}", printable(&gap.what), printable(&gap.why))?;
        }
        Ok(())
    }
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "1;35",
        Severity::High => "31",
        Severity::Medium => "33",
        Severity::Low => "36",
        Severity::Negligible | Severity::Unknown => DIM,
    }
}
