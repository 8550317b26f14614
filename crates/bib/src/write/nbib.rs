//! Records as NBIB (MEDLINE).

use std::fmt::Write as _;

use super::view::View;
use crate::{Format, Record};

/// PubMed breaks lines so that they stay within this many characters.
const WIDTH: usize = 88;

pub(super) fn record(record: &Record, out: &mut String) {
    if record.format == Format::Nbib {
        record.fields().for_each(|field| line(out, field.tag, field.value));
    } else {
        view(&View::of(record), out);
    }
    out.push('\n');
}

fn view(view: &View<'_>, out: &mut String) {
    let mut all = |tag: &str, values: &mut dyn Iterator<Item = &str>| {
        values.filter(|value| !value.is_empty()).for_each(|value| line(out, tag, value));
    };
    all("PMID", &mut view.pmid.into_iter());
    all("ID", &mut view.id.into_iter());
    all("IS", &mut view.issns.iter().map(String::as_str));
    all("ISBN", &mut view.isbns.iter().map(String::as_str));
    all("VI", &mut view.volume.into_iter());
    all("IP", &mut view.issue.into_iter());
    let date = view.date.map(|date| {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = date.month.and_then(|month| MONTHS.get(usize::from(month).wrapping_sub(1)));
        let day = date.day.map(|day| format!(" {day}")).unwrap_or_default();
        month.map_or_else(|| date.year.to_string(), |month| format!("{} {month}{day}", date.year))
    });
    all("DP", &mut date.as_deref().into_iter());
    all("TI", &mut view.title.as_deref().into_iter());
    all("PG", &mut view.pages.as_deref().into_iter());
    let doi = view.doi.as_deref().map(|doi| format!("{doi} [doi]"));
    all("LID", &mut doi.as_deref().into_iter());
    all("AB", &mut view.abstract_text.as_deref().into_iter());
    let authors: Vec<_> = view.authors.iter().map(|name| name.replace(';', ",")).collect();
    all("FAU", &mut authors.iter().map(String::as_str));
    all("LA", &mut view.language.into_iter());
    all("PT", &mut std::iter::once(view.kind.words().nbib));
    all("TA", &mut view.journal_abbreviation.into_iter());
    all("JT", &mut view.journal.into_iter());
    all("OT", &mut view.keywords.iter().copied());
    all("PMC", &mut view.pmcid.into_iter());
    let is_pmid = view.accession == view.pmid;
    all("AN", &mut view.accession.filter(|_| !is_pmid).into_iter());
    all("DB", &mut view.database.into_iter());
    all("URL", &mut view.url.into_iter());
    all("GN", &mut std::iter::once(view.further.replace('\n', " | ").as_str()));
}

/// A field, broken at spaces: the tag in four columns, what goes on indented by six.
fn line(out: &mut String, tag: &str, value: &str) {
    let _ = write!(out, "{tag:<4}- ");
    let mut width = 6;
    for (i, word) in value.split_whitespace().enumerate() {
        let length = word.chars().count();
        if i > 0 && width + 1 + length > WIDTH {
            out.push_str("\n      ");
            width = 6;
        } else if i > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
}
