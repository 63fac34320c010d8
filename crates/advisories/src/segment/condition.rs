//! What an image must have for a row to concern it.

use model::Affected;

/// Between the parts; no name of a module, channel or architecture holds it.
const PART: char = '\u{1f}';
/// Between the entries of a part.
const ENTRY: char = '\u{1e}';

/// What an image must have for a row to concern it; everything empty for any image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition<'a> {
    /// The module stream the package must be from.
    pub(crate) module: &'a str,
    channels: &'a str,
    arches: &'a str,
}

impl<'a> Condition<'a> {
    /// The form it is kept in; empty where nothing is asked.
    pub(crate) fn write(affected: &Affected) -> String {
        let module = affected.module.as_deref().unwrap_or_default();
        if module.is_empty() && affected.channels.is_empty() && affected.arches.is_empty() {
            return String::new();
        }
        let plain = |entries: &[String]| entries.join(&ENTRY.to_string()).replace(PART, " ");
        format!(
            "{}{PART}{}{PART}{}",
            module.replace(PART, " "),
            plain(&affected.channels),
            plain(&affected.arches)
        )
    }

    /// Reads what [`Condition::write`] wrote.
    pub(crate) fn read(text: &'a str) -> Self {
        let mut parts = text.split(PART);
        let mut part = || parts.next().unwrap_or_default();
        Self { module: part(), channels: part(), arches: part() }
    }

    /// The channels, one of which the image must take updates from.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.channels.split(ENTRY).filter(|channel| !channel.is_empty())
    }

    /// The architectures, one of which the package must have.
    pub(crate) fn arches(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.arches.split(ENTRY).filter(|arch| !arch.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let own = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
        let affected = Affected {
            module: Some("nodejs:18".to_owned()),
            channels: own(&["esm-infra", "esm-apps"]),
            arches: own(&["x86_64"]),
            ..Affected::default()
        };
        let text = Condition::write(&affected);
        let condition = Condition::read(&text);
        assert_eq!(condition.module, "nodejs:18");
        assert_eq!(condition.channels().collect::<Vec<_>>(), ["esm-infra", "esm-apps"]);
        assert_eq!(condition.arches().collect::<Vec<_>>(), ["x86_64"]);
        assert_eq!(Condition::write(&Affected::default()), "");
        assert_eq!(Condition::read(""), Condition::default());
        assert_eq!(Condition::read("").channels().count(), 0);
    }
}
