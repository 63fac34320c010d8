//! The layers of a report by their numbers, as people count them.

use std::collections::HashMap;

use model::Report;

/// The numbers of layers, 1 for the lowest, by diff id.
pub(crate) struct LayerNumbers<'a>(HashMap<&'a str, usize>);

impl<'a> LayerNumbers<'a> {
    /// The numbers of a report's layers; a layer that is there twice has its lowest number.
    pub(crate) fn new(report: &'a Report) -> Self {
        let mut numbers = HashMap::new();
        for (place, layer) in report.layers.iter().enumerate() {
            if let Some(diff_id) = &layer.diff_id {
                numbers.entry(diff_id.as_str()).or_insert(place + 1);
            }
        }
        Self(numbers)
    }

    /// The number of a layer.
    pub(crate) fn of(&self, diff_id: Option<&str>) -> Option<usize> {
        self.0.get(diff_id?).copied()
    }
}
