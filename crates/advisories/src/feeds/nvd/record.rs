//! A record as NVD writes it: the parts that are read.

use std::borrow::Cow;

use serde::Deserialize;

/// A text that is borrowed where it stands in lists.
#[derive(Deserialize)]
pub(super) struct Tag<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// An element of `vulnerabilities`.
#[derive(Deserialize)]
pub(super) struct Item<'a> {
    #[serde(borrow)]
    pub(super) cve: Record<'a>,
}

#[derive(Deserialize)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) published: Cow<'a, str>,
    #[serde(borrow, default, rename = "lastModified")]
    pub(super) modified: Cow<'a, str>,
    #[serde(borrow, default, rename = "vulnStatus")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) descriptions: Vec<Word<'a>>,
    #[serde(borrow, default)]
    pub(super) metrics: Metrics<'a>,
    #[serde(borrow, default)]
    pub(super) weaknesses: Vec<Weakness<'a>>,
    #[serde(borrow, default)]
    pub(super) configurations: Vec<Configuration<'a>>,
    #[serde(borrow, default)]
    pub(super) references: Vec<Link<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Word<'a> {
    #[serde(borrow)]
    pub(super) lang: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) value: Cow<'a, str>,
}

/// Ratings, by the version of CVSS.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metrics<'a> {
    #[serde(borrow, rename = "cvssMetricV40")]
    four: Vec<Metric<'a>>,
    #[serde(borrow, rename = "cvssMetricV31")]
    three_one: Vec<Metric<'a>>,
    #[serde(borrow, rename = "cvssMetricV30")]
    three: Vec<Metric<'a>>,
    #[serde(borrow, rename = "cvssMetricV2")]
    two: Vec<Metric<'a>>,
}

impl<'a> Metrics<'a> {
    /// All of them, the newest version first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Metric<'a>> {
        self.four.iter().chain(&self.three_one).chain(&self.three).chain(&self.two)
    }
}

#[derive(Deserialize)]
pub(super) struct Metric<'a> {
    #[serde(borrow, default)]
    pub(super) source: Cow<'a, str>,
    #[serde(borrow, default, rename = "cvssData")]
    pub(super) data: Option<Cvss<'a>>,
    /// Here in CVSS 2.
    #[serde(borrow, default, rename = "baseSeverity")]
    pub(super) severity: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Cvss<'a> {
    #[serde(borrow, default, rename = "vectorString")]
    pub(super) vector: Option<Cow<'a, str>>,
    #[serde(default, rename = "baseScore")]
    pub(super) score: Option<f64>,
    #[serde(borrow, default, rename = "baseSeverity")]
    pub(super) severity: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Weakness<'a> {
    #[serde(borrow, default)]
    pub(super) description: Vec<Word<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Link<'a> {
    #[serde(borrow)]
    pub(super) url: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) tags: Vec<Tag<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(borrow, default)]
    pub(super) operator: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) negate: bool,
    #[serde(borrow, default)]
    pub(super) nodes: Vec<Node<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Node<'a> {
    #[serde(default)]
    pub(super) negate: bool,
    #[serde(borrow, default, rename = "cpeMatch")]
    pub(super) matches: Vec<Match<'a>>,
}

/// One line of a configuration.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Match<'a> {
    #[serde(default)]
    pub(super) vulnerable: bool,
    #[serde(borrow)]
    pub(super) criteria: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) version_start_including: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) version_start_excluding: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) version_end_including: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) version_end_excluding: Option<Cow<'a, str>>,
}
