//! The keys by which pnpm lists packages, and what of them is name and version.

/// The name, and the version where it is one of a registry.
///
/// `/name/1.0.0_peers` until version 5, `/name@1.0.0(peers)` in version 6, `name@1.0.0` in version 9. Packages of
/// another registry have its host in front.
pub(super) fn read(major: u32, key: &str) -> Option<(&str, Option<&str>)> {
    let key = without_peers(key);
    if major >= 6 {
        let key = key.strip_prefix('/').unwrap_or(key);
        let at = key.get(1..)?.find('@')? + 1;
        let (name, version) = (key.get(..at)?, key.get(at + 1..)?);
        return Some((after_host(name), Some(version).filter(|text| is_version(text))));
    }
    let (name, version) = key.rsplit_once('/')?;
    let version = version.split('_').next()?;
    let name = after_host(name.strip_prefix('/').unwrap_or(name));
    Some((name, Some(version).filter(|text| is_version(text))))
}

/// The key without the packages that were chosen for its peers.
pub(super) fn without_peers(key: &str) -> &str {
    let is_own = is_own(key);
    key.find('(').filter(|_| !is_own).and_then(|at| key.get(..at)).unwrap_or(key)
}

/// Whether the key leads to a folder or an archive of the project.
pub(super) fn is_own(key: &str) -> bool {
    let asked = key.get(1..).and_then(|rest| rest.split_once('@')).map_or("", |(_, asked)| asked);
    [key, asked].iter().any(|text| text.starts_with("file:") || text.starts_with("link:"))
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn after_host(name: &str) -> &str {
    match name.split_once('/') {
        Some((host, rest)) if !host.starts_with('@') && host.contains('.') => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_keys_of_every_version() {
        for (major, key, expected) in [
            (5, "/lodash/4.17.21", Some(("lodash", Some("4.17.21")))),
            (5, "/@babel/core/7.0.0_peer@1.0.0", Some(("@babel/core", Some("7.0.0")))),
            (5, "registry.example.com/a/1.0.0", Some(("a", Some("1.0.0")))),
            (5, "github.com/a/b/0123abc", Some(("a/b", Some("0123abc")))),
            (6, "/@babel/core@7.0.0(react@17.0.2)", Some(("@babel/core", Some("7.0.0")))),
            (6, "registry.example.com/a@1.0.0", Some(("a", Some("1.0.0")))),
            (9, "lodash@4.17.21", Some(("lodash", Some("4.17.21")))),
            (9, "a@https://codeload.example.com/a/tar.gz/0123", Some(("a", None))),
            (9, "a@file:../a", Some(("a", None))),
            (9, "", None),
        ] {
            assert_eq!(read(major, key), expected, "{key}");
        }
    }
}
