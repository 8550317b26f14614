//! Real exports of databases and reference managers, where they lie beside the checkout or `CONSILIENCE_FORMATS` says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use consilience_bib::{Format, Parsed, parse};

/// Records of each file, counted by hand or with grep: `TY  -` lines, `PMID` lines, rows.
const RECORDS: &[(&str, usize)] = &[
    ("ciw/jabref_IsiImporterTest1.isi", 1),
    ("ciw/jabref_IsiImporterTest2.isi", 3),
    ("ciw/jabref_IsiImporterTestInspec.isi", 2),
    ("ciw/jabref_IsiImporterTestMedline.isi", 2),
    ("ciw/jabref_IsiImporterTestWOS.isi", 2),
    ("ciw/wos_mini.ciw", 5),
    ("ciw/wos_plaintext_sample.txt", 8),
    ("ciw/wos_restoration_first40.ciw", 40),
    ("csv/asreview_generic.csv", 2),
    ("csv/asreview_generic_bad_record_id.csv", 6),
    ("csv/asreview_generic_column_names_with_spaces.csv", 2),
    ("csv/asreview_generic_labels.csv", 6),
    ("csv/asreview_generic_semicolon.csv", 2),
    ("csv/asreview_generic_tab.csv", 2),
    ("csv/asreview_missing_values.csv", 4),
    ("csv/embase_com.csv", 6),
    ("csv/embase_com_newline_in_field.csv", 6),
    ("csv/ieee_xplore.csv", 2),
    ("csv/lens.csv", 8),
    ("csv/openalex.csv", 8),
    ("csv/pubmed_summary.csv", 1),
    ("csv/scopus.csv", 8),
    ("csv/springerlink.csv", 1),
    ("enw/Endnote.book.example.enw", 1),
    ("enw/Endnote.pattern.A.enw", 1),
    ("enw/Endnote.pattern.E.enw", 1),
    ("enw/ais_elibrary_enl.txt", 6),
    ("enw/google_scholar.enw", 1),
    ("enw/mini_endnote.enw", 2),
    ("nbib/biopython_pubmed_result1.txt", 1),
    ("nbib/biopython_pubmed_result2.txt", 4),
    ("nbib/biopython_pubmed_result3.txt", 1),
    ("nbib/eric.nbib", 1),
    ("nbib/jabref_CompleteEntry.txt", 1),
    ("nbib/jabref_DOI.txt", 1),
    ("nbib/jabref_Inproceeding.txt", 1),
    ("nbib/jabref_MultiAbstract.txt", 1),
    ("nbib/jabref_MultiTitle.txt", 1),
    ("nbib/jabref_MultipleEntries.txt", 7),
    ("nbib/pubmed_restoration_first25.nbib", 25),
    ("nbib/pubmed_sample.nbib", 31),
    ("nbib/reflib_blue-light.nbib", 80),
    ("ovid_text/jabref_OvidImporterTest1.txt", 5),
    ("ovid_text/jabref_OvidImporterTest3.txt", 1),
    ("ovid_text/jabref_OvidImporterTest5.txt", 1),
    ("ovid_text/jabref_OvidImporterTest6.txt", 1),
    ("ovid_text/jabref_OvidImporterTest7.txt", 1),
    ("ris/agris_na_values.ris", 12),
    ("ris/asreview_labels_in_notes.ris", 32),
    ("ris/asysd_wos_test.ris", 50),
    ("ris/colrev_abi_inform_proquest_ris.ris", 2),
    ("ris/colrev_ieee_ris.ris", 2),
    ("ris/colrev_jstor_ris.ris", 4),
    ("ris/colrev_psycinfo_ris.ris", 1),
    ("ris/colrev_trid_ris.ris", 3),
    ("ris/dimensions_30.ris", 30),
    ("ris/ebsco_environment_index_40.ris", 40),
    ("ris/embase_com.ris", 6),
    ("ris/empty_values.ris", 4),
    ("ris/endnote_ris_export.txt", 6),
    ("ris/faulty_year.ris", 1),
    ("ris/jabref_RisImporterCorrupted.ris", 1),
    ("ris/jabref_RisImporterTest3.ris", 1),
    ("ris/jabref_RisImporterTest5a.ris", 1),
    ("ris/jabref_RisImporterTest6.ris", 1),
    ("ris/jabref_RisImporterTest8_date.ris", 1),
    ("ris/jabref_RisImporterTestDate1.1.ris", 1),
    ("ris/jabref_RisImporterTestDoiAndJournalTitle.ris", 1),
    ("ris/jabref_RisImporterTestScience.ris", 1),
    ("ris/jabref_RisImporterTestWithEmptyER.ris", 1),
    ("ris/lens_org_25.ris", 25),
    ("ris/many_authors.ris", 1),
    ("ris/ovid_medline_84.ris", 84),
    ("ris/ovid_psycinfo.ris", 6),
    ("ris/proquest.ris", 6),
    ("ris/psycinfo_gambling_crlf_60.ris", 60),
    ("ris/pubmed_via_zotero.ris", 6),
    ("ris/rayyan_multiline_kw.ris", 19),
    ("ris/reflib_blue-light.ris", 102),
    ("ris/rispy_example_bom.ris", 1),
    ("ris/rispy_example_custom_list_tags.ris", 1),
    ("ris/rispy_example_empty_tag.ris", 1),
    ("ris/rispy_example_extraneous_data.ris", 2),
    ("ris/rispy_example_full.ris", 2),
    ("ris/rispy_example_full_without_whitespace.ris", 2),
    ("ris/rispy_example_multi_unknown_tags.ris", 1),
    ("ris/rispy_example_multiline.ris", 3),
    ("ris/rispy_example_single_unknown_tag.ris", 1),
    ("ris/rispy_example_starting_newlines.ris", 1),
    ("ris/rispy_example_urls.ris", 4),
    ("ris/rispy_example_utf_chars.ris", 1),
    ("ris/rispy_example_wos.ris", 2),
    ("ris/scopus.ris", 6),
    ("ris/scopus_mendeley_multiline_u3.ris", 7),
    ("ris/web_of_science.ris", 10),
    ("zoorec_text/zoorec_first.txt", 14),
];

/// The folder of exports, or a word on standard error that the test is skipped.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CONSILIENCE_FORMATS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/formats"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not here", folder.display());
    None
}

pub(crate) fn read(folder: &std::path::Path, file: &str) -> Parsed {
    parse(&fs_err::read(folder.join(file)).unwrap(), file).unwrap()
}

#[test]
fn every_export_is_read_with_all_its_records() {
    let Some(folder) = folder() else { return };
    for (file, records) in RECORDS {
        let parsed = read(&folder, file);
        let format = match file.split_once('/').unwrap().0 {
            // Web of Science's own format under the wrong name.
            _ if *file == "ris/rispy_example_wos.ris" => Format::Ciw,
            "ris" => Format::Ris,
            "nbib" => Format::Nbib,
            "ciw" | "zoorec_text" => Format::Ciw,
            "enw" => Format::Enw,
            "ovid_text" => Format::OvidText,
            _ => Format::Csv,
        };
        assert_eq!((parsed.format, parsed.records.len()), (format, *records), "{file}");
        assert!(parsed.quarantine.is_empty(), "{file}: {:?}", parsed.quarantine);
    }
}

#[test]
fn no_export_is_left_out() {
    let Some(folder) = folder() else { return };
    for kind in ["ris", "nbib", "csv", "ciw", "enw", "ovid_text", "zoorec_text"] {
        for entry in fs_err::read_dir(folder.join(kind)).unwrap() {
            let file = format!("{kind}/{}", entry.unwrap().file_name().to_str().unwrap());
            // Tested on their own: no records, and records that are nothing but a type.
            let apart = ["ciw/jabref_IsiImporterTestEmpty.isi", "enw/Endnote.entries.enw"];
            assert!(
                apart.contains(&file.as_str()) || RECORDS.iter().any(|(listed, _)| *listed == file),
                "{file}"
            );
        }
    }
}

#[test]
fn exports_read_without_complaint_unless_something_is_wrong_with_them() {
    let Some(folder) = folder() else { return };
    let complaints: Vec<_> = RECORDS
        .iter()
        .flat_map(|(file, _)| {
            read(&folder, file).problems.into_iter().map(move |p| (*file, p.line))
        })
        .collect();
    let expected = [
        ("nbib/jabref_MultipleEntries.txt", 53),
        ("ris/jabref_RisImporterCorrupted.ris", 2),
        ("ris/jabref_RisImporterTestDoiAndJournalTitle.ris", 11),
        // Cut in the middle of a record.
        ("zoorec_text/zoorec_first.txt", 841),
    ];
    assert_eq!(complaints, expected);
}

#[test]
fn one_library_in_two_formats_tells_the_same() {
    let Some(folder) = folder() else { return };
    let by_doi = |file| {
        let records = read(&folder, file).records.into_iter();
        records.filter_map(|r| Some((r.doi()?, r))).collect::<BTreeMap<_, _>>()
    };
    let (ris, nbib) = (by_doi("ris/reflib_blue-light.ris"), by_doi("nbib/reflib_blue-light.nbib"));
    let plain = |title: Option<String>| {
        title.unwrap().chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
    };
    let shared: Vec<_> = nbib.iter().filter_map(|(doi, n)| Some((n, ris.get(doi)?))).collect();
    assert_eq!(shared.len(), 51, "every NBIB record with a DOI has its like");
    for (n, r) in shared {
        assert_eq!(plain(n.title()), plain(r.title()));
        assert_eq!(n.year(), r.year(), "{}", n.citation());
        assert_eq!(n.volume(), r.volume(), "{}", n.citation());
        assert_eq!(n.authors().len(), r.authors().len(), "{}", n.citation());
    }
}

/// What the first record of an export tells, checked against the file by eye.
struct Spot {
    file: &'static str,
    title: &'static str,
    authors: usize,
    year: i32,
    place: (&'static str, &'static str, &'static str),
    doi: &'static str,
    accession: &'static str,
    pmid: &'static str,
}

const SPOTS: &[Spot] = &[
    Spot {
        file: "ris/ovid_medline_84.ris",
        title: "Short-Term Exposure to Wildfire-Specific PM2.5",
        authors: 28,
        year: 2024,
        place: ("Diabetes care", "", ""),
        doi: "10.2337/dc24-0703",
        accession: "39012781",
        pmid: "39012781",
    },
    Spot {
        file: "ris/embase_com.ris",
        title: "Duplication cysts: Diagnosis",
        authors: 2,
        year: 2014,
        place: ("Endoscopic Ultrasound", "3", "152-160"),
        doi: "10.4103/2303-9027.138783",
        accession: "L373791783",
        pmid: "",
    },
    Spot {
        file: "ris/scopus.ris",
        title: "Stress and the brain-gut axis",
        authors: 4,
        year: 2020,
        place: ("Psychoneuroendocrinology", "111", "104501"),
        doi: "10.1016/j.psyneuen.2019.104501",
        accession: "2-s2.0-85074596690",
        pmid: "",
    },
    Spot {
        file: "ris/web_of_science.ris",
        title: "Holding Yourself Captive",
        authors: 3,
        year: 2018,
        place: ("JOURNAL OF APPLIED RESEARCH IN MEMORY AND COGNITION", "7", "387-397"),
        doi: "10.1016/j.jarmac.2018.03.001",
        accession: "WOS:000444108200009",
        pmid: "",
    },
    Spot {
        file: "ris/ebsco_environment_index_40.ris",
        title: "Global plant responses to intensified fire regimes",
        authors: 3,
        year: 2024,
        place: ("Global Ecology & Biogeography", "33", "1-15"),
        doi: "10.1111/geb.13858",
        accession: "178481408",
        pmid: "",
    },
    Spot {
        file: "ris/proquest.ris",
        title: "Predictors of posttraumatic stress symptom trajectories",
        authors: 7,
        year: 2019,
        place: ("Journal of Traumatic Stress", "", ""),
        doi: "10.1002/jts.22387",
        accession: "2214991469; 51887",
        pmid: "",
    },
    Spot {
        file: "ris/pubmed_via_zotero.ris",
        title: "The importance of cognitive flexibility",
        authors: 4,
        year: 2019,
        place: ("Przeglad gastroenterologiczny", "14", "121-128"),
        doi: "10.5114/pg.2018.81081",
        accession: "",
        pmid: "",
    },
    Spot {
        file: "ris/endnote_ris_export.txt",
        title: "Boswellia serrata: an overall assessment",
        authors: 3,
        year: 2011,
        place: ("Clin Pharmacokinet", "50", "349-69"),
        doi: "10.2165/11586800-000000000-00000",
        accession: "21553931",
        pmid: "21553931",
    },
    Spot {
        file: "ris/rayyan_multiline_kw.ris",
        title: "Overcoming Medication Reconciliation Challenges",
        authors: 0,
        year: 2011,
        place: ("Joint Commission Perspectives on Patient Safety", "11", "1-5"),
        doi: "",
        accession: "rayyan-264552525",
        pmid: "",
    },
    Spot {
        file: "ris/dimensions_30.ris",
        title: "The long-term impact of bushfires",
        authors: 6,
        year: 2022,
        place: ("European Journal of Psychotraumatology", "13", "2087980"),
        doi: "10.1080/20008198.2022.2087980",
        accession: "pub.1149029839",
        pmid: "35957633",
    },
    Spot {
        file: "ris/lens_org_25.ris",
        title: "Tramadol for the Management of Opioid Withdrawal",
        authors: 3,
        year: 2020,
        place: ("Cureus", "12", "e9128"),
        doi: "10.7759/cureus.9128",
        accession: "",
        pmid: "32789069",
    },
    Spot {
        file: "nbib/pubmed_restoration_first25.nbib",
        title: "Ecosystem services changes between 2000 and 2015",
        authors: 5,
        year: 2019,
        place: ("PloS one", "14", "e0209483"),
        doi: "10.1371/journal.pone.0209483",
        accession: "30689646",
        pmid: "30689646",
    },
    Spot {
        file: "enw/ais_elibrary_enl.txt",
        title: "How Trust Leads to Commitment on Microsourcing Platforms",
        authors: 4,
        year: 2021,
        place: ("Management Information Systems Quarterly", "45", "1309-1348"),
        doi: "",
        accession: "",
        pmid: "",
    },
    Spot {
        file: "ciw/wos_restoration_first40.ciw",
        title: "Do magnetic phosphorus adsorbents",
        authors: 6,
        year: 2019,
        place: ("SCIENCE OF THE TOTAL ENVIRONMENT", "656", "598-607"),
        doi: "10.1016/j.scitotenv.2018.11.375",
        accession: "WOS:000455039600059",
        pmid: "30529964",
    },
    Spot {
        file: "ovid_text/jabref_OvidImporterTest5.txt",
        title: "Listening: Important to the Stuff of a Life.",
        authors: 1,
        year: 2015,
        place: ("Nursing Science Quarterly", "28", "103-106"),
        doi: "10.1177/0894318415571606",
        accession: "00006236-201504000-00002.",
        pmid: "",
    },
    Spot {
        file: "zoorec_text/zoorec_first.txt",
        title: "Nest site selection and nest survival of Black-backed Woodpeckers after wildfire.",
        authors: 6,
        year: 2019,
        place: ("Condor", "121", "duz039"),
        doi: "",
        accession: "ZOOREC:ZOOR15512090342",
        pmid: "",
    },
];

#[test]
fn the_first_record_of_each_dialect_tells_what_the_file_says() {
    let Some(folder) = folder() else { return };
    for spot in SPOTS {
        let record = read(&folder, spot.file).records.remove(0);
        let file = spot.file;
        assert!(record.title().unwrap().starts_with(spot.title), "{file}: {:?}", record.title());
        assert_eq!(record.authors().len(), spot.authors, "{file}");
        assert_eq!(record.year(), Some(spot.year), "{file}");
        let (journal, volume) = (record.journal().unwrap_or(""), record.volume().unwrap_or(""));
        let pages = record.pages().unwrap_or_default();
        assert_eq!((journal, volume, pages.as_str()), spot.place, "{file}");
        assert_eq!(record.doi().unwrap_or_default(), spot.doi, "{file}");
        assert_eq!(record.accession().unwrap_or(""), spot.accession, "{file}");
        assert_eq!(record.pmid().unwrap_or(""), spot.pmid, "{file}");
    }
}

#[test]
fn records_that_are_nothing_but_a_type_are_set_aside_and_no_format_is_made_up() {
    let Some(folder) = folder() else { return };
    let parsed = read(&folder, "enw/Endnote.entries.enw");
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (5, 8));
    let empty = "ciw/jabref_IsiImporterTestEmpty.isi";
    assert!(parse(&fs_err::read(folder.join(empty)).unwrap(), empty).is_err());
}
