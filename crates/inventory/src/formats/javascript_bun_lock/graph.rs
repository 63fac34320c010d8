//! Who depends on whom in a lock file of Bun: keys are places in a tree of `node_modules`.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Asks, Lock};
use crate::dependencies::Dependencies;

/// How many folders above a package are searched for what it asks for.
const LEVELS: usize = 64;

/// For each package, in the order of the file, whether only development asks for it.
///
/// # Errors
/// When it is not written what a package asks for.
pub(super) fn development(lock: &Lock) -> Result<Vec<bool>, serde_json::Error> {
    let tree = Tree::new(lock.packages.keys());
    let mut graph = Dependencies::new(lock.packages.len());
    for (from, (key, package)) in lock.packages.iter().enumerate() {
        let above = tree.above(key);
        // Its place in the list differs by where the package is from.
        for value in package.iter().filter(|value| value.is_object()) {
            let asks = Asks::deserialize(value)?;
            for to in asks.production().filter_map(|name| find(&above, name)) {
                graph.add(from, to);
            }
        }
    }
    let (mut production, mut asked) = (Vec::new(), Vec::new());
    for project in lock.workspaces.values() {
        let above = tree.above(project.name.as_deref().unwrap_or_default());
        production.extend(project.production().filter_map(|name| find(&above, name)));
        asked.extend(project.dev_dependencies.keys().filter_map(|name| find(&above, name)));
    }
    Ok(graph.only_for_development(&production, &asked))
}

impl Asks {
    fn production(&self) -> impl Iterator<Item = &str> {
        let all = [&self.dependencies, &self.optional_dependencies, &self.peer_dependencies];
        all.into_iter().flat_map(|asked| asked.keys().map(String::as_str))
    }
}

/// The packages in one folder, by name.
type Folder<'a> = HashMap<&'a str, usize>;

/// The folders, by the key of the package they belong to; the empty one is the project's.
struct Tree<'a>(HashMap<&'a str, Folder<'a>>);

impl<'a> Tree<'a> {
    fn new(keys: impl Iterator<Item = &'a String>) -> Self {
        let mut folders: HashMap<&str, Folder<'_>> = HashMap::new();
        for (place, key) in keys.enumerate() {
            let (above, name) = split(key);
            folders.entry(above).or_default().insert(name, place);
        }
        Self(folders)
    }

    /// The folders in which a package at this key finds what it asks for, the nearest first.
    fn above(&self, key: &str) -> Vec<&Folder<'a>> {
        let keys = std::iter::successors(Some(key), |key| (!key.is_empty()).then(|| split(key).0));
        let folders = keys.take(LEVELS).filter_map(|key| self.0.get(key));
        let mut folders: Vec<_> = folders.collect();
        folders.extend(self.0.get(""));
        folders
    }
}

fn find(above: &[&Folder<'_>], name: &str) -> Option<usize> {
    above.iter().find_map(|folder| folder.get(name)).copied()
}

/// The key of the package in whose folder this one lies, and its name.
fn split(key: &str) -> (&str, &str) {
    let Some((above, name)) = key.rsplit_once('/') else { return ("", key) };
    let scope = above.rsplit_once('/').map_or(above, |(_, scope)| scope);
    if !scope.starts_with('@') {
        return (above, name);
    }
    let above = above.strip_suffix(scope).unwrap_or_default();
    (
        above.strip_suffix('/').unwrap_or(above),
        key.get(key.len() - scope.len() - 1 - name.len()..).unwrap_or(key),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_package_of_a_name() {
        let keys = ["a", "a/b", "b", "@s/c", "@s/c/@t/d"].map(str::to_owned);
        let tree = Tree::new(keys.iter());
        let found = |from: &str, name: &str| find(&tree.above(from), name);
        assert_eq!(found("a", "b"), Some(1));
        assert_eq!(found("@s/c", "b"), Some(2));
        assert_eq!(found("@s/c", "@t/d"), Some(4));
        assert_eq!(found("@s/c/@t/d", "a"), Some(0));
        assert_eq!(found("", "@t/d"), None);
    }
}
