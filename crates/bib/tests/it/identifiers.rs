//! Identifiers wherever dialects hide them, dates, and the like.

use consilience_bib::Record;

use crate::parse;

fn ris(lines: &[&str]) -> Record {
    parse(&format!("TY  - JOUR\nTI  - Title\n{}\nER  - \n", lines.join("\n")), "a.ris")
        .records
        .remove(0)
}

#[test]
fn the_pubmed_id_is_found_in_every_dialect() {
    for (dialect, lines) in [
        ("own tag", &["PMID  - 33355555"][..]),
        ("EndNote of PubMed", &["AN  - 33355555", "DP  - NLM"]),
        ("Ovid MEDLINE", &["AN  - 33355555", "DB  - Ovid MEDLINE(R) <1946 to Present>"]),
        ("Scopus", &["C2  - 33355555", "DB  - Scopus"]),
        ("Embase.com", &["C5  - 33355555", "U2  - L373791783", "DB  - Embase"]),
        ("Dimensions", &["U1  - 33355555 [PMID]", "U1  - PMC7417126 [PMCID]"]),
        ("PubMed Central", &["U1  - 33355555[pmid]"]),
        ("Lens", &["L2  - https://www.ncbi.nlm.nih.gov/pubmed/33355555"]),
        ("Zotero", &["N1  - PMID: 33355555"]),
        ("Cochrane", &["AN  - CN-01234567", "M1  - PUBMED 33355555"]),
    ] {
        assert_eq!(ris(lines).pmid(), Some("33355555"), "{dialect}");
    }
}

#[test]
fn numbers_of_other_databases_are_no_pubmed_ids() {
    for lines in [
        &["AN  - 2214991469; 51887", "DB  - PTSDpubs"][..],
        &["AN  - 33355555", "DB  - Embase"],
        &["C2  - 33355555", "DB  - Web of Science"],
        &["C2  - PMC5887696", "DB  - Scopus"],
        &["T3  - Erratum in: J. 2022 May;29(21):32303 PMID: 35389171"],
        &["AB  - as in PMID: 35389171"],
    ] {
        assert_eq!(ris(lines).pmid(), None, "{lines:?}");
    }
}

#[test]
fn other_identifiers_are_found_where_they_are() {
    let record = ris(&[
        "AN  - CN-01234567",
        "U2  - L373791783",
        "L2  - https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7417126",
        "AB  - Registered: ClinicalTrials.gov NCT01234567; EudraCT 2004-001234-12.",
        "CR  - Other A, NCT09999999",
    ]);
    assert_eq!(record.central_number(), Some("CN-01234567"));
    assert_eq!(record.embase_accession(), Some("L373791783"));
    assert_eq!(record.pmcid(), Some("PMC7417126"));
    assert_eq!(record.trial_registrations(), ["NCT01234567", "2004-001234-12"]);
    assert_eq!(
        ris(&["UR  - https://www.embase.com/search/results?id=L373791783"]).embase_accession(),
        Some("L373791783")
    );
    assert_eq!(
        ris(&["AN  - 2012345678", "DB  - Embase <1974 to 2020>"]).embase_accession(),
        Some("2012345678")
    );
    let nothing = ris(&["AN  - 1"]);
    assert_eq!(
        (nothing.central_number(), nothing.embase_accession(), nothing.pmcid()),
        (None, None, None)
    );
}

#[test]
fn nbib_keeps_registrations_and_pmc_ids_in_tags_of_their_own() {
    let text = "PMID- 1\nTI  - a\nSI  - ClinicalTrials.gov/NCT00000001\nPMC - PMC1234567\nCON - J. 2001. PMID: 77. NCT00000002\n";
    let record = &parse(text, "a.nbib").records[0];
    assert_eq!(record.trial_registrations(), ["NCT00000001"]);
    assert_eq!((record.pmid(), record.pmcid()), (Some("1"), Some("PMC1234567")));
}

#[test]
fn dates_are_told_as_far_as_they_are_known() {
    let date = |lines: &[&str]| ris(lines).date().map(|date| date.to_string());
    assert_eq!(date(&["PY  - 2018", "DA  - 2018/01/15/"]).as_deref(), Some("2018-01-15"));
    assert_eq!(date(&["PY  - 2018", "DA  - SEP"]).as_deref(), Some("2018-09"));
    assert_eq!(date(&["PY  - 2018", "DA  - 2017/12/24"]).as_deref(), Some("2018"));
    assert_eq!(date(&["Y1  - 2024/08//"]).as_deref(), Some("2024-08"));
    assert_eq!(date(&["DA  - SEP"]), None);
}

#[test]
fn databases_languages_and_numbers_are_told() {
    let record = ris(&[
        "DB  - Embase",
        "LA  - English",
        "SN  - 03064530 (ISSN); 9783446456723 (ISBN)",
        "KW  - a; b",
        "KW  - c",
    ]);
    assert_eq!((record.database(), record.language()), (Some("Embase"), Some("English")));
    assert_eq!(
        (record.issns(), record.isbns()),
        (vec!["0306-4530".to_owned()], vec!["9783446456723".to_owned()])
    );
    assert_eq!(record.keywords(), ["a", "b", "c"]);
}

#[test]
fn accession_numbers_are_found_in_links_and_notes() {
    for (lines, number) in [
        (&["AN  - WOS:000444108200009"][..], "WOS:000444108200009"),
        (
            &[
                "UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-85074596690&doi=10.1016%2fj",
            ],
            "2-s2.0-85074596690",
        ),
        (&["L2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=medp&NEWS=N&AN=39012781"], "39012781"),
        (&["N1  - Accession Number: 178481408; Lee, A 1"], "178481408"),
        (&["U2  - L373791783"], "L373791783"),
    ] {
        assert_eq!(ris(lines).accession(), Some(number));
    }
    let ovid = ris(&[
        "DB  - Ovid MEDLINE(R)",
        "L2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS&AN=39012781",
    ]);
    assert_eq!(ovid.pmid(), Some("39012781"));
    assert_eq!(ris(&["AN  - WOS:000444108200009"]).database(), Some("WOS"));
}
