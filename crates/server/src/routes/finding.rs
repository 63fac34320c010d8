//! Findings, from the store to the wire.

use std::cmp::Ordering;

use model::{FindingKind, FixStatus, Text};
use store::decided::Decided;
use store::decisions::Decision;

use crate::problem::Problem;
use crate::selection;

/// A kind by its word.
pub(super) fn kind(word: &str) -> Option<FindingKind> {
    FindingKind::ALL.into_iter().find(|kind| kind.word() == word)
}

/// A decision as it is sent.
pub(super) fn decision(decision: &Decision) -> api::AppliedDecision {
    api::AppliedDecision {
        id: decision.id,
        action: decision.action.word().to_owned(),
        remark: decision.remark.clone(),
        until: decision.until,
        until_fix: decision.until_fix,
        created_by: decision.created_by.clone(),
        created: decision.created,
    }
}

/// A finding as it is sent.
pub(super) fn row(found: &Decided) -> api::ImageFinding {
    let row = &found.row;
    let status = row.status.as_deref();
    api::ImageFinding {
        kind: kind(&row.kind).unwrap_or(FindingKind::Compliance),
        fingerprint: row.fingerprint.clone(),
        rule: row.rule.clone(),
        aliases: row.aliases.clone(),
        severity: selection::severity(row.severity),
        title: Text::new(row.title_en.clone(), row.title_zh.clone()),
        status: status.and_then(|word| FixStatus::ALL.into_iter().find(|status| status.word() == word)),
        package: row.package.clone(),
        version: row.version.clone(),
        package_type: row.package_type.clone(),
        purl: row.purl.clone(),
        fixed_version: row.fixed_version.clone(),
        path: row.path.clone(),
        layer: row.layer,
        from_base: row.from_base,
        exploited: row.exploited,
        epss: row.epss,
        cvss: row.cvss,
        risk: row.risk,
        published: row.published.clone(),
        first_seen: row.first_seen,
        state: if found.is_open() { api::FindingState::Open } else { api::FindingState::Handled },
        decision: found.decision.as_ref().map(decision),
        suppressed: row.suppressed.as_deref().and_then(|known| serde_json::from_str(known).ok()),
    }
}

/// Those of an image that fit, sorted.
///
/// # Errors
/// When a text of the filter is too long.
pub(super) fn chosen(
    findings: Vec<Decided>,
    filter: &api::FindingFilter,
    order: api::FindingOrder,
) -> Result<Vec<Decided>, Problem> {
    let search = selection::text("search", filter.search.as_ref())?.map(|text| text.to_lowercase());
    let mut chosen: Vec<Decided> =
        findings.into_iter().filter(|found| fits(found, filter, search.as_deref())).collect();
    let sort = order.sort.unwrap_or_default();
    let by_words = matches!(sort, api::FindingSort::Package | api::FindingSort::Path);
    let descending = order.descending.unwrap_or(!by_words);
    chosen.sort_by(|left, right| {
        let way = compare(sort, left, right);
        let way = if descending { way.reverse() } else { way };
        way.then_with(|| tie(left, right))
    });
    Ok(chosen)
}

fn fits(found: &Decided, filter: &api::FindingFilter, search: Option<&str>) -> bool {
    let row = &found.row;
    let state = match filter.state {
        None => !found.is_hidden(),
        Some(api::FindingState::Open) => found.is_open(),
        Some(api::FindingState::Handled) => !found.is_open(),
    };
    let same = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
    let holds = |text: &str| search.is_none_or(|search| text.to_lowercase().contains(search));
    let texts = [&row.rule, &row.title_en, &row.title_zh, &row.path, &row.package];
    state
        && (filter.kind.is_empty() || filter.kind.iter().any(|kind| kind.word() == row.kind))
        && (filter.severity.is_empty() || filter.severity.contains(&selection::severity(row.severity)))
        && same(filter.fixable, row.fixable())
        && same(filter.exploited, row.exploited)
        && filter.from_base.is_none_or(|wanted| row.from_base == Some(wanted))
        && filter.layer.is_none_or(|wanted| row.layer == Some(wanted))
        && (texts.into_iter().any(|text| holds(text)) || row.aliases.iter().any(|alias| holds(alias)))
}

fn compare(sort: api::FindingSort, left: &Decided, right: &Decided) -> Ordering {
    let (left, right) = (&left.row, &right.row);
    match sort {
        api::FindingSort::Severity => {
            left.severity.cmp(&right.severity).then_with(|| left.risk.total_cmp(&right.risk))
        }
        api::FindingSort::Risk => left.risk.total_cmp(&right.risk),
        api::FindingSort::Package => (&left.package, &left.version).cmp(&(&right.package, &right.version)),
        api::FindingSort::Path => left.path.cmp(&right.path),
        api::FindingSort::FirstSeen => left.first_seen.cmp(&right.first_seen),
    }
}

/// What is equal stands in the same order every time, so that pages fit together.
fn tie(left: &Decided, right: &Decided) -> Ordering {
    let key =
        |found: &Decided| (found.row.rule.clone(), found.row.package.clone(), found.row.fingerprint.clone());
    key(left).cmp(&key(right))
}
