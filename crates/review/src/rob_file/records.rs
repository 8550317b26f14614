//! Files as records of named texts, each with its place: the rows of a table, the objects of a JSON file.

use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::diagnostic::{Diagnostic, Place};
use crate::package::table::{Columns, decode, read_table};

/// One row or object.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) place: Place,
    pub(super) fields: Vec<Field>,
}

/// A named text.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) place: Place,
}

/// Reads a file: JSON where it begins like JSON, else a table.
pub(super) fn read(name: &str, bytes: &[u8], problems: &mut Vec<Diagnostic>) -> Vec<Record> {
    let begins = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = begins.iter().find(|it| !it.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[')) {
        return match decode(name, bytes, problems) {
            Some(text) => Json { name, text, problems }.records(),
            None => Vec::new(),
        };
    }
    table(name, bytes, problems)
}

fn table(name: &str, bytes: &[u8], problems: &mut Vec<Diagnostic>) -> Vec<Record> {
    let columns = Columns { required: &[], known: &[], others_allowed: true };
    let Some(table) = read_table(name, bytes, &columns, problems) else { return Vec::new() };
    let record = |row: crate::cells::Row| {
        let fields = row.others(&[]).into_iter().map(|(name, text)| {
            let place = row.place_of(&name);
            Field { name, text, place }
        });
        Record { place: row.place().clone(), fields: fields.collect() }
    };
    table.rows.into_iter().map(record).collect()
}

type Object<'a> = IndexMap<String, &'a RawValue>;

struct Json<'a, 'p> {
    name: &'a str,
    text: &'a str,
    problems: &'p mut Vec<Diagnostic>,
}

/// Keys under which an object holds its answers, or a file its results.
const ANSWERS: [&str; 4] = ["answers", "signalling_answers", "questions", "responses"];
const DOMAINS: [&str; 2] = ["domains", "judgements"];
const RESULTS: [&str; 3] = ["results", "assessments", "risk_of_bias"];

impl<'a> Json<'a, '_> {
    fn records(mut self) -> Vec<Record> {
        let whole: Result<&'a RawValue, _> = serde_json::from_str(self.text);
        match whole {
            Ok(value) => self.value_records(value, &[]),
            Err(_) if self.is_lines() => self.line_records(),
            Err(error) => {
                let place = Place::spot(self.name, error.line(), error.column());
                self.problems.push(
                    Diagnostic::error(place)
                        .found(format!("invalid JSON ({error})"))
                        .expected("a list of objects, or one object a line")
                        .help("correct the file"),
                );
                Vec::new()
            }
        }
    }

    fn is_lines(&self) -> bool {
        let mut lines = self.text.lines().map(str::trim).filter(|it| !it.is_empty());
        lines.clone().count() > 1
            && lines.all(|it| it.trim_end_matches(',').ends_with('}') && it.starts_with('{'))
    }

    fn line_records(&mut self) -> Vec<Record> {
        let mut records = Vec::new();
        for line in self.text.lines() {
            let line = line.trim().trim_end_matches(',');
            match serde_json::from_str::<&'a RawValue>(line) {
                Ok(value) => records.extend(self.value_records(value, &[])),
                Err(_) if line.is_empty() => {}
                Err(error) => {
                    let place = self.place(line);
                    self.problems.push(
                        Diagnostic::error(place)
                            .found(format!("invalid JSON ({error})"))
                            .expected("one object a line")
                            .help("correct the line"),
                    );
                }
            }
        }
        records
    }

    /// The place of a part of the text.
    fn place(&self, part: &str) -> Place {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        Place::at_offset(self.name, self.text, offset)
    }

    fn value_records(&mut self, value: &'a RawValue, inherited: &[Field]) -> Vec<Record> {
        if let Ok(items) = serde_json::from_str::<Vec<&'a RawValue>>(value.get()) {
            return items.into_iter().flat_map(|it| self.value_records(it, inherited)).collect();
        }
        let Ok(object) = serde_json::from_str::<Object<'a>>(value.get()) else {
            let place = self.place(value.get());
            self.problems.push(
                Diagnostic::error(place)
                    .found(format!("`{}`", shortened(value.get())))
                    .expected("an object with a study, questions and answers")
                    .help("correct the file"),
            );
            return Vec::new();
        };
        let inner = object.iter().find(|(key, it)| {
            RESULTS.contains(&key.to_lowercase().as_str()) && it.get().starts_with(['[', '{'])
        });
        if let Some((key, results)) = inner {
            let mut common = Record::default();
            for (name, value) in object.iter().filter(|it| it.0 != key) {
                self.scalar(&mut common, name, value);
            }
            return self.value_records(results, &common.fields);
        }
        if !object.is_empty()
            && object.values().all(|it| it.get().starts_with('{'))
            && !object.keys().any(|it| is_nested(it))
        {
            return self.by_study(&object, inherited);
        }
        let mut record = Record { place: self.place(value.get()), fields: inherited.to_vec() };
        for (name, value) in &object {
            self.field(&mut record, name, value);
        }
        vec![record]
    }

    /// An object with a study's name for each key.
    fn by_study(&mut self, object: &Object<'a>, inherited: &[Field]) -> Vec<Record> {
        let mut records = Vec::new();
        for (study, value) in object {
            let place = self.place(value.get());
            let mut fields = inherited.to_vec();
            fields.push(Field { name: "study".to_owned(), text: study.clone(), place });
            records.extend(self.value_records(value, &fields));
        }
        records
    }

    fn field(&mut self, record: &mut Record, name: &str, value: &'a RawValue) {
        let lower = name.to_lowercase();
        if DOMAINS.contains(&lower.as_str()) && value.get().starts_with('{') {
            for (id, inner) in Self::object(value) {
                self.domain(record, &id, inner);
            }
        } else if ANSWERS.contains(&lower.as_str()) && value.get().starts_with(['{', '[']) {
            self.answers(record, value);
        } else {
            self.scalar(record, name, value);
        }
    }

    fn object(value: &'a RawValue) -> Object<'a> {
        serde_json::from_str(value.get()).unwrap_or_default()
    }

    fn domain(&mut self, record: &mut Record, id: &str, value: &'a RawValue) {
        if !value.get().starts_with('{') {
            self.scalar(record, &format!("domain {id}"), value);
            return;
        }
        for (name, inner) in Self::object(value) {
            match name.to_lowercase().as_str() {
                "judgement" | "judgment" => self.scalar(record, &format!("domain {id}"), inner),
                "reason" | "support" => {
                    self.scalar(record, &format!("domain {id} support"), inner);
                }
                "direction" => self.scalar(record, &format!("direction {id}"), inner),
                key if ANSWERS.contains(&key) => self.answers(record, inner),
                _ => {}
            }
        }
    }

    /// Questions as keys, with an answer or an object of answer and support; or a list of objects.
    fn answers(&mut self, record: &mut Record, value: &'a RawValue) {
        if let Ok(items) = serde_json::from_str::<Vec<Object<'a>>>(value.get()) {
            for item in items {
                let get = |names: &[&str]| names.iter().find_map(|name| item.get(*name)).copied();
                let question = get(&["question", "number", "id"]).and_then(text_of);
                let Some(question) = question else { continue };
                if let Some(answer) = get(&["answer", "response", "value"]) {
                    self.scalar(record, &question, answer);
                }
                if let Some(support) = get(&["support", "reason", "comment", "quote"]) {
                    self.scalar(record, &format!("{question} support"), support);
                }
            }
            return;
        }
        for (question, inner) in Self::object(value) {
            if !inner.get().starts_with('{') {
                self.scalar(record, &question, inner);
                continue;
            }
            for (name, part) in Self::object(inner) {
                match name.to_lowercase().as_str() {
                    "answer" | "response" | "value" => self.scalar(record, &question, part),
                    "support" | "reason" | "comment" | "quote" => {
                        self.scalar(record, &format!("{question} support"), part);
                    }
                    _ => self.scalar(record, &name, part),
                }
            }
        }
    }

    /// A text, number, flag or list of texts; `null` is missing.
    fn scalar(&mut self, record: &mut Record, name: &str, value: &'a RawValue) {
        if let Some(text) = text_of(value) {
            let place = self.place(value.get()).named(name);
            record.fields.push(Field { name: name.to_owned(), text, place });
        }
    }
}

fn is_nested(key: &str) -> bool {
    let key = key.to_lowercase();
    ANSWERS.iter().chain(&DOMAINS).chain(&RESULTS).any(|it| *it == key)
}

fn text_of(value: &RawValue) -> Option<String> {
    let text = match serde_json::from_str::<serde_json::Value>(value.get()).ok()? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Bool(flag) => flag.to_string(),
        serde_json::Value::Array(items) => {
            let texts: Vec<&str> = items.iter().filter_map(serde_json::Value::as_str).collect();
            texts.join("; ")
        }
        serde_json::Value::Null | serde_json::Value::Object(_) => return None,
    };
    Some(text.trim().to_owned())
}

fn shortened(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
