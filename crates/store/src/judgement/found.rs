use std::collections::BTreeSet;

use model::{Detail, Finding, Vulnerability};

use crate::sql::Value;

/// A vulnerability of a package, as it is kept.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Found {
    /// Its id.
    pub vulnerability: String,
    /// From 0, unknown, to 5, critical.
    pub severity: i64,
    /// The word of [`model::FixStatus`].
    pub status: String,
    /// The lowest version that mends it.
    pub fixed_version: Option<String>,
    /// From 0 to 100.
    pub risk: f64,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// How likely it is to be, from 0 to 1.
    pub epss: Option<f64>,
    /// What judging itself takes out of the counts: [`model::Suppression`] as JSON.
    pub suppressed: Option<String>,
}

/// What is told of a vulnerability, whoever has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts {
    /// Its id.
    pub id: String,
    /// Its other ids, in order.
    pub aliases: BTreeSet<String>,
    /// One line.
    pub title: String,
    /// The publisher's text.
    pub description: String,
    /// When the oldest record was published, RFC 3339.
    pub published: Option<String>,
    /// The worst that any publisher in use says, from 0 to 5.
    pub severity: i64,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// How likely it is to be exploited.
    pub epss: Option<f64>,
    /// Whether it is known to be.
    pub exploited: bool,
    /// Addresses.
    pub links: Vec<String>,
}

/// The severity as it is kept.
fn severity(finding: &Finding) -> i64 {
    finding.severity as i64
}

/// A text that PostgreSQL takes.
fn plain(text: &str) -> String {
    text.replace('\0', "")
}

fn vulnerability(finding: &Finding) -> Option<&Vulnerability> {
    match &finding.detail {
        Detail::Vulnerability(found) => Some(found),
        _ => None,
    }
}

impl Found {
    /// The row of a finding; nothing for one of another kind.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        let found = vulnerability(finding)?;
        // Who decided in a file of their own does not decide for the fleet.
        let suppressed = finding.suppressed.as_ref().and_then(|why| serde_json::to_string(why).ok());
        Some(Self {
            vulnerability: plain(&finding.id),
            severity: severity(finding),
            status: found.status.word().to_owned(),
            fixed_version: found.fixed_version.as_deref().map(plain),
            risk: found.risk,
            exploited: found.known_exploited,
            epss: found.epss.map(|epss| epss.score),
            suppressed: suppressed.as_deref().map(plain),
        })
    }

    /// Whether lists count alike with either.
    pub(super) fn counts_as(&self, other: &Self) -> bool {
        self.severity == other.severity
            && self.status == other.status
            && self.fixed_version.is_some() == other.fixed_version.is_some()
            && self.exploited == other.exploited
            && self.suppressed.is_some() == other.suppressed.is_some()
    }
}

impl Texts {
    /// What a finding tells of its vulnerability; nothing for one of another kind.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        let found = vulnerability(finding)?;
        let cvss = found.ratings.iter().filter_map(|rating| rating.score).max_by(f64::total_cmp);
        Some(Self {
            id: plain(&finding.id),
            aliases: found.aliases.iter().map(|alias| plain(alias)).collect(),
            title: plain(&found.title),
            description: plain(&found.description),
            published: found.published.as_deref().map(plain),
            severity: severity(finding),
            cvss,
            epss: found.epss.map(|epss| epss.score),
            exploited: found.known_exploited,
            links: found.references.iter().map(|link| plain(&link.url)).collect(),
        })
    }

    /// Puts to it what a finding in another package tells.
    pub fn join(&mut self, other: Self) {
        self.severity = self.severity.max(other.severity);
        self.aliases.extend(other.aliases);
        if self.title.is_empty() {
            self.title = other.title;
        }
        if self.description.is_empty() {
            self.description = other.description;
        }
    }

    pub(super) fn row(&self) -> Vec<Value> {
        let links = serde_json::to_string(&self.links).unwrap_or_default();
        let aliases = serde_json::to_string(&self.aliases).unwrap_or_default();
        vec![
            (&self.id).into(),
            aliases.into(),
            (&self.title).into(),
            (&self.description).into(),
            self.published.as_deref().into(),
            self.severity.into(),
            self.cvss.into(),
            self.epss.into(),
            self.exploited.into(),
            links.into(),
        ]
    }
}
