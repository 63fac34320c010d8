//! Progress on a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scan::Event;

/// A bar on standard error, when that is a terminal and somebody wants it.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for what `name` is.
    pub(crate) fn new(name: &str, quiet: bool) -> Self {
        let target = if !quiet && std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{spinner} {prefix} {wide_bar} {bytes}/{total_bytes} {msg}");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.set_prefix(shorten(name));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// Takes in what happens during a scan.
    pub(crate) fn hear(&self, event: &Event) {
        match event {
            Event::Layers { bytes, .. } => self.0.set_length(*bytes),
            Event::Bytes(count) => self.0.inc(*count),
            Event::LayerDone => {}
            Event::Judging => self.0.set_message("matching"),
        }
    }

    /// Says what is being done.
    pub(crate) fn say(&self, text: impl Into<String>) {
        self.0.set_message(text.into());
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// The end of a long name, which is the telling part.
fn shorten(name: &str) -> String {
    const ROOM: usize = 40;
    let count = name.chars().count();
    if count <= ROOM {
        return name.to_owned();
    }
    std::iter::once('…').chain(name.chars().skip(count + 1 - ROOM)).collect()
}
