//! Location-scale models: how the mean effect varies with some characteristics of the studies, and the between-study variance
//! with others.
//!
//! Viechtbauer & López-López (2022), doi 10.1002/jrsm.1562. Studies without a value of a moderator are left out and named.

use consilience_stats::glmm::GlmmTest;
use consilience_stats::location_scale::{
    LocationScale, LocationScaleOptions, ScaleLikelihood, ScaleLink, location_scale,
};
use consilience_stats::{CiMethod, Effect, Tau2Method};

use super::design::StudyDesign;
use super::refused;
use super::regression::Moderators;
use crate::analysis::Excluded;
use crate::diagnostic::Diagnostic;
use crate::keyword::Keyword;
use crate::single::TableAnalysis;
use crate::vocabulary::choice::{Tau2Choice, Weights};
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind};
use crate::vocabulary::term::Term;

/// Which characteristics are asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationScaleQuestion {
    /// Those that the mean effect depends on; `None`: on none.
    pub location: Option<Moderators>,
    /// Those that the between-study variance depends on, beside its intercept.
    pub scale: Vec<Term>,
    /// How it depends on them.
    pub link: ScaleLink,
}

/// A fitted location-scale model.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationScaleFinding {
    /// The fit, on the analysis scale.
    pub fit: LocationScale,
    /// How the between-study variance depends on its moderators.
    pub link: ScaleLink,
    /// Which likelihood was maximised.
    pub likelihood: ScaleLikelihood,
    /// The studies in it, by their positions in the synthesis.
    pub studies: Vec<usize>,
    /// The studies without a value of some moderator.
    pub left_out: Vec<Excluded>,
}

/// Fits a location-scale model by REML, or by ML where that is the analysis' estimator.
///
/// # Errors
/// What the moderators lack, settings of the analysis that the model does not know, or why it has no answer.
pub fn location_scale_model(
    analysis: &TableAnalysis,
    question: &LocationScaleQuestion,
) -> Result<LocationScaleFinding, Vec<Diagnostic>> {
    let (likelihood, test) = choices(&analysis.synthesis.plan)?;
    let rows = analysis.rows();
    let nothing = Moderators { terms: Vec::new(), intercept: true };
    let location = question.location.as_ref().unwrap_or(&nothing);
    let of_location = StudyDesign::of(&location.terms, location.intercept, &rows)?;
    let of_scale = StudyDesign::of(&question.scale, true, &rows)?;
    let mut studies = of_location.studies;
    studies.retain(|it| of_scale.studies.contains(it));
    let mut left_out = of_location.left_out;
    for it in of_scale.left_out {
        if left_out.iter().all(|known| known.study != it.study) {
            left_out.push(it);
        }
    }
    let names: Vec<&str> = rows.studies().collect();
    let rows = rows.of(studies.iter().map(|it| names[*it]));
    let location = StudyDesign::of(&location.terms, location.intercept, &rows)?.design;
    let scale = StudyDesign::of(&question.scale, true, &rows)?.design;
    let effects: Vec<Effect> =
        studies.iter().map(|it| analysis.synthesis.studies[*it].effect).collect();
    let level = analysis.synthesis.plan.level_share();
    let options = LocationScaleOptions { link: question.link, likelihood, test, level };
    let fit = location_scale(&effects, &location, &scale, &options).map_err(|error| {
        refused(
            "--scale",
            error.to_string(),
            "moderators that the studies can tell apart",
            "take fewer moderators, or the other link",
        )
    })?;
    Ok(LocationScaleFinding { fit, link: question.link, likelihood, studies, left_out })
}

/// The likelihood and the kind of test that the plan's settings stand for.
fn choices(plan: &AnalysisPlan) -> Result<(ScaleLikelihood, GlmmTest), Vec<Diagnostic>> {
    let refused =
        |found: String, expected: &str, help: &str| Err(refused("--scale", found, expected, help));
    if plan.method != Method::InverseVariance || plan.weights != Weights::InverseVariance {
        return refused(
            format!("{}, weights by `{}`", plan.method.name(), plan.weights.text()),
            "the inverse-variance method and its weights",
            "remove --method and --weights",
        );
    }
    let likelihood = match (plan.model, &plan.tau2) {
        (ModelKind::Random, Tau2Choice::Estimated(Tau2Method::Reml)) => ScaleLikelihood::Restricted,
        (ModelKind::Random, Tau2Choice::Estimated(Tau2Method::MaximumLikelihood)) => {
            ScaleLikelihood::Full
        }
        (ModelKind::Common, _) => {
            let help = "remove --model";
            return refused("a common effect".to_owned(), "random effects", help);
        }
        (_, other) => {
            let expected = "a between-study variance by REML or ML";
            return refused(format!("τ² by `{}`", other.text()), expected, "choose --tau2 REML");
        }
    };
    match plan.ci {
        CiMethod::Wald => Ok((likelihood, GlmmTest::Z)),
        CiMethod::T => Ok((likelihood, GlmmTest::T)),
        other => refused(
            format!("intervals by `{}`", other.name()),
            "`Wald` or `t`",
            "choose --ci Wald or --ci t",
        ),
    }
}
