use std::collections::{BTreeMap, HashMap, HashSet};

use model::{Detail, Finding, Report, Suppression, Text};

use crate::ignore::{self, Entry, Handle};
use crate::image_name::ImageIdentity;
use crate::purl::Purl;
use crate::statement::{Statement, Subject, Undecided};
use crate::{Error, Notice, NoticeKind, vex};

/// Decisions from any number of files, in order.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    entries: Vec<Entry>,
    documents: Vec<vex::Parsed>,
    statements: usize,
}

impl Decisions {
    /// Reads an ignore file; `today` is `YYYY-MM-DD`.
    ///
    /// # Errors
    /// The file is not written as it should be; nothing of it is kept then.
    pub fn ignore_file(&mut self, name: &str, text: &str, today: &str) -> Result<(), Error> {
        self.entries.extend(ignore::parse(name, text, today)?);
        Ok(())
    }

    /// Reads a VEX document: OpenVEX, CSAF or CycloneDX, all as JSON.
    ///
    /// # Errors
    /// The document is none of these or not written as it should be; nothing of it is kept then.
    pub fn vex(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let parsed = vex::parse(name, text, (self.documents.len(), self.statements))?;
        self.statements += parsed.statements.len();
        self.documents.push(parsed);
        Ok(())
    }

    /// Marks the findings that a decision covers, and gives what is worth telling.
    ///
    /// The first entry of an ignore file that covers a finding holds. Where none does, the latest VEX statement about
    /// it holds; one that says `affected` or `under_investigation` leaves the finding as it is. Entries whose day is
    /// over and statements that cannot be decided suppress nothing.
    pub fn apply(&self, report: &mut Report) -> Vec<Notice> {
        let image = report.image.clone();
        let image = ImageIdentity::of(&image);
        let entries = EntryIndex::new(&self.entries);
        let statements = StatementIndex::new(self.documents.iter().flat_map(|document| &document.statements));
        let mut used_entries = HashSet::new();
        let mut used_documents = HashSet::new();
        for finding in &mut report.findings {
            let purl = finding.purl().and_then(Purl::parse);
            if let Some(at) = entries.first(finding, purl.as_ref()) {
                used_entries.insert(at);
                finding.suppressed = self.entries.get(at).map(Entry::suppression);
                continue;
            }
            let Some(statement) = latest(&statements, finding, &image, &mut used_documents) else { continue };
            if let Some(suppression) = self.suppression(statement) {
                finding.suppressed = Some(suppression);
            }
        }
        let mut notices = self.entry_notices(&used_entries);
        notices.extend(self.document_notices(report, &used_documents));
        notices
    }

    fn suppression(&self, statement: &Statement) -> Option<Suppression> {
        let source = self.documents.get(statement.document).map(|document| document.source.clone());
        Some(Suppression {
            status: statement.status?,
            source: source.unwrap_or_default(),
            reason: statement.reason.clone(),
            until: None,
        })
    }

    fn entry_notices(&self, used: &HashSet<usize>) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let (kind, why) = if entry.expired {
                let (en, zh) = (
                    format!("it held until {} and no longer does: decide again, or remove it", entry.until),
                    format!("该条目有效期至 {}，现已失效：请重新评估，或将其删除", entry.until),
                );
                (NoticeKind::Expired, Text::new(en, zh))
            } else if used.contains(&at) {
                continue;
            } else {
                let (en, zh) = (
                    "it covers nothing in this image: check how it is written, or remove it",
                    "该条目未匹配到此镜像中的任何结果：请检查写法，或将其删除",
                );
                (NoticeKind::Unused, Text::new(en, zh))
            };
            notices.push(Notice { kind, source: entry.source.clone(), subject: entry.subject.clone(), why });
        }
        notices
    }

    fn document_notices(&self, report: &Report, used: &HashSet<usize>) -> Vec<Notice> {
        let ids: HashSet<String> =
            report.findings.iter().flat_map(ignore::ids).map(str::to_lowercase).collect();
        let mut notices = Vec::new();
        for (at, document) in self.documents.iter().enumerate() {
            let mut undecided: BTreeMap<Undecided, (usize, &str)> = BTreeMap::new();
            for row in document.undecided.iter().filter(|row| row.ids.iter().any(|id| ids.contains(id))) {
                undecided.entry(row.why).or_insert((0, &row.subject)).0 += 1;
            }
            let open = !undecided.is_empty();
            notices.extend(undecided.into_iter().map(|(why, (count, subject))| Notice {
                kind: NoticeKind::Undecided,
                source: document.source.clone(),
                subject: subject.to_owned(),
                why: why.text(count),
            }));
            if !open && !used.contains(&at) {
                notices.push(unused(document));
            }
        }
        notices
    }
}

fn unused(document: &vex::Parsed) -> Notice {
    let count = document.statements.len();
    Notice {
        kind: NoticeKind::Unused,
        source: document.source.clone(),
        subject: document.source.clone(),
        why: Text::new(
            format!("none of its {count} statements is about a vulnerability found in this image"),
            format!("其中 {count} 条声明均与此镜像中发现的漏洞无关"),
        ),
    }
}

/// The statement about a finding that holds.
fn latest<'a>(
    statements: &StatementIndex<'a>,
    finding: &Finding,
    image: &ImageIdentity<'_>,
    used: &mut HashSet<usize>,
) -> Option<&'a Statement> {
    let Detail::Vulnerability(found) = &finding.detail else { return None };
    let mut subject = None;
    let mut latest: Option<&Statement> = None;
    for id in ignore::ids(finding) {
        let Some(candidates) = statements.by_id.get(id.to_lowercase().as_str()) else { continue };
        let subject = subject.get_or_insert_with(|| Subject::new(image, &found.purl));
        for statement in candidates.of(subject).filter(|statement| statement.covers(subject)) {
            used.insert(statement.document);
            if latest.is_none_or(|other| statement.order > other.order) {
                latest = Some(statement);
            }
        }
    }
    latest
}

impl Entry {
    fn suppression(&self) -> Suppression {
        Suppression {
            status: self.status,
            source: self.source.clone(),
            reason: self.reason.clone(),
            until: Some(self.until.clone()),
        }
    }
}

impl Undecided {
    fn text(self, count: usize) -> Text {
        let (en, zh) = match self {
            Self::Range => (
                "give ranges of versions, which are not known here: name the version, or none for all",
                "使用了暂不支持的版本范围：请写明具体版本，或不写版本以匹配全部",
            ),
            Self::Product => (
                "name a product that is neither a package URL nor an image: give its package URL",
                "所指的产品既不是软件包 URL（purl）也不是镜像：请提供其 purl",
            ),
            Self::NoProduct => (
                "name no product: say which image or package is meant",
                "未指明产品：请写明所指的镜像或软件包",
            ),
        };
        Text::new(
            format!("{count} statements about vulnerabilities of this image {en}"),
            format!("有 {count} 条与此镜像漏洞相关的声明{zh}"),
        )
    }
}

/// The statements by the ids of their vulnerabilities.
struct StatementIndex<'a> {
    by_id: HashMap<&'a str, Candidates<'a>>,
}

/// The statements about one vulnerability, by their packages where they have few.
#[derive(Default)]
struct Candidates<'a> {
    by_package: HashMap<&'a str, Vec<&'a Statement>>,
    others: Vec<&'a Statement>,
}

impl<'a> StatementIndex<'a> {
    fn new(statements: impl Iterator<Item = &'a Statement>) -> Self {
        let mut by_id: HashMap<&str, Candidates<'_>> = HashMap::new();
        for statement in statements {
            for id in statement.ids.iter() {
                let candidates = by_id.entry(id).or_default();
                match statement.coordinates() {
                    Some(packages) => packages.for_each(|package| {
                        candidates.by_package.entry(package).or_default().push(statement)
                    }),
                    None => candidates.others.push(statement),
                }
            }
        }
        Self { by_id }
    }
}

impl<'a> Candidates<'a> {
    /// Those that may be about a package.
    fn of(&self, subject: &Subject<'_>) -> impl Iterator<Item = &'a Statement> {
        let narrow = subject.coordinate().and_then(|package| self.by_package.get(package));
        narrow.into_iter().flatten().chain(&self.others).copied()
    }
}

/// The entries that hold, by what they are found by.
struct EntryIndex<'a> {
    entries: &'a [Entry],
    by_handle: HashMap<Handle, Vec<usize>>,
}

impl<'a> EntryIndex<'a> {
    fn new(entries: &'a [Entry]) -> Self {
        let mut by_handle: HashMap<Handle, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.expired) {
            by_handle.entry(entry.handle()).or_default().push(at);
        }
        Self { entries, by_handle }
    }

    /// The first entry that covers a finding.
    fn first(&self, finding: &Finding, purl: Option<&Purl>) -> Option<usize> {
        if self.entries.is_empty() {
            return None;
        }
        let handles = ignore::ids(finding)
            .map(|id| Handle::Id(id.to_lowercase()))
            .chain(ignore::fingerprints(finding).into_iter().map(|text| Handle::Fingerprint(text.to_owned())))
            .chain(ignore::packages(finding).map(|name| Handle::Package(name.to_lowercase())))
            .chain(purl.map(|purl| Handle::Coordinate(purl.coordinate())))
            .chain(std::iter::once(Handle::Pattern));
        handles
            .filter_map(|handle| self.by_handle.get(&handle))
            .flatten()
            .copied()
            .filter(|at| self.entries.get(*at).is_some_and(|entry| entry.covers(finding, purl)))
            .min()
    }
}
