//! Findings of all kinds but vulnerabilities.

use std::collections::BTreeMap;

use model::{Finding, FindingKind, Language};

use super::Layers;
use crate::findings::fingerprint;
use crate::sql::{Sql, Value, insert, storable};
use crate::{Error, Transaction, now};

/// As it is kept.
#[derive(PartialEq, sqlx::FromRow)]
struct Kept {
    severity: i64,
    title_en: String,
    title_zh: String,
    path: String,
    package: String,
    layer: Option<i64>,
    from_base: Option<bool>,
    detail: String,
}

#[derive(sqlx::FromRow)]
struct Before {
    id: i64,
    fingerprint: String,
    #[sqlx(flatten)]
    kept: Kept,
}

impl Kept {
    fn of(finding: &Finding, layers: &Layers<'_>) -> Self {
        let plain = |text: &str| storable(text.to_owned());
        Self {
            severity: finding.severity as i64,
            title_en: plain(finding.title(Language::English)),
            title_zh: plain(finding.title(Language::Chinese)),
            path: finding.paths().first().map_or_else(String::new, |path| plain(path)),
            package: finding.package().map_or_else(String::new, |(name, _)| plain(name)),
            layer: layers.position(finding.layer.as_deref(), finding.created_by.as_deref()),
            from_base: finding.from_base,
            // Texts, numbers and lists are always written.
            detail: serde_json::to_string(finding).unwrap_or_default(),
        }
    }
}

pub(super) async fn write(
    transaction: &mut Transaction,
    content: i64,
    layers: &Layers<'_>,
    findings: &[Finding],
) -> Result<(), Error> {
    // The kind is part of what a fingerprint is made of.
    let mut found: BTreeMap<String, &Finding> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.kind() != FindingKind::Vulnerabilities) {
        found.entry(fingerprint(finding)).or_insert(finding);
    }
    let before: Vec<Before> = Sql::read(
        "read the findings of an image",
        "SELECT id, fingerprint, severity, title_en, title_zh, path, package, layer, from_base, detail \
         FROM finding WHERE content_id = ",
    )
    .with("", content)
    .all(&mut *transaction)
    .await?;
    let (now, mut gone) = (now(), Vec::new());
    for Before { id, fingerprint, kept } in before {
        match found.get(&fingerprint) {
            Some(finding) if Kept::of(finding, layers) == kept => drop(found.remove(&fingerprint)),
            Some(_) => {}
            None => gone.push(id),
        }
    }
    for some in gone.chunks(10_000) {
        let sql = Sql::write("forget findings", "DELETE FROM finding WHERE id IN ");
        sql.list("", some.iter().copied()).run(&mut *transaction).await?;
    }
    let rows = found
        .into_iter()
        .map(|(fingerprint, finding)| row(content, fingerprint, finding, Kept::of(finding, layers), now))
        .collect();
    let into = "INSERT INTO finding (content_id, kind, fingerprint, rule, severity, title_en, title_zh, path, \
        package, layer, from_base, detail, first_seen) VALUES ";
    let after = " ON CONFLICT (content_id, kind, fingerprint) DO UPDATE SET severity = excluded.severity, \
        title_en = excluded.title_en, title_zh = excluded.title_zh, path = excluded.path, \
        package = excluded.package, layer = excluded.layer, from_base = excluded.from_base, \
        detail = excluded.detail";
    insert("note findings", transaction, into, rows, after).await
}

fn row(content: i64, fingerprint: String, finding: &Finding, kept: Kept, now: i64) -> Vec<Value> {
    vec![
        content.into(),
        finding.kind().word().into(),
        fingerprint.into(),
        (&finding.id).into(),
        kept.severity.into(),
        kept.title_en.into(),
        kept.title_zh.into(),
        kept.path.into(),
        kept.package.into(),
        kept.layer.into(),
        kept.from_base.into(),
        kept.detail.into(),
        now.into(),
    ]
}
