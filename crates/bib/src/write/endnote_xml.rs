//! Records as EndNote's XML.

use super::view::View;
use crate::{Format, Record};

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml><records>\n";
pub(super) const FOOT: &str = "</records></xml>\n";

pub(super) fn record(record: &Record, out: &mut String) {
    let mut writer = Elements { out, open: Vec::new() };
    writer.out.push_str("<record>");
    if record.format == Format::EndnoteXml {
        as_read(record, &mut writer);
    } else {
        view(&View::of(record), record.number, &mut writer);
    }
    writer.close_to(0);
    writer.out.push_str("</record>\n");
}

fn view(view: &View<'_>, number: u32, writer: &mut Elements<'_>) {
    let number = number.to_string();
    writer.leaf("rec-number", &[], view.id.unwrap_or(&number));
    let (name, code) = view.kind.words().endnote;
    writer.leaf("ref-type", &[("name", name)], &code.to_string());
    view.authors
        .iter()
        .for_each(|name| writer.leaf("contributors/authors/author", &[], &name.replace(';', ",")));
    let mut text = |path: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            writer.leaf(path, &[], value);
        }
    };
    text("titles/title", view.title.as_deref());
    text("titles/secondary-title", view.journal);
    text("periodical/full-title", view.journal);
    text("periodical/abbr-1", view.journal_abbreviation);
    text("pages", view.pages.as_deref());
    text("volume", view.volume);
    text("number", view.issue);
    view.keywords.iter().for_each(|word| text("keywords/keyword", Some(word)));
    text("dates/year", view.year.map(|year| year.to_string()).as_deref());
    let date = view.date.filter(|date| date.month.is_some()).map(|date| date.to_string());
    text("dates/pub-dates/date", date.as_deref());
    let serials: Vec<_> = view.issns.iter().chain(&view.isbns).map(String::as_str).collect();
    text("isbn", Some(&serials.join("\n")));
    text("accession-num", view.accession);
    text("abstract", view.abstract_text.as_deref());
    let pmid = view.pmid.map(|pmid| format!("PMID: {pmid}"));
    text("notes", pmid.as_deref());
    text("research-notes", Some(&view.further));
    text("urls/related-urls/url", view.url);
    text("custom2", view.pmcid);
    text("electronic-resource-num", view.doi.as_deref());
    text("remote-database-name", view.database);
    text("language", view.language);
}

/// Writes elements by their paths, opening and closing what they are in.
struct Elements<'a> {
    out: &'a mut String,
    open: Vec<String>,
}

impl Elements<'_> {
    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some(element) = self.open.pop() {
                self.out.extend(["</", &element, ">"]);
            }
        }
    }

    /// Opens all elements of a path but the last, which it returns.
    fn enter<'p>(&mut self, path: &'p str) -> &'p str {
        let (outer, last) = path.rsplit_once('/').unwrap_or(("", path));
        let outer: Vec<_> = outer.split('/').filter(|element| !element.is_empty()).collect();
        let shared = self.open.iter().zip(&outer).take_while(|(a, b)| a.as_str() == **b).count();
        self.close_to(shared);
        for element in &outer[shared..] {
            self.out.extend(["<", element, ">"]);
            self.open.push((*element).to_owned());
        }
        last
    }

    fn leaf(&mut self, path: &str, attributes: &[(&str, &str)], value: &str) {
        // EndNote puts styles into all elements but those that it counts with.
        let is_plain = matches!(path, "database" | "source-app" | "rec-number" | "ref-type")
            || path.ends_with("/key");
        let style = "<style face=\"normal\" font=\"default\" size=\"100%\">";
        let text = escape(value);
        let content =
            if is_plain || text.is_empty() { text } else { [style, &text, "</style>"].concat() };
        self.element(path, attributes, &content);
    }

    fn element(&mut self, path: &str, attributes: &[(&str, &str)], content: &str) {
        let last = self.enter(path);
        self.out.extend(["<", last]);
        for (name, value) in attributes {
            self.out.extend([" ", name, "=\"", &escape(value), "\""]);
        }
        self.out.extend([">", content, "</", last, ">"]);
    }
}

/// A text in XML, with line ends as EndNote writes them; characters that XML has not are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("&#xD;"),
            '\t' => out.push(' '),
            _ if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            _ => out.push(c),
        }
    }
    out
}

/// A record as it was read: its elements and attributes in order, with sources where those were kept.
fn as_read(record: &Record, writer: &mut Elements<'_>) {
    let fields: Vec<_> = record.fields().collect();
    let mut at = 0;
    while let Some(field) = fields.get(at) {
        let (path, _) = field.tag.rsplit_once("/@").unwrap_or((field.tag, ""));
        let mut attributes = Vec::new();
        while let Some((name, value)) = fields
            .get(at)
            .and_then(|it| Some((it.tag.strip_prefix(path)?.strip_prefix("/@")?, it.value)))
        {
            attributes.push((name, value));
            at += 1;
        }
        let value = fields.get(at).filter(|it| it.tag == path).map(|it| it.value);
        at += usize::from(value.is_some());
        let source = fields.get(at).filter(|it| it.tag.strip_suffix("/source()") == Some(path));
        let goes_on = fields.get(at).is_some_and(|it| {
            it.tag.strip_prefix(path).is_some_and(|it| it.starts_with('/') && !it.ends_with("()"))
        });
        if let Some(source) = source {
            at += 1;
            writer.element(path, &attributes, source.value);
        } else if path.ends_with("()") {
            writer.leaf("notes", &[], value.unwrap_or(""));
        } else if goes_on && value == Some("") {
            // A further element of the same name begins.
            let outer = writer.open.len().min(path.split('/').count() - 1);
            writer.close_to(outer);
        } else {
            writer.leaf(path, &attributes, value.unwrap_or(""));
        }
    }
}
