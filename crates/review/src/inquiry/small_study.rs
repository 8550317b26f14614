//! Small-study effects and publication bias: tests of asymmetry, adjustments, and selection models.
//!
//! Handbook 13.3.5. None of them tells publication bias from other causes of small-study effects, and with fewer than ten
//! studies they tell little.

use consilience_stats::bias::{
    AsymmetryTest, ExcessOptions, ExcessSignificance, FailSafeMethod, FailSafeN, HenmiCopas,
    MissingEstimator, OrwinMean, PetPeese, Predictor, RankTest, Scatter, TableTest, TrimFill,
    TrimFillOptions, asymmetry_test, excess_significance, fail_safe_n, henmi_copas, pet_peese,
    rank_test, smd_asymmetry_test, table_asymmetry_test, thompson_sharp, trim_and_fill,
};
use consilience_stats::selection::{
    Alternative, Decline, Heterogeneity, SelectionFit, SelectionFunction, SelectionOptions,
    fit_selection_model,
};
use consilience_stats::{Design, Effect, Measure, Summary, TwoByTwo, Weighting};

use super::refused;
use crate::analysis::{MIN_STUDIES_FOR_FUNNEL, StudyData, Synthesis};
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;
use crate::vocabulary::plan::ModelKind;

/// Everything that is asked about small studies; what could not be computed is a reason in words.
#[derive(Debug, Clone, PartialEq)]
pub struct SmallStudyEffects {
    /// Number of studies.
    pub k: usize,
    /// Whether there are too few studies for any of it to mean much.
    pub is_thin: bool,
    /// Regression tests of asymmetry by name.
    pub tests: Vec<(&'static str, Result<AsymmetryTest, String>)>,
    /// Begg and Mazumdar's.
    pub rank: Result<RankTest, String>,
    /// Trim and fill by each estimator.
    pub trim_fill: Vec<(MissingEstimator, Result<TrimFill, String>)>,
    /// Fail-safe N by Rosenthal, Orwin and Rosenberg.
    pub fail_safe: Vec<(&'static str, Result<FailSafeN, String>)>,
    /// The test of excess significance.
    pub excess: Result<ExcessSignificance, String>,
    /// PET, PEESE and the choice between them.
    pub pet_peese: Result<PetPeese, String>,
    /// The interval that bias widens least.
    pub henmi_copas: Result<HenmiCopas, String>,
}

/// Asks everything about small studies.
pub fn small_study_effects(analysis: &TableAnalysis) -> SmallStudyEffects {
    const ALPHA: f64 = 0.05;
    let synthesis = &analysis.synthesis;
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let level = synthesis.plan.level_share();
    let pool = synthesis.plan.pool_options();
    let trim = |estimator| {
        let options = TrimFillOptions { side: None, estimator, pool };
        (estimator, words(trim_and_fill(&effects, &options)))
    };
    let fail_safe = |name, method| (name, words(fail_safe_n(&effects, method)));
    SmallStudyEffects {
        k: effects.len(),
        is_thin: effects.len() < MIN_STUDIES_FOR_FUNNEL,
        tests: tests(synthesis, &effects, level),
        rank: words(rank_test(&effects)),
        trim_fill: [MissingEstimator::L0, MissingEstimator::R0, MissingEstimator::Q0]
            .map(trim)
            .to_vec(),
        fail_safe: vec![
            fail_safe("Rosenthal", FailSafeMethod::Rosenthal { alpha: ALPHA }),
            fail_safe("Orwin", FailSafeMethod::Orwin { target: None, mean: OrwinMean::Unweighted }),
            fail_safe("Rosenberg", FailSafeMethod::Rosenberg { alpha: ALPHA }),
        ],
        excess: words(excess_significance(&effects, &ExcessOptions::default())),
        pet_peese: words(pet_peese(&effects, ALPHA, level)),
        henmi_copas: words(henmi_copas(&effects, level)),
    }
}

fn words<T>(result: Result<T, impl ToString>) -> Result<T, String> {
    result.map_err(|it| it.to_string())
}

/// Egger's test and its mixed-effects form for any effects; the tests made for tables and for standardised differences.
fn tests(
    synthesis: &Synthesis,
    effects: &[Effect],
    level: f64,
) -> Vec<(&'static str, Result<AsymmetryTest, String>)> {
    let design = Design::intercept(effects.len());
    let predictor = Predictor::StandardError;
    let test = |scatter| words(asymmetry_test(effects, &design, predictor, &scatter, level));
    let mut tests = vec![
        ("Egger", test(Scatter::Multiplicative)),
        (
            "mixed-effects Egger",
            test(Scatter::Additive(synthesis.plan.regression_options(Weighting::InverseVariance))),
        ),
        ("Thompson-Sharp", words(thompson_sharp(effects, level))),
    ];
    let tables: Option<Vec<TwoByTwo>> =
        synthesis.studies.iter().map(|it| table(&it.data)).collect();
    if let Some(tables) = tables.filter(|it| !it.is_empty()) {
        let of = |it: &TableTest| (it.name(), words(table_asymmetry_test(&tables, *it, level)));
        tests.extend(TableTest::ALL.iter().map(of));
    }
    let sizes: Option<Vec<(f64, f64)>> =
        synthesis.studies.iter().map(|it| sizes(&it.data)).collect();
    if let (Measure::StandardizedMeanDifference, Some(sizes)) = (synthesis.plan.measure, sizes) {
        let test = words(smd_asymmetry_test(effects, &sizes, level));
        tests.push(("Pustejovsky-Rodgers", test));
    }
    tests
}

fn table(data: &StudyData) -> Option<TwoByTwo> {
    match data {
        StudyData::Events(it) | StudyData::Summary(Summary::Table(it)) => Some(*it),
        _ => None,
    }
}

fn sizes(data: &StudyData) -> Option<(f64, f64)> {
    match data {
        StudyData::Means { experimental, comparator } => Some((experimental.n, comparator.n)),
        _ => None,
    }
}

/// A selection model that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionQuestion {
    /// How the probability of being seen depends on the P value.
    pub function: SelectionFunction,
    /// Which way P values point; `None`: the way the pooled estimate points.
    pub alternative: Option<Alternative>,
}

impl SelectionQuestion {
    /// Reads `step(0.025, 0.5)`, `beta`, `half-normal`, `negative exponential`, `logistic`, `power` or
    /// `negative exponential power`, if need be with `greater:`, `less:` or `two-sided:` before it.
    ///
    /// # Errors
    /// Says what a selection model looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let (alternative, name) = match text.split_once(':') {
            Some(("greater", rest)) => (Some(Alternative::Greater), rest),
            Some(("less", rest)) => (Some(Alternative::Less), rest),
            Some(("two-sided", rest)) => (Some(Alternative::TwoSided), rest),
            Some((other, _)) => {
                return Err(format!("`{other}` is none of greater, less and two-sided"));
            }
            None => (None, text.as_str()),
        };
        let decreasing =
            |decline| SelectionFunction::Decreasing { decline, threshold: None, imprecision: None };
        let function = match name.trim() {
            "step" => SelectionFunction::Step { cuts: vec![0.025] },
            "beta" => SelectionFunction::Beta,
            "half-normal" => decreasing(Decline::HalfNormal),
            "negative exponential" => decreasing(Decline::NegativeExponential),
            "logistic" => decreasing(Decline::Logistic),
            "power" => decreasing(Decline::Power),
            "negative exponential power" => decreasing(Decline::NegativeExponentialPower),
            other => SelectionFunction::Step {
                cuts: other
                    .strip_prefix("step(")
                    .and_then(|it| it.strip_suffix(')'))
                    .and_then(|it| it.split(',').map(|cut| cut.trim().parse().ok()).collect())
                    .ok_or(
                        "expected step(0.025), step(0.025, 0.5), beta, half-normal, negative exponential, logistic, \
                         power or negative exponential power",
                    )?,
            },
        };
        Ok(Self { function, alternative })
    }

    /// Its name, as it is written.
    pub fn name(&self) -> String {
        match &self.function {
            SelectionFunction::Step { cuts } => {
                let cuts: Vec<String> = cuts.iter().map(ToString::to_string).collect();
                format!("step({})", cuts.join(", "))
            }
            SelectionFunction::Beta => "beta".to_owned(),
            SelectionFunction::Decreasing { decline, .. } => match decline {
                Decline::HalfNormal => "half-normal",
                Decline::NegativeExponential => "negative exponential",
                Decline::Logistic => "logistic",
                Decline::Power => "power",
                Decline::NegativeExponentialPower => "negative exponential power",
            }
            .to_owned(),
        }
    }
}

/// A fitted selection model.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionFinding {
    /// What was asked.
    pub question: SelectionQuestion,
    /// Which way P values pointed.
    pub alternative: Alternative,
    /// The fit, on the analysis scale.
    pub fit: SelectionFit,
}

/// Fits a selection model to the studies.
///
/// # Errors
/// Why the model has no answer.
pub fn selection_model(
    analysis: &TableAnalysis,
    question: &SelectionQuestion,
) -> Result<SelectionFinding, Vec<Diagnostic>> {
    let synthesis = &analysis.synthesis;
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let is_below = synthesis.pooled.as_ref().is_some_and(|it| it.estimate < 0.0);
    let alternative = question.alternative.unwrap_or(if is_below {
        Alternative::Less
    } else {
        Alternative::Greater
    });
    let options = SelectionOptions {
        function: question.function.clone(),
        alternative,
        heterogeneity: match synthesis.plan.model {
            ModelKind::Random => Heterogeneity::Estimated,
            ModelKind::Common => Heterogeneity::None,
        },
        fixed: Vec::new(),
        level: synthesis.plan.level_share(),
    };
    let fit = fit_selection_model(&effects, &Design::intercept(effects.len()), &options).map_err(
        |error| {
            refused(
                "--selection",
                format!("{}: {error}", question.name()),
                "studies that the model can be fitted to",
                "take fewer steps, or another model",
            )
        },
    )?;
    Ok(SelectionFinding { question: question.clone(), alternative, fit })
}

#[cfg(test)]
mod tests {
    use super::SelectionQuestion;

    fn read(text: &str) -> String {
        SelectionQuestion::parse(text).map_or_else(|error| error, |it| it.name())
    }

    #[test]
    fn selection_models_read_back_as_they_were_written() {
        assert_eq!(read("step(0.025, 0.5)"), "step(0.025, 0.5)");
        assert_eq!(read("less:beta"), "beta");
        assert_eq!(read("Negative exponential power"), "negative exponential power");
    }

    #[test]
    fn what_is_no_selection_model_is_said() {
        insta::assert_snapshot!(read("stpe"), @"expected step(0.025), step(0.025, 0.5), beta, half-normal, negative exponential, logistic, power or negative exponential power");
        insta::assert_snapshot!(read("up:beta"), @"`up` is none of greater, less and two-sided");
    }
}
