use sqlx::AssertSqlSafe;

/// The words for SQLite. To it `$1` is a name and `?1` a number, and it compares each of both with all before it, which
/// makes a statement of 30,000 values take seconds; a plain `?` is simply the next one. So they are plain where each
/// value has one place, in order.
pub(super) fn numbered(text: AssertSqlSafe<String>) -> AssertSqlSafe<String> {
    let AssertSqlSafe(text) = text;
    let places = || text.split('$').skip(1).filter_map(|part| place(part).0);
    let is_plain = places().zip(1..).all(|(place, next)| place == next);
    let mut parts = text.split('$');
    let mut words = String::with_capacity(text.len());
    words.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (number, rest) = place(part);
        words.push(if number.is_some() { '?' } else { '$' });
        words.push_str(if number.is_some() && is_plain { rest } else { part });
    }
    AssertSqlSafe(words)
}

/// The number that a text begins with, and what follows.
fn place(text: &str) -> (Option<usize>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    (number.parse().ok(), rest)
}

#[cfg(test)]
mod tests {
    use super::{AssertSqlSafe, numbered};

    #[test]
    fn places_are_plain_only_where_each_value_has_one_in_order() {
        let words = |text: &str| numbered(AssertSqlSafe(text.to_owned())).0;
        assert_eq!(words("VALUES ($1, 'a$', $2), ($3, '$x')"), "VALUES (?, 'a$', ?), (?, '$x')");
        assert_eq!(words("a = $1 AND b = $1 AND c = $2"), "a = ?1 AND b = ?1 AND c = ?2");
        assert_eq!(words("a = $2 AND b = $1"), "a = ?2 AND b = ?1");
        assert_eq!(words("$10"), "?10");
    }
}
