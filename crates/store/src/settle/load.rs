use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{ContainerState, FindingKind};

use super::PAGE;
use super::batch::{Asset, Batch, Content, Other};
use super::known::Known;
use crate::Error;
use crate::decisions::Decisions;
use crate::sql::{On, Sql};

#[derive(sqlx::FromRow)]
struct Row {
    content_id: i64,
    kind: String,
    rule: String,
    severity: i64,
    package: String,
    path: String,
    fingerprint: String,
    first_seen: i64,
}

/// Contents by their ids, while they are loaded.
type ById = HashMap<i64, Content>;

/// Loads some contents, in the order of their ids.
pub(crate) async fn load(
    on: impl Into<On<'_>>,
    contents: &[i64],
    known: &mut Known,
    decisions: &Decisions,
) -> Result<Batch, Error> {
    let mut on = on.into();
    let rows: Vec<(i64, i64, Option<i64>, i64)> =
        Sql::read("read images", "SELECT id, first_seen, scanned, gap_count FROM content WHERE id IN ")
            .list("", contents.iter().copied())
            .all(on.again())
            .await?;
    let mut loaded: ById = rows
        .into_iter()
        .map(|(id, first_seen, scanned, gaps)| {
            (id, Content { first_seen, scanned, gaps, ..Content::default() })
        })
        .collect();
    load_packages(on.again(), contents, known, decisions, &mut loaded).await?;
    load_others(on.again(), contents, known, &mut loaded).await?;
    load_assets(on, contents, &mut loaded).await?;
    let mut loaded: Vec<(i64, Content)> = loaded.into_iter().collect();
    loaded.sort_unstable_by_key(|(id, _)| *id);
    Ok(loaded.into_iter().map(|(_, content)| content).collect())
}

async fn load_packages(
    mut on: On<'_>,
    contents: &[i64],
    known: &mut Known,
    decisions: &Decisions,
    loaded: &mut ById,
) -> Result<(), Error> {
    // One row for each content: hundreds of them would take most of the time that settling takes.
    let sql = Sql::read(
        "read packages of images",
        "SELECT content_id, STRING_AGG(CAST(package_id AS TEXT), ',') FROM content_package WHERE content_id IN ",
    );
    let rows: Vec<(i64, String)> =
        sql.list("", contents.iter().copied()).push(" GROUP BY content_id").all(on.again()).await?;
    let rows: Vec<(i64, Vec<i64>)> = rows
        .into_iter()
        .map(|(content, ids)| (content, ids.split(',').filter_map(|id| id.parse().ok()).collect()))
        .collect();
    let mut ids: Vec<i64> = rows.iter().flat_map(|(_, ids)| ids).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    known.meet(on.again(), &ids).await?;
    let placed: HashSet<i64> = ids.into_iter().filter(|id| is_placed(*id, known, decisions)).collect();
    for (id, packages) in rows {
        let Some(content) = loaded.get_mut(&id) else { continue };
        content.components = i64::try_from(packages.len()).unwrap_or(i64::MAX);
        let elsewhere = packages.into_iter().filter(|id| !placed.contains(id));
        content.packages = elsewhere.filter_map(|id| Some((Arc::clone(known.package(id)?), None))).collect();
    }
    load_places(on, contents, &placed, known, loaded).await
}

/// Whether a decision asks where the vulnerabilities of a package lie.
fn is_placed(id: i64, known: &Known, decisions: &Decisions) -> bool {
    let kind = FindingKind::Vulnerabilities.word();
    let vulnerabilities = known.package(id).map_or(&[][..], |package| &package.vulnerabilities);
    let mut rules = vulnerabilities.iter().filter_map(|found| known.rule(found.rule));
    decisions.concern(kind) && rules.any(|rule| decisions.ask_where(kind, &rule.id, &rule.aliases))
}

/// Loads the packages of which it matters where they lie.
async fn load_places(
    mut on: On<'_>,
    contents: &[i64],
    packages: &HashSet<i64>,
    known: &Known,
    loaded: &mut ById,
) -> Result<(), Error> {
    let packages: Vec<i64> = packages.iter().copied().collect();
    for some in packages.chunks(PAGE) {
        let rows: Vec<(i64, i64, String)> = Sql::read(
            "read where packages lie",
            "SELECT content_id, package_id, path FROM content_package WHERE content_id IN ",
        )
        .list("", contents.iter().copied())
        .list(" AND package_id IN ", some.iter().copied())
        .all(on.again())
        .await?;
        for (content, package, path) in rows {
            if let (Some(content), Some(package)) = (loaded.get_mut(&content), known.package(package)) {
                content.packages.push((Arc::clone(package), Some(path)));
            }
        }
    }
    Ok(())
}

async fn load_others(
    on: On<'_>,
    contents: &[i64],
    known: &mut Known,
    loaded: &mut ById,
) -> Result<(), Error> {
    let rows: Vec<Row> = Sql::read(
        "read findings",
        "SELECT content_id, kind, rule, severity, package, path, fingerprint, first_seen FROM finding \
         WHERE content_id IN ",
    )
    .list("", contents.iter().copied())
    .all(on)
    .await?;
    for row in rows {
        let kind = FindingKind::ALL.into_iter().find(|known| known.word() == row.kind);
        let (Some(content), Some(kind)) = (loaded.get_mut(&row.content_id), kind) else { continue };
        content.others.push(Other {
            rule: known.number(kind, row.rule),
            severity: u8::try_from(row.severity).unwrap_or_default(),
            package: row.package,
            path: row.path,
            fingerprint: row.fingerprint,
            first_seen: row.first_seen,
        });
    }
    Ok(())
}

async fn load_assets(mut on: On<'_>, contents: &[i64], loaded: &mut ById) -> Result<(), Error> {
    const THEIR: &str = " IN (SELECT id FROM asset WHERE content_id IN ";
    let sql = Sql::read(
        "read where images are",
        "SELECT id, content_id, project_id, kind, repository, tag, reference, gone IS NOT NULL AS is_gone, scanned, \
         risk, critical, high, medium, low, negligible, unknown, vulnerabilities, fixable, exploited, malware, \
         secrets, baseline, compliance, base_image, ignored, gaps, components, hosts, containers, running, focus, \
         focus_reasons FROM asset WHERE content_id IN ",
    );
    let assets: Vec<Asset> =
        sql.list("", contents.iter().copied()).push(" ORDER BY id").all(on.again()).await?;
    let hosts: Vec<(i64, i64)> = Sql::read(
        "read who has images",
        "SELECT DISTINCT asset_engine.asset_id, engine.host_id FROM asset_engine \
         JOIN engine ON engine.id = asset_engine.engine_id WHERE asset_engine.asset_id",
    )
    .list(THEIR, contents.iter().copied())
    .push(")")
    .all(on.again())
    .await?;
    let containers: Vec<(i64, i64, i64)> =
        Sql::read("count containers", "SELECT asset_id, COUNT(*) AS there, CAST(SUM(CASE WHEN")
            .with(" state = ", ContainerState::Running.word())
            .push(" THEN 1 ELSE 0 END) AS BIGINT) AS running FROM container WHERE gone IS NULL AND asset_id")
            .list(THEIR, contents.iter().copied())
            .push(") GROUP BY asset_id")
            .all(on)
            .await?;
    let mut of_asset: HashMap<i64, Vec<i64>> = HashMap::new();
    for (asset, host) in hosts {
        of_asset.entry(asset).or_default().push(host);
    }
    let containers: HashMap<i64, (i64, i64)> =
        containers.into_iter().map(|(asset, there, running)| (asset, (there, running))).collect();
    for mut asset in assets {
        asset.hosts = of_asset.remove(&asset.id).unwrap_or_default();
        (asset.containers, asset.running) = containers.get(&asset.id).copied().unwrap_or_default();
        if let Some(content) = loaded.get_mut(&asset.content_id) {
            content.assets.push(asset);
        }
    }
    Ok(())
}
