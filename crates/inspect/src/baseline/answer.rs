use model::{Gap, Outcome, Text};

/// What a test says of an image.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// What was found.
    pub(crate) actual: Text,
    /// What should be; where it is empty the check's own words are shown.
    pub(crate) expected: Text,
    /// The files it is about, as shown to people.
    pub(crate) paths: Vec<String>,
    /// The layer that brought what is wrong.
    pub(crate) layer: Option<usize>,
    /// What could not be decided.
    pub(crate) gaps: Vec<Gap>,
}

impl Answer {
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            actual: Text::default(),
            expected: Text::default(),
            paths: Vec::new(),
            layer: None,
            gaps: Vec::new(),
        }
    }

    /// All is as it should be.
    pub(crate) fn pass() -> Self {
        Self::of(Outcome::Pass)
    }

    /// The image has nothing the test is about.
    pub(crate) fn not_applicable() -> Self {
        Self::of(Outcome::NotApplicable)
    }

    /// Something is wrong.
    pub(crate) fn fail(actual: Text) -> Self {
        Self { actual, ..Self::of(Outcome::Fail) }
    }

    /// It cannot be said.
    pub(crate) fn unknown(gap: Gap) -> Self {
        Self { gaps: vec![gap], ..Self::of(Outcome::Unknown) }
    }

    /// The same, with what should be.
    pub(crate) fn expecting(self, expected: Text) -> Self {
        Self { expected, ..self }
    }

    /// The same, about a file and the layer that brought it.
    pub(crate) fn at(mut self, path: &[u8], layer: usize) -> Self {
        self.paths.push(image::path::display(path));
        self.layer = self.layer.or(Some(layer));
        self
    }
}
