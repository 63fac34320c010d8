//! `lazaret explain`.

use std::io::Write;
use std::path::Path;

use advisories::{Database, Decision, Explanation, RecordSays, explain};
use anyhow::{Context, Result};
use model::{Detail, Finding, Language, Report, Vulnerability};
use serde::Serialize;

use crate::cli::{ExplainArguments, ScanArguments};
use crate::{Outcome, scan_command, settings};

/// The largest report that is read.
const REPORT_BYTES: u64 = 1 << 30;

/// All there is to say of a finding in one image.
#[derive(Serialize)]
struct Explained<'a> {
    image: &'a str,
    /// The findings that are reported under the id.
    findings: Vec<&'a Finding>,
    /// What advisories say of the packages that records about it name.
    packages: Vec<Explanation>,
}

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Outcome> {
    let scan = &arguments.scan;
    let json = match scan.format.as_str() {
        "table" => false,
        "json" => true,
        other => anyhow::bail!("cannot explain in the format `{other}`: there are table and json"),
    };
    let (reports, failed) = reports(scan)?;
    let path = settings::database(scan.database.db.as_ref())?;
    let database = path.join("manifest.json").exists().then(|| Database::open(&path)).transpose()?;
    let mut explained = Vec::new();
    for report in &reports {
        explained.push(explain_in(report, database.as_ref(), &arguments.finding)?);
    }
    let mut out = anstream::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &explained)?;
        writeln!(out)?;
    } else {
        let words = Words { language: scan.lang.unwrap_or_else(settings::language), id: &arguments.finding };
        explained.iter().try_for_each(|explained| words.write(&mut out, explained))?;
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

/// The reports that are named, and those of the images that are.
fn reports(arguments: &ScanArguments) -> Result<(Vec<Report>, bool)> {
    let is_report = |name: &String| name.ends_with(".json") && Path::new(name).is_file();
    let (files, images): (Vec<String>, Vec<String>) = arguments.images.iter().cloned().partition(is_report);
    let mut reports = Vec::new();
    for file in &files {
        let bytes = bounded::read_file(Path::new(file), REPORT_BYTES)?;
        reports.extend(
            parse(&bytes).with_context(|| format!("cannot read `{file}` as a JSON report of Lazaret"))?,
        );
    }
    if images.is_empty() && arguments.sbom.is_empty() {
        return Ok((reports, false));
    }
    let (scanned, failed) = scan_command::scan(&ScanArguments { images, ..arguments.clone() })?;
    reports.extend(scanned);
    Ok((reports, failed))
}

/// One report, or a list of them.
fn parse(bytes: &[u8]) -> serde_json::Result<Vec<Report>> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(bytes)
    } else {
        serde_json::from_slice(bytes).map(|report| vec![report])
    }
}

fn explain_in<'a>(report: &'a Report, database: Option<&Database>, id: &str) -> Result<Explained<'a>> {
    let is_it = |finding: &&Finding| match &finding.detail {
        _ if finding.id == id => true,
        Detail::Vulnerability(found) => {
            found.aliases.iter().chain(&found.advisories).any(|known| known == id)
        }
        _ => false,
    };
    let packages = database
        .map(|database| explain(database, report.distribution.as_ref(), &report.packages, id))
        .transpose()?
        .unwrap_or_default();
    let findings = report.findings.iter().filter(is_it).collect();
    Ok(Explained { image: &report.image.name, findings, packages })
}

/// Writing for people.
struct Words<'a> {
    language: Language,
    id: &'a str,
}

impl Words<'_> {
    fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.pick(en, zh)
    }

    fn write(&self, out: &mut impl Write, explained: &Explained<'_>) -> Result<()> {
        writeln!(out, "{}", plain(explained.image))?;
        if explained.findings.is_empty() && explained.packages.is_empty() {
            let said = self.pick(
                "is not reported, and no advisory that is known names it together with a package of the image",
                "未报告；已知的漏洞公告中没有任何一条同时涉及它和镜像中的软件包",
            );
            writeln!(out, "  {} {said}", plain(self.id))?;
        }
        for finding in &explained.findings {
            self.finding(out, finding)?;
        }
        for package in &explained.packages {
            self.package(out, package)?;
        }
        Ok(())
    }

    fn line(&self, out: &mut impl Write, label: (&str, &str), text: &str) -> Result<()> {
        let label = self.pick(label.0, label.1);
        Ok(writeln!(out, "    {label:<10} {}", plain(text))?)
    }

    fn finding(&self, out: &mut impl Write, finding: &Finding) -> Result<()> {
        let subject = finding.package().map(|(name, version)| format!("{name} {version}"));
        let subject = subject.unwrap_or_else(|| finding.paths().join(", "));
        writeln!(out, "  {} {} {}", plain(&finding.id), finding.severity, plain(&subject))?;
        self.line(out, ("what", "问题"), finding.title(self.language))?;
        self.line(out, ("where", "位置"), &finding.paths().join(", "))?;
        if let Some(created_by) = &finding.created_by {
            self.line(out, ("layer", "镜像层"), created_by)?;
        }
        if let Detail::Vulnerability(found) = &finding.detail {
            self.vulnerability(out, finding, found)?;
        }
        if let Some(decision) = &finding.suppressed {
            let text = format!("{} ({})", decision.reason, decision.source);
            self.line(out, ("suppressed", "已抑制"), &text)?;
        }
        self.line(out, ("advice", "建议"), finding.advice(self.language))
    }

    fn vulnerability(&self, out: &mut impl Write, finding: &Finding, found: &Vulnerability) -> Result<()> {
        let source = found.severity_source.as_deref().unwrap_or("-");
        let others = found.ratings.iter().map(|rating| match rating.score {
            Some(score) => format!("{} {} ({score})", rating.source, rating.severity),
            None => format!("{} {}", rating.source, rating.severity),
        });
        let others = others.collect::<Vec<_>>().join("; ");
        let text = format!("{} ← {source} [{others}]", finding.severity);
        self.line(out, ("severity", "严重级别"), &text)?;
        let epss = found.epss.map_or_else(|| "-".to_owned(), |epss| format!("{:.5}", epss.score));
        let exploited = if found.known_exploited { self.pick("yes", "是") } else { self.pick("no", "否") };
        let text = format!("{} (EPSS {epss}, KEV {exploited})", found.risk);
        self.line(out, ("risk", "风险"), &text)?;
        self.line(out, ("matched", "匹配依据"), &found.evidence)
    }

    fn package(&self, out: &mut impl Write, explanation: &Explanation) -> Result<()> {
        writeln!(out, "  {}", plain(&explanation.package))?;
        let found = format!("{} ← {}", explanation.paths.join(", "), explanation.found_by);
        self.line(out, ("found", "发现于"), &found)?;
        for record in &explanation.records {
            self.line(out, ("record", "公告"), &self.record(record))?;
        }
        self.line(out, ("decision", "判定"), &self.decision(&explanation.decision))
    }

    fn record(&self, record: &RecordSays) -> String {
        let said = record.status.as_ref().map_or(String::new(), |status| format!(" [{status}]"));
        let severity = record.severity.map_or(String::new(), |severity| format!(" [{severity}]"));
        format!(
            "{} ({}): {} {} ({}); {}{said}{severity} → {}",
            record.advisory,
            record.ecosystem,
            record.name,
            record.version,
            record.scheme,
            record.range,
            record.verdict
        )
    }

    fn decision(&self, decision: &Decision) -> String {
        match decision {
            Decision::Affected => self.pick("affected", "受影响").to_owned(),
            Decision::NotAffected => self
                .pick("not affected: no record holds this version", "不受影响：没有公告涵盖该版本")
                .to_owned(),
            Decision::Dismissed => {
                self.pick("not affected: the publisher says so", "不受影响：发布方明确声明").to_owned()
            }
            Decision::JudgedByOwner { owner } => {
                let said = self.pick(
                    "judged as the system package that owns these files, whose distribution has looked at it",
                    "由拥有这些文件的系统软件包判定，其发行版已评估过该漏洞",
                );
                format!("{said}: {owner}")
            }
            Decision::NotOfTheDistribution { vendor } => {
                let said = self.pick(
                    "not judged: it is not the distribution's own package",
                    "未判定：不是发行版自己的软件包",
                );
                format!("{said}: {vendor}")
            }
            Decision::Unknown => {
                self.pick("unknown: a version cannot be read", "未知：版本无法解析").to_owned()
            }
        }
    }
}

/// Text of an image without what could steer a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
