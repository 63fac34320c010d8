use super::lexer::{self, Token};

/// What an `ADD` or `COPY` brings, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Its options, `--chown=app`.
    pub flags: Vec<String>,
    /// What is brought; the classic builder tells a digest alone, `file:…`, `dir:…`, `multi:…`.
    pub sources: Vec<String>,
    /// Where to.
    pub destination: String,
}

impl Transfer {
    /// Reads what comes after `ADD` or `COPY`; nothing when it has no destination.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = match serde_json::from_str::<Vec<String>>(text) {
            Ok(words) => words,
            Err(_) => plain_words(text),
        };
        let flags = words.drain(..words.iter().take_while(|word| word.starts_with("--")).count()).collect();
        let destination = words.pop()?;
        // `file:… in /srv`
        if words.len() == 2 && words.last().is_some_and(|word| word == "in") {
            words.pop();
        }
        (!words.is_empty()).then_some(Self { flags, sources: words, destination })
    }
}

fn plain_words(text: &str) -> Vec<String> {
    let words = lexer::split(text).tokens.into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word.text),
        _ => None,
    });
    words.collect()
}
