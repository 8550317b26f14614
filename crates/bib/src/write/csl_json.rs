//! Records as CSL-JSON.

use serde_json::{Map, Value, json};

use super::view::View;
use crate::{Format, PartialDate, Record};

pub(super) fn record(record: &Record, out: &mut String) {
    let mut item = Item::default();
    if record.format == Format::CslJson {
        as_read(record, &mut item);
    } else {
        view(&View::of(record), record.number, &mut item);
    }
    out.push_str("  {");
    for (i, (name, value)) in item.members.iter().enumerate() {
        out.push_str(if i == 0 { "\n    " } else { ",\n    " });
        out.extend([&Value::from(name.as_str()).to_string(), ": ", &value.to_string()]);
    }
    out.push_str("\n  }");
}

/// The members of an item, in order.
#[derive(Default)]
struct Item {
    members: Vec<(String, Value)>,
}

impl Item {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.members.push((name.to_owned(), value.into()));
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.put(name, value);
        }
    }

    fn texts(&mut self, name: &str, values: &[String]) {
        match values {
            [] => {}
            [one] => self.put(name, one.as_str()),
            _ => self.put(name, values.to_vec()),
        }
    }

    /// Several numbers in one text: a list is no value of these variables, and pandoc refuses it.
    fn numbers(&mut self, name: &str, values: &[String]) {
        self.text(name, Some(values.join(", ").as_str()));
    }
}

fn view(view: &View<'_>, number: u32, item: &mut Item) {
    item.put("id", view.id.map_or_else(|| number.to_string(), str::to_owned));
    item.put("type", view.kind.words().csl);
    item.text("title", view.title.as_deref());
    if !view.authors.is_empty() {
        item.put("author", view.authors.iter().map(|name| self::name(name)).collect::<Vec<_>>());
    }
    if let Some(date) =
        view.date.or(view.year.map(|year| PartialDate { year, month: None, day: None }))
    {
        item.put("issued", date_parts(date));
    }
    item.text("container-title", view.journal);
    item.text("container-title-short", view.journal_abbreviation);
    item.text("volume", view.volume);
    item.text("issue", view.issue);
    item.text("page", view.pages.as_deref());
    item.text("DOI", view.doi.as_deref());
    item.text("PMID", view.pmid);
    item.text("PMCID", view.pmcid);
    item.text("URL", view.url);
    item.numbers("ISSN", &view.issns);
    item.numbers("ISBN", &view.isbns);
    item.text("language", view.language);
    item.text("call-number", view.accession);
    item.text("source", view.database);
    item.text("keyword", Some(&view.keywords.join("; ")));
    item.text("abstract", view.abstract_text.as_deref());
    item.text("note", Some(&view.further));
}

/// "Lee, Hee Jung, Jr" in its parts; what would not read back so is a name without parts.
fn name(name: &str) -> Value {
    let parts: Vec<_> = name.splitn(3, ", ").collect();
    let is_part = |part: &&str| !part.is_empty() && !part.contains(',') && part.trim() == *part;
    match parts.as_slice() {
        [family, given] if parts.iter().all(is_part) => {
            json!({"family": family, "given": given})
        }
        [family, given, suffix] if parts.iter().all(is_part) => {
            json!({"family": family, "given": given, "suffix": suffix})
        }
        _ => json!({"literal": name}),
    }
}

fn date_parts(date: PartialDate) -> Value {
    let numbers = [Some(date.year), date.month.map(i32::from), date.day.map(i32::from)];
    let numbers: Vec<_> = numbers.into_iter().map_while(|number| number).collect();
    json!({"date-parts": [numbers]})
}

/// Variables of CSL that hold names.
fn is_names(variable: &str) -> bool {
    const NAMES: [&str; 12] = [
        "author",
        "editor",
        "translator",
        "director",
        "composer",
        "illustrator",
        "interviewer",
        "recipient",
        "contributor",
        "compiler",
        "curator",
        "narrator",
    ];
    NAMES.contains(&variable) || variable.ends_with("-author") || variable.ends_with("-editor")
}

/// Variables of CSL that hold dates.
fn is_date(variable: &str) -> bool {
    matches!(variable, "issued" | "accessed" | "submitted") || variable.ends_with("-date")
}

fn as_read(record: &Record, item: &mut Item) {
    let fields: Vec<_> = record.fields().collect();
    let mut at = 0;
    while let Some(field) = fields.get(at) {
        let (name, form) = match field.tag.rsplit_once('/') {
            Some((name, form @ ("json()" | "source()"))) => (name, form),
            _ => (field.tag, ""),
        };
        let start = at;
        while fields.get(at).is_some_and(|it| it.tag == name) {
            at += 1;
        }
        let values: Vec<_> = fields[start..at].iter().map(|it| it.value.to_owned()).collect();
        // What follows in its own form stands for what is before it.
        let last = fields
            .get(at)
            .filter(|it| it.tag.strip_prefix(name).is_some_and(|it| it.starts_with('/')));
        let form = if form.is_empty() {
            last.map_or("", |it| it.tag.rsplit('/').next().unwrap_or(""))
        } else {
            form
        };
        match (form, last) {
            ("json()", Some(last)) => {
                item.put(name, serde_json::from_str(last.value).unwrap_or(Value::from(last.value)));
            }
            ("source()", Some(last)) => item.put(name, last.value),
            _ if is_names(name) => {
                item.put(name, values.iter().map(|it| self::name(it)).collect::<Vec<_>>());
            }
            _ if is_date(name) => item.put(name, date_as_read(&values)),
            _ => item.texts(name, &values),
        }
        at += usize::from(last.is_some());
        if at == start {
            at += 1;
        }
    }
    // A member twice is no JSON that all can read.
    let mut members = Map::new();
    item.members.retain(|(name, _)| members.insert(name.clone(), Value::Null).is_none());
}

fn date_as_read(values: &[String]) -> Value {
    let numbers: Option<Vec<i64>> =
        values.first().and_then(|date| date.splitn(3, '-').map(|part| part.parse().ok()).collect());
    numbers.map_or_else(
        || json!({"raw": values.join("; ")}),
        |numbers| json!({"date-parts": [numbers]}),
    )
}
