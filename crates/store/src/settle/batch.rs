use std::sync::Arc;

use model::FindingKind;

use super::known::{Known, Package};
use super::tally::Counted;
use crate::decisions::{self, Decisions};
use crate::findings::fingerprint_of;

/// Some contents with all that is counted.
pub(crate) type Batch = Vec<Content>;

/// A content with all that is counted.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(super) first_seen: i64,
    pub(crate) scanned: Option<i64>,
    pub(crate) gaps: i64,
    pub(crate) components: i64,
    /// Packages that have vulnerabilities, and where they lie, if anybody asks.
    pub(super) packages: Vec<(Arc<Package>, Option<String>)>,
    pub(super) others: Vec<Other>,
    /// Where it was seen.
    pub(crate) assets: Vec<Asset>,
}

/// A finding that is no vulnerability.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) rule: u32,
    pub(super) severity: u8,
    pub(super) package: String,
    pub(super) path: String,
    pub(super) fingerprint: String,
    pub(super) first_seen: i64,
}

/// An asset, with what was counted before.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Asset {
    pub(crate) id: i64,
    pub(super) content_id: i64,
    pub(crate) project_id: i64,
    pub(crate) kind: String,
    repository: String,
    tag: Option<String>,
    reference: String,
    pub(crate) is_gone: bool,
    #[sqlx(flatten)]
    pub(crate) before: Counted,
    /// The machines that have it.
    #[sqlx(skip)]
    pub(crate) hosts: Vec<i64>,
    #[sqlx(skip)]
    pub(crate) containers: i64,
    #[sqlx(skip)]
    pub(crate) running: i64,
}

/// One finding of a content.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) kind: FindingKind,
    pub(crate) rule: u32,
    pub(crate) severity: u8,
    pub(crate) fixable: bool,
    pub(crate) exploited: bool,
    pub(crate) first_seen: i64,
    id: &'a str,
    aliases: &'a [String],
    package: &'a str,
    path: &'a str,
    /// Empty where nobody asks where it lies, as is the path of a vulnerability.
    fingerprint: String,
    /// Whether some decision is about findings of its kind.
    is_decided: bool,
}

impl Asset {
    fn image(&self) -> decisions::Image<'_> {
        decisions::Image {
            asset_id: self.id,
            project_id: self.project_id,
            kind: &self.kind,
            repository: &self.repository,
            tag: self.tag.as_deref(),
            reference: &self.reference,
        }
    }
}

impl Seen<'_> {
    /// Whether a decision takes it out of the counts of an asset.
    pub(crate) fn is_covered(&self, asset: &Asset, decisions: &Decisions) -> bool {
        let finding = decisions::Finding {
            kind: self.kind.word(),
            rule: self.id,
            aliases: self.aliases,
            package: self.package,
            path: self.path,
            fingerprint: &self.fingerprint,
            fixable: self.fixable,
        };
        self.is_decided && decisions.covering(&asset.image(), &finding).is_some()
    }
}

impl Content {
    /// Every finding, but for those that judging itself takes out.
    pub(crate) fn each(&self, known: &Known, decisions: &Decisions, mut see: impl FnMut(&Seen<'_>)) {
        let kind = FindingKind::Vulnerabilities;
        let is_decided = decisions.concern(kind.word());
        for (package, path) in &self.packages {
            for found in package.vulnerabilities.iter().filter(|found| !found.suppressed) {
                let Some(rule) = known.rule(found.rule) else { continue };
                see(&Seen {
                    kind,
                    rule: found.rule,
                    severity: found.severity,
                    fixable: found.fixable,
                    exploited: found.exploited,
                    first_seen: self.first_seen.max(found.first_seen),
                    id: &rule.id,
                    aliases: &rule.aliases,
                    package: &package.name,
                    path: path.as_deref().unwrap_or_default(),
                    fingerprint: path
                        .as_deref()
                        .map(|path| fingerprint_of(&rule.id, &package.purl, path))
                        .unwrap_or_default(),
                    is_decided,
                });
            }
        }
        for other in &self.others {
            let Some(rule) = known.rule(other.rule) else { continue };
            see(&Seen {
                kind: rule.kind,
                rule: other.rule,
                severity: other.severity,
                fixable: false,
                exploited: false,
                first_seen: other.first_seen,
                id: &rule.id,
                aliases: &rule.aliases,
                package: &other.package,
                path: &other.path,
                fingerprint: other.fingerprint.clone(),
                is_decided: decisions.concern(rule.kind.word()),
            });
        }
    }
}
