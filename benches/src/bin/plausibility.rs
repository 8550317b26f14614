//! How many slips `consil check` finds, and how often it raises an alarm where none was planted.
//!
//! `cargo run --release -p consilience-benches --bin plausibility [FILE.csv]` takes complete data sets (n, mean and SD, or events and n, of
//! both arms), plants one slip at a time in one study, runs the checks on the whole analysis, and prints a table of detection and
//! alarms. Without FILE it takes the examples; FILE has the columns of Cochrane's data packages, with a column `review` before
//! them. Reviews are halved by their order, so that what holds in one half can be seen to hold in the other.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use consilience_review::Keyword;
use consilience_review::check::{Finding, check};
use consilience_review::single::{TableRequest, table_for_checks};
use consilience_stats::Measure;

type Failure = Box<dyn std::error::Error>;

/// One study's numbers as text: n, mean, SD, events of both arms; unused ones are empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Study {
    name: String,
    experimental: Arm,
    comparator: Arm,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Arm {
    n: String,
    mean: String,
    sd: String,
    events: String,
}

/// The studies of one analysis.
#[derive(Debug, Clone)]
struct Analysis {
    review: String,
    name: String,
    is_means: bool,
    is_standardised: bool,
    studies: Vec<Study>,
}

/// A slip, with the kinds of finding that name it.
struct Slip {
    name: &'static str,
    kinds: &'static [&'static str],
    of_means: bool,
    plant: fn(&Study) -> Option<Study>,
    /// Whether it is planted in a study with this effect (over its standard error), the others' direction being given.
    wanted: fn(f64, f64) -> bool,
}

const ANY: fn(f64, f64) -> bool = |_, _| true;
/// P < 0.05 in the study and in the others together, in the same direction.
const SIGNIFICANT: fn(f64, f64) -> bool =
    |own, others| own.abs() > 1.96 && others.abs() > 1.96 && own * others > 0.0;
/// P < 0.001 in both.
const CLEAR: fn(f64, f64) -> bool =
    |own, others| own.abs() > 3.29 && others.abs() > 3.29 && own * others > 0.0;

const SE: &[&str] = &["se-given-as-sd"];
const SD: &[&str] = &["sd-given-as-se", "impossible-sd"];
const SWAP: &[&str] = &["arms-swapped"];
const UNIT: &[&str] = &["unit-factor"];
const SLIP: &[&str] =
    &["decimal-slip", "se-given-as-sd", "sd-given-as-se", "impossible-sd", "unit-factor"];

const SLIPS: &[Slip] = &[
    Slip {
        name: "SE given as SD, both arms",
        kinds: SE,
        of_means: true,
        wanted: ANY,
        plant: |s| both(s, se),
    },
    Slip {
        name: "SE given as SD, both arms, 20 people or more in each",
        kinds: SE,
        of_means: true,
        wanted: ANY,
        plant: |s| {
            let large = |it: &Arm| number(&it.n) >= 20.0;
            (large(&s.experimental) && large(&s.comparator)).then(|| both(s, se)).flatten()
        },
    },
    Slip {
        name: "SE given as SD, one arm",
        kinds: SE,
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, se),
    },
    Slip {
        name: "SD given as SE (times √n), both arms",
        kinds: SD,
        of_means: true,
        wanted: ANY,
        plant: |s| {
            both(s, |it| {
                Some(Arm { sd: shown(number(&it.sd) * number(&it.n).sqrt()), ..it.clone() })
            })
        },
    },
    Slip {
        name: "arms swapped, significant effect reversed",
        kinds: SWAP,
        of_means: true,
        wanted: SIGNIFICANT,
        plant: |s| Some(swapped(s)),
    },
    Slip {
        name: "arms swapped, clear effect reversed",
        kinds: SWAP,
        of_means: true,
        wanted: CLEAR,
        plant: |s| Some(swapped(s)),
    },
    Slip {
        name: "minus lost or added, one mean",
        kinds: &["lost-sign", "impossible-mean"],
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { mean: shown(-number(&it.mean)), ..it.clone() })),
    },
    Slip {
        name: "unit, factor 10, both arms",
        kinds: UNIT,
        of_means: true,
        wanted: ANY,
        plant: |s| both(s, |it| scaled(it, 10.0)),
    },
    Slip {
        name: "unit, factor 1000, both arms",
        kinds: UNIT,
        of_means: true,
        wanted: ANY,
        plant: |s| both(s, |it| scaled(it, 1000.0)),
    },
    Slip {
        name: "unit, factor 7, both arms",
        kinds: UNIT,
        of_means: true,
        wanted: ANY,
        plant: |s| both(s, |it| scaled(it, 7.0)),
    },
    Slip {
        name: "unit, factor 10, one arm",
        kinds: UNIT,
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, |it| scaled(it, 10.0)),
    },
    Slip {
        name: "decimal point moved in one SD",
        kinds: SLIP,
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { sd: shown(number(&it.sd) * 10.0), ..it.clone() })),
    },
    Slip {
        name: "decimal point moved in one mean",
        kinds: SLIP,
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { mean: shown(number(&it.mean) * 10.0), ..it.clone() })),
    },
    Slip {
        name: "mean and SD exchanged, both arms",
        kinds: &["mean-and-sd-exchanged", "impossible-sd"],
        of_means: true,
        wanted: ANY,
        plant: |s| {
            both(s, |it| Some(Arm { mean: it.sd.clone(), sd: it.mean.clone(), ..it.clone() }))
        },
    },
    Slip {
        name: "a digit too many in one n",
        kinds: &["unequal-groups"],
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { n: format!("{}0", it.n), ..it.clone() })),
    },
    Slip {
        name: "a digit too few in one n, of three",
        kinds: &["unequal-groups"],
        of_means: true,
        wanted: ANY,
        plant: |s| {
            one(s, |it| (it.n.len() == 3).then(|| Arm { n: it.n[..2].to_owned(), ..it.clone() }))
        },
    },
    Slip {
        name: "SD of 0",
        kinds: &["impossible-sd"],
        of_means: true,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { sd: "0".to_owned(), ..it.clone() })),
    },
    Slip {
        name: "arms swapped, significant effect reversed (counts)",
        kinds: SWAP,
        of_means: false,
        wanted: SIGNIFICANT,
        plant: |s| Some(swapped(s)),
    },
    Slip {
        name: "arms swapped, clear effect reversed (counts)",
        kinds: SWAP,
        of_means: false,
        wanted: CLEAR,
        plant: |s| Some(swapped(s)),
    },
    Slip {
        name: "a digit too many in one n (counts)",
        kinds: &["unequal-groups"],
        of_means: false,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { n: format!("{}0", it.n), ..it.clone() })),
    },
    Slip {
        name: "events above n",
        kinds: &["events-above-n"],
        of_means: false,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { events: shown(number(&it.n) + 1.0), ..it.clone() })),
    },
    Slip {
        name: "events not whole",
        kinds: &["impossible-count"],
        of_means: false,
        wanted: ANY,
        plant: |s| {
            one(s, |it| {
                (number(&it.events) < number(&it.n))
                    .then(|| Arm { events: shown(number(&it.events) + 0.5), ..it.clone() })
            })
        },
    },
    Slip {
        name: "negative events",
        kinds: &["impossible-count"],
        of_means: false,
        wanted: ANY,
        plant: |s| one(s, |it| Some(Arm { events: "-1".to_owned(), ..it.clone() })),
    },
    Slip {
        name: "those without the event counted",
        kinds: &["events-reversed"],
        of_means: false,
        wanted: ANY,
        plant: |s| {
            both(s, |it| {
                Some(Arm { events: shown(number(&it.n) - number(&it.events)), ..it.clone() })
            })
        },
    },
];

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// A number as a paper would print it: four digits.
fn shown(value: f64) -> String {
    if value == 0.0 || value.abs() >= 1000.0 {
        return format!("{value}");
    }
    let digits = (3.0 - libm::floor(libm::log10(value.abs()))).clamp(0.0, 8.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 8")]
    let text = format!("{value:.*}", digits as usize);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn both(study: &Study, change: impl Fn(&Arm) -> Option<Arm>) -> Option<Study> {
    Some(Study {
        experimental: change(&study.experimental)?,
        comparator: change(&study.comparator)?,
        ..study.clone()
    })
}

fn one(study: &Study, change: impl Fn(&Arm) -> Option<Arm>) -> Option<Study> {
    Some(Study { experimental: change(&study.experimental)?, ..study.clone() })
}

#[expect(clippy::unnecessary_wraps, reason = "as the other changes of an arm")]
fn se(arm: &Arm) -> Option<Arm> {
    Some(Arm { sd: shown(number(&arm.sd) / number(&arm.n).sqrt()), ..arm.clone() })
}

#[expect(clippy::unnecessary_wraps, reason = "as the other changes of an arm")]
fn scaled(arm: &Arm, factor: f64) -> Option<Arm> {
    Some(Arm {
        mean: shown(number(&arm.mean) * factor),
        sd: shown(number(&arm.sd) * factor),
        ..arm.clone()
    })
}

fn swapped(study: &Study) -> Study {
    Study {
        name: study.name.clone(),
        experimental: study.comparator.clone(),
        comparator: study.experimental.clone(),
    }
}

impl Analysis {
    fn findings(&self) -> Vec<Finding> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header: &[&str] = if self.is_means {
            &["study", "n_e", "mean_e", "sd_e", "n_c", "mean_c", "sd_c"]
        } else {
            &["study", "n_e", "events_e", "n_c", "events_c"]
        };
        // Writing to memory cannot fail.
        let _ = writer.write_record(header);
        for study in &self.studies {
            let (e, c) = (&study.experimental, &study.comparator);
            let row: Vec<&str> = if self.is_means {
                vec![&study.name, &e.n, &e.mean, &e.sd, &c.n, &c.mean, &c.sd]
            } else {
                vec![&study.name, &e.n, &e.events, &c.n, &c.events]
            };
            let _ = writer.write_record(row);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        let request = TableRequest {
            measure: self.is_standardised.then_some(Measure::StandardizedMeanDifference),
            method_is_open: true,
            ..TableRequest::default()
        };
        match table_for_checks("table.csv", &bytes, &request) {
            Ok(table) => check(&table.state, &table.places, &table.refused),
            Err(problems) => {
                eprintln!("{} {}: {}", self.review, self.name, problems[0]);
                Vec::new()
            }
        }
    }

    /// A study's effect over its standard error, and that of the others together.
    fn directions(&self, position: usize) -> (f64, f64) {
        let z = |it: &Study| if self.is_means { z_of_means(it) } else { z_of_counts(it) };
        let others = self.studies.iter().enumerate().filter(|it| it.0 != position);
        let together: f64 = others.map(|it| z(it.1).clamp(-3.0, 3.0)).sum();
        (z(&self.studies[position]), together / ((self.studies.len() - 1) as f64).sqrt())
    }
}

fn z_of_means(study: &Study) -> f64 {
    let (e, c) = (&study.experimental, &study.comparator);
    let variance = |it: &Arm| number(&it.sd) * number(&it.sd) / number(&it.n);
    (number(&e.mean) - number(&c.mean)) / (variance(e) + variance(c)).sqrt()
}

fn z_of_counts(study: &Study) -> f64 {
    let cells = |it: &Arm| (number(&it.events) + 0.5, number(&it.n) - number(&it.events) + 0.5);
    let ((a, b), (c, d)) = (cells(&study.experimental), cells(&study.comparator));
    libm::log(a * d / (b * c)) / (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt()
}

/// Fewer studies are too few to compare with.
const LEAST_STUDIES: usize = 5;
/// So many studies of a kind have each slip planted, evenly spread over all.
const PLANTED: usize = 240;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let shows_alarms = arguments.iter().any(|it| it == "--alarms");
    let file = arguments.iter().find(|it| !it.starts_with("--"));
    let analyses = match file {
        Some(file) => of_cochrane(Path::new(file))?,
        None => of_examples()?,
    };
    let mut seen = BTreeSet::new();
    let mut reviews: Vec<&str> = analyses.iter().map(|it| it.review.as_str()).collect();
    reviews.dedup();
    let half = |it: &Analysis| reviews.iter().position(|name| *name == it.review).unwrap_or(0) % 2;
    let mut studies: [Vec<(&Analysis, usize)>; 2] = [Vec::new(), Vec::new()];
    let mut alarms: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    let mut clean = [[0_usize; 2]; 2];
    let mut any_alarm = [[0_usize; 2]; 2];
    for analysis in &analyses {
        let findings = analysis.findings();
        for (i, study) in analysis.studies.iter().enumerate() {
            // The same row in several analyses of a review counts once.
            if !seen.insert((
                &analysis.review,
                study.experimental.clone(),
                study.comparator.clone(),
            )) {
                continue;
            }
            let kind = usize::from(!analysis.is_means);
            studies[kind].push((analysis, i));
            clean[kind][half(analysis)] += 1;
            let of_study: Vec<&Finding> =
                findings.iter().filter(|it| it.study == study.name).collect();
            any_alarm[kind][half(analysis)] += usize::from(!of_study.is_empty());
            for it in of_study {
                *alarms.entry((it.kind.name(), half(analysis))).or_default() += 1;
                if shows_alarms {
                    println!(
                        "{} {} | {} {:.2} {}: {}",
                        analysis.review,
                        analysis.name,
                        it.kind.name(),
                        it.certainty,
                        it.study,
                        it.message
                    );
                }
            }
        }
    }
    println!(
        "| slip | planted | named as such, half 1 | half 2 | named at all | another study named |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for slip in SLIPS {
        let pool = &studies[usize::from(!slip.of_means)];
        row(slip, pool, &half);
    }
    for (kind, name) in ["means", "counts"].iter().enumerate() {
        println!(
            "\nalarms on unchanged {name}: {} of {} studies in half 1, {} of {} in half 2",
            any_alarm[kind][0], clean[kind][0], any_alarm[kind][1], clean[kind][1]
        );
    }
    println!("\n| alarm | half 1 | half 2 |\n| --- | --- | --- |");
    let kinds: BTreeSet<&str> = alarms.keys().map(|it| it.0).collect();
    for kind in kinds {
        let count = |half| alarms.get(&(kind, half)).copied().unwrap_or(0);
        println!("| `{kind}` | {} | {} |", count(0), count(1));
    }
    Ok(())
}

fn row(slip: &Slip, pool: &[(&Analysis, usize)], half: &dyn Fn(&Analysis) -> usize) {
    let candidates: Vec<(&Analysis, usize, Study)> = pool
        .iter()
        .filter(|(analysis, i)| {
            let (own, others) = analysis.directions(*i);
            (slip.wanted)(own, others)
        })
        .filter_map(|(analysis, i)| Some((*analysis, *i, (slip.plant)(&analysis.studies[*i])?)))
        .collect();
    let step = candidates.len().div_ceil(PLANTED).max(1);
    let (mut planted, mut right, mut named, mut others) = ([0; 2], [0; 2], 0, 0);
    for (analysis, i, study) in candidates.iter().step_by(step) {
        let mut changed = (*analysis).clone();
        changed.studies[*i] = study.clone();
        let before: BTreeSet<String> = analysis.findings().into_iter().map(|it| it.study).collect();
        let findings = changed.findings();
        let of_study: Vec<&Finding> = findings.iter().filter(|it| it.study == study.name).collect();
        planted[half(analysis)] += 1;
        right[half(analysis)] +=
            usize::from(of_study.iter().any(|it| slip.kinds.contains(&it.kind.name())));
        named += usize::from(!of_study.is_empty());
        others += usize::from(
            findings.iter().any(|it| it.study != study.name && !before.contains(&it.study)),
        );
    }
    let percent = |n: usize, of: usize| {
        if of == 0 { "–".to_owned() } else { format!("{:.0}%", 100.0 * n as f64 / of as f64) }
    };
    let all = planted[0] + planted[1];
    println!(
        "| {} | {all} | {} | {} | {} | {} |",
        slip.name,
        percent(right[0], planted[0]),
        percent(right[1], planted[1]),
        percent(named, all),
        percent(others, all)
    );
}

/// Analyses of a file of Cochrane's data rows.
fn of_cochrane(file: &Path) -> Result<Vec<Analysis>, Failure> {
    let bytes = fs_err::read(file)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers()?.clone();
    let column = |name: &str| {
        header.iter().position(|it| it == name).ok_or_else(|| format!("no column `{name}`"))
    };
    let names = [
        "review",
        "Analysis group",
        "Analysis number",
        "Analysis name",
        "Study",
        "Experimental mean",
        "Experimental SD",
        "Experimental cases",
        "Experimental N",
        "Control mean",
        "Control SD",
        "Control cases",
        "Control N",
        "Mean",
    ];
    let columns: Vec<usize> = names.iter().map(|it| column(it)).collect::<Result<_, _>>()?;
    let mut analyses: indexmap::IndexMap<(String, String), Analysis> = indexmap::IndexMap::new();
    for record in reader.records() {
        let record = record?;
        let cell = |i: usize| record.get(columns[i]).unwrap_or_default().to_owned();
        let arm = |mean, sd, events, n| Arm {
            n: cell(n),
            mean: cell(mean),
            sd: cell(sd),
            events: cell(events),
        };
        let (experimental, comparator) = (arm(5, 6, 7, 8), arm(9, 10, 11, 12));
        let is_means = number(&experimental.sd) > 0.0 && number(&comparator.sd) > 0.0;
        let is_counts = !is_means
            && number(&experimental.n) > 0.0
            && number(&comparator.n) > 0.0
            && number(&experimental.events) + number(&comparator.events) > 0.0;
        if !(is_means && number(&experimental.n) >= 2.0 && number(&comparator.n) >= 2.0
            || is_counts)
        {
            continue;
        }
        let difference = number(&experimental.mean) - number(&comparator.mean);
        let is_standardised =
            is_means && (difference - number(&cell(13))).abs() > 0.01 * difference.abs().max(0.1);
        let name = format!("{}.{} {}", cell(1), cell(2), cell(3));
        let analysis = analyses.entry((cell(0), name.clone())).or_insert_with(|| Analysis {
            review: cell(0),
            name,
            is_means,
            is_standardised,
            studies: Vec::new(),
        });
        let study = Study { name: cell(4), experimental, comparator };
        if analysis.is_means == is_means && !analysis.studies.iter().any(|it| it.name == study.name)
        {
            analysis.studies.push(study);
        }
    }
    Ok(analyses.into_values().filter(|it| it.studies.len() >= LEAST_STUDIES).collect())
}

/// The analyses of the examples with two arms of means or counts.
fn of_examples() -> Result<Vec<Analysis>, Failure> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    ["stroke-care", "bcg-vaccine"].iter().map(|name| of_example(&folder, name)).collect()
}

fn of_example(folder: &Path, name: &str) -> Result<Analysis, Failure> {
    let bytes = fs_err::read(folder.join(name).join("results.csv"))?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers()?.clone();
    let mut studies: Vec<Study> = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cell = |name: &str| {
            header
                .iter()
                .position(|it| it == name)
                .and_then(|i| record.get(i))
                .unwrap_or_default()
                .to_owned()
        };
        let arm = Arm { n: cell("n"), mean: cell("mean"), sd: cell("sd"), events: cell("events") };
        match studies.iter_mut().find(|it| it.name == cell("study")) {
            Some(study) => study.comparator = arm,
            None => studies.push(Study {
                name: cell("study"),
                experimental: arm,
                comparator: Arm::default(),
            }),
        }
    }
    let is_means = studies.iter().all(|it| !it.experimental.mean.is_empty());
    Ok(Analysis {
        review: name.to_owned(),
        name: String::new(),
        is_means,
        is_standardised: false,
        studies,
    })
}
