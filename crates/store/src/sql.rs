//! One way of asking both databases: words with numbered places, and what goes into them.

mod places;

use futures::TryStreamExt;
use futures::stream::BoxStream;
use sqlx::database::HasStatementCache;
use sqlx::postgres::PgRow;
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Database as Driver, Encode, FromRow, Postgres, Sqlite, Type};

use crate::Database;
use crate::database::Transaction;
use crate::error::{Error, doing};
use places::numbered;

/// The most values of one statement; SQLite takes 32,766.
const MOST_VALUES: usize = 30_000;

/// A statement of more values is hardly ever asked again in the same words, so it is not kept prepared: hundreds of them
/// would fill the memory of the server and of the database.
const MOST_KEPT: usize = 64;

/// What can be read from a row of either database.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// A value of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// BIGINT
    Integer(Option<i64>),
    /// TEXT
    Text(Option<String>),
    /// BOOLEAN
    Boolean(Option<bool>),
    /// DOUBLE PRECISION
    Real(Option<f64>),
}

macro_rules! values {
    ($($from:ty => $variant:ident($made:expr)),+ $(,)?) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant($made(value))
            }
        })+
    };
}
values! {
    i64 => Integer(Some), Option<i64> => Integer(std::convert::identity),
    String => Text(Some), Option<String> => Text(std::convert::identity),
    bool => Boolean(Some), Option<bool> => Boolean(std::convert::identity),
    f64 => Real(Some), Option<f64> => Real(std::convert::identity),
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

/// Where a statement runs.
#[derive(Debug)]
pub enum On<'a> {
    /// By itself.
    Database(&'a Database),
    /// As part of a transaction.
    Transaction(&'a mut Transaction),
}

impl On<'_> {
    /// The same place, for one more statement.
    pub fn again(&mut self) -> On<'_> {
        match self {
            Self::Database(database) => On::Database(database),
            Self::Transaction(transaction) => On::Transaction(transaction),
        }
    }
}

impl<'a> From<&'a Database> for On<'a> {
    fn from(database: &'a Database) -> Self {
        Self::Database(database)
    }
}

impl<'a> From<&'a mut Transaction> for On<'a> {
    fn from(transaction: &'a mut Transaction) -> Self {
        Self::Transaction(transaction)
    }
}

/// A statement. The words are this program's own, whoever gave the values.
#[derive(Clone, Debug)]
pub struct Sql {
    operation: &'static str,
    text: String,
    values: Vec<Value>,
    writes: bool,
}

impl Sql {
    /// A statement that reads; `operation` is what it is for, as in "cannot list hosts".
    pub fn read(operation: &'static str, text: impl Into<String>) -> Self {
        Self { operation, text: text.into(), values: Vec::new(), writes: false }
    }

    /// A statement that changes something; it may return rows.
    pub fn write(operation: &'static str, text: impl Into<String>) -> Self {
        Self { writes: true, ..Self::read(operation, text) }
    }

    /// More words.
    #[must_use]
    pub fn push(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// The value of the next place: the first one bound is `$1`.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Words and a value: `with(" AND kind = ", "scan")` writes ` AND kind = $3`.
    #[must_use]
    pub fn with(mut self, text: &str, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self.text.push_str(text);
        self.place();
        self
    }

    /// The place of the last value.
    fn place(&mut self) {
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
    }

    /// A list in parentheses: `list(" AND id IN ", ids)`; no row fits an empty one.
    #[must_use]
    pub fn list<V: Into<Value>>(mut self, text: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.text.push_str(text);
        self.text.push('(');
        let before = self.values.len();
        for value in values {
            self.values.push(value.into());
            if self.values.len() > before + 1 {
                self.text.push_str(", ");
            }
            self.place();
        }
        if self.values.len() == before {
            self.text.push_str("NULL");
        }
        self.text.push(')');
        self
    }

    /// Refuses what PostgreSQL cannot hold, on both databases alike.
    fn checked(self) -> Result<Self, Error> {
        let holds = |value: &Value| matches!(value, Value::Text(Some(text)) if text.contains('\0'));
        if self.values.iter().any(holds) { Err(Error::Nul { operation: self.operation }) } else { Ok(self) }
    }

    /// All rows.
    ///
    /// # Errors
    /// When the database refuses or is gone; as all here.
    pub async fn all<T: Row>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, Error> {
        let Self { operation, text, values, writes } = self.checked()?;
        let text = AssertSqlSafe(text);
        let rows = match on.into() {
            On::Database(Database::Sqlite { readers, writer }) => {
                let pool = if writes { writer } else { readers };
                filled_as(sqlx::query_as::<Sqlite, T>(numbered(text)), values).fetch_all(pool).await
            }
            On::Database(Database::Postgres(pool)) => {
                filled_as(sqlx::query_as::<Postgres, T>(text), values).fetch_all(pool).await
            }
            On::Transaction(Transaction::Sqlite(transaction)) => {
                filled_as(sqlx::query_as::<Sqlite, T>(numbered(text)), values)
                    .fetch_all(&mut **transaction)
                    .await
            }
            On::Transaction(Transaction::Postgres(transaction)) => {
                filled_as(sqlx::query_as::<Postgres, T>(text), values).fetch_all(&mut **transaction).await
            }
        };
        rows.map_err(doing(operation))
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// When the database refuses or is gone.
    pub async fn optional<T: Row>(self, on: impl Into<On<'_>>) -> Result<Option<T>, Error> {
        Ok(self.all(on).await?.into_iter().next())
    }

    /// The first row, which is always there, as of `COUNT(*)` and `RETURNING`.
    ///
    /// # Errors
    /// When there is none after all, or the database refuses or is gone.
    pub async fn one<T: Row>(self, on: impl Into<On<'_>>) -> Result<T, Error> {
        let operation = self.operation;
        self.optional(on).await?.ok_or(sqlx::Error::RowNotFound).map_err(doing(operation))
    }

    /// The rows one after the other, never all in memory; `keep` is asked for each.
    ///
    /// # Errors
    /// What `keep` answers with, or when the database refuses or is gone.
    pub async fn each<T: Row, E: From<Error>>(
        self,
        database: &Database,
        mut keep: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { operation, text, values, .. } = self.checked()?;
        let text = AssertSqlSafe(text);
        let mut rows: BoxStream<'_, Result<T, sqlx::Error>> = match database {
            Database::Sqlite { readers, .. } => {
                filled_as(sqlx::query_as::<Sqlite, T>(numbered(text)), values).fetch(readers)
            }
            Database::Postgres(pool) => filled_as(sqlx::query_as::<Postgres, T>(text), values).fetch(pool),
        };
        while let Some(row) = rows.try_next().await.map_err(doing(operation))? {
            keep(row)?;
        }
        Ok(())
    }

    /// Runs it, and gives how many rows it changed.
    ///
    /// # Errors
    /// When the database refuses or is gone.
    pub async fn run(self, on: impl Into<On<'_>>) -> Result<u64, Error> {
        let Self { operation, text, values, .. } = self.checked()?;
        let text = AssertSqlSafe(text);
        let changed = match on.into() {
            On::Database(Database::Sqlite { writer, .. }) => {
                filled(sqlx::query::<Sqlite>(numbered(text)), values)
                    .execute(writer)
                    .await
                    .map(|done| done.rows_affected())
            }
            On::Database(Database::Postgres(pool)) => filled(sqlx::query::<Postgres>(text), values)
                .execute(pool)
                .await
                .map(|done| done.rows_affected()),
            On::Transaction(Transaction::Sqlite(transaction)) => {
                let done =
                    filled(sqlx::query::<Sqlite>(numbered(text)), values).execute(&mut **transaction).await;
                done.map(|done| done.rows_affected())
            }
            On::Transaction(Transaction::Postgres(transaction)) => {
                let done = filled(sqlx::query::<Postgres>(text), values).execute(&mut **transaction).await;
                done.map(|done| done.rows_affected())
            }
        };
        changed.map_err(doing(operation))
    }
}

/// Inserts many rows of `width` values each: `before` ends with `VALUES `, `after` may hold `ON CONFLICT`.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn insert(
    operation: &'static str,
    transaction: &mut Transaction,
    before: &str,
    rows: Vec<Vec<Value>>,
    after: &str,
) -> Result<(), Error> {
    let width = rows.first().map_or(1, Vec::len).max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut sql = Sql::write(operation, before);
        for (at, row) in rows.by_ref().take(MOST_VALUES / width).enumerate() {
            sql = sql.list(if at == 0 { "" } else { ", " }, row);
        }
        sql.push(after).run(&mut *transaction).await?;
    }
    Ok(())
}

/// PostgreSQL keeps no NUL in a text: what a hostile image put there is kept as a character nobody knows.
pub(crate) fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

fn filled<'q, D: Driver + HasStatementCache>(
    mut query: Query<'q, D, D::Arguments>,
    values: Vec<Value>,
) -> Query<'q, D, D::Arguments>
where
    Option<i64>: Encode<'q, D> + Type<D>,
    Option<String>: Encode<'q, D> + Type<D>,
    Option<bool>: Encode<'q, D> + Type<D>,
    Option<f64>: Encode<'q, D> + Type<D>,
{
    query = query.persistent(values.len() <= MOST_KEPT);
    for value in values {
        query = match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Boolean(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
        };
    }
    query
}

fn filled_as<'q, D: Driver + HasStatementCache, T>(
    mut query: QueryAs<'q, D, T, D::Arguments>,
    values: Vec<Value>,
) -> QueryAs<'q, D, T, D::Arguments>
where
    Option<i64>: Encode<'q, D> + Type<D>,
    Option<String>: Encode<'q, D> + Type<D>,
    Option<bool>: Encode<'q, D> + Type<D>,
    Option<f64>: Encode<'q, D> + Type<D>,
{
    query = query.persistent(values.len() <= MOST_KEPT);
    for value in values {
        query = match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Boolean(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
        };
    }
    query
}
