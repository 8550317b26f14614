//! The multiverse of an analysis: every combination of the choices that a protocol calls defensible.
//!
//! Steegen et al. (2016), doi 10.1177/1745691616658637; the specification curve is that of Simonsohn, Simmons & Nelson
//! (2020), doi 10.1038/s41562-020-0912-z; for meta-analyses Voracek, Kossmeier & Tran (2019), doi 10.1027/2151-2604/a000357.

use std::collections::BTreeSet;

use consilience_stats::{CiMethod, Interval, Measure, Tau2Method};

use super::refused;
use super::rule::InclusionRule;
use crate::analysis::Synthesis;
use crate::diagnostic::Diagnostic;
use crate::keyword::Keyword;
use crate::printed::Printed;
use crate::single::TableAnalysis;
use crate::vocabulary::choice::Tau2Choice;
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind};

/// One choice of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The effect measure.
    Measure(Measure),
    /// Random effects or a common effect.
    Model(ModelKind),
    /// How studies are weighed.
    Method(Method),
    /// The between-study variance: its estimator, or a number.
    Tau2(Tau2Choice),
    /// The confidence interval.
    Ci(CiMethod),
    /// The correlation assumed in paired designs.
    Correlation(Printed),
    /// Which studies take part.
    Include(InclusionRule),
}

impl Choice {
    /// The choice as people write it.
    pub fn name(&self) -> String {
        match self {
            Self::Measure(it) => it.name().to_owned(),
            Self::Model(it) => it.name().to_owned(),
            Self::Method(it) => it.name().to_owned(),
            Self::Tau2(it) => it.text().to_owned(),
            Self::Ci(it) => it.name().to_owned(),
            Self::Correlation(it) => it.text().to_owned(),
            Self::Include(it) => it.to_string(),
        }
    }

    fn apply(&self, plan: &mut AnalysisPlan) {
        match self {
            Self::Measure(it) => plan.measure = *it,
            Self::Model(it) => plan.model = *it,
            Self::Method(it) => plan.method = *it,
            Self::Tau2(it) => plan.tau2 = it.clone(),
            Self::Ci(it) => plan.ci = *it,
            Self::Correlation(it) => plan.correlation = Some(it.clone()),
            Self::Include(_) => {}
        }
    }
}

/// A kind of choice, and all that are defensible of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// What is chosen: `measure`, `model`, `method`, `tau2`, `ci`, `correlation` or `include`.
    pub name: &'static str,
    /// The choices, each once.
    pub choices: Vec<Choice>,
}

impl Dimension {
    /// Reads dimensions, `tau2=DL|REML; ci=Wald|Hartung-Knapp; include=all|bias!=high`.
    ///
    /// # Errors
    /// Says what stands where something else was expected.
    pub fn list(text: &str) -> Result<Vec<Self>, MultiverseError> {
        let mut dimensions: Vec<Self> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|it| !it.is_empty()) {
            let dimension = Self::parse(part)?;
            if dimensions.iter().any(|it| it.name == dimension.name) {
                return Err(MultiverseError::new(
                    format!("`{}` a second time", dimension.name),
                    "each kind of choice once".to_owned(),
                ));
            }
            dimensions.push(dimension);
        }
        Ok(dimensions)
    }

    fn parse(text: &str) -> Result<Self, MultiverseError> {
        let kinds = "measure, model, method, tau2, ci, correlation or include, then `=` and choices separated by `|`";
        let unknown = || MultiverseError::new(format!("`{text}`"), kinds.to_owned());
        let (name, choices) = text.split_once('=').ok_or_else(unknown)?;
        let name = ["measure", "model", "method", "tau2", "ci", "correlation", "include"]
            .into_iter()
            .find(|it| name.trim().eq_ignore_ascii_case(it))
            .ok_or_else(unknown)?;
        let mut read = Vec::new();
        for choice in choices.split('|') {
            let choice = choice_of(name, choice.trim())?;
            if !read.contains(&choice) {
                read.push(choice);
            }
        }
        Ok(Self { name, choices: read })
    }

    /// What most protocols would call defensible where this one says nothing: both models, five estimators, both kinds of
    /// interval, and several correlations where one is assumed.
    pub fn usual(analysis: &TableAnalysis) -> Vec<Self> {
        use Tau2Method::{
            DerSimonianLaird, EmpiricalBayes, MaximumLikelihood, PauleMandel, Reml, SidikJonkman,
        };
        let mut dimensions = vec![
            Self {
                name: "model",
                choices: [ModelKind::Random, ModelKind::Common].map(Choice::Model).to_vec(),
            },
            Self {
                name: "tau2",
                choices: [
                    DerSimonianLaird,
                    Reml,
                    PauleMandel,
                    MaximumLikelihood,
                    EmpiricalBayes,
                    SidikJonkman,
                ]
                .map(|it| Choice::Tau2(Tau2Choice::Estimated(it)))
                .to_vec(),
            },
            Self {
                name: "ci",
                choices: [CiMethod::Wald, CiMethod::HartungKnapp].map(Choice::Ci).to_vec(),
            },
        ];
        let rows = &analysis.synthesis.correlations;
        if !rows.is_empty() {
            let correlations = rows.iter().filter_map(|it| it.correlation);
            let choices =
                correlations.map(|it| Choice::Correlation(Printed::from_value(it))).collect();
            dimensions.push(Self { name: "correlation", choices });
        }
        dimensions
    }
}

fn choice_of(name: &str, text: &str) -> Result<Choice, MultiverseError> {
    fn keyword<K: Keyword>(text: &str) -> Result<K, MultiverseError> {
        K::from_name(text).ok_or_else(|| {
            MultiverseError::new(format!("`{text}`"), format!("one of {}", K::names()))
        })
    }
    match name {
        "measure" => keyword(text).map(Choice::Measure),
        "model" => keyword(text).map(Choice::Model),
        "method" => keyword(text).map(Choice::Method),
        "tau2" => Tau2Choice::parse(text)
            .map(Choice::Tau2)
            .map_err(|expected| MultiverseError::new(format!("`{text}`"), expected)),
        "ci" => keyword(text).map(Choice::Ci),
        "correlation" => match Printed::parse(text) {
            Ok(it) if it.is_correlation() => Ok(Choice::Correlation(it)),
            _ => Err(MultiverseError::new(
                format!("`{text}`"),
                "a correlation from -1 to 1".to_owned(),
            )),
        },
        _ => InclusionRule::parse(text)
            .map(Choice::Include)
            .map_err(|expected| MultiverseError::new(format!("`{text}`"), expected)),
    }
}

/// Why a text does not name the choices of a multiverse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {found}, expected {expected}")]
pub struct MultiverseError {
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl MultiverseError {
    fn new(found: String, expected: String) -> Self {
        Self { found, expected }
    }
}

/// One combination of choices, with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Specification {
    /// Which choice of each dimension was made, in the order of [`Multiverse::dimensions`]; `None` where it does not matter, as
    /// that of an estimator of τ² under a common effect.
    pub choices: Vec<Option<usize>>,
    /// How many studies took part.
    pub k: usize,
    /// The pooled estimate, as readers see it (the ratio itself, for ratios).
    pub estimate: f64,
    /// Its confidence interval, likewise.
    pub ci: Interval,
    /// The two-sided P value.
    pub p_value: f64,
    /// Whether the interval excludes no effect.
    pub excludes_null: bool,
}

/// All combinations of the choices, by size of the estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiverse {
    /// The choices.
    pub dimensions: Vec<Dimension>,
    /// The answers, smallest estimate first.
    pub specifications: Vec<Specification>,
    /// How many combinations have no answer of their own: they contradict themselves (a Hartung-Knapp interval with
    /// Mantel-Haenszel), or leave too few studies. Combinations that differ in nothing that matters (an estimator of τ²
    /// under a common effect) are one.
    pub without_answer: usize,
    /// The value of no effect, where there is one.
    pub null_value: Option<f64>,
    /// Where the analysis as planned stands among the specifications, if it is one of them.
    pub planned: Option<usize>,
    /// The middle of all estimates.
    pub median: f64,
    /// The share of specifications whose interval excludes no effect, 0 to 1.
    pub share_excluding_null: f64,
    /// The share of specifications whose estimate is below no effect, 0 to 1.
    pub share_below_null: f64,
}

/// The most combinations that are tried.
const MOST: usize = 20_000;

/// Answers every combination of the choices.
///
/// # Errors
/// A rule names a column that is not there, there are too many combinations, or none has an answer.
pub fn multiverse(
    analysis: &TableAnalysis,
    dimensions: Vec<Dimension>,
) -> Result<Multiverse, Vec<Diagnostic>> {
    let total = dimensions.iter().try_fold(1_usize, |n, it| n.checked_mul(it.choices.len()));
    if total.is_none_or(|it| it > MOST) {
        return Err(refused(
            "--multiverse",
            total.map_or("more combinations than can be counted".to_owned(), |it| {
                format!("{it} combinations")
            }),
            format!("no more than {MOST}"),
            "leave out choices that nobody would defend",
        ));
    }
    let mut specifications: Vec<Specification> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut planned = None;
    let mut without_answer = 0;
    for number in 0..total.unwrap_or(0) {
        let choices = combination(&dimensions, number);
        let (plan, included) = specified(analysis, &dimensions, &choices)?;
        // Plans have no order of their own; their print has.
        if !seen.insert((format!("{plan:?}"), included.clone())) {
            continue;
        }
        match answer(analysis, &plan, &included) {
            Some(synthesis) => {
                let choices = that_matter(&plan, &dimensions, &choices);
                if plan == effective(&analysis.synthesis.plan) && included.iter().all(|it| *it) {
                    planned = Some(choices.clone());
                }
                specifications.extend(specification(&synthesis, choices));
            }
            None => without_answer += 1,
        }
    }
    specifications.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
    let null_value = analysis.synthesis.null_value();
    let n = specifications.len();
    if n == 0 {
        return Err(refused(
            "--multiverse",
            "no combination of the choices with an answer".to_owned(),
            "choices that fit together and leave at least one study".to_owned(),
            "see whether a common effect and an estimator, or a rule and the studies, exclude each other",
        ));
    }
    let share = |test: &dyn Fn(&Specification) -> bool| {
        specifications.iter().filter(|it| test(it)).count() as f64 / n as f64
    };
    Ok(Multiverse {
        median: f64::midpoint(specifications[(n - 1) / 2].estimate, specifications[n / 2].estimate),
        share_excluding_null: share(&|it| it.excludes_null),
        share_below_null: share(&|it| null_value.is_some_and(|null| it.estimate < null)),
        planned: planned
            .and_then(|choices| specifications.iter().position(|it| it.choices == choices)),
        dimensions,
        specifications,
        without_answer,
        null_value,
    })
}

/// The choices of the combination with a number: the last dimension changes fastest.
fn combination(dimensions: &[Dimension], mut number: usize) -> Vec<usize> {
    let mut choices = vec![0; dimensions.len()];
    for (choice, dimension) in choices.iter_mut().zip(dimensions).rev() {
        *choice = number % dimension.choices.len();
        number /= dimension.choices.len();
    }
    choices
}

fn specified(
    analysis: &TableAnalysis,
    dimensions: &[Dimension],
    choices: &[usize],
) -> Result<(AnalysisPlan, Vec<bool>), Vec<Diagnostic>> {
    let mut plan = analysis.synthesis.plan.clone();
    let mut included = vec![true; analysis.table.len()];
    for (dimension, choice) in dimensions.iter().zip(choices) {
        let choice = &dimension.choices[*choice];
        choice.apply(&mut plan);
        if let Choice::Include(rule) = choice {
            included = rule.included(&analysis.table)?;
        }
    }
    Ok((effective(&plan), included))
}

/// The choices, without the estimator of τ² under a common effect.
fn that_matter(
    plan: &AnalysisPlan,
    dimensions: &[Dimension],
    choices: &[usize],
) -> Vec<Option<usize>> {
    let matters = |it: &Dimension| it.name != "tau2" || plan.model == ModelKind::Random;
    dimensions.iter().zip(choices).map(|(it, choice)| matters(it).then_some(*choice)).collect()
}

/// The plan without what cannot matter: an estimator of τ² under a common effect, and what is shown beside the pool.
fn effective(plan: &AnalysisPlan) -> AnalysisPlan {
    let mut plan = plan.clone();
    if plan.model == ModelKind::Common {
        plan.tau2 = Tau2Choice::Estimated(Tau2Method::DerSimonianLaird);
    }
    AnalysisPlan {
        subgroup: None,
        leave_one_out: false,
        correlations: Vec::new(),
        prediction_interval: None,
        tau2_interval: None,
        common_tau2: false,
        ..plan
    }
}

fn answer(analysis: &TableAnalysis, plan: &AnalysisPlan, included: &[bool]) -> Option<Synthesis> {
    if !plan.contradictions().is_empty() {
        return None;
    }
    analysis.again(plan, included).filter(|it| it.pooled.is_some())
}

fn specification(synthesis: &Synthesis, choices: Vec<Option<usize>>) -> Option<Specification> {
    let pooled = synthesis.pooled.as_ref()?;
    let show = |it: f64| synthesis.display(it);
    Some(Specification {
        choices,
        k: pooled.k,
        estimate: show(pooled.estimate),
        ci: Interval { lower: show(pooled.ci.lower), upper: show(pooled.ci.upper) },
        p_value: pooled.p_value,
        excludes_null: !pooled.ci.contains(0.0),
    })
}
