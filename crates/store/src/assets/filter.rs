use model::FindingKind;

use super::{STATUS, Sort};
use crate::authorisations::AUTHORISED;
use crate::pattern::{self, ESCAPE};
use crate::sql::Sql;

/// From a number to another, both of them included; without an end on a side where none is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// At least this.
    pub least: Option<i64>,
    /// At most this.
    pub most: Option<i64>,
}

/// Which rows stand for images with several platforms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// The index, as lists show it; where it is asked what is in images, these.
    #[default]
    Shown,
    /// Each image of it.
    Images,
}

/// Which images are wanted: all that is said must hold, one value of each list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// local, registry, ci, archive.
    pub kinds: Vec<String>,
    /// The words of `asset.status`.
    pub statuses: Vec<String>,
    /// The numbers of `asset.risk`.
    pub risks: Vec<i64>,
    /// Kinds of findings of which one counts.
    pub has: Vec<FindingKind>,
    /// Kinds of findings of which none counts.
    pub without: Vec<FindingKind>,
    /// Whether it deserves a look first.
    pub focus: Option<bool>,
    /// Whether it is the newest of its repository.
    pub latest: Option<bool>,
    /// Whether a container of it runs.
    pub running: Option<bool>,
    /// Whether there is a container of it.
    pub has_containers: Option<bool>,
    /// Whether it is enrolled.
    pub authorised: Option<bool>,
    /// Whether it can be scanned.
    pub scannable: Option<bool>,
    /// Whether something that counts has a fix.
    pub fixable: Option<bool>,
    /// Whether something that counts is known to be exploited.
    pub exploited: Option<bool>,
    /// Whether something could not be read or decided.
    pub has_gaps: Option<bool>,
    /// Those that are gone, instead of those that are there.
    pub gone: bool,
    /// Part of the name, or the beginning of id or digest.
    pub search: Option<String>,
    /// Part of the name.
    pub name: Option<String>,
    /// A glob of the name without tag.
    pub repository: Option<String>,
    /// A glob of the tag.
    pub tag: Option<String>,
    /// The whole id or digest.
    pub digest: Option<String>,
    /// Its bytes.
    pub size: Span,
    /// When it was built.
    pub built: Span,
    /// When it was scanned.
    pub scanned: Span,
    /// When it was first seen.
    pub added: Span,
    /// When it was last seen.
    pub seen: Span,
    /// The host that has it.
    pub host: Option<i64>,
    /// Part of the name or address of one.
    pub host_name: Option<String>,
    /// The engine that has it.
    pub engine: Option<i64>,
    /// Part of the name of a container, or the beginning of its id.
    pub container: Option<String>,
    /// Part of the name of a pod.
    pub pod: Option<String>,
    /// A vulnerability in it, by any id.
    pub vulnerability: Option<String>,
    /// The rule of another finding in it.
    pub rule: Option<String>,
    /// A component in it, whole or with `*` at the end.
    pub component: Option<String>,
    /// That component's version.
    pub component_version: Option<String>,
    /// Part of what its operating system is called.
    pub os: Option<String>,
    /// The id of its distribution.
    pub distribution: Option<String>,
    /// The release of its distribution.
    pub distribution_version: Option<String>,
    /// What it runs on.
    pub platform: Option<String>,
    /// Codes of why it could not be scanned.
    pub failures: Vec<String>,
    /// The project.
    pub project: Option<i64>,
    /// These, by their ids.
    pub ids: Vec<i64>,
    /// The registries that have it.
    pub registries: Vec<i64>,
    /// The kinds of these.
    pub registry_kinds: Vec<String>,
    /// Part of the name of one.
    pub registry_name: Option<String>,
    /// The registry's name of the repository without its last part; `*` at the end stands for anything.
    pub namespace: Option<String>,
    /// Whether it is an index of images for several platforms.
    pub multiple: Option<bool>,
    /// The index it is an image of.
    pub parent: Option<i64>,
    /// When it was pushed.
    pub pushed: Span,
    /// Whether it is shared by somebody, and still is at a time.
    pub shared: Option<(bool, i64)>,
    /// Which rows stand for indexes.
    pub rows: Rows,
    /// Built or pushed then or later; or first seen, where neither is known.
    pub updated: Option<i64>,
}

/// The column that counts findings of a kind.
fn column(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Vulnerabilities => "asset.vulnerabilities",
        FindingKind::Malware => "asset.malware",
        FindingKind::Secrets => "asset.secrets",
        FindingKind::Baseline => "asset.baseline",
        FindingKind::Compliance => "asset.compliance",
        FindingKind::BaseImage => "asset.base_image",
    }
}

/// The digits of a text that may be the beginning of a digest.
fn digest(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let digits = text.strip_prefix("sha256:").unwrap_or(&text);
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| digits.to_owned())
}

impl Filter {
    /// Whether an index leads to what fits: most images may fit, as where they were seen, and whether they are the newest,
    /// is all that is asked; or those of the focus, or of one severity, are wanted by their risk, which have indexes of
    /// their own.
    pub(super) fn is_indexed(&self, sort: Sort) -> bool {
        let mut broad = Self { kinds: self.kinds.clone(), latest: self.latest, ..Self::default() };
        if sort == Sort::Risk && self.focus == Some(true) {
            broad.focus = self.focus;
        } else if sort == Sort::Risk && self.risks.len() == 1 {
            broad.risks.clone_from(&self.risks);
        }
        *self == broad
    }

    /// Adds its conditions to a statement over `asset LEFT JOIN content` that has a `WHERE`.
    #[must_use]
    pub fn apply(&self, sql: Sql) -> Sql {
        let sql = sql.push(if self.gone { " AND asset.gone IS NOT NULL" } else { " AND asset.gone IS NULL" });
        let sql = self.texts(self.spans(self.flags(self.lists(self.rows(sql)))));
        self.inside(self.registries(self.places(self.picked(sql))))
    }

    /// Whether it is asked what is in images, which an index does not tell.
    fn is_inside(&self) -> bool {
        let texts = [
            &self.vulnerability,
            &self.rule,
            &self.component,
            &self.os,
            &self.distribution,
            &self.distribution_version,
            &self.platform,
        ];
        texts.into_iter().any(Option::is_some)
    }

    fn rows(&self, sql: Sql) -> Sql {
        if let Some(parent) = self.parent {
            return sql.with(" AND asset.parent_id = ", parent);
        }
        if self.rows == Rows::Images || self.is_inside() {
            return sql.push(" AND NOT asset.multiple");
        }
        // By its digest or id each of them is found.
        if self.digest.is_some() || !self.ids.is_empty() {
            sql
        } else {
            sql.push(" AND asset.parent_id IS NULL")
        }
    }

    /// Those that are named by their ids.
    fn picked(&self, sql: Sql) -> Sql {
        if self.ids.is_empty() { sql } else { sql.list(" AND asset.id IN ", self.ids.iter().copied()) }
    }

    /// Conditions about the registry.
    fn registries(&self, mut sql: Sql) -> Sql {
        const REGISTRIES: &str = " AND asset.registry_id IN (SELECT registry.id FROM registry WHERE ";
        if !self.registries.is_empty() {
            sql = sql.list(" AND asset.registry_id IN ", self.registries.iter().copied());
        }
        if !self.registry_kinds.is_empty() {
            sql = sql.list(&format!("{REGISTRIES}registry.kind IN "), &self.registry_kinds).push(")");
        }
        if let Some(name) = &self.registry_name {
            let name = pattern::holding(name);
            sql = sql.with(&format!("{REGISTRIES}LOWER(registry.name) LIKE "), name).push(ESCAPE).push(")");
        }
        match self.shared {
            Some((true, now)) => sql
                .with(" AND asset.owner IS NOT NULL AND COALESCE(asset.shared_until, ", i64::MAX)
                .with(") > ", now),
            Some((false, now)) => sql.with(" AND asset.owner IS NOT NULL AND asset.shared_until <= ", now),
            None => sql,
        }
    }

    fn lists(&self, mut sql: Sql) -> Sql {
        for (column, words) in [("asset.kind", &self.kinds), (STATUS, &self.statuses)] {
            if !words.is_empty() {
                sql = sql.list(&format!(" AND {column} IN "), words);
            }
        }
        if !self.risks.is_empty() {
            sql = sql.list(" AND asset.risk IN ", self.risks.iter().copied());
        }
        if !self.failures.is_empty() {
            sql = sql.list(" AND (asset.failure IN ", &self.failures);
            sql = sql.list(" OR asset.scan_failure IN ", &self.failures).push(")");
        }
        if !self.has.is_empty() {
            let any: Vec<String> = self.has.iter().map(|kind| format!("{} > 0", column(*kind))).collect();
            sql = sql.push(&format!(" AND ({})", any.join(" OR ")));
        }
        // What was never scanned is not without findings: nobody knows.
        self.without.iter().fold(sql, |sql, kind| {
            sql.push(&format!(" AND {} = 0 AND asset.scanned IS NOT NULL", column(*kind)))
        })
    }

    fn flags(&self, sql: Sql) -> Sql {
        let flags = [
            (self.focus, "asset.focus"),
            (self.latest, "asset.latest"),
            (self.authorised, AUTHORISED),
            (self.running, "asset.running > 0"),
            (self.has_containers, "asset.containers > 0"),
            (self.scannable, "asset.failure IS NULL"),
            (self.fixable, "asset.fixable > 0"),
            (self.exploited, "asset.exploited > 0"),
            (self.has_gaps, "asset.gaps > 0"),
            (self.multiple, "asset.multiple"),
        ];
        flags.into_iter().fold(sql, |sql, (wanted, condition)| match wanted {
            Some(true) => sql.push(&format!(" AND {condition}")),
            Some(false) => sql.push(&format!(" AND NOT ({condition})")),
            None => sql,
        })
    }

    fn spans(&self, sql: Sql) -> Sql {
        let spans = [
            (self.size, "asset.size"),
            (self.built, "asset.built"),
            (self.scanned, "asset.scanned"),
            (self.added, "asset.first_seen"),
            (self.seen, "asset.last_seen"),
            (self.pushed, "asset.pushed"),
        ];
        let sql = spans.into_iter().fold(sql, |mut sql, (span, column)| {
            if let Some(least) = span.least {
                sql = sql.with(&format!(" AND {column} >= "), least);
            }
            if let Some(most) = span.most {
                sql = sql.with(&format!(" AND {column} <= "), most);
            }
            sql
        });
        let sql = match self.updated {
            Some(since) => sql
                .with(" AND (asset.pushed >= ", since)
                .with(" OR COALESCE(asset.built, asset.pushed, asset.first_seen) >= ", since)
                .push(")"),
            None => sql,
        };
        match self.project {
            Some(project) => sql.with(" AND asset.project_id = ", project),
            None => sql,
        }
    }

    fn texts(&self, mut sql: Sql) -> Sql {
        if let Some(search) = &self.search {
            sql = named_so(sql.push(" AND ("), search);
            // What cannot be one is not looked for among the digests of all images.
            if let Some(digest) = digest(search) {
                for column in ["content.image_id", "content.manifest_digest", "asset.digest"] {
                    sql = sql.with(&format!(" OR {column} LIKE "), format!("sha256:{digest}%"));
                }
            }
            sql = sql.push(")");
        }
        if let Some(name) = &self.name {
            sql = named_so(sql.push(" AND "), name);
        }
        if let Some(os) = &self.os {
            sql = sql.with(" AND LOWER(content.os_name) LIKE ", pattern::holding(os)).push(ESCAPE);
        }
        let globs = [
            (&self.repository, "asset.repository"),
            (&self.tag, "asset.tag"),
            (&self.namespace, "asset.namespace"),
        ];
        for (text, column) in globs.into_iter().filter_map(|(text, column)| Some((text.as_ref()?, column))) {
            sql = if text.contains('*') {
                sql.with(&format!(" AND {column} LIKE "), pattern::glob(text)).push(ESCAPE)
            } else {
                sql.with(&format!(" AND {column} = "), text)
            };
        }
        let same = [
            (&self.distribution, "content.distribution"),
            (&self.distribution_version, "content.distribution_version"),
            (&self.platform, "content.platform"),
        ];
        for (text, column) in same.into_iter().filter_map(|(text, column)| Some((text.as_ref()?, column))) {
            sql = sql.with(&format!(" AND {column} = "), text);
        }
        if let Some(digest) = &self.digest {
            sql = sql
                .with(" AND (content.image_id = ", digest)
                .with(" OR content.manifest_digest = ", digest)
                .with(" OR asset.reference = ", digest)
                .with(" OR asset.digest = ", digest)
                .push(")");
        }
        sql
    }

    /// Conditions about where the image is.
    fn places(&self, mut sql: Sql) -> Sql {
        const ENGINES: &str = " AND asset.id IN (SELECT asset_engine.asset_id FROM asset_engine \
            JOIN engine ON engine.id = asset_engine.engine_id JOIN host ON host.id = engine.host_id WHERE ";
        const CONTAINERS: &str = " AND asset.id IN (SELECT container.asset_id FROM container \
            WHERE container.gone IS NULL AND container.asset_id IS NOT NULL AND ";
        if let Some(host) = self.host {
            sql = sql.with(&format!("{ENGINES}engine.host_id = "), host).push(")");
        }
        if let Some(engine) = self.engine {
            sql = sql.with(&format!("{ENGINES}engine.id = "), engine).push(")");
        }
        if let Some(name) = &self.host_name {
            sql = sql.with(&format!("{ENGINES}(LOWER(host.name) LIKE "), pattern::holding(name)).push(ESCAPE);
            sql = sql.with(" OR host.addresses LIKE ", pattern::holding(name)).push(ESCAPE).push("))");
        }
        if let Some(container) = &self.container {
            let name = pattern::holding(container);
            sql = sql.with(&format!("{CONTAINERS}(LOWER(container.name) LIKE "), name).push(ESCAPE);
            let id = pattern::beginning(container);
            sql = sql.with(" OR container.reference LIKE ", id).push(ESCAPE).push("))");
        }
        if let Some(pod) = &self.pod {
            let name = pattern::holding(pod);
            sql = sql.with(&format!("{CONTAINERS}LOWER(container.pod) LIKE "), name).push(ESCAPE).push(")");
        }
        sql
    }

    /// Conditions about what is in the image.
    fn inside(&self, mut sql: Sql) -> Sql {
        const PACKAGES: &str = " AND asset.content_id IN (SELECT content_package.content_id FROM content_package \
            JOIN package ON package.id = content_package.package_id WHERE ";
        const VULNERABILITIES: &str = " AND asset.content_id IN (SELECT content_package.content_id \
            FROM package_vulnerability \
            JOIN content_package ON content_package.package_id = package_vulnerability.package_id \
            WHERE package_vulnerability.suppressed IS NULL AND package_vulnerability.vulnerability IN ";
        if let Some(id) = &self.vulnerability {
            sql = sql.push(VULNERABILITIES);
            sql = match id.to_ascii_uppercase() {
                cve if cve.starts_with("CVE-") => sql.list("", [cve]),
                _ => {
                    let alias = format!("%\"{}\"%", pattern::literal(id));
                    sql.with("(SELECT id FROM vulnerability WHERE id = ", id)
                        .with(" OR LOWER(aliases) LIKE ", alias)
                        .push(ESCAPE)
                        .push(")")
                }
            };
            sql = sql.push(")");
        }
        if let Some(rule) = &self.rule {
            sql = sql
                .with(" AND asset.content_id IN (SELECT finding.content_id FROM finding WHERE rule = ", rule)
                .push(")");
        }
        if let Some(component) = &self.component {
            sql = named(sql.push(PACKAGES), "package.", component);
            if let Some(version) = &self.component_version {
                sql = sql.with(" AND package.version = ", version);
            }
            sql = sql.push(")");
        }
        sql
    }
}

/// Images whose name holds a text. The index of names is gone through for it, which is a tenth of the table.
fn named_so(sql: Sql, text: &str) -> Sql {
    const NAMED: &str = "asset.id IN (SELECT named.id FROM asset AS named WHERE LOWER(named.name) LIKE ";
    sql.with(NAMED, pattern::holding(text)).push(ESCAPE).push(")")
}

/// Packages of a name, or whose names begin with what stands before `*` at its end: of the whole name, or of what people
/// call them.
pub(crate) fn named(sql: Sql, table: &str, name: &str) -> Sql {
    let column = |sql: Sql, column: &str| match name.strip_suffix('*') {
        Some(beginning) => {
            let (low, high) = pattern::between(beginning);
            let sql = sql.with(&format!("({table}{column} >= "), low);
            sql.with(&format!(" AND {table}{column} < "), high).push(")")
        }
        None => sql.with(&format!("{table}{column} = "), name),
    };
    column(column(sql.push("("), "name").push(" OR "), "short_name").push(")")
}
