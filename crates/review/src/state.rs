//! The state: the fold of the log. What an event may not do is said here, and only here.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::event::{Attributed, Entry, Event, NOBODY, Who};
use crate::keyword::Keyword;
use crate::risk_of_bias::Tools;
use crate::vocabulary::certainty::CertaintyEntry;
use crate::vocabulary::check::CheckEntry;
use crate::vocabulary::grading::BaselineRisk;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{
    Claim, Comparison, Database, Description, Eligibility, Methods, Outcome, Question,
};
use crate::vocabulary::records::{Duplicate, ImportedFile, PairJudgement, Screening, Search};
use crate::vocabulary::result::{ExtractedResult, Favours, Reported, ResultKey, Subject};
use crate::vocabulary::risk_of_bias::{OwnTool, RobEntry, ToolName};
use crate::vocabulary::study::{Arm, Study};

/// A review as it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Title, authors, support.
    pub description: Description,
    /// The question.
    pub question: Question,
    /// The criteria.
    pub eligibility: Eligibility,
    /// What the team did.
    pub methods: Methods,
    /// Sources, by id.
    pub databases: IndexMap<String, Database>,
    /// Outcomes, by id.
    pub outcomes: IndexMap<String, Outcome>,
    /// Comparisons, by id.
    pub comparisons: IndexMap<String, Comparison>,
    /// Analyses, by id.
    pub analyses: IndexMap<String, AnalysisPlan>,
    /// Numbers for people without the intervention, by comparison, outcome and label.
    pub baselines: IndexMap<(String, String, String), BaselineRisk>,
    /// Published statements.
    pub claims: Vec<Claim>,
    /// Strategies, by database.
    pub searches: IndexMap<String, Search>,
    /// Imported files, by path.
    pub imports: IndexMap<String, ImportedFile>,
    /// Records that were set aside as duplicates, by their id.
    pub duplicates: IndexMap<String, Attributed<Duplicate>>,
    /// What people said of pairs of records, by the two and the question between them, the first by name in front.
    pub pairs: IndexMap<(String, &'static str, String), Attributed<PairJudgement>>,
    /// Decisions, by report, stage and reviewer.
    pub screenings: IndexMap<(String, &'static str, String), Attributed<Screening>>,
    /// Studies, by name.
    pub studies: IndexMap<String, Study>,
    /// Arms, by study and name.
    pub arms: IndexMap<(String, String), Arm>,
    /// Results as people extracted them; [`Extraction`](crate::extraction::Extraction) says which of them count.
    pub results: IndexMap<RowKey, Attributed<ExtractedResult>>,
    /// Risk-of-bias tools that the team wrote, by file.
    pub tools: IndexMap<String, OwnTool>,
    /// Risk-of-bias entries, by study, outcome, question and assessor.
    pub risk_of_bias: IndexMap<(String, String, String, String), Attributed<RobEntry>>,
    /// Certainty ratings, by comparison, outcome, domain and assessor.
    pub certainty: IndexMap<(String, String, String, String), Attributed<CertaintyEntry>>,
    /// Answers to findings of the checks, by study, outcome, kind and who gave them.
    pub checks: IndexMap<(String, String, String, String), Attributed<CheckEntry>>,
    record_ids: BTreeSet<String>,
    /// The duplicates of each record that stands for others.
    duplicates_of: BTreeMap<String, BTreeSet<String>>,
}

/// What makes a row of results one and the same: nobody extracts a result from a report twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The result.
    pub result: ResultKey,
    /// The report of the study that it is from, where its source names one.
    pub report: Option<String>,
    /// Who entered it.
    pub who: Who,
}

/// What a reference names that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A database.
    Database,
    /// An outcome.
    Outcome,
    /// A comparison.
    Comparison,
    /// An analysis.
    Analysis,
    /// A study.
    Study,
    /// An arm.
    Arm,
    /// A record.
    Record,
}

impl Kind {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Database => ("a database", "`[[database]]` in review.toml"),
            Self::Outcome => ("an outcome", "`[[outcome]]` in review.toml"),
            Self::Comparison => ("a comparison", "`[[comparison]]` in review.toml"),
            Self::Analysis => ("an analysis", "`[[analysis]]` in review.toml"),
            Self::Study => ("a study", "studies.csv"),
            Self::Arm => ("an arm of this study", "arms.csv"),
            Self::Record => ("a record", "the files of `records/`"),
        }
    }
}

/// Why an event cannot happen in this state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The field of the event that is wrong.
    pub field: &'static str,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub help: String,
    /// When something named is not there: what kind of thing, and its name.
    pub unknown: Option<(Kind, String)>,
    /// When the same key is there already: which of the events of this kind had it first, counted from 0.
    pub first: Option<usize>,
}

impl Rejection {
    fn new(
        field: &'static str,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            field,
            found: found.into(),
            expected: expected.into(),
            help: help.into(),
            unknown: None,
            first: None,
        }
    }

    fn unknown<'a>(
        field: &'static str,
        kind: Kind,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let (what, list) = kind.words();
        let help = match crate::diagnostic::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`? Otherwise add it to {list}"),
            None => format!("add it to {list}, or correct the name"),
        };
        Self {
            unknown: Some((kind, name.to_owned())),
            ..Self::new(field, format!("`{name}`"), format!("{what} of {list}"), help)
        }
    }

    fn duplicate(field: &'static str, what: &str, help: &str) -> Self {
        Self::new(field, format!("{what} a second time"), "each only once", help)
    }
}

/// Whether a second event of the same key replaces the first or is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// In a log, the later event is a correction of the earlier.
    Corrects,
    /// In a package, it is a mistake.
    IsRefused,
}

impl State {
    /// The state after all entries of a log, leaving out those that were undone. In a log, a second event
    /// of the same key corrects the first.
    ///
    /// # Errors
    /// The position of the first entry that cannot happen, and why.
    pub fn fold(entries: &[Entry]) -> Result<Self, (usize, Rejection)> {
        let undone = undone_positions(entries);
        let mut state = Self::default();
        for (position, entry) in entries.iter().enumerate() {
            if !undone.contains(&position) {
                state.apply(entry.clone(), Repeat::Corrects).map_err(|it| (position, it))?;
            }
        }
        Ok(state)
    }

    /// Lets one event happen.
    ///
    /// # Errors
    /// Why it cannot; the state is then unchanged.
    pub fn apply(&mut self, entry: Entry, repeat: Repeat) -> Result<(), Rejection> {
        let Attributed { who, when, value } = entry;
        match value {
            Event::ReviewDescribed(it) => self.description = it,
            Event::QuestionStated(it) => self.question = it,
            Event::EligibilityStated(it) => self.eligibility = it,
            Event::MethodsStated(it) => self.methods = it,
            Event::DatabaseDefined(it) => {
                insert(&mut self.databases, it.id.clone(), it, repeat, "id")?;
            }
            Event::OutcomeDefined(it) => {
                insert(&mut self.outcomes, it.id.clone(), it, repeat, "id")?;
            }
            Event::ComparisonDefined(it) => {
                insert(&mut self.comparisons, it.id.clone(), it, repeat, "id")?;
            }
            Event::AnalysisDefined(it) => {
                self.must_have(Kind::Comparison, "comparison", &it.comparison)?;
                self.must_have(Kind::Outcome, "outcome", &it.outcome)?;
                self.check_main(&it)?;
                insert(&mut self.analyses, it.id.clone(), it, repeat, "id")?;
            }
            Event::BaselineStated(it) => {
                self.must_have(Kind::Comparison, "comparison", &it.comparison)?;
                self.must_have(Kind::Outcome, "outcome", &it.outcome)?;
                let label = it.label.clone().unwrap_or_default();
                let key = (it.comparison.clone(), it.outcome.clone(), label);
                insert(&mut self.baselines, key, it, repeat, "label")?;
            }
            Event::ClaimRecorded(it) => {
                self.must_have(Kind::Analysis, "analysis", &it.analysis)?;
                self.claims.push(it);
            }
            Event::SearchRecorded(it) => {
                self.must_have(Kind::Database, "database", &it.database)?;
                insert(&mut self.searches, it.database.clone(), it, repeat, "database")?;
            }
            Event::RecordsImported(it) => self.import(it, repeat)?,
            Event::DuplicateConfirmed(it) => {
                self.must_have(Kind::Record, "record", &it.record)?;
                self.must_have(Kind::Record, "duplicate_of", &it.duplicate_of)?;
                self.check_duplicate(&it)?;
                self.set_aside(Attributed { who, when, value: it }, repeat)?;
                // What was decided on a record before it turned out to be a duplicate does not count.
                let duplicates = &self.duplicates;
                self.screenings.retain(|key, _| !duplicates.contains_key(&key.0));
            }
            Event::PairJudged(it) => {
                self.must_have(Kind::Record, "first", &it.first)?;
                self.must_have(Kind::Record, "second", &it.second)?;
                if it.first == it.second {
                    let found = format!("`{}`", it.second);
                    return Err(Rejection::new("second", found, "another record", "correct it"));
                }
                let (a, b) = (it.first.clone(), it.second.clone());
                let key = (a.clone().min(b.clone()), it.question.name(), a.max(b));
                let value = Attributed { who, when, value: it };
                insert(&mut self.pairs, key, value, repeat, "second")?;
            }
            Event::ReportScreened(it) => {
                self.must_have(Kind::Record, "report", &it.report)?;
                self.check_not_duplicate("report", &it.report)?;
                let key = (it.report.clone(), it.stage.name(), who.to_string());
                let value = Attributed { who, when, value: it };
                insert(&mut self.screenings, key, value, repeat, "report")?;
            }
            Event::StudyDescribed(it) => {
                for report in &it.reports {
                    self.must_have(Kind::Record, "reports", report)?;
                    self.check_not_duplicate("reports", report)?;
                }
                insert(&mut self.studies, it.study.clone(), it, repeat, "study")?;
            }
            Event::ArmDescribed(it) => {
                self.must_have(Kind::Study, "study", &it.study)?;
                insert(&mut self.arms, (it.study.clone(), it.arm.clone()), it, repeat, "arm")?;
            }
            Event::ResultExtracted(it) => {
                self.check_result(&it)?;
                let key = RowKey {
                    report: self.report_of(&it).map(str::to_owned),
                    result: it.key(),
                    who: who.clone(),
                };
                insert(&mut self.results, key, Attributed { who, when, value: it }, repeat, "arm")?;
            }
            Event::ToolDefined(it) => {
                insert(&mut self.tools, it.path.clone(), it, repeat, "path")?;
            }
            Event::RiskOfBiasAnswered(it) => {
                self.must_have(Kind::Study, "study", &it.study)?;
                if let Some(outcome) = &it.outcome {
                    self.must_have(Kind::Outcome, "outcome", outcome)?;
                }
                self.check_answer(&it)?;
                let outcome = it.outcome.clone().unwrap_or_default();
                let key = (it.study.clone(), outcome, it.item.question(), who.to_string());
                let value = Attributed { who, when, value: it };
                insert(&mut self.risk_of_bias, key, value, repeat, "question")?;
            }
            Event::CertaintyRated(it) => {
                self.must_have(Kind::Comparison, "comparison", &it.comparison)?;
                self.must_have(Kind::Outcome, "outcome", &it.outcome)?;
                let key =
                    (it.comparison.clone(), it.outcome.clone(), it.domain_name(), who.to_string());
                let value = Attributed { who, when, value: it };
                insert(&mut self.certainty, key, value, repeat, "domain")?;
            }
            Event::CheckAnswered(it) => {
                self.must_have(Kind::Study, "study", &it.study)?;
                if let Some(outcome) = &it.outcome {
                    self.must_have(Kind::Outcome, "outcome", outcome)?;
                }
                let outcome = it.outcome.clone().unwrap_or_default();
                let kind = it.kind.name().to_owned();
                let key = (it.study.clone(), outcome, kind, who.to_string());
                let value = Attributed { who, when, value: it };
                insert(&mut self.checks, key, value, repeat, "kind")?;
            }
            Event::EventUndone(_) => {}
        }
        Ok(())
    }

    /// The report of its study that a result is from, where its source names one.
    pub fn report_of(&self, result: &ExtractedResult) -> Option<&str> {
        self.studies.get(&result.study)?.report_of(&result.source)
    }

    /// The arms of a study that belong to a group.
    pub fn arms_of<'a>(&'a self, study: &'a str, group: &'a str) -> impl Iterator<Item = &'a Arm> {
        self.arms.values().filter(move |arm| arm.study == study && arm.group == group)
    }

    /// The record that stands for the report that a record is.
    pub fn standing<'a>(&'a self, record: &'a str) -> &'a str {
        self.duplicates.get(record).map_or(record, |it| &it.value.duplicate_of)
    }

    /// All record ids, in the order of their files.
    pub fn records(&self) -> impl Iterator<Item = &str> {
        self.imports.values().flat_map(|file| file.records.iter().map(String::as_str))
    }

    /// The studies' characteristics, in the order in which the columns first have a value.
    pub fn characteristic_names(&self) -> Vec<&str> {
        let mut names = indexmap::IndexSet::new();
        for study in self.studies.values() {
            names.extend(study.characteristics.keys().map(String::as_str));
        }
        names.into_iter().collect()
    }

    fn must_have(&self, kind: Kind, field: &'static str, name: &str) -> Result<(), Rejection> {
        fn check<V>(map: &IndexMap<String, V>, name: &str) -> Result<(), Vec<String>> {
            if map.contains_key(name) { Ok(()) } else { Err(map.keys().cloned().collect()) }
        }
        let found = match kind {
            Kind::Database => check(&self.databases, name),
            Kind::Outcome => check(&self.outcomes, name),
            Kind::Comparison => check(&self.comparisons, name),
            Kind::Analysis => check(&self.analyses, name),
            Kind::Study => check(&self.studies, name),
            Kind::Record if self.record_ids.contains(name) => Ok(()),
            Kind::Record => Err(self.record_ids.iter().cloned().collect()),
            // Arms belong to a study: see `must_have_arm`.
            Kind::Arm => Ok(()),
        };
        found.map_err(|known| {
            Rejection::unknown(field, kind, name, known.iter().map(String::as_str))
        })
    }

    /// Certainty is rated on one analysis.
    fn check_main(&self, plan: &AnalysisPlan) -> Result<(), Rejection> {
        let same = |it: &&AnalysisPlan| {
            it.main
                && it.id != plan.id
                && (&it.comparison, &it.outcome) == (&plan.comparison, &plan.outcome)
        };
        match self.analyses.values().find(same) {
            Some(other) if plan.main => Err(Rejection::new(
                "main",
                format!("a second main analysis beside `{}`", other.id),
                "one main analysis for a comparison and an outcome",
                "remove one `main`",
            )),
            _ => Ok(()),
        }
    }

    fn must_have_arm(&self, field: &'static str, study: &str, arm: &str) -> Result<(), Rejection> {
        if self.arms.contains_key(&(study.to_owned(), arm.to_owned())) {
            return Ok(());
        }
        let known = self.arms.values().filter(|it| it.study == study).map(|it| it.arm.as_str());
        Err(Rejection::unknown(field, Kind::Arm, arm, known))
    }

    fn import(&mut self, file: ImportedFile, repeat: Repeat) -> Result<(), Rejection> {
        self.must_have(Kind::Database, "database", &file.database)?;
        let mut ids = BTreeSet::new();
        for id in &file.records {
            let elsewhere = self.record_ids.contains(id)
                && !self.imports.get(&file.path).is_some_and(|old| old.records.contains(id));
            if !ids.insert(id.clone()) || elsewhere {
                let help =
                    "give each record an id of its own, or remove the id so that it gets one";
                return Err(Rejection::duplicate(
                    "records",
                    &format!("the record id `{id}`"),
                    help,
                ));
            }
        }
        insert(&mut self.imports, file.path.clone(), file, repeat, "path")?;
        self.record_ids = self.records().map(str::to_owned).collect();
        Ok(())
    }

    fn check_duplicate(&self, duplicate: &Duplicate) -> Result<(), Rejection> {
        if duplicate.record == duplicate.duplicate_of {
            let found = format!("`{}`", duplicate.record);
            return Err(Rejection::new("duplicate_of", found, "another record", "correct it"));
        }
        self.check_not_duplicate("duplicate_of", &duplicate.duplicate_of)?;
        let tells = |it: &&Study| it.reports.contains(&duplicate.record);
        if let Some(study) = self.studies.values().find(tells) {
            return Err(Rejection::new(
                "record",
                format!("`{}`, which is a report of {}", duplicate.record, study.study),
                "a record that no study names",
                format!("name `{}` in the study first", duplicate.duplicate_of),
            ));
        }
        let others = self.duplicates_of.get(&duplicate.record);
        if let Some(other) = others.and_then(BTreeSet::first) {
            return Err(Rejection::new(
                "record",
                format!("`{}`, which stands for `{other}`", duplicate.record),
                "a record that stands for no other",
                "name the record that stands for the report in `duplicate_of`",
            ));
        }
        Ok(())
    }

    fn set_aside(&mut self, it: Attributed<Duplicate>, repeat: Repeat) -> Result<(), Rejection> {
        let (record, kept) = (it.value.record.clone(), it.value.duplicate_of.clone());
        let before = self.duplicates.get(&record).map(|it| it.value.duplicate_of.clone());
        insert(&mut self.duplicates, record.clone(), it, repeat, "record")?;
        if let Some(before) = before
            && let Some(others) = self.duplicates_of.get_mut(&before)
        {
            others.remove(&record);
            if others.is_empty() {
                self.duplicates_of.remove(&before);
            }
        }
        self.duplicates_of.entry(kept).or_default().insert(record);
        Ok(())
    }

    fn check_not_duplicate(&self, field: &'static str, id: &str) -> Result<(), Rejection> {
        match self.duplicates.get(id) {
            None => Ok(()),
            Some(it) => Err(Rejection::new(
                field,
                format!("`{id}`, a duplicate"),
                format!("the record that stands for the report, `{}`", it.value.duplicate_of),
                "name that one",
            )),
        }
    }

    fn check_result(&self, result: &ExtractedResult) -> Result<(), Rejection> {
        self.must_have(Kind::Study, "study", &result.study)?;
        self.must_have(Kind::Outcome, "outcome", &result.outcome)?;
        self.must_have_arm("arm", &result.study, result.subject.arm())?;
        if let Some(versus) = result.subject.versus() {
            self.must_have_arm("versus", &result.study, versus)?;
        }
        if let Reported::Contrast { favours: Some(Favours::Arm(arm)), .. } = &result.reported {
            check_favours(result, arm)?;
        }
        self.check_source(result)?;
        self.check_counts(result)
    }

    /// A source that is the id of a record is a report of the study.
    fn check_source(&self, result: &ExtractedResult) -> Result<(), Rejection> {
        match &result.source.source {
            Some(id) if self.record_ids.contains(id) && self.report_of(result).is_none() => {
                Err(Rejection::new(
                    "source",
                    format!("the record `{id}`, which is no report of {}", result.study),
                    "a report of the study, or a publication in words",
                    "name it in `reports` of studies.csv, or correct it",
                ))
            }
            _ => Ok(()),
        }
    }

    /// An answer is to a question that the tool asks, and one that the question offers.
    fn check_answer(&self, entry: &RobEntry) -> Result<(), Rejection> {
        let tool = Tools::of(self).tool(&entry.tool).ok_or_else(|| {
            let expected = format!("one of {}", ToolName::shipped_names().join(", "));
            let help = "correct it, or put a tool of your own into `tools/`";
            Rejection::new("tool", format!("`{}`", entry.tool), expected, help)
        })?;
        entry.item.check(&tool).map_err(|(field, expected)| {
            let found = if field == "question" {
                entry.item.question()
            } else {
                entry.item.answer().to_owned()
            };
            Rejection::new(field, format!("`{found}`"), expected, "correct it")
        })
    }

    /// Events and graded people cannot be more than the people there were.
    fn check_counts(&self, result: &ExtractedResult) -> Result<(), Rejection> {
        let arm = self.arms.get(&(result.study.clone(), result.subject.arm().to_owned()));
        let (n, whose) = match (&result.n, arm.and_then(|it| it.n.as_ref())) {
            (Some(n), _) => (n, "`n` of this row"),
            (None, Some(n)) => (n, "`n` of the arm in arms.csv"),
            (None, None) => return Ok(()),
        };
        let (field, count) = match (&result.reported, &result.subject) {
            (Reported::Events { events, person_time: None }, Subject::Arm(_)) => {
                ("events", events.value())
            }
            (Reported::Grades(grades), _) => {
                ("grades", grades.iter().map(|it| it.count as f64).sum())
            }
            _ => return Ok(()),
        };
        if count <= n.value() {
            return Ok(());
        }
        Err(Rejection::new(
            field,
            format!("{count}"),
            format!("no more than {n}, {whose}"),
            "check both against the source",
        ))
    }
}

/// A direction names one of the two arms.
fn check_favours(result: &ExtractedResult, arm: &str) -> Result<(), Rejection> {
    let (first, second) = (result.subject.arm(), result.subject.versus().unwrap_or(""));
    if arm == first || arm == second {
        return Ok(());
    }
    Err(Rejection::new(
        "favours",
        format!("`{arm}`"),
        format!("`{first}`, `{second}`, `neither` or `unclear`"),
        "name the arm that did better",
    ))
}

/// What makes an entry one and the same, as messages name it.
trait Key: std::hash::Hash + Eq {
    fn words(&self) -> String;
}

impl Key for String {
    fn words(&self) -> String {
        self.clone()
    }
}

impl Key for (String, String) {
    fn words(&self) -> String {
        listed([&self.0, &self.1])
    }
}

impl Key for (String, String, String) {
    fn words(&self) -> String {
        listed([&self.0, &self.1, &self.2])
    }
}

impl Key for (String, &'static str, String) {
    fn words(&self) -> String {
        listed([&self.0, self.1, &self.2])
    }
}

impl Key for (String, String, String, String) {
    fn words(&self) -> String {
        listed([&self.0, &self.1, &self.2, &self.3])
    }
}

impl Key for RowKey {
    fn words(&self) -> String {
        let report = self.report.as_deref().unwrap_or_default();
        listed([&self.result.words(), report, &self.who.to_string()])
    }
}

/// `Alpha 2001 / pain / active`, without the parts that say nothing.
fn listed<const N: usize>(parts: [&str; N]) -> String {
    let says_something = |it: &&str| !it.is_empty() && *it != NOBODY;
    parts.into_iter().filter(says_something).collect::<Vec<_>>().join(" / ")
}

/// Puts a value under its key.
fn insert<K: Key, V>(
    map: &mut IndexMap<K, V>,
    key: K,
    value: V,
    repeat: Repeat,
    field: &'static str,
) -> Result<(), Rejection> {
    if let (Repeat::IsRefused, Some(first)) = (repeat, map.get_index_of(&key)) {
        let help = "remove one, or change what tells them apart";
        let duplicate = Rejection::duplicate(field, &format!("`{}`", key.words()), help);
        return Err(Rejection { first: Some(first), ..duplicate });
    }
    map.insert(key, value);
    Ok(())
}

/// The positions whose events do not count: undone, and not restored by undoing the undoing.
fn undone_positions(entries: &[Entry]) -> BTreeSet<usize> {
    let mut undone = BTreeSet::new();
    // From the end: whether an undoing counts is settled by later entries only.
    for (position, entry) in entries.iter().enumerate().rev() {
        if let Event::EventUndone(undo) = &entry.value
            && !undone.contains(&position)
            && let Ok(target) = usize::try_from(undo.position)
            && target < position
        {
            undone.insert(target);
        }
    }
    undone
}
