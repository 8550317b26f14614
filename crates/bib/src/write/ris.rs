//! Records as RIS.

use super::view::{View, first_and_last_page};
use crate::{Format, Record};

pub(super) fn record(record: &Record, out: &mut String) {
    if record.format == Format::Ris {
        record.fields().for_each(|field| line(out, field.tag, field.value));
    } else {
        view(&View::of(record), out);
    }
    out.push_str("ER  - \n\n");
}

fn view(view: &View<'_>, out: &mut String) {
    line(out, "TY", view.kind.words().ris);
    let mut all = |tag: &str, values: &mut dyn Iterator<Item = &str>| {
        values.filter(|value| !value.is_empty()).for_each(|value| line(out, tag, value));
    };
    all("ID", &mut view.id.into_iter());
    all("TI", &mut view.title.as_deref().into_iter());
    // A semicolon would part a name in two.
    let authors: Vec<_> = view.authors.iter().map(|name| name.replace(';', ",")).collect();
    all("AU", &mut authors.iter().map(String::as_str));
    let year = view.year.map(|year| year.to_string());
    all("PY", &mut year.as_deref().into_iter());
    let date = view.date.filter(|date| date.month.is_some()).map(|date| {
        let part = |part: Option<u8>| part.map(|part| format!("{part:02}")).unwrap_or_default();
        format!("{:04}/{}/{}", date.year, part(date.month), part(date.day))
    });
    all("DA", &mut date.as_deref().into_iter());
    all("JF", &mut view.journal.into_iter());
    all("JA", &mut view.journal_abbreviation.into_iter());
    all("VL", &mut view.volume.into_iter());
    all("IS", &mut view.issue.into_iter());
    if let Some(pages) = &view.pages {
        let (first, last) = first_and_last_page(pages);
        all("SP", &mut std::iter::once(first));
        all("EP", &mut last.into_iter());
    }
    all("DO", &mut view.doi.as_deref().into_iter());
    all("SN", &mut view.issns.iter().chain(&view.isbns).map(String::as_str));
    all("AN", &mut view.accession.into_iter());
    all("DB", &mut view.database.into_iter());
    all("LA", &mut view.language.into_iter());
    all("UR", &mut view.url.into_iter());
    all("AB", &mut view.abstract_text.as_deref().into_iter());
    all("KW", &mut view.keywords.iter().copied());
    all("C2", &mut view.pmcid.into_iter());
    let pmid = view.pmid.map(|pmid| format!("PMID: {pmid}"));
    all("N1", &mut pmid.as_deref().into_iter());
    all("N1", &mut std::iter::once(view.further.as_str()));
}

/// A field. Lines it goes on over are indented where they would be taken for a field of their own.
fn line(out: &mut String, tag: &str, value: &str) {
    out.extend([tag, "  - "]);
    for (i, line) in value.split(['\n', '\r']).enumerate() {
        if i > 0 {
            out.push('\n');
            if line.starts_with(|c: char| c.is_ascii_uppercase()) {
                out.push_str("  ");
            }
        }
        out.push_str(line);
    }
    out.push('\n');
}
