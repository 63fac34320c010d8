//! Which files of a system package are worth remembering: those that another extractor may look into.

use std::sync::LazyLock;

use image::interest::{Table, split};

use crate::EXTRACTORS;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new(EXTRACTORS.iter().map(|extractor| extractor.files)));

/// Where nothing lies that is both unnamed by a pattern and a program, though many names there have no dot.
const NO_PROGRAMS: &[&[u8]] = &[
    b"usr/share/doc/",
    b"usr/share/i18n/",
    b"usr/share/locale/",
    b"usr/share/terminfo/",
    b"usr/share/zoneinfo/",
];

/// Whether another extractor may look into the file.
///
/// Programs are recognised by content, which is not at hand: any file counts whose name has no dot or that lies in a
/// directory for programs.
pub(crate) fn counts(path: &[u8]) -> bool {
    let (directory, name) = split(path);
    if name.is_empty() {
        return false;
    }
    let program = !name.contains(&b'.') || directory.ends_with(b"bin");
    (program && !NO_PROGRAMS.iter().any(|place| path.starts_with(place))) || is_wanted(path)
}

fn is_wanted(path: &[u8]) -> bool {
    let path_text = String::from_utf8_lossy(path);
    let mut wanting = TABLE.by_path(path).iter().filter_map(|place| EXTRACTORS.get(place));
    // What the extractors of the operating system itself read tells of system packages, which have no owner.
    wanting.any(|extractor| !extractor.name.starts_with("os/") && (extractor.wants)(&path_text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_only_what_may_be_read() {
        for (path, expected) in [
            ("usr/bin/kubectl", true),
            ("usr/bin/python3.11", true),
            ("usr/share/java/a.jar", true),
            ("usr/lib/python3/dist-packages/six.egg-info", true),
            ("usr/lib/node_modules/npm/package.json", true),
            ("usr/lib/x86_64-linux-gnu/libz.so.1.2.13", true),
            ("usr/lib/x86_64-linux-gnu/libm.so.6", false),
            ("usr/share/doc/bash/copyright", false),
            ("usr/share/iso-codes/json/iso_639-3.json", false),
            ("", false),
        ] {
            assert_eq!(counts(path.as_bytes()), expected, "{path}");
        }
    }
}
