//! Retractions, corrections and expressions of concern, and the articles they are about.

use std::collections::BTreeMap;

use crate::{Record, doi};

/// What a notice says of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// It is withdrawn.
    Retraction,
    /// It has an error: erratum, corrigendum, correction.
    Correction,
    /// Its editors doubt it.
    ExpressionOfConcern,
}

/// A record that is a notice about an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it says of the article.
    pub kind: NoticeKind,
    /// The article's title, where the notice's own title repeats it.
    pub title: Option<String>,
    /// The article's PubMed ids, where the record names them.
    pub pmids: Vec<String>,
    /// The article's DOIs, where the record names them.
    pub dois: Vec<String>,
}

/// A notice and its article among the same records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeLink {
    /// The place of the article among the records, counted from 0.
    pub article: usize,
    /// The place of the notice.
    pub notice: usize,
    /// What the notice says.
    pub kind: NoticeKind,
    /// What the two have in common.
    pub basis: LinkBasis,
}

/// How a notice is known to be about an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkBasis {
    /// One names the other's PubMed id.
    Pmid,
    /// One names the other's DOI.
    Doi,
    /// The notice's title repeats the article's.
    Title,
}

/// The beginnings of titles of notices, in lower case, longer ones before what they begin with.
const TITLES: [(&str, NoticeKind); 21] = [
    ("retraction notice to", NoticeKind::Retraction),
    ("retraction notice", NoticeKind::Retraction),
    ("retraction note to", NoticeKind::Retraction),
    ("retraction note", NoticeKind::Retraction),
    ("retraction to", NoticeKind::Retraction),
    ("retraction of", NoticeKind::Retraction),
    ("retraction", NoticeKind::Retraction),
    ("notice of retraction", NoticeKind::Retraction),
    ("expression of concern", NoticeKind::ExpressionOfConcern),
    ("editorial expression of concern", NoticeKind::ExpressionOfConcern),
    ("published erratum", NoticeKind::Correction),
    ("erratum to", NoticeKind::Correction),
    ("erratum for", NoticeKind::Correction),
    ("erratum", NoticeKind::Correction),
    ("corrigendum to", NoticeKind::Correction),
    ("corrigendum", NoticeKind::Correction),
    ("author correction", NoticeKind::Correction),
    ("publisher correction", NoticeKind::Correction),
    ("correction to", NoticeKind::Correction),
    ("correction", NoticeKind::Correction),
    ("errata", NoticeKind::Correction),
];

/// Types of publication of PubMed that say the same, in lower case.
const TYPES: [(&str, NoticeKind); 5] = [
    ("published erratum", NoticeKind::Correction),
    ("retraction of publication", NoticeKind::Retraction),
    ("retraction notice", NoticeKind::Retraction),
    ("retraction", NoticeKind::Retraction),
    ("expression of concern", NoticeKind::ExpressionOfConcern),
];

/// The tag of PubMed's XML for a part of a reference of this type.
macro_rules! reference {
    ($kind:literal, $part:literal) => {
        concat!(
            "MedlineCitation/CommentsCorrectionsList/CommentsCorrections[@RefType=",
            $kind,
            "]/",
            $part
        )
    };
}

/// The tags of PubMed, in NBIB and XML, under which a notice names its article.
const ARTICLES: [(&str, NoticeKind); 9] = [
    ("EFR", NoticeKind::Correction),
    (reference!("ErratumFor", "PMID"), NoticeKind::Correction),
    (reference!("ErratumFor", "RefSource"), NoticeKind::Correction),
    ("ROF", NoticeKind::Retraction),
    (reference!("RetractionOf", "PMID"), NoticeKind::Retraction),
    (reference!("RetractionOf", "RefSource"), NoticeKind::Retraction),
    ("ECF", NoticeKind::ExpressionOfConcern),
    (reference!("ExpressionOfConcernFor", "PMID"), NoticeKind::ExpressionOfConcern),
    (reference!("ExpressionOfConcernFor", "RefSource"), NoticeKind::ExpressionOfConcern),
];

/// The tags of PubMed under which an article names notices about it.
const NOTICES: [(&str, NoticeKind); 9] = [
    ("EIN", NoticeKind::Correction),
    (reference!("ErratumIn", "PMID"), NoticeKind::Correction),
    (reference!("ErratumIn", "RefSource"), NoticeKind::Correction),
    ("RIN", NoticeKind::Retraction),
    (reference!("RetractionIn", "PMID"), NoticeKind::Retraction),
    (reference!("RetractionIn", "RefSource"), NoticeKind::Retraction),
    ("ECI", NoticeKind::ExpressionOfConcern),
    (reference!("ExpressionOfConcernIn", "PMID"), NoticeKind::ExpressionOfConcern),
    (reference!("ExpressionOfConcernIn", "RefSource"), NoticeKind::ExpressionOfConcern),
];

impl Record {
    /// What this record is a notice of, if it is one: by its type of publication, by the tags in which
    /// PubMed names the article, or by its title ("Erratum: …", "Correction to: …", "Retraction Note").
    pub fn notice(&self) -> Option<Notice> {
        let of_title = self.title().and_then(|title| of_title(&title));
        let of_type = || {
            let types = self.values(self.names().reference_type).map(str::to_lowercase);
            types
                .into_iter()
                .find_map(|it| TYPES.iter().find(|(name, _)| *name == it).map(|(_, kind)| *kind))
        };
        let of_tag =
            || ARTICLES.iter().find(|(tag, _)| self.first(tag).is_some()).map(|(_, kind)| *kind);
        let kind =
            of_tag().or_else(of_type).or_else(|| of_title.as_ref().map(|(kind, _)| *kind))?;
        let named: Vec<&str> = ARTICLES.iter().flat_map(|(tag, _)| self.all(tag)).collect();
        Some(Notice {
            kind,
            title: of_title.and_then(|(_, title)| title),
            pmids: named.iter().filter_map(|value| pmid_in(value)).collect(),
            dois: named.iter().filter_map(|value| doi::stated(value)).collect(),
        })
    }

    /// Whether this record is an article that has been retracted, and says so in its title or type.
    pub fn is_retracted(&self) -> bool {
        const MARKS: [&str; 6] = [
            "retracted:",
            "retracted article",
            "retracted publication",
            "retracted paper",
            "withdrawn:",
            "withdrawn article",
        ];
        let is_said = |text: &str| {
            let text = text.trim_start_matches(['[', '(', '*']).to_lowercase();
            MARKS.iter().any(|mark| text.starts_with(mark))
        };
        let types = self.values(self.names().reference_type);
        let in_pubmed = NOTICES
            .iter()
            .any(|(tag, kind)| *kind == NoticeKind::Retraction && self.first(tag).is_some());
        in_pubmed
            || self.title().is_some_and(|title| is_said(&title))
            || types.into_iter().any(is_said)
    }
}

/// The kind of a notice by its title, and the title of the article behind a colon or in quotation marks.
fn of_title(title: &str) -> Option<(NoticeKind, Option<String>)> {
    let lower = title.to_lowercase();
    let start = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (mark, kind) = TITLES.iter().find(|(mark, _)| start.starts_with(mark))?;
    let rest = &start[mark.len()..];
    // "Correction of refractive errors" is an article.
    let begins = rest.trim_start_matches(' ');
    let is_mark = begins.is_empty()
        || begins.starts_with([
            ':', '.', '-', '\u{2013}', '\u{2014}', '(', '"', '\u{201c}', '\'', '\u{2018}', '[',
        ]);
    let names_article = [" to", " for"].iter().any(|end| mark.ends_with(end)) && !begins.is_empty();
    if !is_mark && !names_article {
        return None;
    }
    let quoted = rest
        .split_once(['"', '\u{201c}'])
        .and_then(|(_, inside)| inside.split_once(['"', '\u{201d}']));
    let about = match quoted {
        Some((quoted, _)) => quoted,
        None => rest,
    };
    let about = about.trim_matches(|c: char| !c.is_alphanumeric());
    // A journal's name and volume behind the title of the article: "Title [J. Name 12 (2019) 1-9]".
    let about = about.rsplit_once(" [").map_or(about, |(title, _)| title).trim();
    Some((*kind, (about.split_whitespace().count() >= 3).then(|| about.to_owned())))
}

/// A PubMed id: the number behind "PMID:" in a reference, or the whole value.
fn pmid_in(value: &str) -> Option<String> {
    let named = value.find("PMID:").map(|at| value[at + 5..].trim_start());
    let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let number = named.or(Some(value).filter(|_| is_number))?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Finds the article of each notice among the records it came with, in the order of the articles. A link
/// needs a PubMed id or DOI that one of the two names, or the whole title, of an article that is no later
/// than the notice and the only one of that title and year.
pub fn link_notices(records: &[Record]) -> Vec<NoticeLink> {
    let index = Index::of(records);
    let mut links = BTreeMap::new();
    for (notice, kind, article, basis) in
        index.notices.iter().flat_map(|(at, notice)| index.articles_of(*at, notice))
    {
        links.entry((article, notice)).or_insert((kind, basis));
    }
    for (article, record) in records.iter().enumerate() {
        for (tag, kind) in NOTICES {
            for (notice, basis) in record.all(tag).filter_map(|value| index.named(value)) {
                if notice != article {
                    links.entry((article, notice)).or_insert((kind, basis));
                }
            }
        }
    }
    let link = |((article, notice), (kind, basis))| NoticeLink { article, notice, kind, basis };
    links.into_iter().map(link).collect()
}

/// Where records are by what notices name.
struct Index<'a> {
    records: &'a [Record],
    notices: Vec<(usize, Notice)>,
    pmids: BTreeMap<&'a str, usize>,
    dois: BTreeMap<String, usize>,
    /// Articles by the letters and digits of their titles.
    titles: BTreeMap<String, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(records: &'a [Record]) -> Self {
        let notices =
            records.iter().enumerate().filter_map(|(i, record)| Some((i, record.notice()?)));
        let notices: Vec<_> = notices.collect();
        let mut index = Self {
            records,
            notices,
            pmids: BTreeMap::new(),
            dois: BTreeMap::new(),
            titles: BTreeMap::new(),
        };
        if index.notices.is_empty()
            && !records
                .iter()
                .any(|record| NOTICES.iter().any(|(tag, _)| record.first(tag).is_some()))
        {
            return index;
        }
        let mut notices = index.notices.iter().map(|(i, _)| *i).peekable();
        for (i, record) in records.iter().enumerate() {
            record.pmid().map(|pmid| index.pmids.entry(pmid).or_insert(i));
            record.doi().map(|doi| index.dois.entry(doi).or_insert(i));
            if notices.next_if_eq(&i).is_none()
                && let Some(title) = record.title()
            {
                index.titles.entry(plain(&title)).or_default().push(i);
            }
        }
        index
    }

    /// The articles that a notice is about.
    fn articles_of(
        &self,
        at: usize,
        notice: &Notice,
    ) -> Vec<(usize, NoticeKind, usize, LinkBasis)> {
        let by_pmid = notice
            .pmids
            .iter()
            .filter_map(|pmid| self.pmids.get(pmid.as_str()))
            .map(|i| (*i, LinkBasis::Pmid));
        let by_doi =
            notice.dois.iter().filter_map(|doi| self.dois.get(doi)).map(|i| (*i, LinkBasis::Doi));
        let mut found: Vec<_> = by_pmid.chain(by_doi).filter(|(i, _)| *i != at).collect();
        if found.is_empty() {
            let titled = notice.title.as_ref().and_then(|title| self.titles.get(&plain(title)));
            let year = self.records[at].year();
            let is_before = |i: &&usize| {
                year.zip(self.records[**i].year()).is_none_or(|(notice, article)| article <= notice)
            };
            let mut before = titled.into_iter().flatten().filter(is_before);
            if let (Some(only), None) = (before.next(), before.next()) {
                found.push((*only, LinkBasis::Title));
            }
        }
        found.into_iter().map(|(article, basis)| (at, notice.kind, article, basis)).collect()
    }

    /// The record that a reference names by PubMed id or DOI.
    fn named(&self, reference: &str) -> Option<(usize, LinkBasis)> {
        let by_pmid = pmid_in(reference).and_then(|pmid| self.pmids.get(pmid.as_str()).copied());
        let by_doi = || doi::stated(reference).and_then(|doi| self.dois.get(&doi).copied());
        by_pmid.map(|i| (i, LinkBasis::Pmid)).or_else(|| by_doi().map(|i| (i, LinkBasis::Doi)))
    }
}

/// A title by its letters and digits.
fn plain(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{NoticeKind, of_title};

    #[test]
    fn titles_of_notices_tell_what_they_are_about() {
        let about = Some("a trial of something".to_owned());
        for (title, kind) in [
            ("Erratum: A trial of something", NoticeKind::Correction),
            ("Erratum to: A trial of something.", NoticeKind::Correction),
            ("Correction to: A Trial of Something", NoticeKind::Correction),
            (
                "Corrigendum to \"A trial of something\" [J. Name 12 (2019) 1-9]",
                NoticeKind::Correction,
            ),
            (
                "Retraction notice to \u{201c}A trial of something\u{201d} [X 1]",
                NoticeKind::Retraction,
            ),
            ("Retraction Note: A trial of something", NoticeKind::Retraction),
            ("Expression of Concern: A trial of something", NoticeKind::ExpressionOfConcern),
        ] {
            assert_eq!(of_title(title), Some((kind, about.clone())), "{title}");
        }
        assert_eq!(of_title("Erratum."), Some((NoticeKind::Correction, None)));
        assert_eq!(of_title("Retraction"), Some((NoticeKind::Retraction, None)));
    }

    #[test]
    fn articles_about_corrections_are_no_notices() {
        for title in [
            "Correction of refractive errors in children",
            "Correctional facilities",
            "Retraction of the gum after surgery",
            "Erratum rates in journals",
            "",
        ] {
            assert_eq!(of_title(title), None, "{title}");
        }
    }
}
