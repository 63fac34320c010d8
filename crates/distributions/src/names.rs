//! Names of ecosystems with the words of a release put in.

use model::Distribution;

/// The text with its words put in; nothing when one of them is not said.
pub(crate) fn fill(template: &str, distribution: &Distribution) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (word, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&value(word, distribution).filter(|value| !value.is_empty())?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn value(word: &str, distribution: &Distribution) -> Option<String> {
    let version = distribution.version.as_deref();
    match word {
        "version" => version.map(str::to_owned),
        "major" => version?.split('.').next().map(str::to_owned),
        "minor" => version?.split('.').nth(1).map(str::to_owned),
        "codename" => distribution.codename.clone(),
        "edge" => version?.contains('_').then(|| "edge".to_owned()),
        "pack" => {
            let (_, rest) = distribution.name.as_deref()?.split_once('(')?;
            Some(rest.split_once(')')?.0.replace(' ', "-"))
        }
        _ => None,
    }
}
