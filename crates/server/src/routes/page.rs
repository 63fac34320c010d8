//! Pages, from the store to the wire.

use crate::problem::Problem;

/// What was asked for.
pub(super) fn wanted(query: api::PageQuery) -> store::Wanted {
    store::Wanted { limit: query.limit, after: query.after }
}

/// A page whose rows are turned into what is sent.
pub(super) fn of<T, U>(page: store::Page<T>, row: impl Fn(T) -> U) -> api::Page<U> {
    api::Page { items: page.items.into_iter().map(row).collect(), next: page.next }
}

/// A page whose rows are turned into what is sent, where that can fail.
///
/// # Errors
/// Those of the rows.
pub(super) fn try_of<T, U, E>(
    page: store::Page<T>,
    row: impl Fn(T) -> Result<U, E>,
) -> Result<api::Page<U>, E> {
    let items = page.items.into_iter().map(row).collect::<Result<_, E>>()?;
    Ok(api::Page { items, next: page.next })
}

/// A page of a list that is whole in memory; `after` says how many rows came before.
///
/// # Errors
/// When `after` is nothing that a page gave.
pub(super) fn slice<T>(items: Vec<T>, query: &api::PageQuery) -> Result<api::Page<T>, Problem> {
    let limit = usize::try_from(query.limit.unwrap_or(50).clamp(1, store::MOST_ROWS)).unwrap_or(1);
    let before = match &query.after {
        Some(after) => after.parse::<usize>().map_err(|error| {
            Problem::invalid(format!("`after` is nothing that a page of this list gave as `next`: {error}"))
        })?,
        None => 0,
    };
    let end = before.saturating_add(limit);
    let next = (items.len() > end).then(|| end.to_string());
    Ok(api::Page { items: items.into_iter().skip(before).take(limit).collect(), next })
}
