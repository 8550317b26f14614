//! Every wrong decision on a folder of labelled sets, with both records side by side.
//!
//!     cargo run --release -p consilience-dedup --example labelled -- FOLDER [SET…]
//!
//! Each set is a folder with `records.csv.gz` and `groups.csv` (`merged_ids`: ids parted by semicolons).

#![allow(clippy::print_stdout, reason = "a tool whose only purpose is to print")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use consilience_bib::{Record, parse};
use consilience_dedup::{Explanation, Index, Outcome, Thresholds};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected the folder of the sets")?;
    let chosen: Vec<String> = arguments.collect();
    let mut sets: Vec<_> = fs_err::read_dir(&folder)?.flatten().map(|it| it.path()).collect();
    sets.sort();
    for set in sets.iter().filter(|set| set.join("groups.csv").exists()) {
        let name = set.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if chosen.is_empty() || chosen.contains(&name) {
            report(&name, set, !chosen.is_empty())?;
        }
    }
    Ok(())
}

fn report(name: &str, set: &Path, verbose: bool) -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(fs_err::File::open(set.join("records.csv.gz"))?)
        .read_to_end(&mut bytes)?;
    let start = Instant::now();
    let records = parse(&bytes, "records.csv")?.records;
    let parsed = start.elapsed();
    let mut index = Index::new(Thresholds::default());
    index.add(&records);
    let answer = index.answer();
    let elapsed = start.elapsed();
    let n = records.len();
    let ids: BTreeMap<&str, usize> =
        records.iter().enumerate().filter_map(|(i, it)| Some((it.id()?, i))).collect();
    let mut truth: Vec<usize> = (0..n).collect();
    for row in csv::Reader::from_path(set.join("groups.csv"))?.records() {
        let row = row?;
        let members: Vec<usize> = row[0].split(';').filter_map(|id| ids.get(id).copied()).collect();
        members.iter().for_each(|it| truth[*it] = members[0]);
    }
    let mut ours: Vec<usize> = (0..n).collect();
    for group in &answer.groups {
        group.iter().for_each(|it| ours[*it] = group[0]);
    }
    let of = |labels: &[usize]| {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        labels.iter().enumerate().for_each(|(i, it)| groups.entry(*it).or_default().push(i));
        groups
    };
    let (mut fp, mut fnn) = (0, 0);
    for members in of(&truth).values() {
        match members.iter().filter(|it| ours[**it] == **it).count() {
            0 => fp += 1,
            kept => fnn += kept - 1,
        }
    }
    let wrong = |joined: &[usize], label: &[usize], what: &str, outcome: Option<Outcome>| {
        let mut n = 0;
        for members in of(joined).values() {
            let pairs = members
                .iter()
                .enumerate()
                .flat_map(|(i, a)| members[i + 1..].iter().map(move |b| (*a, *b)));
            let wrong: Vec<_> = pairs.filter(|(a, b)| label[*a] != label[*b]).collect();
            n += wrong.len();
            // Of all pairs that one wrong decision costs, the clearest are enough to see why.
            let mut seen = std::collections::BTreeSet::new();
            let total = |a: usize, b: usize| {
                index.explain(a, b).reasons.iter().map(|it| it.weight).sum::<f64>()
            };
            let mut wrong: Vec<_> = if verbose {
                wrong.into_iter().map(|(a, b)| (total(a, b), a, b)).collect()
            } else {
                Vec::new()
            };
            wrong.sort_by(|x, y| y.0.total_cmp(&x.0));
            for (_, a, b) in wrong {
                let is_cause = outcome.is_none_or(|it| index.explain(a, b).outcome == it);
                if is_cause && seen.insert((label[a].min(label[b]), label[a].max(label[b]))) {
                    show(what, &index, a, b, &records);
                }
            }
        }
        n
    };
    let pair_fp = wrong(&ours, &truth, "FALSE POSITIVE", Some(Outcome::Same));
    let pair_fn = wrong(&truth, &ours, "FALSE NEGATIVE", None);
    let n_ask = answer.ask.len();
    let rate = n as f64 / elapsed.as_secs_f64();
    println!(
        "{name:20} {n:6} records  FP {fp:3} FN {fnn:4}  pairs FP {pair_fp:4} FN {pair_fn:5}  ask {n_ask:4}  {rate:8.0}/s (parsing {:.0}%)",
        100.0 * parsed.as_secs_f64() / elapsed.as_secs_f64()
    );
    Ok(())
}

fn show(what: &str, index: &Index, a: usize, b: usize, records: &[Record]) {
    println!("--- {what}: {}", summary(&index.explain(a, b)));
    for it in [a, b] {
        let r = &records[it];
        let short =
            |text: Option<String>| text.unwrap_or_default().chars().take(150).collect::<String>();
        println!(
            "  [{}] {} | {} | {:?} | {} | v{} i{} p{} | {} | {} | abs {}",
            r.id().unwrap_or("?"),
            short(r.title()),
            r.authors().join(" & ").chars().take(80).collect::<String>(),
            r.year(),
            r.journal().unwrap_or("-"),
            r.volume().unwrap_or("-"),
            r.issue().unwrap_or("-"),
            r.pages().unwrap_or_default(),
            r.doi().unwrap_or_default(),
            r.reference_type().unwrap_or("-"),
            short(r.abstract_text()).chars().take(60).collect::<String>(),
        );
    }
}

fn summary(it: &Explanation) -> String {
    let fields = it.reasons.iter().filter(|reason| reason.weight != 0.0);
    let fields: Vec<String> = fields
        .map(|reason| format!("{} {} {:+.1}", reason.field, reason.words, reason.weight))
        .collect();
    let total: f64 = it.reasons.iter().map(|reason| reason.weight).sum();
    format!("{:?} {:?} {total:.1}: {}", it.outcome, it.conflict, fields.join("; "))
}
