//! The account of places: what is taken and given back, and the list of that.

use super::{State, today, used};
use crate::sql::{Sql, Value, insert};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// Why an image was authorised or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody did it.
    Person,
    /// The rule for new images did it.
    Rule,
    /// It is gone from wherever it was.
    Gone,
    /// It became known what an image of a registry is: the same as another one, or several.
    Known,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Person, Self::Rule, Self::Gone, Self::Known];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Rule => "rule",
            Self::Gone => "gone",
            Self::Known => "known",
        }
    }
}

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its id.
    pub id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The project of the image; nothing when that is gone.
    pub project_id: Option<i64>,
    /// Why: the words of [`Cause`].
    pub cause: String,
    /// Who: the name of an account; empty for what nobody did.
    pub actor: String,
    /// What the image was called.
    pub name: String,
    /// `sha256:…` of its configuration.
    pub image_id: Option<String>,
    /// How many places it took; less than 0 when it gave one back.
    pub change: i64,
    /// How many were taken afterwards.
    pub balance: i64,
}

/// What was authorised and withdrawn in a scope, the latest first.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn ledger(database: &Database, scope: &Scope, wanted: &Wanted) -> Result<Page<Entry>, Error> {
    const SELECT: &str = "SELECT id, at, project_id, cause, actor, name, image_id, change, balance \
        FROM authorisation_entry WHERE TRUE";
    let sql = scope.limit(Sql::read("list what was authorised", SELECT), "project_id");
    let order = Order { by: "id", id: "id", of: Sorted::Integers, descending: true };
    let entries = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(entries, |entry: &Entry| (Key::Integer(entry.id), entry.id)))
}

/// What an entry is about.
pub(super) struct About<'a> {
    pub(super) project: Option<i64>,
    pub(super) name: &'a str,
    pub(super) image_id: Option<&'a str>,
}

/// The places, while their row is held.
pub(super) struct Account<'a> {
    pub(super) state: State,
    pub(super) used: i64,
    pub(super) at: i64,
    pub(super) cause: Cause,
    actor: &'a str,
    entries: Vec<Vec<Value>>,
}

impl<'a> Account<'a> {
    pub(super) async fn open(
        transaction: &mut Transaction,
        state: State,
        cause: Cause,
        actor: &'a str,
    ) -> Result<Self, Error> {
        let used = used(transaction).await?;
        Ok(Self { state, used, at: now(), cause, actor, entries: Vec::new() })
    }

    /// Whether there is a place for one more.
    pub(super) fn has_room(&self) -> bool {
        self.state.quota.is_none_or(|quota| self.used < quota)
    }

    /// Notes that places were taken, or given back.
    pub(super) fn book(&mut self, about: &About<'_>, change: i64) {
        self.used = self.used.saturating_add(change);
        self.entries.push(vec![
            self.at.into(),
            about.project.into(),
            self.cause.word().into(),
            self.actor.into(),
            about.name.into(),
            about.image_id.into(),
            change.into(),
            self.used.into(),
        ]);
    }

    /// Counts what the rule authorised today.
    pub(super) async fn count(&mut self, transaction: &mut Transaction, more: i64) -> Result<(), Error> {
        let automatic = self.state.automatic().saturating_add(more);
        (self.state.day, self.state.automatic) = (today(), automatic);
        Sql::write("count what is authorised", "UPDATE authorisation SET day = ")
            .with("", self.state.day)
            .with(", automatic = ", automatic)
            .run(transaction)
            .await?;
        Ok(())
    }

    /// Writes the entries.
    pub(super) async fn close(self, transaction: &mut Transaction) -> Result<(), Error> {
        let before = "INSERT INTO authorisation_entry (at, project_id, cause, actor, name, image_id, change, balance) \
                      VALUES ";
        insert("note what was authorised", transaction, before, self.entries, "").await
    }
}
