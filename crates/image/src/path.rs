//! Paths inside a layer: bytes, relative to the root, without `.`, `..` or doubled slashes.

/// The clean form of a path as an archive writes it; nothing when it leaves the root or holds a NUL.
///
/// Cleaning is lexical, as Docker and containerd do it before they look at the disk.
#[must_use]
pub fn clean(raw: &[u8]) -> Option<Vec<u8>> {
    if memchr::memchr(0, raw).is_some() {
        return None;
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in raw.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

/// The directories above a path, the nearest first, without the root.
pub fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = path.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
    slashes.filter_map(|(at, _)| path.get(..at))
}

/// Where a symbolic link at `at` leads, within the root: leading `..` stop at the root, as in a container.
#[must_use]
pub fn follow(at: &[u8], target: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = if target.starts_with(b"/") {
        Vec::new()
    } else {
        crate::interest::split(at).0.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect()
    };
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join(&b'/')
}

/// A path for people and JSON: bytes that are not UTF-8 and control characters stand as `\xNN`.
#[must_use]
pub fn display(path: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                // Writing to a `String` cannot fail.
                write!(text, "\\x{:02x}", u32::from(character)).unwrap_or_default();
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").unwrap_or_default();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_lexically_and_refuses_to_leave_the_root() {
        let clean = |raw: &str| clean(raw.as_bytes()).map(|path| String::from_utf8(path).unwrap());
        assert_eq!(clean("./etc//passwd").as_deref(), Some("etc/passwd"));
        assert_eq!(clean("/a/../b/").as_deref(), Some("b"));
        assert_eq!(clean("./").as_deref(), Some(""));
        assert_eq!(clean("../etc/passwd"), None);
        assert_eq!(clean("a/../../b"), None);
        assert_eq!(clean("a\0b"), None);
    }

    #[test]
    fn follows_links_within_the_root() {
        assert_eq!(follow(b"usr/bin/x", b"../lib/y"), b"usr/lib/y");
        assert_eq!(follow(b"etc/x", b"/var/y"), b"var/y");
        assert_eq!(follow(b"etc/x", b"../../../../y"), b"y");
    }

    #[test]
    fn shows_what_a_terminal_must_not_see() {
        assert_eq!(display(b"a\x1b[31m\xff/b"), "a\\x1b[31m\\xff/b");
    }
}
