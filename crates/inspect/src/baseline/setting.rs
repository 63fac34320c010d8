//! Settings of files that have a name and a value on each line.

use model::Text;
use serde::Deserialize;

use super::{
    answer::Answer,
    format::Format,
    pattern::{Interest, Pattern},
    test::Judge,
    tree,
    wanted::Wanted,
};
use crate::Evidence;

/// A setting that must have a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    /// The files; the first one that has the setting is believed.
    paths: Vec<Pattern>,
    /// How they are written.
    format: Format,
    /// The name; in sections and levels, with dots.
    name: String,
    /// What holds where no file has it; a setting without a default must be there.
    #[serde(default)]
    default: Option<String>,
    /// What it should be.
    value: Wanted,
}

impl Judge for Setting {
    fn interest(&self) -> Interest<'_> {
        Interest { keeps: self.paths.iter().collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let files = tree::files(evidence, &self.paths);
        let Some((layer, kept)) = files.first() else {
            return Answer::not_applicable();
        };
        let mut found = None;
        for (layer, kept) in &files {
            // Of one file, the last word on a matter counts.
            if let Some(value) = self.format.values(&kept.text, &self.name).pop() {
                found = Some((*layer, *kept, value));
                break;
            }
        }
        let (layer, kept, value) = match (found, &self.default) {
            (Some((layer, kept, value)), _) => (layer, kept, value),
            (None, Some(default)) => (*layer, *kept, default.clone()),
            (None, None) => {
                let actual = Text::new(format!("{} is not set", self.name), format!("未设置 {}", self.name));
                return Answer::fail(actual).at(&kept.path, *layer).expecting(self.value.told(&self.name));
            }
        };
        if self.value.holds(&value) {
            return Answer::pass();
        }
        Answer::fail(Text::same(format!("{} {value}", self.name)))
            .at(&kept.path, layer)
            .expecting(self.value.told(&self.name))
    }
}
