//! The figures that can be asked for of one meta-analysis, each by its name.

mod albatross;
mod asymmetry;
mod directions;
mod drapery;
mod heterogeneity;
mod influence;
mod pools;
pub(crate) mod regression;
mod risks;
mod selection;
mod subsets;

use consilience_figures::{self as figures, Scale, Svg};
use consilience_review::Keyword;
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::Finding;
use consilience_stats::{Design, Effect, Measure, Regression, regress};

use crate::forest::{effect_name, favours, forest_plot};
use crate::number;
use crate::statement::capitalised;

/// A figure of a meta-analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotKind {
    /// The studies and the pool.
    Forest,
    /// Effects against their standard errors, with regions of significance and Egger's line.
    Funnel,
    /// The funnel with the studies that trim and fill adds.
    TrimFill,
    /// Galbraith's radial plot.
    Radial,
    /// Risks of both groups against each other.
    Labbe,
    /// Heterogeneity against influence.
    Baujat,
    /// All subsets of the studies.
    Gosh,
    /// The pool as studies were added.
    Cumulative,
    /// The pool without each study.
    LeaveOneOut,
    /// Effects against a moderator.
    Bubble,
    /// All defensible analyses: the specification curve.
    Multiverse,
    /// Case diagnostics of each study.
    Influence,
    /// Residuals against normal quantiles.
    Quantile,
    /// The profile likelihood of the between-study variance.
    Likelihood,
    /// The P value of every possible effect.
    Drapery,
    /// How likely selection models say that a result is published.
    WeightFunction,
    /// P values against numbers of participants.
    Albatross,
    /// The studies on both sides of no effect.
    Harvest,
    /// Which way each study points.
    EffectDirection,
}

impl Keyword for PlotKind {
    fn all() -> &'static [Self] {
        &[
            Self::Forest,
            Self::Funnel,
            Self::TrimFill,
            Self::Radial,
            Self::Labbe,
            Self::Baujat,
            Self::Gosh,
            Self::Cumulative,
            Self::LeaveOneOut,
            Self::Bubble,
            Self::Multiverse,
            Self::Influence,
            Self::Quantile,
            Self::Likelihood,
            Self::Drapery,
            Self::WeightFunction,
            Self::Albatross,
            Self::Harvest,
            Self::EffectDirection,
        ]
    }

    fn name(self) -> &'static str {
        match self {
            Self::Forest => "forest",
            Self::Funnel => "funnel",
            Self::TrimFill => "trim-fill",
            Self::Radial => "radial",
            Self::Labbe => "labbe",
            Self::Baujat => "baujat",
            Self::Gosh => "gosh",
            Self::Cumulative => "cumulative",
            Self::LeaveOneOut => "leave-one-out",
            Self::Bubble => "bubble",
            Self::Multiverse => "multiverse",
            Self::Influence => "influence",
            Self::Quantile => "quantile",
            Self::Likelihood => "likelihood",
            Self::Drapery => "drapery",
            Self::WeightFunction => "weight-function",
            Self::Albatross => "albatross",
            Self::Harvest => "harvest",
            Self::EffectDirection => "effect-direction",
        }
    }
}

impl PlotKind {
    /// Whether it shows effects, not P values or directions alone.
    fn is_of_effects(self) -> bool {
        !matches!(self, Self::Albatross | Self::Harvest | Self::EffectDirection)
    }
}

/// Draws a figure from a synthesis and what was found beyond it.
///
/// # Errors
/// What the figure lacks, in words.
pub fn plot(kind: PlotKind, synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    let pooled = || synthesis.pooled.as_ref().ok_or("it needs a pooled estimate");
    if kind.is_of_effects() {
        pooled()?;
    }
    match kind {
        PlotKind::Forest => Ok(figures::forest(&forest_plot(synthesis, &[]))),
        PlotKind::Funnel => Ok(figures::funnel(&asymmetry::funnel(synthesis, pooled()?))),
        PlotKind::TrimFill => asymmetry::trim_fill(synthesis, pooled()?, findings),
        PlotKind::Radial => Ok(figures::radial(&asymmetry::radial(synthesis, pooled()?))),
        PlotKind::Labbe => risks::labbe(synthesis, pooled()?),
        PlotKind::Baujat => influence::baujat(synthesis),
        PlotKind::Gosh => subsets::gosh(synthesis, findings),
        PlotKind::Cumulative => pools::cumulative(synthesis, pooled()?, findings),
        PlotKind::LeaveOneOut => pools::leave_one_out(synthesis, pooled()?),
        PlotKind::Bubble => regression::bubble(synthesis, findings),
        PlotKind::Multiverse => subsets::specification_curve(synthesis, findings),
        PlotKind::Influence => influence::panels(synthesis, findings),
        PlotKind::Quantile => influence::quantile(synthesis),
        PlotKind::Likelihood => heterogeneity::likelihood(synthesis),
        PlotKind::Drapery => Ok(figures::drapery(&drapery::drapery(synthesis, pooled()?))),
        PlotKind::WeightFunction => selection::weight_function(synthesis, findings),
        PlotKind::Albatross => albatross::albatross(synthesis),
        PlotKind::Harvest => directions::harvest(synthesis, findings),
        PlotKind::EffectDirection => directions::effect_direction(synthesis),
    }
}

/// The first finding that is of some kind, or what to ask for it.
fn found<'a, T: ?Sized>(
    findings: &'a [Finding],
    of: impl Fn(&'a Finding) -> Option<&'a T>,
    otherwise: &str,
) -> Result<&'a T, String> {
    findings.iter().find_map(of).ok_or_else(|| otherwise.to_owned())
}

fn scale(synthesis: &Synthesis) -> Scale {
    if synthesis.plan.is_ratio() { Scale::Log } else { Scale::Linear }
}

fn null_value(synthesis: &Synthesis) -> f64 {
    synthesis.null_value().unwrap_or(f64::NAN)
}

/// No effect on the analysis scale, where a value means that.
fn null_effect(synthesis: &Synthesis) -> Option<f64> {
    // A ratio of 1 has the logarithm 0, and differences are analysed as they are.
    synthesis.null_value().map(|_| 0.0)
}

/// The effect's name on the scale of the analysis, where that is not what people read.
fn analysis_label(synthesis: &Synthesis) -> String {
    if synthesis.plan.is_ratio() || synthesis.plan.measure == Measure::Generic {
        effect_name(synthesis)
    } else {
        capitalised(synthesis.plan.measure.long_name())
    }
}

/// What effects below no effect mean, and what those above mean: which arm they favour, where it is known, or else where
/// they lie.
fn sides(synthesis: &Synthesis) -> [String; 2] {
    let (below, above) = favours(synthesis);
    if !below.is_empty() {
        return [below, above];
    }
    let null = number::fixed(null_value(synthesis), 0);
    let name = effect_name(synthesis);
    [format!("{name} below {null}"), format!("{name} above {null}")]
}

/// The analysis as a regression on nothing but a mean.
fn fit(synthesis: &Synthesis) -> Result<Regression, String> {
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let all: Vec<usize> = (0..effects.len()).collect();
    let options = synthesis.plan.regression_options(synthesis.weighting(&all));
    regress(&effects, &Design::intercept(effects.len()), &options).map_err(|it| it.to_string())
}
