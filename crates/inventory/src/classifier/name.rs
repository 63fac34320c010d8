//! Names of files: `*` stands for any text, `#` for a number such as 12 or 3.11; with a slash it is the end of a path.

use image::interest::Pattern;

/// What has to be asked for so that every fitting file comes.
pub(super) fn pattern(file: &'static str) -> Pattern {
    let name = file.rsplit('/').next().unwrap_or(file);
    match name.split_once(['*', '#']) {
        Some((prefix, _)) => Pattern::Prefix(prefix),
        None => Pattern::Name(name),
    }
}

/// Whether the file at `path` is one of these.
pub(super) fn fits(file: &str, path: &str) -> bool {
    match file.rsplit_once('/') {
        Some((directory, name)) => {
            let Some((place, own)) = path.rsplit_once('/') else { return false };
            let is_below =
                place.strip_suffix(directory).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
            is_below && matches(name.as_bytes(), own.as_bytes())
        }
        None => matches(file.as_bytes(), path.rsplit('/').next().unwrap_or(path).as_bytes()),
    }
}

/// The longest name that is compared; no file system allows a longer one.
const NAME_BYTES: usize = 255;

/// Follows all ways to match at once, so that no name takes longer than its length times the pattern's, squared for numbers.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    if name.len() > NAME_BYTES {
        return false;
    }
    // The places of the name that can be reached with the pattern so far.
    let mut reached = vec![0];
    for sign in pattern {
        reached = match sign {
            b'*' => reached.first().map_or_else(Vec::new, |first| (*first..=name.len()).collect()),
            b'#' => after_numbers(name, &reached),
            literal => {
                let fits = |place: &usize| name.get(*place) == Some(literal);
                reached.into_iter().filter(fits).map(|place| place + 1).collect()
            }
        };
    }
    reached.last() == Some(&name.len())
}

/// Where the numbers end that begin at one of these places.
fn after_numbers(name: &[u8], starts: &[usize]) -> Vec<usize> {
    let is_digit = |place: usize| name.get(place).is_some_and(u8::is_ascii_digit);
    let mut ends = Vec::new();
    for start in starts.iter().copied().filter(|start| is_digit(*start)) {
        let rest = name.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        ends.extend((start..start + length).filter(|place| is_digit(*place)).map(|place| place + 1));
    }
    ends.sort_unstable();
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_names_numbers_and_ends_of_paths() {
        for (file, path, expected) in [
            ("redis-server", "usr/bin/redis-server", true),
            ("redis-server", "redis-server", true),
            ("redis-server", "usr/bin/redis-server2", false),
            ("python#", "usr/bin/python3.11", true),
            ("python#", "usr/bin/python3", true),
            ("python#", "usr/bin/python", false),
            ("python#", "usr/bin/python3.", false),
            ("python#", "usr/bin/python3.11-config", false),
            ("libpython#*.so*", "usr/lib/libpython3.7m.so.1.0", true),
            ("libpython#.so*", "usr/lib/libpython3.so", true),
            ("libssl.so*", "usr/lib/libssl.so.3", true),
            ("libssl.so*", "usr/lib/libssl3.so", false),
            ("wp-includes/version.php", "var/www/wp-includes/version.php", true),
            ("wp-includes/version.php", "wp-includes/version.php", true),
            ("wp-includes/version.php", "var/www/my-wp-includes/version.php", false),
            ("wp-includes/version.php", "version.php", false),
        ] {
            assert_eq!(fits(file, path), expected, "{file} {path}");
        }
    }

    #[test]
    fn a_long_name_of_digits_ends() {
        assert!(!fits("a#*#*#*x", &format!("a{}", "1.".repeat(120))));
        assert!(!fits("a#*#*#*x", &"1.".repeat(5000)));
    }
}
