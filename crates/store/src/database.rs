use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Postgres, Sqlite};

use crate::error::{Error, doing};
use crate::migrations;

/// Connections to the database.
const CONNECTIONS: u32 = 10;
/// How long one that waits for another writer, or for a connection, has patience.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a connection of SQLite keeps of the file in memory, in KiB: the one who writes walks through whole tables.
const WRITER_CACHE: u32 = 32 * 1024;
const READER_CACHE: u32 = 4 * 1024;
/// How many rows SQLite reads ahead of who takes them: each wait for one another costs more than the row.
const AHEAD: usize = 512;

/// The database: SQLite in one file, or PostgreSQL.
#[derive(Clone, Debug)]
pub enum Database {
    /// In one file.
    Sqlite {
        /// Those who read, side by side.
        readers: SqlitePool,
        /// The one who writes: more would only wait for one another.
        writer: SqlitePool,
    },
    /// On a server.
    Postgres(PgPool),
}

/// Changes that are made all together or not at all; dropped without `commit`, they were never made.
#[derive(Debug)]
pub enum Transaction {
    /// Of SQLite.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// Makes the changes.
    ///
    /// # Errors
    /// When the database refuses or is gone.
    pub async fn commit(self) -> Result<(), Error> {
        let done = match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        };
        done.map_err(doing("commit changes"))
    }
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…`, and brings its tables up to date.
    ///
    /// # Errors
    /// When the address is none, the database cannot be reached, or was written by a newer version.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let database = if let Some(path) = url.strip_prefix("sqlite:") {
            Self::sqlite(Path::new(path.strip_prefix("//").unwrap_or(path))).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::postgres(url).await?
        } else {
            let url = url.split(':').next().unwrap_or_default().to_owned();
            return Err(Error::Address { url, why: "write `sqlite:PATH` or `postgres://…`".to_owned() });
        };
        migrations::run(&database).await?;
        Ok(database)
    }

    async fn sqlite(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(PATIENCE)
            .row_buffer_size(AHEAD);
        let pool = |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
        let cached = |kibibytes: u32| options.clone().pragma("cache_size", format!("-{kibibytes}"));
        let writer = pool(1).connect_with(cached(WRITER_CACHE)).await.map_err(doing("open the database"))?;
        let readers =
            pool(CONNECTIONS).connect_with(cached(READER_CACHE)).await.map_err(doing("open the database"))?;
        Ok(Self::Sqlite { readers, writer })
    }

    async fn postgres(url: &str) -> Result<Self, Error> {
        // What the driver says of a bad address may repeat the password in it.
        let refuse =
            |_| Error::Address { url: "postgres://…".to_owned(), why: "it cannot be read".to_owned() };
        // What fits one value, such as a name that hardly anybody has, is slow for another: each is planned by itself.
        // Going through all images is shared by several processes, and is over before code for it would be compiled.
        let plans =
            [("plan_cache_mode", "force_custom_plan"), ("parallel_setup_cost", "100"), ("jit", "off")];
        let options = PgConnectOptions::from_str(url).map_err(refuse)?.options(plans);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        let pool = pool.connect_with(options).await;
        Ok(Self::Postgres(pool.map_err(doing("connect to the database"))?))
    }

    /// Begins changes that are made all together or not at all.
    ///
    /// # Errors
    /// When the database refuses or is gone.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        const OPERATION: &str = "begin changes";
        Ok(match self {
            // A reader that becomes a writer may be refused at once; one that begins as a writer waits.
            Self::Sqlite { writer, .. } => {
                let begun = writer.begin_with("BEGIN IMMEDIATE").await;
                Transaction::Sqlite(begun.map_err(doing(OPERATION))?)
            }
            Self::Postgres(pool) => Transaction::Postgres(pool.begin().await.map_err(doing(OPERATION))?),
        })
    }

    /// Whether it is PostgreSQL, for the few words that differ.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Ends all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now() -> i64 {
    let passed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)
}
