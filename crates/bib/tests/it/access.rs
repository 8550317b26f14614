//! What typed access makes of the fields of RIS records.

use consilience_bib::Record;

use crate::parse;

/// A journal article with these lines.
fn ris(lines: &[&str]) -> Record {
    let text = format!("TY  - JOUR\n{}\nER  - \n", lines.join("\n"));
    parse(&text, "a.ris").records.remove(0)
}

#[test]
fn tags_of_all_dialects_are_understood() {
    for (title, author, journal) in [("TI", "AU", "T2"), ("T1", "A1", "JF"), ("TI", "AU", "JO")] {
        let record = ris(&[
            &format!("{title}  - Title"),
            &format!("{author}  - Lee, A"),
            &format!("{journal}  - Journal"),
        ]);
        assert_eq!(record.citation(), "Lee A. Title. Journal.");
    }
    assert_eq!(ris(&["N2  - text"]).abstract_text().as_deref(), Some("text"));
}

#[test]
fn the_preferred_tag_wins_and_empty_ones_are_passed_over() {
    let record = ris(&["T2  - J Abbr", "JF  - Journal in full", "TI  - ", "T1  - Title"]);
    assert_eq!(record.journal(), Some("Journal in full"));
    assert_eq!(record.title().as_deref(), Some("Title"));
}

#[test]
fn values_over_several_lines_are_read_on_one() {
    let record = ris(&["TI  - A long", "  title", "AB  - one", "", "two"]);
    assert_eq!(record.title().as_deref(), Some("A long title"));
    assert_eq!(record.abstract_text().as_deref(), Some("one two"));
}

#[test]
fn na_is_a_missing_value() {
    let record = ris(&["AB  - NA", "AU  - NA", "TI  - NA and sodium"]);
    assert_eq!((record.abstract_text(), record.authors().len()), (None, 0));
    assert_eq!(record.title().as_deref(), Some("NA and sodium"));
}

#[test]
fn years_are_found_in_any_date_and_never_made_up() {
    let year = |date: &str| ris(&["TI  - a", &format!("PY  - {date}")]).year();
    for (date, expected) in [
        ("2014", Some(2014)),
        ("2019//", Some(2019)),
        ("2018/01/15/", Some(2018)),
        ("Start date: 20170812", Some(2017)),
        ("4-8 Aug. 2020", Some(2020)),
        ("10 15", None),
        ("99", None),
        ("in press", None),
        ("0000", None),
        ("20199", None),
    ] {
        assert_eq!(year(date), expected, "{date}");
    }
    assert_eq!(ris(&["PY  - soon", "Y1  - 2016"]).year(), Some(2016));
}

#[test]
fn pages_are_joined_from_first_and_last() {
    let pages = |lines: &[&str]| ris(lines).pages();
    assert_eq!(pages(&["SP  - 584", "EP  - 591"]).as_deref(), Some("584-591"));
    assert_eq!(pages(&["SP  - 584-591", "EP  - 591"]).as_deref(), Some("584-591"));
    assert_eq!(pages(&["SP  - 584\u{2013}91"]).as_deref(), Some("584-91"));
    assert_eq!(pages(&["SP  - e12", "EP  - e12"]).as_deref(), Some("e12"));
    assert_eq!(pages(&["SP  - 101\u{2010}109"]).as_deref(), Some("101-109"));
    assert_eq!(pages(&["EP  - 591"]), None);
    assert_eq!(pages(&["SP  - N.PAG", "EP  - N.PAG"]), None);
    assert_eq!(pages(&["SP  - No", "EP  - Specified"]), None);
}

#[test]
fn a_doi_is_taken_from_its_own_tag_then_from_where_it_is_named() {
    let doi = |lines: &[&str]| ris(lines).doi();
    assert_eq!(
        doi(&["UR  - https://doi.org/10.1000/link", "DO  - 10.1000/Own"]).as_deref(),
        Some("10.1000/own")
    );
    assert_eq!(doi(&["M3  - doi: 10.1063/1.4814070"]).as_deref(), Some("10.1063/1.4814070"));
    assert_eq!(doi(&["M3  - Article", "UR  - https://x.org/?doi=10.1000%2fa"]), None);
    assert_eq!(doi(&["DO  - none"]), None);
}

#[test]
fn more_than_three_authors_are_cited_as_three_and_others() {
    let record = ris(&[
        "AU  - Lee, Hee Jung",
        "AU  - Lee, E. G.",
        "AU  - Kang S",
        "AU  - Sung, Jong-Hyuk",
        "TI  - Efficacy of microneedling?",
        "JF  - Annals of Dermatology",
        "PY  - 2014",
        "VL  - 26",
        "IS  - 5",
        "SP  - 584",
        "EP  - 591",
        "DO  - 10.5021/ad.2014.26.5.584",
    ]);
    assert_eq!(
        record.citation(),
        "Lee HJ, Lee EG, Kang S, et al. Efficacy of microneedling? Annals of Dermatology \
         2014;26(5):584-591. doi:10.5021/ad.2014.26.5.584"
    );
}

#[test]
fn a_citation_leaves_out_what_is_not_known() {
    assert_eq!(ris(&["TI  - Title", "PY  - 2001"]).citation(), "Title. 2001.");
    assert_eq!(ris(&["JO  - J", "VL  - 3"]).citation(), "J 3.");
    assert_eq!(ris(&["JO  - J", "PY  - 2001", "SP  - 7"]).citation(), "J 2001:7.");
    assert_eq!(ris(&["KW  - word"]).citation(), "");
}

#[test]
fn own_id_url_and_pubmed_id_are_found() {
    let record = ris(&["ID  - 879", "UR  - see http://example.com;", "PMID  - 33355555"]);
    assert_eq!(record.id(), Some("879"));
    assert_eq!(record.url(), Some("http://example.com"));
    assert_eq!(record.pmid(), Some("33355555"));
    assert_eq!(record.reference_type(), Some("JOUR"));
}

#[test]
fn registrations_stand_in_text_with_all_their_digits_and_by_themselves() {
    let text = "TY  - JOUR\nTI  - A trial\nAB  - Registered (NCT01234567; ISRCTN 12345678), not NCT0123 or xNCT01234568.\nER  - \n";
    let record = &consilience_bib::parse(text.as_bytes(), "a.ris").unwrap().records[0];
    assert_eq!(record.trial_registrations(), ["NCT01234567", "ISRCTN12345678"]);
}
