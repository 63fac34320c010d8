//! A place in a text that is being read.

/// What is left of an ASCII text, read from the front.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Cursor<'t> {
        Cursor { rest: text }
    }

    pub(crate) fn rest(&self) -> &'t str {
        self.rest
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Takes the longest run of wanted characters, which may be empty.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    pub(crate) fn take_digits(&mut self) -> &'t str {
        self.take_while(|c| c.is_ascii_digit())
    }

    /// Takes one character if it is wanted.
    pub(crate) fn take_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|&c| wanted(c))?;
        self.rest = self.rest.strip_prefix(c)?;
        Some(c)
    }

    /// Steps over the text if it comes next.
    pub(crate) fn eat(&mut self, expected: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(expected) else { return false };
        self.rest = rest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_from_the_front_to_the_end() {
        let mut cursor = Cursor::new("v12-rc");
        assert!(cursor.eat("v") && !cursor.eat("v"));
        assert_eq!(cursor.take_digits(), "12");
        assert_eq!(cursor.take_digits(), "");
        assert_eq!(cursor.take_if(|c| c == '-'), Some('-'));
        assert_eq!((cursor.peek(), cursor.rest()), (Some('r'), "rc"));
        assert_eq!(cursor.take_while(|_| true), "rc");
        assert!(cursor.is_done() && cursor.take_if(|_| true).is_none());
    }
}
