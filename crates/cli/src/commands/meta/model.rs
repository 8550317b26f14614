//! The options of `consil meta` that say how studies are pooled.

use clap::Args;
use consilience_review::inquiry::Question;
use consilience_review::single::default_plan;
use consilience_review::vocabulary::choice::{self, Increment, Profile, Tau2Choice, Weights};
use consilience_review::vocabulary::plan::{
    AnalysisPlan, Method, ModelKind, default_ci, default_model, default_prediction, default_tau2,
    default_tau2_interval,
};
use consilience_stats::{
    CiMethod, Measure, PredictionMethod, SmallSample, Tau2IntervalMethod, VarianceType,
};

use super::keyword;

/// How studies are pooled.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pooling")]
pub(super) struct ModelOptions {
    /// Whose formulas and defaults: revman (Review Manager 5.4), revman-2025 (with REML, Hartung-Knapp-Sidik-Jonkman and
    /// prediction intervals), metafor, or both: Review Manager's analysis, then both
    /// answers and why they differ
    #[arg(long, value_name = "PROGRAM", value_parser = compared)]
    profile: Option<Compared>,
    /// `inverse variance` (or IV), `Mantel-Haenszel` (or MH) [default: inverse variance; in Review Manager 5.4's profile MH for
    /// RR, OR and RD]
    #[arg(long, value_parser = method)]
    method: Option<Method>,
    /// Which estimate of the sampling variances, by metafor's names: LS, LS2, UB, AV, HO, AVHO, ST or CS, of which each
    /// measure has some [default: LS]
    #[arg(long, default_value = "LS", hide_default_value = true, value_parser = vtype)]
    vtype: VarianceType,
    /// Correction of standardised effects for small samples: exact, approximate or none
    #[arg(long, value_name = "CORRECTION", default_value = "exact", value_parser = keyword::<SmallSample>)]
    small_sample: SmallSample,
    /// random or common [default: random; common for PETO, and for MH of metafor]
    #[arg(long, value_parser = keyword::<ModelKind>)]
    model: Option<ModelKind>,
    /// Between-study variance, by an estimator: DL, REML, PM, ML, HS, HE, SJ, EB, PMM, `HSk`, DLIT, SJIT, GENQ or GENQM; or a
    /// number [default: REML; DL for MH and in Review Manager 5.4's profile]
    #[arg(long, value_name = "ESTIMATOR|NUMBER", value_parser = tau2, allow_negative_numbers = true)]
    tau2: Option<Tau2Choice>,
    /// Interval of the between-study variance, I² and H²: `Q-profile`, `profile likelihood` (PL; with REML or ML),
    /// `generalised Q` (GENQ) or none [default: Q-profile; none in Review Manager 5.4's profile]
    #[arg(long, value_name = "METHOD", value_parser = tau2_interval)]
    tau2_interval: Option<Wanted<Tau2IntervalMethod>>,
    /// Confidence interval: Wald, t, Hartung-Knapp (or HK), Hartung-Knapp ad hoc [default: Wald; Hartung-Knapp for random
    /// effects in revman-2025]
    #[arg(long, value_parser = ci_method)]
    ci: Option<CiMethod>,
    /// Prediction interval: Higgins-Thompson-Spiegelhalter (HTS), Partlett-Riley (PR), normal, `as test`, `known mean` or
    /// none [default: HTS; normal in metafor's profile, none in Review Manager 5.4's]
    #[arg(long, value_name = "METHOD", value_parser = prediction)]
    prediction: Option<Wanted<PredictionMethod>>,
    /// What studies are weighed by: `equal`, or a column [default: inverse variance]
    #[arg(long, value_name = "equal|COLUMN", default_value = "inverse variance", hide_default_value = true, value_parser = weights)]
    weights: Weights,
    /// What is added to the cells of 2×2 tables, and to which: `0.5:only0` (tables with a zero), `0.5:all`, `0.5:if0all` (all, if
    /// any has a zero), none. Tables without events then stay, as in metafor [default: 0.5 where there is a zero, and RR
    /// and OR without tables that have no events, or nothing else]
    #[arg(long, value_name = "NUMBER[:TO]", value_parser = increment)]
    zero_cells: Option<Increment>,
    /// Leave tables without events in both arms out, and those with nothing but events
    #[arg(long)]
    drop00: bool,
}

impl ModelOptions {
    /// The plan, apart from what is not about pooling. The measure decides on the model when nobody else does.
    pub(super) fn plan(&self, measure: Measure) -> AnalysisPlan {
        let profile = self.profile.map_or(Profile::Consilience, |it| it.0);
        let method = self.method.unwrap_or(Method::InverseVariance);
        let model = self.model.unwrap_or(default_model(profile, measure, method));
        AnalysisPlan {
            profile,
            method,
            model,
            tau2: (self.tau2.clone())
                .unwrap_or(Tau2Choice::Estimated(default_tau2(profile, method))),
            tau2_interval: self.tau2_interval.map_or(default_tau2_interval(profile), |it| it.0),
            ci: self.ci.unwrap_or(default_ci(profile, method, model)),
            // Unless somebody asked, there is no need to say that a common effect has none.
            prediction_interval: match (self.prediction, model) {
                (Some(wanted), _) => wanted.0,
                (None, ModelKind::Random) => default_prediction(profile),
                (None, ModelKind::Common) => None,
            },
            vtype: self.vtype,
            small_sample: self.small_sample,
            weights: self.weights.clone(),
            zero_cells: self.zero_cells.clone(),
            drop00: self.drop00,
            ..default_plan()
        }
    }

    /// Whether the method is left to the profile.
    pub(super) fn method_is_open(&self) -> bool {
        self.method.is_none()
    }

    /// What the options ask beyond the pool.
    pub(super) fn questions(&self) -> Option<Question> {
        self.profile.filter(|it| it.1).map(|_| Question::Profiles)
    }
}

/// A profile, and whether the other program's answer is asked for beside it.
#[derive(Debug, Clone, Copy)]
struct Compared(Profile, bool);

/// A method, or none.
#[derive(Debug, Clone, Copy)]
struct Wanted<T>(Option<T>);

fn compared(text: &str) -> Result<Compared, String> {
    match text.to_lowercase().as_str() {
        "revman" => Ok(Compared(Profile::ReviewManager, false)),
        "revman-2025" => Ok(Compared(Profile::ReviewManager2025, false)),
        "metafor" => Ok(Compared(Profile::Metafor, false)),
        "both" => Ok(Compared(Profile::ReviewManager, true)),
        _ => Err("expected revman, revman-2025, metafor or both".to_owned()),
    }
}

fn vtype(text: &str) -> Result<VarianceType, String> {
    keyword(&text.to_uppercase())
}

fn method(text: &str) -> Result<Method, String> {
    match text.to_uppercase().as_str() {
        "IV" => Ok(Method::InverseVariance),
        "MH" | "M-H" => Ok(Method::MantelHaenszel),
        _ => keyword(text),
    }
}

fn tau2(text: &str) -> Result<Tau2Choice, String> {
    Tau2Choice::parse(text).map_err(|it| format!("expected {it}"))
}

fn tau2_interval(text: &str) -> Result<Wanted<Tau2IntervalMethod>, String> {
    let name = match text.to_uppercase().as_str() {
        "QP" => Tau2IntervalMethod::QProfile.name(),
        "PL" => Tau2IntervalMethod::ProfileLikelihood.name(),
        "GENQ" => Tau2IntervalMethod::GeneralisedQ.name(),
        _ => text,
    };
    choice::tau2_interval(name).map(Wanted).map_err(|it| format!("expected {it}"))
}

fn ci_method(text: &str) -> Result<CiMethod, String> {
    match text.to_uppercase().as_str() {
        "HK" | "HKSJ" | "KNHA" => Ok(CiMethod::HartungKnapp),
        _ => keyword(text),
    }
}

fn prediction(text: &str) -> Result<Wanted<PredictionMethod>, String> {
    choice::prediction(text).map(Wanted).map_err(|it| format!("expected {it}"))
}

#[expect(clippy::unnecessary_wraps, reason = "clap's parsers may fail")]
fn weights(text: &str) -> Result<Weights, String> {
    Ok(Weights::parse(text))
}

fn increment(text: &str) -> Result<Increment, String> {
    Increment::parse(text).map_err(|it| format!("expected {it}"))
}
