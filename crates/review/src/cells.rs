//! Named cells: how every part of the vocabulary is read from and written to a file.
//!
//! A row of a CSV table, a table of `review.toml` and an object of the log's JSON are all the same
//! thing here, so each type of the vocabulary says its field names once.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::keyword::Keyword;
use crate::printed::{PValue, Printed};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number, as written.
    Number(Printed),
    /// `true` or `false`.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
    /// A list of numbers.
    Numbers(Vec<Printed>),
}

impl Cell {
    /// The cell as a CSV cell or a message shows it; lists are separated by `; `.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.text().to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(items) => items.join("; "),
            Self::Numbers(items) => items.iter().map(Printed::text).collect::<Vec<_>>().join("; "),
        }
    }
}

/// A part of the vocabulary that can stand in a file.
pub trait Tabular: Sized {
    /// All field names, in the order in which they are written.
    const FIELDS: &'static [&'static str];

    /// Reads the fields; what is wrong goes to the row's problems, and then there is no value.
    fn read(row: &mut Row) -> Option<Self>;

    /// Writes the fields that have a value.
    fn write(&self, out: &mut Out);
}

/// The cells of one entry, being read.
#[derive(Debug, Clone)]
pub struct Row {
    place: Place,
    cells: IndexMap<String, (Cell, Place)>,
    problems: Vec<Diagnostic>,
}

impl Row {
    /// A row at a place, without cells yet.
    pub fn new(place: Place) -> Self {
        Self { place, cells: IndexMap::new(), problems: Vec::new() }
    }

    /// Adds a cell.
    pub fn insert(&mut self, name: &str, cell: Cell, place: Place) {
        self.cells.insert(name.to_owned(), (cell, place));
    }

    /// The names of its cells, empty ones too, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.cells.keys().map(String::as_str)
    }

    /// Where the row begins.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Where a field stands; the row itself when it is not there.
    pub fn place_of(&self, name: &str) -> Place {
        match self.cells.get(name) {
            Some((_, place)) => place.clone(),
            None => self.place.clone().named(name),
        }
    }

    /// Takes the problems found so far.
    pub fn take_problems(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.problems)
    }

    /// Whether nothing was wrong so far; warnings do not count.
    pub fn is_sound(&self) -> bool {
        self.problems.iter().all(|it| it.severity == Severity::Warning)
    }

    /// Reports a problem with a field.
    pub fn problem(&mut self, name: &str, expected: impl Into<String>, help: impl Into<String>) {
        let found = self.found(name);
        self.problem_found(name, found, expected, help);
    }

    /// Reports a problem with a field, saying in other words what was found.
    pub fn problem_found(
        &mut self,
        name: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place_of(name);
        self.problems.push(Diagnostic::error(place).found(found).expected(expected).help(help));
    }

    /// Warns about a field.
    pub fn warn(
        &mut self,
        name: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place_of(name);
        self.problems.push(Diagnostic::warning(place).found(found).expected(expected).help(help));
    }

    fn found(&self, name: &str) -> String {
        match self.cells.get(name) {
            Some((cell, _)) if !cell.to_text().is_empty() => format!("`{}`", cell.to_text()),
            _ => "nothing".to_owned(),
        }
    }

    /// Whether a field has a value.
    pub fn has(&self, name: &str) -> bool {
        self.cells.get(name).is_some_and(|(cell, _)| !cell.to_text().trim().is_empty())
    }

    /// The first of some fields that has a value.
    pub fn first_of<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.has(name))
    }

    /// A text, trimmed; `None` when empty.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.cells.get(name)? {
            (Cell::Text(text), _) => {
                let text = text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            }
            (Cell::Number(number), _) => Some(number.text().to_owned()),
            _ => {
                self.problem(name, "a text", "put it in quotation marks");
                None
            }
        }
    }

    /// A text that must be there. When it is not, that is reported, and the row is unsound.
    pub fn required(&mut self, name: &str, what: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.problem(name, what, format!("fill in `{name}`"));
            String::new()
        })
    }

    /// A number as printed.
    pub fn printed(&mut self, name: &str) -> Option<Printed> {
        if let (Cell::Number(number), _) = self.cells.get(name)? {
            return Some(number.clone());
        }
        let text = self.text(name)?;
        match Printed::parse(&text) {
            Ok(printed) => Some(printed),
            Err(expected) => {
                self.problem(name, expected, "correct it, or leave it empty if it is not known");
                None
            }
        }
    }

    /// A number that must pass a test; `expected` says which.
    pub fn printed_if(
        &mut self,
        name: &str,
        test: impl Fn(f64) -> bool,
        expected: &str,
    ) -> Option<Printed> {
        let printed = self.printed(name)?;
        if test(printed.value()) {
            return Some(printed);
        }
        self.problem(name, expected, "correct it, or check it against the source");
        None
    }

    /// A confidence level in percent.
    pub fn level(&mut self, name: &str) -> Option<Printed> {
        let level = self.printed(name)?;
        if level.is_level() {
            return Some(level);
        }
        self.problem(name, "a level in percent, from 50 to below 100", "write 95, not 0.95");
        None
    }

    /// A correlation.
    pub fn correlation(&mut self, name: &str) -> Option<Printed> {
        let correlation = self.printed(name)?;
        if correlation.is_correlation() {
            return Some(correlation);
        }
        self.problem(
            name,
            "a correlation from -1 to 1",
            "correct it, or check it against the source",
        );
        None
    }

    /// A P value as printed.
    pub fn p_value(&mut self, name: &str) -> Option<PValue> {
        let text = self.text(name)?;
        match PValue::parse(&text) {
            Ok(p) => Some(p),
            Err(expected) => {
                self.problem(name, expected, "write it as the source prints it");
                None
            }
        }
    }

    /// Whether a field holds a text that is not `true` or `false`.
    pub fn is_text(&self, name: &str) -> bool {
        let is_flag =
            |it: &str| ["true", "yes", "false", "no"].contains(&it.trim().to_lowercase().as_str());
        matches!(self.cells.get(name), Some((Cell::Text(it), _)) if !is_flag(it) && !it.trim().is_empty())
    }

    /// What a text is read as; `parse` says what it expected instead.
    pub fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name)?;
        parse(&text).map_err(|expected| self.problem(name, expected, "correct it")).ok()
    }

    /// A value of a closed vocabulary.
    pub fn keyword<K: Keyword>(&mut self, name: &str) -> Option<K> {
        let text = self.text(name)?;
        let value = K::from_name(&text);
        if value.is_none() {
            let near = nearest(&text, K::all().iter().map(|it| it.name()));
            let help = near.map_or_else(String::new, |it| format!("did you mean `{it}`?"));
            self.problem(name, format!("one of {}", K::names()), help);
        }
        value
    }

    /// A value of a closed vocabulary that must be there. When it is not, that is reported, and the
    /// row is unsound.
    pub fn required_keyword<K: Keyword>(&mut self, name: &str) -> K {
        if !self.has(name) {
            self.problem(name, format!("one of {}", K::names()), format!("fill in `{name}`"));
        }
        self.keyword(name).unwrap_or(K::all()[0])
    }

    /// `true` or `false` (in a CSV also `yes` and `no`).
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = match self.cells.get(name)? {
            (Cell::Flag(flag), _) => Some(*flag),
            (Cell::Text(text), _) => match text.trim().to_lowercase().as_str() {
                "" => return None,
                "true" | "yes" => Some(true),
                "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            self.problem(name, "`true` or `false`", "");
        }
        flag
    }

    /// A list of texts; a CSV cell separates them by `;`, and a single text is a list of one.
    pub fn list(&mut self, name: &str) -> Vec<String> {
        match self.cells.get(name) {
            None => Vec::new(),
            Some((Cell::List(items), _)) => items.clone(),
            Some((Cell::Text(text), _)) => text
                .split(';')
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
            Some(_) => {
                self.problem(name, "a list of texts", "write it as [\"…\", \"…\"]");
                Vec::new()
            }
        }
    }

    /// A list of numbers; a single number is a list of one.
    pub fn numbers(&mut self, name: &str) -> Vec<Printed> {
        match self.cells.get(name) {
            Some((Cell::Numbers(items), _)) => return items.clone(),
            Some((Cell::Number(item), _)) => return vec![item.clone()],
            _ => {}
        }
        let mut numbers = Vec::new();
        for text in self.list(name) {
            match Printed::parse(&text) {
                Ok(number) => numbers.push(number),
                Err(expected) => {
                    self.problem_found(name, format!("`{text}`"), expected, "correct it");
                }
            }
        }
        numbers
    }

    /// Reports fields that nothing reads, with the nearest known name.
    pub fn refuse_unknown(&mut self, known: &[&str]) {
        let unknown: Vec<String> =
            self.cells.keys().filter(|it| !known.contains(&it.as_str())).cloned().collect();
        for name in unknown {
            let help = match nearest(&name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "remove it".to_owned(),
            };
            let expected = format!("one of: {}", known.join(", "));
            self.problem_found(&name, format!("the unknown name `{name}`"), expected, help);
        }
    }

    /// Names and texts of the cells that are not among `known`, in order: a study's characteristics.
    pub fn others(&self, known: &[&str]) -> IndexMap<String, String> {
        self.cells
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()))
            .map(|(name, (cell, _))| (name.clone(), cell.to_text().trim().to_owned()))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// The cells of one entry, being written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Out {
    cells: IndexMap<String, Cell>,
}

impl Out {
    /// Writes a text; an empty one is left out.
    pub fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.cells.insert(name.to_owned(), Cell::Text(text.to_owned()));
        }
    }

    /// Writes a text if there is one.
    pub fn optional(&mut self, name: &str, text: Option<&str>) {
        self.text(name, text.unwrap_or(""));
    }

    /// Writes a number if there is one.
    pub fn printed(&mut self, name: &str, number: Option<&Printed>) {
        if let Some(number) = number {
            self.cells.insert(name.to_owned(), Cell::Number(number.clone()));
        }
    }

    /// Writes a value of a closed vocabulary.
    pub fn keyword<K: Keyword>(&mut self, name: &str, value: K) {
        self.text(name, value.name());
    }

    /// Writes `true` or `false`.
    pub fn flag(&mut self, name: &str, flag: bool) {
        self.cells.insert(name.to_owned(), Cell::Flag(flag));
    }

    /// Writes a list of texts; an empty one is left out.
    pub fn list(&mut self, name: &str, items: &[String]) {
        if !items.is_empty() {
            self.cells.insert(name.to_owned(), Cell::List(items.to_vec()));
        }
    }

    /// Writes a list of numbers; an empty one is left out.
    pub fn numbers(&mut self, name: &str, items: &[Printed]) {
        if !items.is_empty() {
            self.cells.insert(name.to_owned(), Cell::Numbers(items.to_vec()));
        }
    }

    /// What was written, in order.
    pub fn into_cells(self) -> IndexMap<String, Cell> {
        self.cells
    }
}

/// Writes a value into named cells.
pub(crate) fn cells_of(value: &impl Tabular) -> IndexMap<String, Cell> {
    let mut out = Out::default();
    value.write(&mut out);
    out.into_cells()
}
