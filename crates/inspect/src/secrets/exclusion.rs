//! Files that are not looked into, by their paths.

use serde::Deserialize;

/// A reason not to look into files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exclusion {
    /// By which it is switched off.
    pub(super) id: String,
    /// What it is for.
    #[serde(rename = "why")]
    pub(super) _why: String,
    /// The files.
    #[serde(default)]
    pub(super) globs: Vec<String>,
    /// Those of them that are looked into all the same.
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// Whether values that are known by their own form are looked for in them all the same.
    #[serde(default)]
    pub(super) but_tokens: bool,
    /// Files above this many bytes.
    #[serde(default)]
    pub(super) above_bytes: Option<u64>,
    /// Names, without their ending, that are generated: letters, digits, `_` and `-`, at least and at most so many.
    #[serde(default)]
    pub(super) generated_names: Option<[usize; 2]>,
}

impl Exclusion {
    /// Whether it holds for a path with a slash before it.
    pub(super) fn holds(&self, path: &[u8], size: u64) -> bool {
        let any = |globs: &[String]| globs.iter().any(|glob| fits(glob.as_bytes(), path));
        self.above_bytes.is_some_and(|most| size > most)
            || self.generated_names.is_some_and(|[least, most]| is_generated(path, least, most))
            || (any(&self.globs) && !any(&self.except))
    }
}

fn is_generated(path: &[u8], least: usize, most: usize) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    (least..=most).contains(&stem.len())
        && stem.iter().any(u8::is_ascii_digit)
        && stem.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Whether a glob fits a path: `*` is any number of characters, slashes too, `?` is one; case does not count.
pub(super) fn fits(glob: &[u8], path: &[u8]) -> bool {
    if let Some(rest) = glob.strip_prefix(b"*")
        && !rest.iter().any(|byte| matches!(byte, b'*' | b'?'))
    {
        return path
            .len()
            .checked_sub(rest.len())
            .and_then(|at| path.get(at..))
            .is_some_and(|end| same(end, rest));
    }
    let (mut at_glob, mut at_path) = (0, 0);
    let mut retry = None;
    while let Some(letter) = path.get(at_path) {
        match glob.get(at_glob) {
            Some(b'*') => {
                retry = Some((at_glob + 1, at_path));
                at_glob += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(letter) => {
                at_glob += 1;
                at_path += 1;
            }
            _ => {
                let Some((after_star, from)) = retry else { return false };
                retry = Some((after_star, from + 1));
                at_glob = after_star;
                at_path = from + 1;
            }
        }
    }
    glob.get(at_glob..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

fn same(left: &[u8], right: &[u8]) -> bool {
    left.eq_ignore_ascii_case(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_globs_across_slashes() {
        assert!(fits(b"/srv/data/*", b"/srv/data/a/b"));
        assert!(fits(b"*/node_modules/*/*.md", b"/app/node_modules/x/y/README.MD"));
        assert!(fits(b"*.tf?ars", b"/a.tfvars"));
        assert!(!fits(b"/srv/data/*", b"/opt/srv/data/a"));
        assert!(!fits(b"*.jpg", b"jpg"));
    }

    #[test]
    fn knows_generated_names() {
        assert!(is_generated(b"/a/0123456789abcdef0123456789abcdef", 32, 64));
        assert!(is_generated(b"/a/0123456789abcdef0123456789abcdef.json", 32, 64));
        assert!(!is_generated(b"/a/config.json", 32, 64));
    }
}
