use std::collections::{HashMap, HashSet};

use model::Container;

use crate::sql::{Sql, Value, insert};
use crate::{Error, Transaction};

/// How long a container that is gone is remembered, in milliseconds.
const REMEMBERED: i64 = 7 * 86_400_000;
/// How many rows one statement takes by their ids.
const AT_ONCE: usize = 5_000;

/// What became of a listing of containers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many there are.
    pub there: usize,
    /// How many are gone since the listing before.
    pub gone: usize,
}

/// The image of a container, among those of its engine.
struct Assets {
    by_reference: HashMap<(String, String), Vec<(i64, String)>>,
    by_name: HashMap<(String, String), i64>,
}

impl Assets {
    async fn of(transaction: &mut Transaction, engine: i64, since: i64) -> Result<Self, Error> {
        let rows: Vec<(i64, String, String, String)> = Sql::read(
            "list the images of an engine",
            "SELECT asset.id, asset_engine.namespace, asset_engine.reference, asset.name FROM asset_engine \
             JOIN asset ON asset.id = asset_engine.asset_id WHERE asset_engine.engine_id = $1 \
             AND asset_engine.seen >= $2 ORDER BY asset.id",
        )
        .bind(engine)
        .bind(since)
        .all(transaction)
        .await?;
        let mut assets = Self { by_reference: HashMap::new(), by_name: HashMap::new() };
        for (id, namespace, reference, name) in rows {
            assets.by_name.insert((namespace.clone(), name.clone()), id);
            assets.by_reference.entry((namespace, reference)).or_default().push((id, name));
        }
        Ok(assets)
    }

    /// By the id of its image and among those by its name; by the name alone when the engine tells no id.
    fn find(&self, container: &Container) -> Option<i64> {
        let namespace = container.namespace.clone().unwrap_or_default();
        let names = [container.image.clone(), format!("{}:latest", container.image)];
        let Some(image_id) = &container.image_id else {
            return names.into_iter().find_map(|name| self.by_name.get(&(namespace.clone(), name)).copied());
        };
        let same = self.by_reference.get(&(namespace, image_id.clone()))?;
        let named = same.iter().find(|(_, name)| names.contains(name));
        named.or(same.first()).map(|(id, _)| *id)
    }
}

/// Writes all containers of an engine as a listing begun at `at` told them; those that are not in it are gone.
///
/// Their images are among those that the engine had since `since`.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn containers(
    transaction: &mut Transaction,
    engine: i64,
    at: i64,
    since: i64,
    containers: &[Container],
) -> Result<Told, Error> {
    const AFTER: &str = " ON CONFLICT (engine_id, namespace, reference) DO UPDATE SET name = excluded.name, \
        image = excluded.image, image_reference = excluded.image_reference, asset_id = excluded.asset_id, \
        state = excluded.state, command = excluded.command, pod = excluded.pod, \
        pod_namespace = excluded.pod_namespace, addresses = excluded.addresses, created = excluded.created, \
        started = excluded.started, finished = excluded.finished, exit_code = excluded.exit_code, gone = NULL, \
        updated = CASE WHEN container.state <> excluded.state OR container.name <> excluded.name \
        OR container.image <> excluded.image OR container.gone IS NOT NULL \
        THEN excluded.updated ELSE container.updated END";
    const BEFORE: &str = "INSERT INTO container (engine_id, namespace, reference, name, image, image_reference, \
        asset_id, state, command, pod, pod_namespace, addresses, created, started, finished, exit_code, updated) \
        VALUES ";
    let assets = Assets::of(transaction, engine, since).await?;
    let mut listed = HashSet::new();
    let mut rows = Vec::new();
    for container in containers {
        let namespace = container.namespace.as_deref().unwrap_or_default();
        if listed.insert((namespace.to_owned(), container.id.clone())) {
            rows.push(row(engine, at, assets.find(container), container));
        }
    }
    let there = rows.len();
    insert("note containers", transaction, BEFORE, rows, AFTER).await?;
    let before: Vec<(i64, String, String)> = Sql::read(
        "list the containers of an engine",
        "SELECT id, namespace, reference FROM container WHERE gone IS NULL AND engine_id = $1",
    )
    .bind(engine)
    .all(&mut *transaction)
    .await?;
    let gone: Vec<i64> = before
        .into_iter()
        .filter_map(|(id, namespace, reference)| (!listed.contains(&(namespace, reference))).then_some(id))
        .collect();
    for some in gone.chunks(AT_ONCE) {
        let sql = Sql::write("note that containers are gone", "UPDATE container SET gone = ");
        let sql = sql.with("", at).with(", updated = ", at).list(" WHERE id IN ", some.iter().copied());
        sql.run(&mut *transaction).await?;
    }
    Sql::write("forget containers", "DELETE FROM container WHERE engine_id = $1 AND gone < $2")
        .bind(engine)
        .bind(at.saturating_sub(REMEMBERED))
        .run(transaction)
        .await?;
    Ok(Told { there, gone: gone.len() })
}

fn row(engine: i64, at: i64, asset: Option<i64>, container: &Container) -> Vec<Value> {
    let list = |words: &[String]| serde_json::to_string(words).unwrap_or_else(|_| "[]".to_owned());
    let time =
        |text: &Option<String>| text.as_deref().and_then(model::milliseconds_of).filter(|time| *time > 0);
    vec![
        engine.into(),
        container.namespace.as_deref().unwrap_or_default().into(),
        clean(&container.id).into(),
        clean(&container.name).into(),
        clean(&container.image).into(),
        container.image_id.as_deref().map(clean).into(),
        asset.into(),
        container.state.word().into(),
        clean(&list(&container.command)).into(),
        container.pod.as_ref().map(|pod| clean(&pod.name)).into(),
        container.pod.as_ref().map(|pod| clean(&pod.namespace)).into(),
        clean(&list(&container.addresses)).into(),
        time(&container.created).into(),
        time(&container.started).into(),
        time(&container.finished).into(),
        container.exit_code.into(),
        at.into(),
    ]
}

/// An engine's word without what PostgreSQL keeps in no text.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}
