//! Containers that engines have.

use crate::pattern::{self, ESCAPE};
use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// A container.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Container {
    /// Its id here.
    pub id: i64,
    /// The engine that has it.
    pub engine_id: i64,
    /// docker, containerd, podman.
    pub engine: String,
    /// containerd's namespace; empty for the others.
    pub namespace: String,
    /// The engine's id of it.
    pub reference: String,
    /// Its name.
    pub name: String,
    /// The image's name it was made from.
    pub image: String,
    /// That image, when it is known.
    pub asset_id: Option<i64>,
    /// A word of [`model::ContainerState`].
    pub state: String,
    /// What it runs, a JSON list.
    pub command: String,
    /// The pod it belongs to.
    pub pod: Option<String>,
    /// The pod's namespace.
    pub pod_namespace: Option<String>,
    /// Its addresses, a JSON list.
    pub addresses: String,
    /// When it was made.
    pub created: Option<i64>,
    /// When it began to run last.
    pub started: Option<i64>,
    /// When it ended last.
    pub finished: Option<i64>,
    /// With what it ended.
    pub exit_code: Option<i64>,
    /// When something about it changed last.
    pub updated: i64,
    /// When it was found to be gone.
    pub gone: Option<i64>,
    /// The host.
    pub host_id: i64,
    /// The host's name.
    pub host: String,
    /// The worst that counts in its image.
    pub risk: Option<i64>,
}

/// Which containers are wanted: all that is said must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words of [`model::ContainerState`].
    pub states: Vec<String>,
    /// The host.
    pub host: Option<i64>,
    /// The engine.
    pub engine: Option<i64>,
    /// The image.
    pub image: Option<i64>,
    /// Part of the pod's name.
    pub pod: Option<String>,
    /// Part of the names of container, image or host, or the beginning of the container's id.
    pub search: Option<String>,
    /// Those that are gone, instead of those that are there.
    pub gone: bool,
}

// A container belongs to the project of its image, or else of its host.
const SELECT: &str = "SELECT container.id, container.engine_id, engine.kind AS engine, container.namespace, \
    container.reference, container.name, container.image, asset.id AS asset_id, container.state, container.command, \
    container.pod, container.pod_namespace, container.addresses, container.created, container.started, \
    container.finished, container.exit_code, container.updated, container.gone, host.id AS host_id, \
    host.name AS host, asset.risk FROM container JOIN engine ON engine.id = container.engine_id \
    JOIN host ON host.id = engine.host_id LEFT JOIN asset ON asset.id = container.asset_id WHERE TRUE";
const PROJECT: &str = "COALESCE(asset.project_id, host.project_id)";

impl Filter {
    fn apply(&self, mut sql: Sql) -> Sql {
        sql = sql.push(if self.gone {
            " AND container.gone IS NOT NULL"
        } else {
            " AND container.gone IS NULL"
        });
        if !self.states.is_empty() {
            sql = sql.list(" AND container.state IN ", &self.states);
        }
        let same = [
            (self.host, "engine.host_id"),
            (self.engine, "container.engine_id"),
            (self.image, "container.asset_id"),
        ];
        for (id, column) in same.into_iter().filter_map(|(id, column)| Some((id?, column))) {
            sql = sql.with(&format!(" AND {column} = "), id);
        }
        if let Some(pod) = &self.pod {
            sql = sql.with(" AND LOWER(container.pod) LIKE ", pattern::holding(pod)).push(ESCAPE);
        }
        if let Some(search) = &self.search {
            let part = pattern::holding(search);
            let id = pattern::beginning(search);
            sql = sql.with(" AND (container.reference LIKE ", id).push(ESCAPE);
            for column in ["container.name", "container.image", "host.name"] {
                sql = sql.with(&format!(" OR LOWER({column}) LIKE "), part.clone()).push(ESCAPE);
            }
            sql = sql.push(")");
        }
        sql
    }
}

/// Those of a scope that fit, by name.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    wanted: &Wanted,
) -> Result<Page<Container>, Error> {
    let sql = filter.apply(scope.limit(Sql::read("list containers", SELECT), PROJECT));
    let order = Order { by: "container.name", id: "container.id", of: Sorted::Texts, descending: false };
    let containers: Vec<Container> = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(containers, |one| (Key::Text(one.name.clone()), one.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, id: i64) -> Result<Option<Container>, Error> {
    let sql = scope.limit(Sql::read("find a container", SELECT), PROJECT);
    sql.with(" AND container.id = ", id).optional(database).await
}
