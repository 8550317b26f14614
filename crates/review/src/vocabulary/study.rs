//! Studies and their arms.

use indexmap::IndexMap;

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, keyword};
use crate::printed::Printed;
use crate::vocabulary::result::Source;

keyword! {
    /// How people, or parts of them, were put into arms.
    Design {
        /// Each person to one arm.
        Parallel = "parallel",
        /// Groups of people to one arm.
        Cluster = "cluster",
        /// Each person to all arms, one after another.
        Crossover = "crossover",
        /// Sides or sites of one person to different arms.
        WithinPerson = "within-person",
    }
}

keyword! {
    /// How people came into arms, as far as scales of evidence tell designs apart.
    StudyType {
        /// By chance, the side of the face in a split-face trial included.
        Randomised = "randomised",
        /// By alternation, date of birth and the like.
        QuasiRandomised = "quasi-randomised",
        /// Compared as they came, followed from then on.
        Prospective = "prospective comparative",
        /// Compared from what was recorded before.
        Retrospective = "retrospective comparative",
        /// People with the outcome against people without.
        CaseControl = "case-control",
        /// No comparator.
        CaseSeries = "case series",
        /// A case report, an opinion, bench work.
        Other = "other",
    }
}

keyword! {
    /// In what a study differs from the question, so that its results answer it indirectly (GRADE handbook 5.2.3).
    Mismatch {
        /// Other people.
        Population = "population",
        /// Another intervention, dose or skill.
        Intervention = "intervention",
        /// Another comparator.
        Comparator = "comparator",
        /// Another outcome, scale or time.
        Outcome = "outcome",
    }
}

impl Design {
    /// Whether both arms hold the same people, so that results come in pairs.
    pub fn is_paired(self) -> bool {
        matches!(self, Self::Crossover | Self::WithinPerson)
    }
}

/// One study, told by one or more reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Its name and key, such as `Lee 2014`.
    pub study: String,
    /// The reports that tell of it, by record id.
    pub reports: Vec<String>,
    /// The report that counts where reports print different numbers of the same result.
    pub preferred_report: Option<String>,
    /// Its design.
    pub design: Design,
    /// How people came into arms; `None`: not stated.
    pub study_type: Option<StudyType>,
    /// In what it differs from the question.
    pub indirect: Vec<Mismatch>,
    /// For within-person designs, what was paired.
    pub pairing: Option<String>,
    /// For cluster designs, the intracluster correlation.
    pub icc: Option<Printed>,
    /// For cluster designs, the mean cluster size.
    pub cluster_size: Option<Printed>,
    /// Every other column, by name.
    pub characteristics: IndexMap<String, String>,
}

impl Study {
    /// The report that a result is from, where its source names one of the study's reports.
    pub fn report_of(&self, source: &Source) -> Option<&str> {
        let name = source.source.as_ref()?;
        self.reports.iter().find(|it| *it == name).map(String::as_str)
    }
}

impl Tabular for Study {
    const FIELDS: &'static [&'static str] = &[
        "study",
        "reports",
        "preferred_report",
        "design",
        "study_type",
        "indirect",
        "pairing",
        "icc",
        "cluster_size",
    ];

    fn read(row: &mut Row) -> Option<Self> {
        let study = row.required("study", "the study's name");
        let study = Self {
            study,
            reports: row.list("reports"),
            preferred_report: row.text("preferred_report"),
            design: row.keyword("design").unwrap_or(Design::Parallel),
            study_type: row.keyword("study_type"),
            indirect: mismatches(row),
            pairing: row.text("pairing"),
            icc: row.printed_if("icc", |it| (0.0..=1.0).contains(&it), "an ICC from 0 to 1"),
            cluster_size: row.printed_if("cluster_size", |it| it >= 1.0, "a size of 1 or more"),
            characteristics: row.others(Self::FIELDS),
        };
        if study.preferred_report.as_ref().is_some_and(|it| !study.reports.contains(it)) {
            row.problem("preferred_report", "one of `reports`", "name it there too, or correct it");
        }
        row.is_sound().then_some(study)
    }

    fn write(&self, out: &mut Out) {
        out.text("study", &self.study);
        out.list("reports", &self.reports);
        out.optional("preferred_report", self.preferred_report.as_deref());
        out.keyword("design", self.design);
        if let Some(study_type) = self.study_type {
            out.keyword("study_type", study_type);
        }
        let indirect: Vec<String> = self.indirect.iter().map(|it| it.name().to_owned()).collect();
        out.list("indirect", &indirect);
        out.optional("pairing", self.pairing.as_deref());
        out.printed("icc", self.icc.as_ref());
        out.printed("cluster_size", self.cluster_size.as_ref());
        for (name, text) in &self.characteristics {
            out.text(name, text);
        }
    }
}

/// Each mismatch once.
fn mismatches(row: &mut Row) -> Vec<Mismatch> {
    let mut all = Vec::new();
    for text in row.list("indirect") {
        match Mismatch::from_name(&text) {
            Some(mismatch) if !all.contains(&mismatch) => all.push(mismatch),
            Some(_) => {}
            None => {
                let expected = format!("{}, separated by `;`", Mismatch::names());
                row.problem_found("indirect", format!("`{text}`"), expected, "correct it");
            }
        }
    }
    all
}

/// One arm of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// The study.
    pub study: String,
    /// Its name within the study.
    pub arm: String,
    /// The group that comparisons name.
    pub group: String,
    /// What was done, in words.
    pub description: Option<String>,
    /// How many were randomised to it.
    pub n: Option<Printed>,
    /// Every other column, by name.
    pub characteristics: IndexMap<String, String>,
}

impl Tabular for Arm {
    const FIELDS: &'static [&'static str] = &["study", "arm", "group", "description", "n"];

    fn read(row: &mut Row) -> Option<Self> {
        let study = row.required("study", "a study of `studies.csv`");
        let arm = row.required("arm", "a name for the arm");
        let group = row.required("group", "the group that comparisons name");
        let n = row.printed_if("n", |it| it >= 0.0, "a number of people, 0 or more");
        let arm = Self {
            study,
            arm,
            group,
            description: row.text("description"),
            n,
            characteristics: row.others(Self::FIELDS),
        };
        row.is_sound().then_some(arm)
    }

    fn write(&self, out: &mut Out) {
        out.text("study", &self.study);
        out.text("arm", &self.arm);
        out.text("group", &self.group);
        out.optional("description", self.description.as_deref());
        out.printed("n", self.n.as_ref());
        for (name, text) in &self.characteristics {
            out.text(name, text);
        }
    }
}
