//! Several questions at the same time, where a list does not tell what is asked of every entry.

use crate::Error;

/// How many are asked at once.
const AT_ONCE: usize = 4;

/// What is found out about each entry, in their order; the first failure ends it.
pub(crate) fn each<T: Sync, R: Send>(
    what: &str,
    entries: &[T],
    ask: impl Fn(&T) -> Result<Option<R>, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let size = entries.len().div_ceil(AT_ONCE).max(1);
    let part = |entries: &[T]| -> Result<Vec<R>, Error> {
        entries.iter().filter_map(|entry| ask(entry).transpose()).collect()
    };
    let part = &part;
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> =
            entries.chunks(size).map(|entries| scope.spawn(move || part(entries))).collect();
        workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut all = Vec::with_capacity(entries.len());
    for part in parts {
        let died = |_panic| Error::Answer {
            what: what.to_owned(),
            why: "a thread died; please report this".to_owned(),
        };
        all.extend(part.map_err(died)??);
    }
    Ok(all)
}
