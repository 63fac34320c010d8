use model::{Detail, Finding, FindingKind, FixStatus, Glob, Severity};

use crate::purl::Purl;
use crate::{day, ignore};

/// What findings a rule counts, and how many it bears.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) name: String,
    /// What it is for, in the words of who wrote it.
    pub(super) description: String,
    /// The kinds; all when none is named.
    pub(super) kinds: Vec<FindingKind>,
    /// Whether the checks of those kinds must have been made.
    pub(super) demands_checks: bool,
    pub(super) severity: Option<Severity>,
    pub(super) fixable: Option<bool>,
    pub(super) known_exploited: Option<bool>,
    pub(super) cvss_at_least: Option<f64>,
    pub(super) older_than_days: Option<i64>,
    pub(super) from_base: Option<bool>,
    pub(super) visible: Option<bool>,
    pub(super) ids: Vec<Glob>,
    pub(super) packages: Vec<Glob>,
    pub(super) purls: Vec<Purl>,
    pub(super) paths: Vec<Glob>,
    pub(super) except: Vec<Glob>,
    pub(super) max: usize,
}

impl Rule {
    /// Whether it is for findings of a kind.
    pub(super) fn is_for(&self, kind: FindingKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// Whether it counts a finding.
    pub(super) fn counts(&self, finding: &Finding, today: Option<i64>) -> bool {
        finding.suppressed.is_none()
            && self.is_for(finding.kind())
            && self.severity.is_none_or(|least| finding.severity >= least)
            && self.from_base.is_none_or(|wanted| wanted == (finding.from_base == Some(true)))
            && self.visible.is_none_or(|wanted| wanted == is_visible(finding))
            && self.counts_vulnerability(finding, today)
            && self.is_listed(finding)
            && !self.is_excepted(finding)
    }

    fn counts_vulnerability(&self, finding: &Finding, today: Option<i64>) -> bool {
        let Detail::Vulnerability(found) = &finding.detail else { return true };
        let score = found
            .ratings
            .iter()
            .filter_map(|rating| rating.score)
            .fold(None, |best: Option<f64>, score| Some(best.map_or(score, |best| best.max(score))));
        let published = found.published.as_deref().and_then(|published| day::number(published.get(..10)?));
        // An age that is not known is not young.
        let is_older =
            |days: i64| today.zip(published).is_none_or(|(today, published)| today - published > days);
        self.fixable.is_none_or(|wanted| wanted == (found.status == FixStatus::Fixed))
            && self.known_exploited.is_none_or(|wanted| wanted == found.known_exploited)
            && self.cvss_at_least.is_none_or(|least| score.is_some_and(|score| score >= least))
            && self.older_than_days.is_none_or(is_older)
    }

    fn is_listed(&self, finding: &Finding) -> bool {
        let by_purl = || {
            let purl = finding.purl().and_then(Purl::parse);
            purl.is_some_and(|purl| self.purls.iter().any(|wanted| wanted.covers(&purl)))
        };
        (self.ids.is_empty() || ignore::ids(finding).any(|id| is_any(&self.ids, id)))
            && (self.packages.is_empty()
                || ignore::packages(finding).any(|name| is_any(&self.packages, name)))
            && (self.purls.is_empty() || by_purl())
            && (self.paths.is_empty()
                || finding.paths().iter().any(|path| self.paths.iter().any(|glob| glob.matches(path))))
    }

    fn is_excepted(&self, finding: &Finding) -> bool {
        !self.except.is_empty()
            && ignore::ids(finding).chain(ignore::packages(finding)).any(|name| is_any(&self.except, name))
    }
}

fn is_any(globs: &[Glob], name: &str) -> bool {
    globs.iter().any(|glob| glob.matches_name(name))
}

/// Whether it is still there when all layers are applied.
fn is_visible(finding: &Finding) -> bool {
    match &finding.detail {
        Detail::Secret(found) => found.visible,
        Detail::Malware(found) => found.visible,
        _ => true,
    }
}
