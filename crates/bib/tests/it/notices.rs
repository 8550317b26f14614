//! Retractions and corrections, and their articles.

use consilience_bib::{LinkBasis, NoticeKind, link_notices};

use crate::parse;

#[test]
fn a_notice_is_linked_by_what_it_names() {
    let text = "PMID- 1\nTI  - A trial of something new.\nDP  - 2001\n\n\
PMID- 2\nTI  - Erratum: wrong heading here.\nPT  - Published Erratum\nEFR - J. 2001;1:1. doi: 10.1000/a. PMID: 1\nDP  - 2002\n\n\
PMID- 3\nTI  - Another trial of something.\nRIN - J. 2003. PMID: 4\n\n\
PMID- 4\nTI  - Retraction.\nPT  - Retraction of Publication\n";
    let records = parse(text, "a.nbib").records;
    let links: Vec<_> =
        link_notices(&records).iter().map(|l| (l.article, l.notice, l.kind, l.basis)).collect();
    assert_eq!(
        links,
        [
            (0, 1, NoticeKind::Correction, LinkBasis::Pmid),
            (2, 3, NoticeKind::Retraction, LinkBasis::Pmid)
        ]
    );
    assert!(records[2].is_retracted() && !records[3].is_retracted());
    assert_eq!(records[1].notice().unwrap().dois, ["10.1000/a"]);
}

#[test]
fn a_notice_is_linked_by_the_only_article_of_that_title_that_is_no_later() {
    let text = "TY  - JOUR\nTI  - A trial of something\nPY  - 2001\nER  -\n\
TY  - JOUR\nTI  - Correction to: A Trial of Something.\nPY  - 2002\nER  -\n\
TY  - JOUR\nTI  - A trial of something\nPY  - 2003\nER  -\n";
    let links = link_notices(&parse(text, "a.ris").records);
    assert_eq!(
        links.iter().map(|l| (l.article, l.notice, l.basis)).collect::<Vec<_>>(),
        [(0, 1, LinkBasis::Title)]
    );
    let twice = text.replace("2003", "2001");
    assert!(link_notices(&parse(&twice, "a.ris").records).is_empty(), "two articles of that title");
}

#[test]
fn articles_are_no_notices_and_notices_without_their_article_stay_alone() {
    let text = "TY  - JOUR\nTI  - Correction of refractive errors\nER  -\nTY  - JOUR\nTI  - Erratum\nER  -\n\
TY  - JOUR\nTI  - RETRACTED ARTICLE: A trial\nER  -\n";
    let records = parse(text, "a.ris").records;
    assert_eq!(
        records.iter().map(|r| r.notice().is_some()).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert!(link_notices(&records).is_empty());
    assert!(records[2].is_retracted());
}

#[test]
fn references_in_pubmeds_xml_link_as_those_in_nbib() {
    let article = |pmid: u32, title: &str, references: &str| {
        format!(
            "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle></Article>\
             <CommentsCorrectionsList>{references}</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
        )
    };
    let reference = |kind: &str, pmid: u32| {
        format!(
            "<CommentsCorrections RefType=\"{kind}\"><RefSource>J. 2001</RefSource><PMID>{pmid}</PMID></CommentsCorrections>"
        )
    };
    let text = format!(
        "<?xml version=\"1.0\"?>\n<PubmedArticleSet>{}{}{}{}</PubmedArticleSet>",
        article(1, "A trial of something new.", ""),
        article(2, "Correction.", &reference("ErratumFor", 1)),
        article(3, "A trial of something else.", &reference("RetractionIn", 4)),
        article(4, "Withdrawal of an article.", ""),
    );
    let records = parse(&text, "a.xml").records;
    let links: Vec<_> =
        link_notices(&records).iter().map(|l| (l.article, l.notice, l.kind, l.basis)).collect();
    assert_eq!(
        links,
        [
            (0, 1, NoticeKind::Correction, LinkBasis::Pmid),
            (2, 3, NoticeKind::Retraction, LinkBasis::Pmid)
        ]
    );
    assert!(records[2].is_retracted());
}
