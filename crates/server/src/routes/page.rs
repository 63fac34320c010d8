//! Pages, from the store to the wire.

/// What was asked for.
pub(super) fn wanted(query: api::PageQuery) -> store::Wanted {
    store::Wanted { limit: query.limit, after: query.after }
}

/// A page whose rows are turned into what is sent.
pub(super) fn of<T, U>(page: store::Page<T>, row: impl Fn(T) -> U) -> api::Page<U> {
    api::Page { items: page.items.into_iter().map(row).collect(), next: page.next }
}
