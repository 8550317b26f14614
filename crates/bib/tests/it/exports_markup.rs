//! Real exports in formats with markup: PubMed XML, EndNote XML, BibTeX.

use consilience_bib::Format;

use crate::exports::{folder, read};

/// Records of each file and what is kept aside, counted by eye: `<PubmedArticle>`, `<record>`, `@type{`.
const FOUND: &[(&str, usize, usize)] = &[
    ("pubmed_xml/biopython_pubmed1.xml", 2, 0),
    ("pubmed_xml/biopython_pubmed2.xml", 2, 0),
    ("pubmed_xml/biopython_pubmed4.xml", 1, 0),
    ("pubmed_xml/biopython_pubmed5.xml", 1, 0),
    ("pubmed_xml/biopython_pubmed6.xml", 1, 0),
    ("pubmed_xml/biopython_pubmed7.xml", 1, 0),
    ("pubmed_xml/jabref_ArticleID.xml", 1, 0),
    ("pubmed_xml/jabref_ArticleItalics.xml", 1, 0),
    ("pubmed_xml/jabref_ArticleNoISSN.xml", 1, 0),
    ("pubmed_xml/jabref_BookArticleSet.xml", 2, 0),
    ("pubmed_xml/jabref_KeywordSingleEntry.xml", 1, 0),
    ("pubmed_xml/jabref_MalformedEntry.xml", 0, 1),
    ("pubmed_xml/jabref_MathML.xml", 1, 0),
    ("pubmed_xml/jabref_MeshHeadingList.xml", 1, 0),
    // An empty element.
    ("pubmed_xml/jabref_MinimalEntry.xml", 0, 1),
    ("pubmed_xml/jabref_Nbib.xml", 2, 0),
    ("pubmed_xml/jabref_PubmedBook.xml", 1, 0),
    ("pubmed_xml/pubmed-29768149.xml", 1, 0),
    ("endnote_xml/jabref_Article.xml", 1, 0),
    ("endnote_xml/jabref_Article2.xml", 2, 0),
    ("endnote_xml/jabref_EmptyKeywordStyle.xml", 1, 0),
    ("endnote_xml/jabref_LabelAndMultiTitle.xml", 3, 0),
    ("endnote_xml/jabref_Report.xml", 1, 0),
    ("endnote_xml/jabref_WithoutUrlStyle.xml", 1, 0),
    ("endnote_xml/reflib_blue-light.xml", 102, 0),
    ("endnote_xml/reflib_multipart.xml", 1, 0),
    ("endnote_xml/spidercite_demo.xml", 10, 0),
    ("endnote_xml/sra_endnote-2.xml", 5, 0),
    ("bib/colrev_abi_inform_proquest_bib.bib", 2, 0),
    ("bib/colrev_acm_bib.bib", 2, 0),
    ("bib/colrev_dblp_bib.bib", 2, 0),
    ("bib/colrev_ebsco_bib.bib", 2, 0),
    ("bib/colrev_europe_pmc_bib.bib", 2, 0),
    ("bib/colrev_scopus_bib.bib", 11, 0),
    ("bib/colrev_taylor_and_francis_bib.bib", 2, 0),
    ("bib/colrev_unknown_source_bib.bib", 1, 0),
    ("bib/colrev_web_of_science_bib.bib", 2, 0),
    ("bib/colrev_wiley_bib.bib", 2, 0),
    ("bib/gbk_encoded.bib", 1, 0),
    ("bib/jabref_BibtexImporter.examples.bib", 4, 0),
    ("bib/jabref_encoding-header.bib", 1, 0),
    // An entry of nothing but its key.
    ("bib/jabref_encodingWithoutNewline.bib", 0, 1),
    // 99 entries, of which seven define strings.
    ("bib/scopus_mini.bib", 92, 0),
];

#[test]
fn every_export_is_read_with_all_its_records() {
    let Some(folder) = folder() else { return };
    for (file, records, aside) in FOUND {
        let parsed = read(&folder, file);
        let format = match file.split_once('/').unwrap().0 {
            "pubmed_xml" => Format::PubmedXml,
            "endnote_xml" => Format::EndnoteXml,
            _ => Format::Bibtex,
        };
        assert_eq!(parsed.format, format, "{file}");
        let found = (parsed.records.len(), parsed.quarantine.len());
        assert_eq!(found, (*records, *aside), "{file}: {:?}", parsed.quarantine);
        // BibLaTeX has sets of entries, which have no title.
        let is_cited = |r: &consilience_bib::Record| {
            !r.citation().is_empty() || r.reference_type() == Some("set")
        };
        assert!(parsed.records.iter().all(is_cited), "{file}");
    }
}

#[test]
fn no_export_is_left_out() {
    let Some(folder) = folder() else { return };
    for kind in ["pubmed_xml", "endnote_xml", "bib"] {
        for entry in fs_err::read_dir(folder.join(kind)).unwrap() {
            let file = format!("{kind}/{}", entry.unwrap().file_name().to_str().unwrap());
            assert!(FOUND.iter().any(|(listed, _, _)| *listed == file), "{file}");
        }
    }
}

#[test]
fn titles_with_markup_are_read_as_they_look() {
    let Some(folder) = folder() else { return };
    let title = |file| read(&folder, file).records[0].title().unwrap();
    assert_eq!(
        title("pubmed_xml/biopython_pubmed4.xml"),
        "Leucocyte telomere length, genetic variants at the TERT gene region and risk of pancreatic cancer."
    );
    assert_eq!(
        title("pubmed_xml/jabref_PubmedBook.xml"),
        "Rheumatoid Arthritis: National Clinical Guideline for Management and Treatment in Adults"
    );
    let parsed = read(&folder, "pubmed_xml/jabref_MathML.xml");
    let text = parsed.records[0].abstract_text().unwrap();
    assert!(text.contains("ηp2") && !text.contains('<'), "{text}");
}

#[test]
fn parts_of_a_structured_abstract_are_in_one() {
    let Some(folder) = folder() else { return };
    let parsed = read(&folder, "pubmed_xml/pubmed-29768149.xml");
    let record = &parsed.records[0];
    let text = record.abstract_text().unwrap();
    for label in ["BACKGROUND: In patients", "METHODS: We", "RESULTS: A total", "CONCLUSIONS: In"] {
        assert!(text.contains(label), "{label} in {text}");
    }
    assert_eq!(record.pmid(), Some("29768149"));
    assert_eq!(record.doi().as_deref(), Some("10.1056/NEJMoa1715274".to_lowercase().as_str()));
    assert_eq!(record.authors()[0], "O'Byrne, Paul M");
    assert_eq!(record.date().unwrap().to_string(), "2018-05-17");
}

#[test]
fn one_library_in_ris_and_endnote_xml_is_the_same_field_by_field() {
    let Some(folder) = folder() else { return };
    let ris = read(&folder, "ris/reflib_blue-light.ris").records;
    let xml = read(&folder, "endnote_xml/reflib_blue-light.xml").records;
    assert_eq!(ris.len(), xml.len());
    for r in &ris {
        let x = xml.iter().find(|x| x.id() == r.id()).unwrap();
        assert_eq!(x.title(), r.title());
        assert_eq!(x.authors(), r.authors());
        assert_eq!(
            (x.year(), x.doi(), x.pmid()),
            (r.year(), r.doi(), r.pmid()),
            "{}",
            r.citation()
        );
        assert_eq!((x.volume(), x.issue()), (r.volume(), r.issue()), "{}", r.citation());
        assert_eq!(x.abstract_text(), r.abstract_text());
        assert_eq!(x.keywords(), r.keywords());
        assert_eq!(x.issns(), r.issns());
        assert_eq!(x.language(), r.language());
    }
}
