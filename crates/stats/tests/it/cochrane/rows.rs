//! The data rows of Review Manager's data package, grouped into analyses.

use std::path::Path;

use consilience_stats::{Effect, MeanSd, ObservedMinusExpected, TwoByTwo, TwoMeans};

/// One analysis: its rows in order.
pub(super) struct Analysis {
    /// Review, group and number.
    pub(super) id: String,
    pub(super) rows: Vec<Row>,
}

/// One study in one analysis; numbers that are not given are NaN.
pub(super) struct Row {
    pub(super) subgroup: String,
    pub(super) table: TwoByTwo,
    pub(super) means: TwoMeans,
    pub(super) estimate: Effect,
    pub(super) difference: ObservedMinusExpected,
    /// Effect and limits, if printed.
    pub(super) printed: Option<Printed>,
}

/// A study's line on the forest plot.
#[derive(Clone, Copy)]
pub(super) struct Printed {
    pub(super) effect: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) weight: f64,
}

impl Analysis {
    /// Number of rows with a printed effect.
    pub(super) fn printed(&self) -> usize {
        self.rows.iter().filter(|row| row.printed.is_some()).count()
    }

    /// Each row's subgroup as a number.
    pub(super) fn subgroups(&self) -> Vec<usize> {
        let mut names: Vec<&str> = Vec::new();
        self.rows
            .iter()
            .map(|row| {
                names.iter().position(|name| *name == row.subgroup).unwrap_or_else(|| {
                    names.push(&row.subgroup);
                    names.len() - 1
                })
            })
            .collect()
    }
}

pub(super) fn read(path: &Path) -> Vec<Analysis> {
    #[expect(clippy::disallowed_types, reason = "the caller knows that the file is there")]
    let file = std::fs::File::open(path).unwrap();
    let mut reader = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let headers = reader.headers().unwrap().clone();
    let mut analyses: Vec<Analysis> = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        let text = |name: &str| {
            let column =
                headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
            record[column.unwrap_or_else(|| panic!("no column {name}"))].to_owned()
        };
        let id = ["review", "Analysis group", "Analysis number"].map(&text).join(" ");
        let row = row(&text);
        match analyses.iter_mut().rev().find(|analysis| analysis.id == id) {
            Some(analysis) => analysis.rows.push(row),
            None => analyses.push(Analysis { id, rows: vec![row] }),
        }
    }
    analyses
}

fn row(text: &impl Fn(&str) -> String) -> Row {
    let number = |name: &str| text(name).parse().unwrap_or(f64::NAN);
    let arm = |which: &str| MeanSd {
        n: number(&format!("{which} N")),
        mean: number(&format!("{which} mean")),
        sd: number(&format!("{which} SD")),
    };
    let se: f64 = number("GIV SE");
    let effect = number("Mean");
    Row {
        subgroup: text("Subgroup"),
        table: TwoByTwo {
            events_e: number("Experimental cases"),
            n_e: number("Experimental N"),
            events_c: number("Control cases"),
            n_c: number("Control N"),
        },
        means: TwoMeans { experimental: arm("Experimental"), control: arm("Control") },
        estimate: Effect { estimate: number("GIV Mean"), variance: se * se },
        difference: ObservedMinusExpected {
            difference: number("O-E"),
            variance: number("Variance"),
        },
        printed: (!effect.is_nan()).then(|| Printed {
            effect,
            lower: number("CI start"),
            upper: number("CI end"),
            weight: number("Weight"),
        }),
    }
}
