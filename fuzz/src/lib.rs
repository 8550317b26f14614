//! What must hold of any bytes that are read as a format.
//!
//! `cargo +nightly fuzz run ris crates/bib/tests/fixtures -- -max_total_time=1800` from the root of the
//! project; the same properties are tested without nightly in `crates/bib/tests/it/properties.rs`.

use consilience_bib::{Format, Options, Parsed, link_notices, parse_with, write};

/// Reads the bytes as this format, or as what they look like, and looks at everything that was read.
pub fn check(format: Option<Format>, bytes: &[u8]) {
    let options = Options { format, ..Options::default() };
    let Ok(parsed) = parse_with(bytes, &options) else { return };
    for (i, record) in parsed.records.iter().enumerate() {
        assert_eq!(record.number as usize, i + 1, "records are numbered one after the other");
    }
    assert!(parsed.records.is_sorted_by_key(|record| record.line), "records are in the order of the file");
    assert!(size(&parsed) <= 16 * bytes.len() + 65_536, "what was read is no multiple of the file");
    look(&parsed);
}

/// Bytes of text in what was read.
fn size(parsed: &Parsed) -> usize {
    let fields = parsed.records.iter().flat_map(|record| record.fields());
    // Long tags, the paths of XML, are written once where they repeat; columns are named in every row.
    let records: usize = fields.map(|field| field.tag.len().min(12) + field.value.len()).sum();
    records + parsed.quarantine.iter().map(|aside| aside.text.len()).sum::<usize>()
}

fn look(parsed: &Parsed) {
    for record in &parsed.records {
        let _ = (record.citation(), record.date(), record.author_names(), record.keywords(), record.database());
        let _ = (record.pmid(), record.pmcid(), record.central_number(), record.embase_accession());
        let _ = (record.issns(), record.isbns(), record.trial_registrations(), record.notice(), record.to_ris());
        let _ = (record.abstract_text(), record.url(), record.language(), record.accession(), record.is_retracted());
    }
    let _ = link_notices(&parsed.records);
}

/// Reads the bytes as what they look like, writes the records in every format that is written, and reads as many
/// again.
pub fn check_written(bytes: &[u8]) {
    let Ok(parsed) = parse_with(bytes, &Options::default()) else { return };
    for format in Format::WRITTEN {
        let mut out = Vec::new();
        write(&parsed.records, format, &mut out).expect("memory takes all that is written");
        let options = Options { format: Some(format), ..Options::default() };
        parse_with(&out, &options).expect("what was written is text");
    }
}
