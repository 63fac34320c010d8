//! What the table says beside software and vulnerabilities: the other kinds of findings, and the files.

use std::io::{self, Write};

use model::{Detail, Finding, FindingKind, Outcome, Severity};

use super::{DIM, Table, color};
use crate::columns::Cell;
use crate::counts::Counts;
use crate::words;

/// The most findings of one kind that are shown.
const ROWS: usize = 30;
/// The most of the largest files that are shown.
const LARGEST: usize = 5;

impl Table<'_> {
    /// Findings of a kind that no decision suppressed.
    pub(super) fn open(&self, kind: FindingKind) -> impl Iterator<Item = &Finding> {
        self.report.findings.iter().filter(move |one| one.kind() == kind && one.suppressed.is_none())
    }

    /// How many findings of a kind there are, by severity, and how many were suppressed.
    pub(super) fn counts(&self, kind: FindingKind) -> String {
        let counts = Counts::new(self.report);
        let by_severity: Vec<String> = Severity::WORST_FIRST
            .into_iter()
            .map(|severity| (severity, counts.open(Some(kind), Some(severity))))
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{} {count}", words::severity(self.language, severity)))
            .collect();
        let (open, close) = (self.say(" (", "（"), self.say(")", "）"));
        let between = self.say(", ", "，");
        let mut text = words::kind(self.language, kind).to_owned();
        text.push_str(self.say(": ", "："));
        text.push_str(&counts.open(Some(kind), None).to_string());
        if !by_severity.is_empty() {
            text.push_str(&format!("{open}{}{close}", by_severity.join(between)));
        }
        if counts.suppressed(Some(kind)) > 0 {
            text.push_str(&format!(
                "{between}{} {}",
                self.say("suppressed", "已抑制"),
                counts.suppressed(Some(kind))
            ));
        }
        text
    }

    /// The findings of a kind other than vulnerabilities.
    pub(super) fn findings(&self, kind: FindingKind, out: &mut dyn Write) -> io::Result<()> {
        if !self.made(kind.word()) {
            return Ok(());
        }
        let mut title = self.counts(kind);
        if kind == FindingKind::Baseline {
            title.push_str(&self.outcomes());
        }
        self.title(&title, out)?;
        let mut rows: Vec<Vec<Cell>> =
            self.open(kind).take(ROWS).map(|finding| self.finding(finding)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let mut headings = vec![
            self.say("SEVERITY", "级别"),
            self.say("RULE", "规则"),
            self.say("WHERE", "位置"),
            self.say("TITLE", "说明"),
        ];
        if self.open(kind).all(|finding| place(finding).is_empty()) {
            headings.remove(2);
            rows.iter_mut().for_each(|row| drop(row.remove(2)));
        }
        rows.insert(0, headings.iter().map(|heading| Cell::colored(heading, DIM)).collect());
        self.rows(&rows, out)?;
        self.rest(self.open(kind).count().saturating_sub(ROWS), out)
    }

    /// What came of the checks that did not fail.
    fn outcomes(&self) -> String {
        let mut text = String::new();
        for outcome in [Outcome::Pass, Outcome::NotApplicable, Outcome::Unknown] {
            let count = self.report.baseline.iter().filter(|check| check.outcome == outcome).count();
            if count > 0 {
                let between = self.say(", ", "，");
                text.push_str(&format!("{between}{} {count}", words::outcome(self.language, outcome)));
            }
        }
        text
    }

    fn finding(&self, finding: &Finding) -> Vec<Cell> {
        let hidden = match &finding.detail {
            Detail::Malware(found) => !found.visible,
            Detail::Secret(found) => !found.visible,
            _ => false,
        };
        let mark = if hidden { self.say(" (history only)", "（仅历史层）") } else { "" };
        vec![
            Cell::colored(words::severity(self.language, finding.severity), color(finding.severity)),
            Cell::new(&finding.id),
            Cell::new(&format!("{}{mark}", place(finding))),
            Cell::new(finding.title(self.language)),
        ]
    }

    /// The files: how many, how large, and what is odd about them.
    pub(super) fn files(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(files) = &self.report.files else { return Ok(()) };
        let (size, wasted) = (words::bytes(files.size), words::bytes(files.wasted));
        let (set_id, open) = (files.set_id.len(), files.world_writable.len());
        let count = files.count;
        let text = match self.language {
            model::Language::English => format!(
                "Files: {count} of {size}, {wasted} wasted in lower layers; {set_id} set-uid or set-gid, {open} world-writable"
            ),
            model::Language::Chinese => format!(
                "文件信息：{count} 个，共 {size}，其中被上层覆盖或删除 {wasted}；SUID/SGID {set_id} 个，任何人可写 {open} 个"
            ),
        };
        self.title(&text, out)?;
        let rows = files.largest.iter().take(LARGEST);
        let rows: Vec<Vec<Cell>> =
            rows.map(|file| vec![Cell::new(&words::bytes(file.size)), Cell::new(&file.path)]).collect();
        self.rows(&rows, out)
    }

    fn rest(&self, count: usize, out: &mut dyn Write) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        let text = match self.language {
            model::Language::English => {
                format!("… and {count} more; --format html or json shows all of them")
            }
            model::Language::Chinese => format!("……另有 {count} 条，使用 --format html 或 json 查看全部"),
        };
        self.rows(&[vec![Cell::colored(&text, DIM)]], out)
    }
}

/// Where a finding is, in few words.
fn place(finding: &Finding) -> String {
    match &finding.detail {
        Detail::Secret(found) => match (&found.path, found.line) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            (Some(path), None) => path.clone(),
            (None, _) => found.place.clone(),
        },
        Detail::Compliance(found) => match (&found.package, &found.version) {
            (Some(package), Some(version)) => format!("{package} {version}"),
            (Some(package), None) => package.clone(),
            (None, _) => found.paths.first().cloned().unwrap_or_default(),
        },
        _ => finding.paths().first().cloned().unwrap_or_default(),
    }
}
