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
