//! A CSAF document as it is written: the parts that are read, borrowed from its text.

use std::borrow::Cow;

use model::FixStatus;
use serde::Deserialize;

/// A text that is borrowed where it stands in lists.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

#[derive(Deserialize)]
pub(super) struct Csaf<'a> {
    #[serde(borrow)]
    pub(super) document: Head<'a>,
    #[serde(borrow, default)]
    pub(super) product_tree: ProductTree<'a>,
    #[serde(borrow, default)]
    pub(super) vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(borrow, default)]
    pub(super) title: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) aggregate_severity: Option<Aggregate<'a>>,
    #[serde(borrow)]
    pub(super) tracking: Tracking<'a>,
    #[serde(borrow, default)]
    pub(super) notes: Vec<Note<'a>>,
    #[serde(borrow, default)]
    pub(super) references: Vec<Link<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Aggregate<'a> {
    #[serde(borrow, default)]
    pub(super) text: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct Tracking<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) initial_release_date: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) current_release_date: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct Note<'a> {
    #[serde(borrow, default)]
    pub(super) category: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) text: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct Link<'a> {
    #[serde(borrow, default)]
    pub(super) category: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) url: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ProductTree<'a> {
    #[serde(borrow)]
    pub(super) branches: Vec<Branch<'a>>,
    #[serde(borrow)]
    pub(super) full_product_names: Vec<Product<'a>>,
    #[serde(borrow)]
    pub(super) relationships: Vec<Relationship<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Branch<'a> {
    #[serde(borrow, default)]
    pub(super) branches: Vec<Branch<'a>>,
    #[serde(borrow, default)]
    pub(super) product: Option<Product<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Product<'a> {
    #[serde(borrow)]
    pub(super) product_id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) product_identification_helper: Option<Helper<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Helper<'a> {
    #[serde(borrow, default)]
    pub(super) cpe: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) purl: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Relationship<'a> {
    #[serde(borrow)]
    pub(super) full_product_name: Product<'a>,
    #[serde(borrow)]
    pub(super) product_reference: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) relates_to_product_reference: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(borrow, default)]
    pub(super) cve: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) title: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) cwe: Option<Weakness<'a>>,
    #[serde(borrow, default)]
    pub(super) notes: Vec<Note<'a>>,
    #[serde(borrow, default)]
    pub(super) product_status: ProductStatus<'a>,
    #[serde(borrow, default)]
    pub(super) remediations: Vec<Remediation<'a>>,
    #[serde(borrow, default)]
    pub(super) threats: Vec<Threat<'a>>,
    #[serde(borrow, default)]
    pub(super) scores: Vec<Score<'a>>,
    #[serde(borrow, default)]
    pub(super) references: Vec<Link<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Weakness<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ProductStatus<'a> {
    #[serde(borrow)]
    fixed: Vec<Text<'a>>,
    #[serde(borrow)]
    first_fixed: Vec<Text<'a>>,
    #[serde(borrow)]
    recommended: Vec<Text<'a>>,
    #[serde(borrow)]
    known_affected: Vec<Text<'a>>,
    #[serde(borrow)]
    first_affected: Vec<Text<'a>>,
    #[serde(borrow)]
    last_affected: Vec<Text<'a>>,
    #[serde(borrow)]
    under_investigation: Vec<Text<'a>>,
    #[serde(borrow)]
    known_not_affected: Vec<Text<'a>>,
}

impl<'a> ProductStatus<'a> {
    /// The lists with what is true of their relations. SUSE names fixes as `recommended`.
    pub(super) fn all(&self) -> [(FixStatus, &[Text<'a>]); 8] {
        [
            (FixStatus::Fixed, &self.fixed),
            (FixStatus::Fixed, &self.first_fixed),
            (FixStatus::Fixed, &self.recommended),
            (FixStatus::Affected, &self.known_affected),
            (FixStatus::Affected, &self.first_affected),
            (FixStatus::Affected, &self.last_affected),
            (FixStatus::UnderInvestigation, &self.under_investigation),
            (FixStatus::NotAffected, &self.known_not_affected),
        ]
    }
}

#[derive(Deserialize)]
pub(super) struct Remediation<'a> {
    #[serde(borrow, default)]
    pub(super) category: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) details: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) product_ids: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) url: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Threat<'a> {
    #[serde(borrow, default)]
    pub(super) category: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) details: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) product_ids: Vec<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Score<'a> {
    #[serde(borrow, default)]
    pub(super) cvss_v3: Option<Cvss<'a>>,
    #[serde(borrow, default)]
    pub(super) cvss_v4: Option<Cvss<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Cvss<'a> {
    #[serde(borrow, rename = "vectorString")]
    pub(super) vector: Cow<'a, str>,
    #[serde(default, rename = "baseScore")]
    pub(super) score: Option<f64>,
}
