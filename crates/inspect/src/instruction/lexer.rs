//! A shell script as words and operators, by the rules of the POSIX shell language (chapter 2 of the Shell & Utilities volume) and what
//! bash adds to them: here-strings, process substitution, `$'…'`.
//!
//! Every character is looked at a fixed number of times. What is not closed goes to the end of the script.

use std::str::Chars;

/// One token of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word.
    Word(RawWord),
    /// `|` and `|&`: what comes next reads what came before.
    Pipe,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `;`, `&`, `&&`, `||`, `;;` or the end of a line.
    Break,
    /// `>` and its kind, with the file that is written.
    Output(RawWord),
    /// `<<<` with the text that is read.
    HereString(RawWord),
    /// `<<`, with the place of its text in [`Tokens::documents`].
    HereDocument(usize),
}

/// A word without its quotes, and the scripts of the command substitutions in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RawWord {
    pub(super) text: String,
    pub(super) scripts: Vec<String>,
    /// Whether some of it was quoted: a quoted word is no keyword of the shell.
    pub(super) quoted: bool,
}

/// The tokens of a script.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    /// The texts of here-documents.
    pub(super) documents: Vec<String>,
}

/// A here-document whose text has not come yet.
struct Pending {
    place: usize,
    delimiter: String,
    strips_tabs: bool,
}

struct Lexer<'a> {
    rest: Chars<'a>,
    found: Tokens,
    pending: Vec<Pending>,
}

/// Splits a script.
pub(super) fn split(script: &str) -> Tokens {
    let mut lexer = Lexer { rest: script.chars(), found: Tokens::default(), pending: Vec::new() };
    while lexer.token() {}
    lexer.found
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r')
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    /// Takes what comes next when it is `wanted`.
    fn eat(&mut self, wanted: &str) -> bool {
        let Some(rest) = self.rest.as_str().strip_prefix(wanted) else { return false };
        self.rest = rest.chars();
        true
    }

    fn push(&mut self, token: Token) -> bool {
        self.found.tokens.push(token);
        true
    }

    /// Reads one token; false at the end.
    fn token(&mut self) -> bool {
        self.skip_blanks();
        let Some(next) = self.peek() else { return false };
        match next {
            '#' => {
                while self.peek().is_some_and(|character| character != '\n') {
                    self.rest.next();
                }
                true
            }
            '\n' => {
                self.rest.next();
                self.read_documents();
                self.push(Token::Break)
            }
            '|' => {
                if self.eat("||") {
                    return self.push(Token::Break);
                }
                if !self.eat("|&") {
                    self.rest.next();
                }
                self.push(Token::Pipe)
            }
            '(' | ')' => {
                self.rest.next();
                self.push(if next == '(' { Token::Open } else { Token::Close })
            }
            '&' if self.rest.as_str().starts_with("&>") => {
                self.rest.next();
                self.redirection()
            }
            ';' | '&' => {
                while self.peek().is_some_and(|character| matches!(character, ';' | '&')) {
                    self.rest.next();
                }
                self.push(Token::Break)
            }
            '<' | '>' if !self.starts_process() => self.redirection(),
            _ => self.any_word(),
        }
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(is_blank) || self.eat("\\\n") || self.eat("\\\r\n") {
            if self.peek().is_some_and(is_blank) {
                self.rest.next();
            }
        }
    }

    fn starts_process(&self) -> bool {
        self.rest.as_str().starts_with("<(") || self.rest.as_str().starts_with(">(")
    }

    fn any_word(&mut self) -> bool {
        let word = self.word();
        let is_descriptor = !word.quoted
            && !word.text.is_empty()
            && word.text.bytes().all(|byte| byte.is_ascii_digit())
            && self.peek().is_some_and(|next| matches!(next, '<' | '>'));
        if is_descriptor { true } else { self.push(Token::Word(word)) }
    }

    fn redirection(&mut self) -> bool {
        if self.eat("<<<") {
            self.skip_blanks();
            let word = self.word();
            return self.push(Token::HereString(word));
        }
        if self.eat("<<") {
            let strips_tabs = self.eat("-");
            self.skip_blanks();
            let delimiter = self.word().text;
            let place = self.found.documents.len();
            self.found.documents.push(String::new());
            self.pending.push(Pending { place, delimiter, strips_tabs });
            return self.push(Token::HereDocument(place));
        }
        let is_output = self.eat(">");
        if !is_output {
            self.eat("<");
        }
        // The rest of `>>`, `>|`, `>&`, `<&`, `<>`.
        while self.peek().is_some_and(|next| matches!(next, '>' | '|' | '&')) {
            self.rest.next();
        }
        self.skip_blanks();
        let target = self.word();
        if is_output { self.push(Token::Output(target)) } else { true }
    }

    /// Reads the texts of the here-documents of the line that just ended.
    fn read_documents(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let mut text = String::new();
            while !self.rest.as_str().is_empty() {
                let (line, rest) = self.rest.as_str().split_once('\n').unwrap_or((self.rest.as_str(), ""));
                self.rest = rest.chars();
                let line = if pending.strips_tabs { line.trim_start_matches('\t') } else { line };
                if line.trim_end_matches('\r') == pending.delimiter {
                    break;
                }
                text.push_str(line);
                text.push('\n');
            }
            if let Some(document) = self.found.documents.get_mut(pending.place) {
                *document = text;
            }
        }
    }

    /// Reads a word; an empty one where none is.
    fn word(&mut self) -> RawWord {
        let mut word = RawWord::default();
        loop {
            if self.starts_process() {
                let opening = ["<(", ">("].into_iter().find(|opening| self.eat(opening)).unwrap_or_default();
                self.substitution(opening, &mut word);
                continue;
            }
            let Some(next) = self.peek() else { return word };
            if is_blank(next) || matches!(next, '\n' | '|' | '&' | ';' | '(' | ')' | '<' | '>') {
                return word;
            }
            match next {
                '\\' => self.escaped(&mut word),
                '\'' => self.quoted("'", false, &mut word),
                '"' => self.double_quoted(&mut word),
                '$' if self.rest.as_str().starts_with("$'") => self.quoted("$'", true, &mut word),
                '$' | '`' => self.expansion(&mut word),
                _ => {
                    self.rest.next();
                    word.text.push(next);
                }
            }
        }
    }

    fn escaped(&mut self, word: &mut RawWord) {
        self.rest.next();
        match self.rest.next() {
            Some('\n') | None => {}
            Some(character) => {
                word.quoted = true;
                word.text.push(character);
            }
        }
    }

    /// A text in single quotes; those of `$'…'` can be escaped.
    fn quoted(&mut self, opening: &str, has_escapes: bool, word: &mut RawWord) {
        self.eat(opening);
        word.quoted = true;
        while let Some(character) = self.rest.next() {
            match character {
                '\'' => return,
                '\\' if has_escapes => word.text.extend(self.rest.next()),
                other => word.text.push(other),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut RawWord) {
        self.rest.next();
        word.quoted = true;
        while let Some(next) = self.peek() {
            match next {
                '"' => {
                    self.rest.next();
                    return;
                }
                '\\' => {
                    self.rest.next();
                    match self.rest.next() {
                        Some('\n') | None => {}
                        Some(escaped @ ('$' | '`' | '"' | '\\')) => word.text.push(escaped),
                        Some(other) => word.text.extend(['\\', other]),
                    }
                }
                '$' | '`' => self.expansion(word),
                _ => {
                    self.rest.next();
                    word.text.push(next);
                }
            }
        }
    }

    /// What begins with a dollar sign or a backquote.
    fn expansion(&mut self, word: &mut RawWord) {
        if self.eat("$(") {
            self.substitution("$(", word);
        } else if self.eat("${") {
            word.text.push_str("${");
            while let Some(character) = self.rest.next() {
                word.text.push(character);
                match character {
                    '\\' => word.text.extend(self.rest.next()),
                    '}' => return,
                    _ => {}
                }
            }
        } else if self.eat("`") {
            let mut script = String::new();
            while let Some(character) = self.rest.next() {
                match character {
                    '`' => break,
                    '\\' => script.extend(self.rest.next()),
                    other => script.push(other),
                }
            }
            word.text.extend(["`", &script, "`"]);
            word.scripts.push(script);
        } else {
            word.text.extend(self.rest.next());
        }
    }

    /// Reads to the parenthesis that closes the one just read.
    fn substitution(&mut self, opening: &str, word: &mut RawWord) {
        let mut script = String::new();
        let mut closers = vec![')'];
        let mut last = ' ';
        while let Some(character) = self.rest.next() {
            match (character, closers.last()) {
                ('\\', _) => {
                    script.push(character);
                    script.extend(self.rest.next());
                    last = character;
                    continue;
                }
                ('\'', Some(')')) => {
                    let end = self.rest.as_str().find('\'').map_or(self.rest.as_str().len(), |end| end + 1);
                    let (inside, rest) = self.rest.as_str().split_at(end);
                    script.push(character);
                    script.push_str(inside);
                    self.rest = rest.chars();
                    last = character;
                    continue;
                }
                ('#', Some(')')) if last.is_whitespace() => {
                    while self.peek().is_some_and(|next| next != '\n') {
                        self.rest.next();
                    }
                    continue;
                }
                ('"', Some('"')) => {
                    closers.pop();
                }
                ('"', _) => closers.push('"'),
                ('(', Some(')')) => closers.push(')'),
                ('(', Some('"')) if last == '$' => closers.push(')'),
                (')', Some(')')) => {
                    closers.pop();
                }
                _ => {}
            }
            if closers.is_empty() {
                break;
            }
            script.push(character);
            last = character;
        }
        word.text.extend([opening, &script, ")"]);
        word.scripts.push(script);
    }
}
