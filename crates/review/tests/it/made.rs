//! Reviews made in memory: one comparison of the groups `e` and `c`, one outcome, and one analysis.

use consilience_review::analysis::{StudyEffect, Synthesis};
use consilience_review::{Evaluation, Package, evaluate};

/// A review that is being made. Rows are written as `column=value; column=value`.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    plan: String,
    direction: &'static str,
    tables: Vec<(&'static str, Vec<Row>)>,
    files: Vec<(String, String)>,
    databases: String,
    outcome: String,
    baselines: String,
}

type Row = Vec<(String, String)>;

/// A review whose analysis has these settings besides its id, comparison and outcome.
pub(crate) fn review(plan: &str) -> Made {
    Made {
        plan: plan.to_owned(),
        direction: "direction = \"higher\"",
        tables: Vec::new(),
        files: Vec::new(),
        databases: String::new(),
        outcome: String::new(),
        baselines: String::new(),
    }
}

impl Made {
    /// Nobody said which direction of the outcome is better.
    pub(crate) fn without_direction(mut self) -> Self {
        self.direction = "";
        self
    }

    /// Further settings of the outcome, as lines of TOML.
    pub(crate) fn outcome(mut self, lines: &str) -> Self {
        self.outcome += lines;
        self.outcome.push('\n');
        self
    }

    /// A baseline risk of the outcome, as lines of TOML.
    pub(crate) fn baseline(mut self, lines: &str) -> Self {
        let table = format!("[[baseline_risk]]\ncomparison = \"ec\"\noutcome = \"y\"\n{lines}\n");
        self.baselines += &table;
        self
    }

    /// A rating of certainty.
    pub(crate) fn rated(self, domain: &str, rating: &str, cells: &str) -> Self {
        let cells = format!(
            "comparison=ec; outcome=y; domain={domain}; rating={rating}; reason=because; {cells}"
        );
        self.row("certainty.csv", &cells)
    }

    /// A row of a table, as written.
    pub(crate) fn row(mut self, table: &'static str, cells: &str) -> Self {
        let cells = cells.split("; ").filter(|it| !it.is_empty());
        let row = cells.map(|it| it.split_once('=').unwrap());
        let row = row.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        match self.tables.iter_mut().find(|it| it.0 == table) {
            Some((_, rows)) => rows.push(row),
            None => self.tables.push((table, vec![row])),
        }
        self
    }

    /// A study with one arm in each group, named as the group.
    pub(crate) fn study(self, name: &str) -> Self {
        self.study_with(name, "")
    }

    /// A study with further columns of `studies.csv`.
    pub(crate) fn study_with(self, name: &str, cells: &str) -> Self {
        self.row("studies.csv", &format!("study={name}; {cells}"))
            .arm(name, "e", "e")
            .arm(name, "c", "c")
    }

    /// A further arm.
    pub(crate) fn arm(self, study: &str, arm: &str, group: &str) -> Self {
        self.row("arms.csv", &format!("study={study}; arm={arm}; group={group}"))
    }

    /// A result of the outcome.
    pub(crate) fn result(self, study: &str, cells: &str) -> Self {
        self.row("results.csv", &format!("study={study}; outcome=y; {cells}"))
    }

    /// A study with n, mean and SD of both arms.
    pub(crate) fn means(self, study: &str, e: (f64, f64, f64), c: (f64, f64, f64)) -> Self {
        self.study(study).both_means(study, e, c)
    }

    /// Means of both arms of a study that is there.
    pub(crate) fn both_means(self, study: &str, e: (f64, f64, f64), c: (f64, f64, f64)) -> Self {
        let cells = |arm: &str, (n, mean, sd): (f64, f64, f64)| {
            format!("arm={arm}; n={n}; mean={mean}; sd={sd}")
        };
        self.result(study, &cells("e", e)).result(study, &cells("c", c))
    }

    /// A study with events and n of both arms.
    pub(crate) fn events(self, study: &str, e: (f64, f64), c: (f64, f64)) -> Self {
        self.study(study).both_events(study, e, c)
    }

    /// Events of both arms of a study that is there.
    pub(crate) fn both_events(self, study: &str, e: (f64, f64), c: (f64, f64)) -> Self {
        let cells =
            |arm: &str, (events, n): (f64, f64)| format!("arm={arm}; events={events}; n={n}");
        self.result(study, &cells("e", e)).result(study, &cells("c", c))
    }

    /// A source with so many records, `ID1`, `ID2`, …
    pub(crate) fn source(mut self, id: &str, kind: &str, n_records: usize) -> Self {
        let record =
            |i: usize| format!("TY  - JOUR\nTI  - Report {id}{i}\nID  - {id}{i}\nER  - \n\n");
        let path = format!("records/{id}.ris");
        let database = format!(
            "[[database]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"{kind}\"\nrecords = [\"{path}\"]\n"
        );
        self.databases += &database;
        self.files.push((path, (1..=n_records).map(record).collect()));
        self
    }

    /// A reviewer's decision: `title and abstract` or `full text`.
    pub(crate) fn screened(
        self,
        report: &str,
        stage: &str,
        decision: &str,
        reviewer: &str,
    ) -> Self {
        let cells =
            format!("report={report}; stage={stage}; decision={decision}; reviewer={reviewer}");
        self.row("screening.csv", &cells)
    }

    /// The package.
    pub(crate) fn package(&self) -> Package {
        let mut package = Package::default();
        let mut add =
            |name: &str, text: String| package.files.insert(name.to_owned(), text.into_bytes());
        add(
            "review.toml",
            format!(
                "[review]\ntitle = \"T\"\n{}[[outcome]]\nid = \"y\"\nname = \"Y\"\n{}\n{}[[comparison]]\nid = \"ec\"\n\
                 name = \"E versus C\"\nexperimental = \"e\"\ncomparator = \"c\"\n{}[[analysis]]\nid = \"a\"\n\
                 comparison = \"ec\"\noutcome = \"y\"\n{}\n",
                self.databases, self.direction, self.outcome, self.baselines, self.plan
            ),
        );
        for (name, text) in &self.files {
            add(name, text.clone());
        }
        for (name, rows) in &self.tables {
            add(name, csv(rows));
        }
        package
    }

    /// The package, evaluated; it must be sound.
    #[track_caller]
    pub(crate) fn evaluation(&self) -> Evaluation {
        let reading = self.package().to_log();
        assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
        evaluate(&reading.state)
    }

    /// The one analysis.
    #[track_caller]
    pub(crate) fn synthesis(&self) -> Synthesis {
        self.evaluation().syntheses.remove(0)
    }

    /// The one study's effect.
    #[track_caller]
    pub(crate) fn effect(&self) -> StudyEffect {
        let mut synthesis = self.synthesis();
        assert_eq!(synthesis.excluded, [], "{synthesis:#?}");
        assert_eq!(synthesis.studies.len(), 1);
        synthesis.studies.remove(0)
    }

    /// Why the one study is left out.
    #[track_caller]
    pub(crate) fn reason(&self) -> String {
        let mut synthesis = self.synthesis();
        assert!(synthesis.studies.is_empty(), "{:#?}", synthesis.studies);
        assert_eq!(synthesis.excluded.len(), 1);
        synthesis.excluded.remove(0).reason
    }
}

fn csv(rows: &[Row]) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let mut text = columns.join(",") + "\n";
    for row in rows {
        let cell = |column: &&str| {
            let value = row.iter().find(|it| it.0 == *column).map_or("", |it| it.1.as_str());
            if value.contains(',') { format!("\"{value}\"") } else { value.to_owned() }
        };
        text += &(columns.iter().map(cell).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// Estimate and variance, to compare.
pub(crate) fn numbers(effect: &StudyEffect) -> [f64; 2] {
    [effect.effect.estimate, effect.effect.variance]
}

#[track_caller]
pub(crate) fn assert_close<const N: usize>(found: [f64; N], expected: [f64; N], tolerance: f64) {
    for (a, b) in found.into_iter().zip(expected) {
        assert!((a - b).abs() <= tolerance, "found {found:?}, expected {expected:?}");
    }
}
