use model::HistoryStep;
use serde::Deserialize;

use super::listing::time;

/// One step as the engine tells it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Step {
    #[serde(default)]
    created: i64,
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    size: i64,
    #[serde(default)]
    comment: String,
}

/// The steps in the order they were taken; which of them made the `layers` layers is guessed.
///
/// The engine tells the size of what a step changed, and both a step without a layer and a layer without content have
/// none. The instruction tells more. Where neither counts up to the layers, no step is said to have made one.
pub(super) fn oldest_first(steps: Vec<Step>, layers: usize) -> Vec<HistoryStep> {
    let by_kind = |step: &Step| step.size <= 0 && is_setting(&step.created_by);
    let by_size = |step: &Step| step.size <= 0;
    let fits = |empty: &dyn Fn(&Step) -> bool| steps.iter().filter(|step| !empty(step)).count() == layers;
    let (kind_fits, size_fits) = (fits(&by_kind), fits(&by_size));
    let empty = |step: &Step| match (kind_fits, size_fits) {
        (true, _) => by_kind(step),
        (false, true) => by_size(step),
        (false, false) => true,
    };
    let told = steps.into_iter().rev().map(|step| HistoryStep {
        created: time(step.created),
        empty_layer: empty(&step),
        created_by: step.created_by,
        comment: (!step.comment.is_empty()).then_some(step.comment),
    });
    told.collect()
}

/// Whether an instruction only writes into the configuration, in the words of the old builder or of `BuildKit`.
fn is_setting(created_by: &str) -> bool {
    const SETTINGS: [&str; 14] = [
        "ARG",
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    let text = created_by.strip_prefix("/bin/sh -c #(nop)").unwrap_or(created_by);
    let text = text.trim_start();
    // BuildKit makes a layer for a working directory, the old builder does not.
    let made = text.starts_with("WORKDIR") && text.len() == created_by.len();
    let first = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    SETTINGS.contains(&first) && !made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(steps: &[(&str, i64)]) -> Vec<Step> {
        let step = |(text, size): &(&str, i64)| Step {
            created: 1_704_164_645,
            created_by: (*text).to_owned(),
            size: *size,
            comment: String::new(),
        };
        steps.iter().rev().map(step).collect()
    }

    fn made(told: &[(&str, i64)], layers: usize) -> Vec<bool> {
        oldest_first(steps(told), layers).iter().map(|step| !step.empty_layer).collect()
    }

    #[test]
    fn a_layer_without_content_is_still_a_layer() {
        let told = [
            ("/bin/sh -c #(nop) ADD file:1 in / ", 100),
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", 0),
            ("RUN /bin/sh -c true # buildkit", 0),
            ("ENV A=b", 0),
        ];
        assert_eq!(made(&told, 2), [true, false, true, false]);
    }

    #[test]
    fn a_guess_that_does_not_come_out_even_says_nothing() {
        assert_eq!(made(&[("ADD a", 1), ("RUN b", 0), ("RUN c", 0)], 2), [false, false, false]);
        assert_eq!(made(&[("ADD a", 1), ("imported", 0)], 1), [true, false]);
    }
}
