use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::sql::{Sql, Value};

/// The most rows of one page.
pub const MOST_ROWS: i64 = 200;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// At most so many rows; 50 when nobody says.
    pub limit: Option<i64>,
    /// What the page before gave as `next`.
    pub after: Option<String>,
}

/// Part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What asks for the rows after these; nothing at the end.
    pub next: Option<String>,
}

/// Where a page ended: the value of the column it is sorted by, and the id.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    at: Key,
    id: i64,
}

/// A value that a list is sorted by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Integer(value) => value.into(),
            Key::Text(value) => value.into(),
        }
    }
}

/// How a list is sorted: by an expression that is never NULL, then by the id.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The expression; of this program's own.
    pub by: &'static str,
    /// The column of the id.
    pub id: &'static str,
    /// What values the expression has.
    pub of: Sorted,
    /// The largest first.
    pub descending: bool,
}

/// The values a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Numbers.
    Integers,
    /// Texts.
    Texts,
}

impl Sorted {
    fn has(self, key: &Key) -> bool {
        matches!((self, key), (Self::Integers, Key::Integer(_)) | (Self::Texts, Key::Text(_)))
    }
}

impl Wanted {
    /// The rows that are fetched: one more than shown, which tells whether there are others.
    fn rows(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, MOST_ROWS)
    }

    /// Adds `AND (…) ORDER BY … LIMIT …` to a statement that has a `WHERE`.
    ///
    /// # Errors
    /// When `after` is nothing that a page gave.
    pub fn ask(&self, mut sql: Sql, order: Order) -> Result<Sql, Error> {
        let Order { by, id, of, descending } = order;
        let (sign, way) = if descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some(after) = &self.after {
            let cursor = decode(after).filter(|cursor| of.has(&cursor.at)).ok_or(Error::Cursor)?;
            // Said twice: SQLite looks only this up in an index of expressions.
            sql = sql.with(&format!(" AND {by} {sign}= "), cursor.at.clone());
            sql = sql.with(&format!(" AND ({by}, {id}) {sign} ("), cursor.at).with(", ", cursor.id).push(")");
        }
        Ok(sql
            .push(&format!(" ORDER BY {by} {way}, {id} {way}"))
            .with(" LIMIT ", self.rows().saturating_add(1)))
    }

    /// The page of what was fetched; `key` tells the sorted value and id of a row.
    pub fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> (Key, i64)) -> Page<T> {
        let rows = usize::try_from(self.rows()).unwrap_or(usize::MAX);
        let more = items.len() > rows;
        items.truncate(rows);
        let next = items.last().filter(|_| more).map(|last| {
            let (at, id) = key(last);
            encode(&Cursor { at, id })
        });
        Page { items, next }
    }
}

fn encode(cursor: &Cursor) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).unwrap_or_default())
}

fn decode(text: &str) -> Option<Cursor> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
