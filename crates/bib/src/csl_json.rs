//! CSL-JSON, as Zotero, pandoc and citation processors write it: a list of items, or one.
//!
//! Each member of an item is a field. Names are in one ("Lee, Hee Jung"), dates as "2014-05-01"; what
//! cannot be told from these is kept as it is: `issued/json()`. Text with markup is followed by its source:
//! `title/source()`.

use std::fmt;

use memchr::{memchr2, memchr3, memmem};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::syntax::{Found, Part, Place, Syntax};
use crate::{Format, RecordBuilder, xml};

/// Whether a text begins as this format does.
pub(crate) fn is_csl_json(text: &str) -> bool {
    let has = |key: &str| memmem::find(text.as_bytes(), key.as_bytes()).is_some();
    text.trim_start().starts_with(['[', '{'])
        && has("\"type\"")
        && ["\"title\"", "\"author\"", "\"DOI\"", "\"issued\""].into_iter().any(has)
}

/// So many times a text that goes wrong is taken up again.
const RESTARTS: u32 = 50;

/// The reader of CSL-JSON.
#[derive(Debug, Default)]
pub(crate) struct CslJson {
    record: RecordBuilder,
    /// Whether the start of the list has been passed.
    is_inside: bool,
    restarts: u32,
}

impl Syntax for CslJson {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        let (text, bytes) = (part.text, part.text.as_bytes());
        let mut place = part.start();
        if !self.is_inside {
            place = place.to(text, start_of_list(text));
            self.is_inside = true;
        }
        loop {
            let gap = &text[place.byte..];
            let before = gap.len() - gap.trim_start_matches(is_between).len();
            let start = place.to(text, place.byte + before);
            if start.byte == text.len() {
                return start;
            }
            let (end, is_whole) = match end_of_value(&bytes[start.byte..]) {
                Some(length) => (start.byte + length, true),
                None if !part.is_last => return start,
                None => (self.restart(text, start.byte), false),
            };
            let end_place = start.to(text, end);
            self.item(text[start.byte..end].trim_end(), is_whole, start.line, found);
            place = end_place;
        }
    }
}

/// What stands between items.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '[' | ']')
}

/// Some programs put the list into an object: `{"items": […]}`.
fn start_of_list(text: &str) -> usize {
    let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
    let after_key = inside
        .and_then(|it| ["\"items\"", "\"references\""].iter().find_map(|key| it.strip_prefix(key)));
    let list = after_key.and_then(|it| it.trim_start().strip_prefix(':'));
    let list = list.and_then(|it| it.trim_start().strip_prefix('['));
    list.map_or(0, |list| text.len() - list.len())
}

/// The length of the object at the start of a text, or of what is there instead of one; `None` if it
/// goes on after the end.
fn end_of_value(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'{') {
        let end = bytes[1..].iter().position(|b| matches!(b, b'{' | b'\n'))?;
        return Some(1 + end);
    }
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        at += memchr3(b'{', b'}', b'"', &bytes[at..])? + 1;
        match bytes[at - 1] {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => loop {
                at += memchr2(b'"', b'\\', &bytes[at..])? + 1;
                if bytes[at - 1] == b'"' {
                    break;
                }
                at = (at + 1).min(bytes.len());
            },
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

impl CslJson {
    /// Where an item that is never closed may be taken to end: before the next line with nothing but
    /// an opening brace.
    fn restart(&mut self, text: &str, start: usize) -> usize {
        self.restarts += 1;
        let mut at = start;
        for line in text[start..].split_inclusive('\n') {
            if at > start && line.trim() == "{" && self.restarts < RESTARTS {
                return at;
            }
            at += line.len();
        }
        text.len()
    }

    fn item(&mut self, text: &str, is_whole: bool, line: u32, found: &mut Found) {
        let reason = match serde_json::from_str::<Members>(text) {
            // What closes an object around the list.
            Err(_) if text.trim() == "}" => return,
            Err(_) if !is_whole => "an object that is never closed".to_owned(),
            Err(error) => format!("no object of JSON: {error}"),
            Ok(members) => {
                self.record.start(line);
                for (name, value) in &members.0 {
                    member(&mut self.record, name, value, line);
                }
                let tells = |tag: &str| tag != "id" && tag != "type";
                if self.record.fields().any(|field| tells(field.tag) && !field.value.is_empty()) {
                    return found.record(Format::CslJson, &mut self.record);
                }
                self.record.clear();
                "no field has a value".to_owned()
            }
        };
        found.quarantine(line, text, reason);
    }
}

/// The members of an object, in order.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

fn member(record: &mut RecordBuilder, name: &str, value: &Value, line: u32) {
    let as_is = |record: &mut RecordBuilder| {
        record.push(&format!("{name}/json()"), &value.to_string(), line);
    };
    match value {
        Value::String(text) => string(record, name, text, line),
        Value::Number(number) => record.push(name, &number.to_string(), line),
        Value::Array(list) if list.iter().all(Value::is_string) && !list.is_empty() => {
            list.iter().filter_map(Value::as_str).for_each(|text| string(record, name, text, line));
        }
        Value::Array(list) if list.iter().all(is_name) && !list.is_empty() => {
            let names = list.iter().filter_map(Value::as_object).map(name_in_one);
            let all_told = names.clone().all(|(_, is_all)| is_all);
            names.for_each(|(text, _)| record.push(name, &text, line));
            if !all_told {
                as_is(record);
            }
        }
        Value::Object(object) => {
            let (date, is_all) = date_in_one(object);
            if let Some(date) = &date {
                record.push(name, date, line);
            }
            if date.is_none() || !is_all {
                as_is(record);
            }
        }
        Value::Array(_) | Value::Null | Value::Bool(_) => as_is(record),
    }
}

fn string(record: &mut RecordBuilder, name: &str, text: &str, line: u32) {
    let text = text.trim();
    if !name.contains("title") || !has_markup(text) {
        return record.push(name, text, line);
    }
    record.push(name, &xml::readable(text), line);
    record.push(&format!("{name}/source()"), text, line);
}

/// Whether a text has markup that citation processors know.
fn has_markup(text: &str) -> bool {
    let has = |open: &str, close: &str| text.contains(open) && text.contains(close);
    [
        ("<i>", "</i>"),
        ("<b>", "</b>"),
        ("<sub>", "</sub>"),
        ("<sup>", "</sup>"),
        ("<sc>", "</sc>"),
        ("<span", "</span>"),
    ]
    .iter()
    .any(|(open, close)| has(open, close))
}

fn is_name(value: &Value) -> bool {
    let object = value.as_object();
    object.is_some_and(|it| ["family", "literal", "given"].iter().any(|key| it.contains_key(*key)))
}

/// "Lee, Hee Jung", and whether that is all there is to the name.
fn name_in_one(object: &Map<String, Value>) -> (String, bool) {
    let part = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("").trim();
    if !part("literal").is_empty() {
        return (part("literal").to_owned(), object.len() == 1 && !part("literal").contains(','));
    }
    let particle = [part("non-dropping-particle"), part("family")];
    let family = particle.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    let given = [part("given"), part("dropping-particle")];
    let given = given.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    let parts = [family.as_str(), &given, part("suffix")];
    let is_all = object.keys().all(|key| matches!(key.as_str(), "family" | "given" | "suffix"))
        && !given.is_empty()
        && !family.is_empty()
        && !parts.iter().any(|part| part.contains(','));
    (parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", "), is_all)
}

/// "2014-05-01", and whether that is all there is to the date.
fn date_in_one(object: &Map<String, Value>) -> (Option<String>, bool) {
    let parts = object.get("date-parts").and_then(|it| it.get(0)).and_then(Value::as_array);
    if let Some(parts) = parts {
        // Numbers may be written as text.
        let number = |it: &Value| it.as_i64().or_else(|| it.as_str()?.trim().parse().ok());
        let numbers: Option<Vec<i64>> = parts.iter().map(number).collect();
        let numbers = numbers.filter(|numbers| matches!(numbers.len(), 1..=3));
        let date = numbers.map(|numbers| {
            let form = |(i, it): (usize, &i64)| {
                if i == 0 { format!("{it:04}") } else { format!("-{it:02}") }
            };
            numbers.iter().enumerate().map(form).collect::<String>()
        });
        let is_single =
            object.get("date-parts").and_then(Value::as_array).is_some_and(|it| it.len() == 1);
        if date.is_some() {
            return (date, is_single && object.len() == 1);
        }
    }
    let text = ["raw", "literal"].iter().find_map(|key| object.get(*key)).and_then(Value::as_str);
    (text.map(|text| text.trim().to_owned()), false)
}
