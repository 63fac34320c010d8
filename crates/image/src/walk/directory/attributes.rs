use std::path::Path;

use crate::walk::EntryKind;

/// Whether what lies in the directory in the layers below is gone.
pub(super) fn is_opaque(directory: &Path) -> bool {
    let mut value = [0_u8; 4];
    ["trusted.overlay.opaque", "user.overlay.opaque"].iter().any(|name| {
        let length = rustix::fs::lgetxattr(directory, *name, &mut value[..]);
        matches!(length, Ok(1)) && value.first() == Some(&b'y')
    })
}

/// What an attribute tells of a file whose owner and mode could not be set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) mode: u32,
    /// What it stands for, when it is no file or directory.
    pub(super) kind: Option<EntryKind>,
}

/// What the attribute of a file tells, when it has one that can be understood.
pub(super) fn stated(disk: &Path) -> Option<Stated> {
    let mut value = [0_u8; 128];
    let names = ["user.containers.override_stat", "user.fuseoverlayfs.override_stat"];
    let length = names.iter().find_map(|name| rustix::fs::lgetxattr(disk, *name, &mut value[..]).ok())?;
    parse_stated(std::str::from_utf8(value.get(..length)?).ok()?)
}

/// `UID:GID:MODE`, the mode in octal digits, and since 2024 `:TYPE`.
fn parse_stated(text: &str) -> Option<Stated> {
    let mut parts = text.splitn(4, ':');
    let (uid, gid) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let mode = u32::from_str_radix(parts.next()?, 8).ok()?;
    let kind = match parts.next() {
        Some("char-0-0") => Some(EntryKind::Whiteout),
        Some(kind) if kind.starts_with("char-") || kind.starts_with("block-") => Some(EntryKind::Special),
        Some("pipe" | "socket") => Some(EntryKind::Special),
        _ => None,
    };
    Some(Stated { uid, gid, mode, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_that_cannot_be_understood_tells_nothing() {
        for text in ["", "0", "0:0", "0:0:9", "-1:0:755", "a:b:c", "0:0:"] {
            assert_eq!(parse_stated(text), None, "{text}");
        }
        let stated = parse_stated("1000:5:0644").unwrap();
        assert_eq!((stated.uid, stated.gid, stated.mode, stated.kind), (1000, 5, 0o644, None));
        assert_eq!(parse_stated("0:0:0:char-0-0").unwrap().kind, Some(EntryKind::Whiteout));
    }
}
