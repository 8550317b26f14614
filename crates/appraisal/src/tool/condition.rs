//! Conditions on answers and on the judgements of domains: their meaning, and the words they are written in.
//!
//! `2.1 = Y/PY/NI or 2.2 = Y/PY/NI`, `not (1.1 = N and 1.2 = N)`, `always`; about the domains of a whole result also
//! `count("High") >= 2` and `stars(selection) >= 3`.

use std::collections::BTreeSet;
use std::fmt;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// No condition.
    Always,
    /// The question was answered, or the domain judged, with one of these. A question that is not asked was answered
    /// with none: so a row need not repeat the conditions of the questions it looks at.
    Is(String, BTreeSet<String>),
    /// There are at least so many.
    AtLeast(Count, usize),
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// All of these hold.
    All(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
}

/// What a condition on a whole result may count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    /// The domains judged so.
    Domains(String),
    /// The stars of a domain.
    Stars(String),
}

/// What is known when a condition is looked at. `None`: not yet.
pub(super) trait Facts {
    /// Whether a question or domain has one of these values.
    fn is(&self, name: &str, values: &BTreeSet<String>) -> Option<bool>;
    /// How many there are.
    fn count(&self, count: &Count) -> Option<usize>;
}

impl Condition {
    /// Whether the condition holds; `None` if that hangs on something not known yet. The logic is Kleene's, so what is
    /// certain already is said already.
    pub(super) fn holds(&self, facts: &impl Facts) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Is(name, values) => facts.is(name, values),
            Self::AtLeast(count, least) => facts.count(count).map(|n| n >= *least),
            Self::Not(condition) => condition.holds(facts).map(|holds| !holds),
            Self::Any(conditions) => search(conditions, true, facts),
            Self::All(conditions) => search(conditions, false, facts),
        }
    }

    /// The names the condition looks at, with the values it compares them with.
    pub(super) fn looks_at(&self) -> Vec<(&str, &BTreeSet<String>)> {
        match self {
            Self::Always | Self::AtLeast(..) => Vec::new(),
            Self::Is(name, values) => vec![(name, values)],
            Self::Not(condition) => condition.looks_at(),
            Self::Any(conditions) | Self::All(conditions) => {
                conditions.iter().flat_map(Self::looks_at).collect()
            }
        }
    }

    /// What the condition counts.
    pub(super) fn counts(&self) -> Vec<&Count> {
        match self {
            Self::Always | Self::Is(..) => Vec::new(),
            Self::AtLeast(count, _) => vec![count],
            Self::Not(condition) => condition.counts(),
            Self::Any(conditions) | Self::All(conditions) => {
                conditions.iter().flat_map(Self::counts).collect()
            }
        }
    }

    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// What was found instead of what, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0 };
        let condition = parser.any()?;
        match parser.next() {
            None => Ok(condition),
            Some(token) => Err(format!("{token} where `and`, `or` or the end was expected")),
        }
    }
}

/// `Some(sought)` if one of the conditions is that, `Some(!sought)` if none is, `None` if one may be.
fn search(conditions: &[Condition], sought: bool, facts: &impl Facts) -> Option<bool> {
    let mut certain = true;
    for condition in conditions {
        match condition.holds(facts) {
            Some(holds) if holds == sought => return Some(sought),
            Some(_) => {}
            None => certain = false,
        }
    }
    certain.then_some(!sought)
}

/// Writes the condition as [`Condition::parse`] reads it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |conditions: &[Self], word: &str| {
            let parts: Vec<String> = conditions.iter().map(Self::in_brackets).collect();
            parts.join(word)
        };
        match self {
            Self::Always => f.write_str("always"),
            Self::Is(name, values) => {
                let values: Vec<String> = values.iter().map(|it| quoted(it)).collect();
                write!(f, "{} = {}", quoted(name), values.join("/"))
            }
            Self::AtLeast(Count::Domains(level), n) => write!(f, "count({}) >= {n}", quoted(level)),
            Self::AtLeast(Count::Stars(domain), n) => write!(f, "stars({}) >= {n}", quoted(domain)),
            Self::Not(condition) => write!(f, "not {}", condition.in_brackets()),
            Self::Any(conditions) => f.write_str(&joined(conditions, " or ")),
            Self::All(conditions) => f.write_str(&joined(conditions, " and ")),
        }
    }
}

impl Condition {
    fn in_brackets(&self) -> String {
        match self {
            Self::Any(_) | Self::All(_) => format!("({self})"),
            _ => self.to_string(),
        }
    }
}

fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word.chars().all(|c| !c.is_whitespace() && !"()=>/\"".contains(c))
        && !KEYWORDS.contains(&word);
    if is_plain { word.to_owned() } else { format!("\"{word}\"") }
}

const KEYWORDS: [&str; 6] = ["and", "or", "not", "always", "count", "stars"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Mark(&'static str),
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) | Self::Quoted(word) => write!(f, "`{word}`"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let mark = [">=", "(", ")", "=", "/"].into_iter().find(|mark| rest.starts_with(mark));
        let length = if let Some(mark) = mark {
            tokens.push(Token::Mark(mark));
            mark.len()
        } else if first == '"' {
            let end = rest[1..].find('"').ok_or("a quotation mark that is never closed")?;
            tokens.push(Token::Quoted(rest[1..=end].to_owned()));
            end + 2
        } else {
            let ends = |c: char| c.is_whitespace() || "()=>/\"".contains(c);
            let end = rest.find(ends).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("`{first}` where a name was expected"));
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            end
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let is_next = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.take(&Token::Word(word.to_owned()))
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), String> {
        match self.next() {
            Some(Token::Mark(found)) if found == mark => Ok(()),
            other => Err(instead(other.as_ref(), &format!("`{mark}`"))),
        }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut conditions = vec![self.all()?];
        while self.take_word("or") {
            conditions.push(self.all()?);
        }
        Ok(alone_or(conditions, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut conditions = vec![self.one()?];
        while self.take_word("and") {
            conditions.push(self.one()?);
        }
        Ok(alone_or(conditions, Condition::All))
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.take(&Token::Mark("(")) {
            let inner = self.any()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.take_word("always") {
            return Ok(Condition::Always);
        }
        if self.take_word("count") {
            return self.at_least(Count::Domains);
        }
        if self.take_word("stars") {
            return self.at_least(Count::Stars);
        }
        let name = self.name("the number of a question")?;
        self.expect("=")?;
        let mut values = BTreeSet::from([self.name("an answer")?]);
        while self.take(&Token::Mark("/")) {
            values.insert(self.name("an answer")?);
        }
        Ok(Condition::Is(name, values))
    }

    fn at_least(&mut self, count: fn(String) -> Count) -> Result<Condition, String> {
        self.expect("(")?;
        let name = self.name("a name")?;
        self.expect(")")?;
        self.expect(">=")?;
        let number = self.name("a whole number")?;
        let least =
            number.parse().map_err(|_| format!("`{number}` where a whole number was expected"))?;
        Ok(Condition::AtLeast(count(name), least))
    }

    fn name(&mut self, what: &str) -> Result<String, String> {
        match self.next() {
            Some(Token::Quoted(name)) => Ok(name),
            Some(Token::Word(name)) if !KEYWORDS.contains(&name.as_str()) => Ok(name),
            other => Err(instead(other.as_ref(), what)),
        }
    }
}

fn instead(found: Option<&Token>, expected: &str) -> String {
    match found {
        Some(token) => format!("{token} where {expected} was expected"),
        None => format!("the end where {expected} was expected"),
    }
}

fn alone_or(mut conditions: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if conditions.len() == 1 { conditions.remove(0) } else { join(conditions) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_printed_as_it_is_read() {
        for text in [
            "always",
            "1.1 = PY/Y",
            "2.1 = NI/Y or 2.2 = Y",
            "not (1.1 = N and (1.2 = Y or 1.3 = Y))",
            "count(\"Some concerns\") >= 2 or stars(S) >= 3",
        ] {
            assert_eq!(Condition::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_condition_is_refused_in_words() {
        let refusal = |text: &str| Condition::parse(text).unwrap_err();
        assert_eq!(refusal("1.1 Y"), "`Y` where `=` was expected");
        assert_eq!(refusal("1.1 = Y and"), "the end where the number of a question was expected");
        assert_eq!(refusal("1.1 = Y 1.2 = N"), "`1.2` where `and`, `or` or the end was expected");
        assert_eq!(refusal("count(High) >= many"), "`many` where a whole number was expected");
        assert_eq!(refusal("1.1 = \"Y"), "a quotation mark that is never closed");
        assert_eq!(refusal("1.1 > 2"), "`>` where a name was expected");
    }
}
