//! How fast RIS, NBIB and PubMed XML are read, beside the crate biblib: the same text, one run, processor time of one core.
//!
//! `cargo run --release --manifest-path benches/peers/records/Cargo.toml` prints the table;
//! with `-- --stream N`, reads N records of RIS as a stream and prints what memory that took.

#[path = "../../../src/clock.rs"]
mod clock;
mod generate;

use std::hint::black_box;

use biblib::{CitationParser, PubMedParser, PubMedXmlParser, RisParser};
use consilience_bib::{BibError, Item, Options, Reader, Record, parse};
use generate::{Dialect, Stream};

/// Records in each text: some 40 megabytes.
const RECORDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag, records] if flag == "--stream" => stream(records.parse()?)?,
        _ => compare()?,
    }
    Ok(())
}

fn compare() -> Result<(), Box<dyn std::error::Error>> {
    println!("| format | megabytes | records | ours, streaming | ours, all in memory | ours, and asked | biblib | ratio | ratio, asked | to reach |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let formats = [
        (Dialect::Ris, "a.ris", 2.4),
        (Dialect::Nbib, "a.nbib", 4.6),
        (Dialect::PubmedXml, "a.xml", 2.9),
    ];
    for (dialect, name, to_reach) in formats {
        let text = generate::text(dialect, RECORDS);
        let theirs = |text: &str| match dialect {
            Dialect::Ris => RisParser::new().parse(text).map(|all| all.len()),
            Dialect::Nbib => PubMedParser::new().parse(text).map(|all| all.len()),
            Dialect::PubmedXml => PubMedXmlParser::new().parse(text).map(|all| all.len()),
        };
        let ours = parse(text.as_bytes(), name)?;
        let counts = (ours.records.len(), theirs(&text)?);
        if counts != (RECORDS as usize, RECORDS as usize) || !ours.problems.is_empty() {
            return Err(format!("{counts:?} records were read of {RECORDS}").into());
        }
        let streaming = clock::seconds_of(|| {
            black_box(count(text.as_bytes(), name).unwrap_or_default());
        });
        let in_memory = clock::seconds_of(|| {
            black_box(parse(text.as_bytes(), name).map_or(0, |parsed| parsed.records.len()));
        });
        let asked = clock::seconds_of(|| {
            let records = parse(text.as_bytes(), name).map_or_else(|_| Vec::new(), |parsed| parsed.records);
            black_box(records.iter().map(ask).sum::<usize>());
        });
        let peer = clock::seconds_of(|| {
            black_box(theirs(&text).unwrap_or_default());
        });
        let megabytes = text.len() as f64 / 1e6;
        println!(
            "| {} | {megabytes:.0} | {RECORDS} | {:.0} MB/s | {:.0} MB/s | {:.0} MB/s | {:.0} MB/s | {:.1}x | {:.1}x | {to_reach}x |",
            ours.format,
            megabytes / streaming,
            megabytes / in_memory,
            megabytes / asked,
            megabytes / peer,
            peer / in_memory,
            peer / asked,
        );
    }
    Ok(())
}

/// What biblib makes of every record while it reads, asked of ours.
fn ask(record: &Record) -> usize {
    let texts = [record.title(), record.abstract_text(), record.doi(), record.pages()];
    let parts = [record.journal(), record.volume(), record.issue(), record.pmid(), record.pmcid(), record.language()];
    let lists = record.author_names().len() + record.keywords().len() + record.issns().len();
    let texts = texts.iter().flatten().map(String::len).sum::<usize>();
    let date = record.date().map_or(0, |date| date.year as usize);
    texts + parts.iter().flatten().map(|part| part.len()).sum::<usize>() + lists + date
}

/// How many records a text holds, read one after the other.
fn count(input: impl std::io::Read, name: &str) -> Result<usize, BibError> {
    let mut records = 0;
    for item in Reader::new(input, &Options::named(name))? {
        records += usize::from(matches!(item?, Item::Record(_)));
    }
    Ok(records)
}

fn stream(records: u32) -> Result<(), Box<dyn std::error::Error>> {
    let read = count(Stream::new(Dialect::Ris, records), "a.ris")?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
    println!("{read} records of RIS read as a stream; {peak}");
    Ok(())
}
