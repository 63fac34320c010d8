use super::{Action, Extent};
use crate::sql::Sql;
use crate::{Error, Transaction, now};

/// How many images are picked in one statement.
const AT_ONCE: usize = 5_000;

pub(super) const SELECT: &str = "SELECT decision.id, decision.project_id, decision.action, \
    decision.kind, decision.rule, decision.package, decision.path, decision.fingerprint, decision.scope, \
    decision.until, decision.until_fix, decision.remark, decision.created_by, decision.created, \
    decision.revoked_by, decision.revoked, decision.expired FROM decision";

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Decision {
    /// Its id.
    pub id: i64,
    /// The project in which it holds.
    pub project_id: i64,
    /// What was decided.
    #[sqlx(try_from = "String")]
    pub action: Action,
    /// The kind of findings.
    pub kind: String,
    /// What is wrong, by its id; of all when empty.
    pub rule: String,
    /// The package, as a pattern; all when empty.
    pub package: String,
    /// The path, as a pattern; all when empty.
    pub path: String,
    /// The finding, by the digest of its key; all when empty.
    pub fingerprint: String,
    /// In which images.
    #[sqlx(try_from = "String")]
    pub scope: Extent,
    /// Until when it holds.
    pub until: Option<i64>,
    /// Whether it is over as soon as a fix exists.
    pub until_fix: bool,
    /// Why.
    pub remark: String,
    /// Who decided.
    pub created_by: String,
    /// When.
    pub created: i64,
    /// Who took it back.
    pub revoked_by: Option<String>,
    /// When.
    pub revoked: Option<i64>,
    /// When it was noticed that its time was over.
    pub expired: Option<i64>,
}

/// What happened to a decision.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Event {
    /// When.
    pub at: i64,
    /// Who did it; the server itself when its time was over.
    pub actor: String,
    /// created, changed, revoked, expired
    pub action: String,
    /// What was said, or changed.
    pub remark: String,
}

/// A decision that is to be made.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// The project in which it holds.
    pub project: i64,
    /// What is decided.
    pub action: Action,
    /// The kind of findings.
    pub kind: &'a str,
    /// As in [`Decision`], as the next three.
    pub rule: &'a str,
    /// The package, as a pattern.
    pub package: &'a str,
    /// The path, as a pattern.
    pub path: &'a str,
    /// The finding.
    pub fingerprint: &'a str,
    /// In which images.
    pub extent: &'a Extent,
    /// Those that are picked.
    pub images: &'a [i64],
    /// Until when.
    pub until: Option<i64>,
    /// Whether it is over as soon as a fix exists.
    pub until_fix: bool,
    /// Why.
    pub remark: &'a str,
}

/// What is changed of a decision; the rest stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Until when.
    pub until: Option<Option<i64>>,
    /// Whether it is over as soon as a fix exists.
    pub until_fix: Option<bool>,
    /// Why.
    pub remark: Option<String>,
    /// In which images, and those that are picked.
    pub extent: Option<(Extent, Vec<i64>)>,
}

impl Decision {
    /// Whether it holds at a time.
    #[must_use]
    pub fn holds(&self, at: i64) -> bool {
        self.revoked.is_none() && self.expired.is_none() && self.until.is_none_or(|until| until > at)
    }
}

/// Makes a decision, and gives its id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn create(transaction: &mut Transaction, new: &New<'_>, actor: &str) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "make a decision",
        "INSERT INTO decision (project_id, action, kind, rule, package, path, fingerprint, scope, until, until_fix, \
         remark, created_by, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id",
    )
    .bind(new.project)
    .bind(new.action.word())
    .bind(new.kind)
    .bind(new.rule)
    .bind(new.package)
    .bind(new.path)
    .bind(new.fingerprint)
    .bind(new.extent.json())
    .bind(new.until)
    .bind(new.until_fix)
    .bind(new.remark)
    .bind(actor)
    .bind(now())
    .one(&mut *transaction)
    .await?;
    pick(transaction, id, new.images).await?;
    note(transaction, id, actor, "created", new.remark).await?;
    Ok(id)
}

/// Changes a decision; `said` tells what, for its history.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn change(
    transaction: &mut Transaction,
    id: i64,
    change: &Change,
    actor: &str,
    said: &str,
) -> Result<(), Error> {
    let mut sql = Sql::write("change a decision", "UPDATE decision SET id = id");
    if let Some(until) = change.until {
        // One whose time was over may hold again.
        sql = sql.with(", until = ", until).push(", expired = NULL");
    }
    if let Some(until_fix) = change.until_fix {
        sql = sql.with(", until_fix = ", until_fix);
    }
    if let Some(remark) = &change.remark {
        sql = sql.with(", remark = ", remark);
    }
    if let Some((wanted, _)) = &change.extent {
        sql = sql.with(", scope = ", wanted.json());
    }
    sql.with(" WHERE id = ", id).run(&mut *transaction).await?;
    if let Some((_, images)) = &change.extent {
        let gone =
            Sql::write("pick images anew", "DELETE FROM decision_asset WHERE decision_id = $1").bind(id);
        gone.run(&mut *transaction).await?;
        pick(transaction, id, images).await?;
    }
    note(transaction, id, actor, "changed", said).await
}

/// Takes a decision back; gives whether it was not taken back before.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn revoke(
    transaction: &mut Transaction,
    id: i64,
    actor: &str,
    remark: &str,
) -> Result<bool, Error> {
    let changed = Sql::write(
        "take a decision back",
        "UPDATE decision SET revoked = $1, revoked_by = $2 WHERE id = $3 AND revoked IS NULL",
    )
    .bind(now())
    .bind(actor)
    .bind(id)
    .run(&mut *transaction)
    .await?;
    if changed > 0 {
        note(transaction, id, actor, "revoked", remark).await?;
    }
    Ok(changed > 0)
}

/// Notes those whose time is over, at most so many, and gives them.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn expire(transaction: &mut Transaction, most: i64) -> Result<Vec<Decision>, Error> {
    let now = now();
    let over: Vec<Decision> = Sql::read("find decisions whose time is over", SELECT)
        .with(" WHERE revoked IS NULL AND expired IS NULL AND until <= ", now)
        .with(" ORDER BY id LIMIT ", most)
        .all(&mut *transaction)
        .await?;
    Sql::write("note decisions whose time is over", "UPDATE decision SET")
        .with(" expired = ", now)
        .list(" WHERE id IN ", over.iter().map(|decision| decision.id))
        .run(&mut *transaction)
        .await?;
    for decision in &over {
        note(transaction, decision.id, "", "expired", "").await?;
    }
    Ok(over)
}

/// Notes the images picked as what they are now; of an index its images are meant.
async fn pick(transaction: &mut Transaction, id: i64, images: &[i64]) -> Result<(), Error> {
    for images in images.chunks(AT_ONCE) {
        Sql::write(
            "pick images",
            "INSERT INTO decision_asset (decision_id, asset_id, content_id) SELECT CAST(",
        )
        .with("", id)
        .push(" AS BIGINT), id, content_id FROM asset")
        .list(" WHERE NOT multiple AND (id IN ", images.iter().copied())
        .list(" OR (gone IS NULL AND parent_id IN ", images.iter().copied())
        .push(")) ON CONFLICT DO NOTHING")
        .run(&mut *transaction)
        .await?;
    }
    Ok(())
}

async fn note(
    transaction: &mut Transaction,
    id: i64,
    actor: &str,
    action: &str,
    remark: &str,
) -> Result<(), Error> {
    Sql::write(
        "note what happened to a decision",
        "INSERT INTO decision_history (decision_id, at, actor, action, remark) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(now())
    .bind(actor)
    .bind(action)
    .bind(remark)
    .run(transaction)
    .await?;
    Ok(())
}
