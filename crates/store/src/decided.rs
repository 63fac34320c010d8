//! The findings of one image with what was decided about them: what lists, exports and plans are made of.

use crate::assets::Asset;
use crate::decisions::{Decision, Decisions, Finding, Image};
use crate::findings::{self, Row};
use crate::{Database, Error};

/// A finding of an image, and the decision that takes it out of the counts.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The finding.
    pub row: Row,
    /// The decision, when there is one.
    pub decision: Option<Decision>,
}

impl Decided {
    /// Whether it counts: nobody decided about it, and judging itself does not hold it back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.decision.is_none() && self.row.suppressed.is_none()
    }

    /// Whether lists leave it out unless somebody asks.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.action.hides())
    }
}

/// Every finding of an image, in no order.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_asset(database: &Database, asset: &Asset) -> Result<Vec<Decided>, Error> {
    let Some(content) = asset.content_id else { return Ok(Vec::new()) };
    let rows = findings::of_content(database, content).await?;
    let decisions = Decisions::load(database).await?;
    Ok(apply(&decisions, asset, rows))
}

/// Finds the decision of each finding of an image.
#[must_use]
pub fn apply(decisions: &Decisions, asset: &Asset, rows: Vec<Row>) -> Vec<Decided> {
    let image = Image {
        asset_id: asset.id,
        project_id: asset.project_id,
        kind: &asset.kind,
        repository: &asset.repository,
        tag: asset.tag.as_deref(),
        reference: &asset.reference,
    };
    let decide = |row: Row| {
        let finding = Finding {
            kind: &row.kind,
            rule: &row.rule,
            aliases: &row.aliases,
            package: &row.package,
            path: &row.path,
            fingerprint: &row.fingerprint,
            fixable: row.fixable(),
        };
        let decision = decisions.covering(&image, &finding).cloned();
        Decided { row, decision }
    };
    rows.into_iter().map(decide).collect()
}
