//! The name of one licence.

use std::collections::HashMap;
use std::sync::LazyLock;

use spdx::identifiers::LICENSES;

/// Phrases and what stands for them; the longer of two that begin alike comes first.
const PHRASES: &[(&str, &str)] = &[
    ("gnu affero general public", "agpl"),
    ("affero general public", "agpl"),
    ("gnu library or lesser general public", "lgpl"),
    ("gnu lesser general public", "lgpl"),
    ("gnu library general public", "lgpl"),
    ("lesser general public", "lgpl"),
    ("gnu free documentation", "gfdl"),
    ("gnu general public", "gpl"),
    ("general public", "gpl"),
    ("gnu gpl", "gpl"),
    ("gnu lgpl", "lgpl"),
    ("mozilla public", "mpl"),
    ("eclipse public", "epl"),
    ("eclipse distribution", "edl"),
    ("common development and distribution", "cddl"),
    ("common public", "cpl"),
    ("academic free", "afl"),
    ("sil open font", "ofl"),
    ("open font", "ofl"),
    ("zope public", "zpl"),
    ("european union public", "eupl"),
    ("business source", "busl"),
    ("server side public", "sspl"),
    ("openldap public", "oldap"),
    ("python software foundation", "psf"),
    ("apache software", "apache"),
    ("apache public", "apache"),
    ("apache", "apache"),
    ("boost software", "boost"),
    ("cc0 1.0 universal", "cc0"),
    ("bouncy castle", "mit"),
    ("mit x11", "mit"),
    ("mit expat", "mit"),
    ("expat mit", "mit"),
    ("isc iscl", "isc"),
    ("modified bsd", "bsd 3 clause"),
    ("revised bsd", "bsd 3 clause"),
    ("new bsd", "bsd 3 clause"),
    ("bsd new", "bsd 3 clause"),
    ("simplified bsd", "bsd 2 clause"),
    ("bsd simplified", "bsd 2 clause"),
    ("freebsd", "bsd 2 clause"),
    ("two clause bsd", "bsd 2 clause"),
    ("2 clause bsd", "bsd 2 clause"),
    ("three clause bsd", "bsd 3 clause"),
    ("3 clause bsd", "bsd 3 clause"),
    ("4 clause bsd", "bsd 4 clause"),
    ("no attribution mit", "mit 0"),
    ("mit no attribution", "mit 0"),
];

/// Names without a version, in the form [`words`] gives them.
const NAMES: &[(&str, &str)] = &[
    ("apache", "Apache-2.0"),
    ("artistic", "Artistic-1.0"),
    ("boost", "BSL-1.0"),
    ("bsd", "BSD-3-Clause"),
    ("bsd 2 clause", "BSD-2-Clause"),
    ("bsd 3 clause", "BSD-3-Clause"),
    ("bsd 3 clause new or revised", "BSD-3-Clause"),
    ("bsd 4 clause", "BSD-4-Clause"),
    ("cc0", "CC0-1.0"),
    ("cddl", "CDDL-1.0"),
    ("edl", "BSD-3-Clause"),
    ("expat", "MIT"),
    ("json", "JSON"),
    ("mit 0", "MIT-0"),
    ("psf", "PSF-2.0"),
    ("sspl", "SSPL-1.0"),
    ("x11", "X11"),
];

/// Families whose identifiers say whether later versions are allowed.
const GNU: &[(&str, &str, &str)] =
    &[("agpl", "AGPL", "3.0"), ("gfdl", "GFDL", "1.1"), ("gpl", "GPL", "1.0"), ("lgpl", "LGPL", "2.0")];

/// Families of which every version has an identifier.
const VERSIONED: &[(&str, &str)] = &[
    ("afl", "AFL"),
    ("al", "Apache"),
    ("apache", "Apache"),
    ("artistic", "Artistic"),
    ("asl", "Apache"),
    ("boost", "BSL"),
    ("bsl", "BSL"),
    ("busl", "BUSL"),
    ("cc0", "CC0"),
    ("cddl", "CDDL"),
    ("cpl", "CPL"),
    ("ecl", "ECL"),
    ("epl", "EPL"),
    ("eupl", "EUPL"),
    ("mpl", "MPL"),
    ("ofl", "OFL"),
    ("oldap", "OLDAP"),
    ("psf", "PSF"),
    ("sspl", "SSPL"),
    ("zpl", "ZPL"),
];

/// Exceptions as people write them after `with`, without the word itself.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("bison", "Bison-exception-2.2"),
    ("classpath", "Classpath-exception-2.0"),
    ("cpe", "Classpath-exception-2.0"),
    ("font", "Font-exception-2.0"),
    ("gcc", "GCC-exception-3.1"),
    ("gcc runtime library", "GCC-exception-3.1"),
    ("libtool", "Libtool-exception"),
    ("llvm", "LLVM-exception"),
];

/// Words that tell no two licences apart.
const FILLER: &[&str] = &["the", "license", "licence", "licensed", "software", "version", "under", "v"];

/// Identifiers and full names of the SPDX list, as words.
static LISTED: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut listed = HashMap::new();
    let current = || LICENSES.iter().filter(|license| spdx::license_id(license.name).is_some_and(is_current));
    for license in current() {
        listed.entry(words(license.full_name)).or_insert(license.name);
    }
    for license in current() {
        listed.insert(words(license.name), license.name);
    }
    listed
});

fn is_current(id: spdx::LicenseId) -> bool {
    !id.is_deprecated()
}

/// The identifier that is written so, in whatever case.
pub(super) fn identifier(text: &str) -> Option<&'static str> {
    let named = LICENSES.iter().find(|license| license.name.eq_ignore_ascii_case(text))?;
    spdx::license_id(named.name).filter(|id| is_current(*id)).map(|_current| named.name)
}

/// A statement in lower case, with `or later` in all its forms as a `+`, so that its `or` separates nothing.
pub(super) fn joined(stated: &str) -> String {
    let mut text = stated.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    for later in [
        "(or at your option) any later version",
        "or (at your option) any later version",
        "or, at your option, any later version",
        "or any later version",
        "or later version",
        "or any later",
        "or later",
        "or newer",
        "and later",
        "-or-later",
    ] {
        if text.contains(later) {
            for before in [", ", " ", ""] {
                text = text.replace(&format!("{before}{later}"), "+");
            }
        }
    }
    text.replace("library or lesser", "lesser").replace("new or revised", "new").replace("w/ ", "with ")
}

/// The expression for one name, with or without an exception; nothing when it is not known for sure.
pub(super) fn expression(name: &str) -> Option<String> {
    let (name, exception) = match name.split_once(" with ").or_else(|| name.split_once("-with-")) {
        Some((name, exception)) => (name, Some(exception)),
        None => (name, None),
    };
    let license = license(name)?;
    let Some(exception) = exception else { return Some(license) };
    let exception = words(exception);
    let exception = exception.strip_suffix("exception").unwrap_or(&exception).trim_end();
    let (_, id) = EXCEPTIONS.iter().find(|(known, _)| *known == exception)?;
    Some(format!("{license} WITH {id}"))
}

fn license(name: &str) -> Option<String> {
    let words = words(name);
    let named = NAMES.iter().find(|(known, _)| *known == words);
    if let Some((_, id)) = named {
        return Some((*id).to_owned());
    }
    versioned(&words).or_else(|| LISTED.get(&words).map(|id| (*id).to_owned()))
}

/// The words of a name that count, with a known phrase as one word and a version apart from what it is written onto.
fn words(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '+' { c } else { ' ' };
    let name: String = name.chars().map(|c| kept(c.to_ascii_lowercase())).collect();
    let plain = name.split_whitespace().map(|word| word.trim_matches('.'));
    let plain: Vec<&str> = plain.filter(|word| !word.is_empty() && !FILLER.contains(word)).collect();
    let mut text = format!(" {} ", plain.join(" "));
    for (phrase, short) in PHRASES {
        if text.contains(phrase) {
            text = text.replace(&format!(" {phrase} "), &format!(" {short} "));
        }
    }
    // A name is often followed by its short form.
    let mut told: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        if !told.contains(&word) {
            told.push(word);
        }
    }
    told.join(" ")
}

/// A family with a version: `gpl 2 +`, `gplv2+`, `apache 2.0`; said twice (`gpl v3 gplv3`) it counts once.
fn versioned(words: &str) -> Option<String> {
    let (mut family, mut version, mut later) = (None, None, false);
    for word in words.split(' ').filter(|word| *word != "only") {
        let bare = word.trim_end_matches('+');
        later |= bare.len() < word.len();
        let at = bare.find(|c: char| c.is_ascii_digit()).unwrap_or(bare.len());
        // The digit of `cc0` is part of its name.
        let (letters, number) = if bare == "cc0" { (bare, "") } else { bare.split_at_checked(at)? };
        let letters = if number.is_empty() { letters } else { letters.strip_suffix('v').unwrap_or(letters) };
        for (said, place) in [(letters, &mut family), (number, &mut version)] {
            if !said.is_empty() && place.replace(said).is_some_and(|before| before != said) {
                return None;
            }
        }
    }
    let (family, version) = (family?, version.map(|version| full(version.trim_end_matches('.'))));
    if let Some((_, id, first)) = GNU.iter().find(|(known, _, _)| *known == family) {
        // Without a version, any will do.
        let suffix = if later || version.is_none() { "or-later" } else { "only" };
        return current(format!("{id}-{}-{suffix}", version.as_deref().unwrap_or(first)));
    }
    if family == "edl" {
        return Some("BSD-3-Clause".to_owned());
    }
    let (_, id) = VERSIONED.iter().find(|(known, _)| *known == family)?;
    let id = current(format!("{id}-{}", version?))?;
    Some(if later { format!("{id}+") } else { id })
}

/// `2` as `2.0`.
fn full(version: &str) -> String {
    if version.contains('.') { version.to_owned() } else { format!("{version}.0") }
}

fn current(id: String) -> Option<String> {
    spdx::license_id(&id).is_some_and(is_current).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_names_what_the_list_has() {
        for (name, id) in NAMES {
            assert!(current((*id).to_owned()).is_some(), "{id}");
            assert_eq!(words(name), *name);
        }
        for (_, id) in EXCEPTIONS {
            assert!(spdx::exception_id(id).is_some(), "{id}");
        }
    }

    #[test]
    fn every_identifier_of_the_list_names_itself() {
        for license in
            LICENSES.iter().filter(|license| spdx::license_id(license.name).is_some_and(is_current))
        {
            assert_eq!(super::super::normalise(&license.name.to_ascii_lowercase()), license.name);
        }
    }
}
