//! PubMed's XML.

use consilience_bib::{Format, Parsed};

use crate::{fields, parse};

fn fixture() -> Parsed {
    parse(include_str!("../fixtures/pubmed_efetch.xml"), "efetch.xml")
}

#[test]
fn a_record_tells_what_its_elements_hold() {
    let parsed = fixture();
    assert_eq!(parsed.format, Format::PubmedXml);
    let record = &parsed.records[0];
    assert_eq!(record.title().unwrap(), "Effect of CO₂ on Escherichia coli at 10⁻³ bar.");
    assert_eq!(record.authors(), ["Núñez, Ana Lucía", "King, Tom, Jr", "The Flask Study Group"]);
    assert_eq!(record.journal(), Some("Journal of invented trials & errors"));
    assert_eq!(record.journal_abbreviation(), Some("J Inv Trials Err"));
    assert_eq!((record.volume(), record.issue()), (Some("12"), Some("3 Pt 1")));
    assert_eq!(record.pages().as_deref(), Some("101-9"));
    assert_eq!(record.date().unwrap().to_string(), "2019-03-07");
    assert_eq!(record.doi().as_deref(), Some("10.1000/jit.2019.1"));
    assert_eq!((record.pmid(), record.pmcid()), (Some("91000001"), Some("PMC9100001")));
    assert_eq!(record.keywords(), ["Flasks", "Humans"]);
    assert_eq!(
        record.abstract_text().unwrap(),
        "BACKGROUND: Little is known (P<0.05). METHODS: We randomised 12 flasks. More is known now."
    );
}

#[test]
fn elements_and_attributes_are_fields_in_the_order_of_the_file_with_their_lines() {
    let parsed = fixture();
    let all = fields(&parsed.records[0]);
    assert_eq!(
        all[..3],
        [
            ("MedlineCitation/@Status", "MEDLINE"),
            ("MedlineCitation/@Owner", "NLM"),
            ("MedlineCitation/PMID/@Version", "2")
        ]
    );
    let title = all.iter().position(|(tag, _)| tag.ends_with("ArticleTitle/source()")).unwrap();
    assert!(all[title].1.starts_with("Effect of CO<sub>2</sub> on <i>Escherichia\n"));
    assert!(all.contains(&(
        "MedlineCitation/CommentsCorrectionsList/CommentsCorrections[@RefType=ErratumIn]/PMID",
        "91000002"
    )));
    let line = |tag: &str| parsed.records[0].fields().find(|f| f.tag == tag).unwrap().line;
    assert_eq!((parsed.records[0].line, line("MedlineCitation/PMID")), (4, 6));
    assert_eq!(line("MedlineCitation/Article/Journal/JournalIssue/Volume"), 11);
}

#[test]
fn parts_of_neighbours_stay_apart() {
    let parsed = fixture();
    let affiliations: Vec<_> = fields(&parsed.records[0])
        .into_iter()
        .filter(|(tag, _)| {
            tag.contains("AuthorList/Author/AffiliationInfo") || tag.ends_with("/Author")
        })
        .map(|(_, value)| value.to_owned())
        .collect();
    let expected = [
        "Here &iacute; there.",
        "",
        "There.",
        "Núñez, Ana Lucía",
        "King, Tom, Jr",
        "The Flask Study Group",
    ];
    assert_eq!(affiliations, expected);
}

#[test]
fn a_record_that_is_no_xml_is_set_aside_and_costs_no_other() {
    let parsed = fixture();
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (3, 1));
    let aside = &parsed.quarantine[0];
    assert_eq!(aside.line, 55);
    assert!(
        aside.text.starts_with("<PubmedArticle>\n") && aside.text.ends_with("</PubmedArticle>")
    );
    assert_eq!(aside.reason, "<ArticleTitle> is not closed where it should be (line 60)");
    assert_eq!(parsed.records[1].year(), Some(1998));
    assert_eq!(parsed.problems[0].message, "PubMed withdraws the records 8, 9");
}

#[test]
fn a_chapter_of_a_book_is_a_record() {
    let parsed = fixture();
    let record = &parsed.records[2];
    assert_eq!(record.citation(), "Chap T. A chapter. The book of flasks 2011.");
    assert_eq!(
        (record.pmid(), record.isbns()),
        (Some("91000005"), vec!["9781860163593".to_owned()])
    );
}

#[test]
fn a_record_cut_off_is_set_aside_up_to_the_next_one() {
    let text = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>\n<PubmedArticle>\
                <MedlineCitation><PMID>2</PMID></MedlineCitation></PubmedArticle><PubmedArticle><a>";
    let parsed = parse(text, "a.xml");
    assert_eq!(parsed.records.len(), 1);
    let reasons: Vec<_> = parsed.quarantine.iter().map(|aside| aside.reason.as_str()).collect();
    assert_eq!(reasons, ["<PubmedArticle> is never closed", "<PubmedArticle> is never closed"]);
}

#[test]
fn citations_that_stand_alone_are_records() {
    let text = "<MedlineCitationSet><MedlineCitation Owner=\"NLM\"><PMID>1</PMID></MedlineCitation>\
                <MedlineCitation><PMID>2</PMID></MedlineCitation></MedlineCitationSet>";
    let parsed = parse(text, "a.xml");
    let ids: Vec<_> = parsed.records.iter().filter_map(|record| record.pmid()).collect();
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn hostile_files_are_read_in_little_time_and_memory() {
    let inside = |content: &str| {
        format!("<PubmedArticleSet><PubmedArticle>{content}</PubmedArticle></PubmedArticleSet>")
    };
    let long = 500_000;
    for content in [
        "<A>".repeat(long / 3),
        format!("<A x=\"{}\"/>", "y".repeat(long)),
        format!("<A {}/>", "x=\"1\" ".repeat(long / 6)),
        format!("<{}>", "A".repeat(long)),
        format!("<A>{}</A>", "<i>".repeat(long / 3)),
        "<".repeat(long),
        "\"".repeat(long),
        "<PubmedArticle>".repeat(long / 15),
        format!("<A>{}</A>", "&".repeat(long)),
        "<!--".repeat(long / 4),
    ] {
        let parsed = parse(&inside(&content), "a.xml");
        assert!(parsed.records.len() + parsed.quarantine.len() > 0, "{}", &content[..10]);
    }
}
