//! Which images somebody means, from the wire to the store.

use std::collections::BTreeSet;

use api::{Check, ImageFilter, ImageRisk};
use model::Severity;
use store::assets::{self, Filter, Rows, Span};
use store::{Database, Scope, tasks};

use crate::problem::Problem;

/// The longest text of a filter.
const LONGEST: usize = 256;
/// How many images are looked up in one statement.
const AT_ONCE: i64 = 20_000;
/// How many rows are looked at in one statement.
const BATCH: usize = 5_000;

/// All images that fit but for some, the lowest id first; those of an index instead of the index.
///
/// # Errors
/// When the database refuses or is gone.
pub(crate) async fn images(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    exclude: &[i64],
) -> Result<Vec<i64>, store::Error> {
    let (mut images, mut after) = (BTreeSet::new(), 0);
    loop {
        let rows = assets::ids(database, scope, filter, exclude, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = *last;
        images.extend(images_of(database, &rows).await?);
    }
    for image in exclude {
        images.remove(image);
    }
    Ok(images.into_iter().collect())
}

/// The images that rows stand for.
///
/// # Errors
/// When the database refuses or is gone.
pub(crate) async fn images_of(database: &Database, rows: &[i64]) -> Result<BTreeSet<i64>, store::Error> {
    let mut images = BTreeSet::new();
    for rows in rows.chunks(BATCH) {
        images.extend(assets::images_of(database, rows).await?);
    }
    Ok(images)
}

/// Images with their names, each of which must be there.
///
/// # Errors
/// When one is not, or the database refuses or is gone.
pub(crate) async fn named(
    database: &Database,
    scope: &Scope,
    images: &[i64],
) -> Result<Vec<(i64, String)>, Problem> {
    let known = tasks::names(database, scope, images).await?;
    let is_missing = |id: &&i64| known.binary_search_by_key(*id, |(known, _)| *known).is_err();
    match images.iter().find(is_missing) {
        Some(missing) => Err(Problem::not_found("image", missing)),
        None => Ok(known),
    }
}

/// What to look for, in one order whoever asks; everything when nothing is named.
pub(crate) fn checks(wanted: &[Check]) -> Vec<String> {
    let mut checks = if wanted.is_empty() { Check::ALL.to_vec() } else { wanted.to_vec() };
    checks.sort_unstable();
    checks.dedup();
    checks.into_iter().map(|check| check.word().to_owned()).collect()
}

/// A text to look for: nothing when it is empty.
///
/// # Errors
/// When it is too long.
pub(crate) fn text(name: &str, text: Option<&String>) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > LONGEST => {
            Err(Problem::invalid(format!("`{name}` is longer than {LONGEST} characters")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

/// The number that a severity is kept as.
pub(crate) fn number(severity: Severity) -> i64 {
    match severity {
        Severity::Unknown => 0,
        Severity::Negligible => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

/// The severity that is kept as a number.
pub(crate) fn severity(number: i64) -> Severity {
    let known = Severity::WORST_FIRST.into_iter().find(|severity| self::number(*severity) == number);
    known.unwrap_or_default()
}

fn risk(risk: ImageRisk) -> i64 {
    match risk {
        ImageRisk::Critical => 5,
        ImageRisk::High => 4,
        ImageRisk::Medium => 3,
        ImageRisk::Low => 2,
        ImageRisk::Negligible => 1,
        ImageRisk::Unknown => 0,
        ImageRisk::None => -1,
    }
}

/// The risk that is kept as a number.
pub(crate) fn image_risk(number: i64) -> Option<ImageRisk> {
    ImageRisk::ALL.iter().copied().find(|known| risk(*known) == number)
}

/// What a filter asks the store for.
///
/// # Errors
/// When a text of it is too long.
pub(crate) fn filter(filter: &ImageFilter) -> Result<Filter, Problem> {
    let span = |least, most| Span { least, most };
    Ok(Filter {
        kinds: filter.kind.iter().map(|kind| kind.word().to_owned()).collect(),
        statuses: filter.status.iter().map(|status| status.word().to_owned()).collect(),
        risks: filter.risk.iter().copied().map(risk).collect(),
        has: filter.has.clone(),
        without: filter.without.clone(),
        focus: filter.focus,
        latest: filter.latest,
        running: filter.running,
        has_containers: filter.has_containers,
        authorised: filter.authorised,
        scannable: filter.scannable,
        fixable: filter.fixable,
        exploited: filter.exploited,
        has_gaps: filter.has_gaps,
        gone: filter.gone.unwrap_or(false),
        search: text("search", filter.search.as_ref())?,
        name: text("name", filter.name.as_ref())?,
        repository: text("repository", filter.repository.as_ref())?,
        tag: text("tag", filter.tag.as_ref())?,
        digest: text("digest", filter.digest.as_ref())?,
        size: span(filter.size_min, filter.size_max),
        built: span(filter.built_since, filter.built_until),
        scanned: span(filter.scanned_since, filter.scanned_until),
        added: span(filter.added_since, filter.added_until),
        seen: span(filter.seen_since, filter.seen_until),
        host: filter.host,
        host_name: text("host_name", filter.host_name.as_ref())?,
        engine: filter.engine,
        container: text("container", filter.container.as_ref())?,
        pod: text("pod", filter.pod.as_ref())?,
        vulnerability: text("vulnerability", filter.vulnerability.as_ref())?,
        rule: text("rule", filter.rule.as_ref())?,
        component: text("component", filter.component.as_ref())?,
        component_version: text("component_version", filter.component_version.as_ref())?,
        os: text("os", filter.os.as_ref())?,
        distribution: text("distribution", filter.distribution.as_ref())?,
        distribution_version: text("distribution_version", filter.distribution_version.as_ref())?,
        platform: text("platform", filter.platform.as_ref())?,
        failures: filter.failure.iter().map(|failure| failure.word().to_owned()).collect(),
        project: filter.project,
        ids: filter.id.clone(),
        registries: filter.registry.clone(),
        registry_kinds: filter.registry_kind.clone(),
        registry_name: text("registry_name", filter.registry_name.as_ref())?,
        namespace: text("namespace", filter.namespace.as_ref())?,
        multiple: filter.multiple,
        parent: filter.parent,
        pushed: span(filter.pushed_since, filter.pushed_until),
        shared: filter.shared.map(|shared| (shared, store::now())),
        rows: Rows::Shown,
        updated: None,
    })
}
