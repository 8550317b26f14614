//! The drapery plot: confidence and prediction intervals of the pool at all levels at once.

use consilience_figures::{DraperyPlot, DraperyStudy};
use consilience_review::analysis::{StudyEffect, Synthesis};
use consilience_stats::distribution::{normal_two_sided_p, two_sided_t, two_sided_z};
use consilience_stats::{Pooled, PredictionMethod};

use super::{analysis_label, null_effect, scale};

pub(super) fn drapery(synthesis: &Synthesis, pooled: &Pooled) -> DraperyPlot {
    let study = |it: &StudyEffect| DraperyStudy {
        label: it.label(),
        estimate: it.effect.estimate,
        se: it.effect.se(),
    };
    DraperyPlot {
        id: "drapery".to_owned(),
        title: format!("Drapery plot: {}", synthesis.title),
        description: "The P value of every possible effect, for each study and for the pool."
            .to_owned(),
        studies: synthesis.studies.iter().map(study).collect(),
        pool: curve(pooled.estimate, pooled.se, pooled.df),
        prediction: prediction(synthesis, pooled).unwrap_or_default(),
        null_value: null_effect(synthesis),
        scale: scale(synthesis),
        effect_label: analysis_label(synthesis),
    }
}

/// The limits of the intervals at many levels, with 1 less the level as the p value.
fn curve(centre: f64, se: f64, df: Option<f64>) -> Vec<(f64, f64)> {
    const PIECES: i32 = 80;
    const FARTHEST: f64 = 4.0;
    let at = |i: i32| {
        let share = f64::from(i) / f64::from(PIECES);
        // Closer together near the peak.
        let p = normal_two_sided_p(FARTHEST * share * share);
        let multiplier = multiplier(1.0 - p, df);
        (centre + share.signum() * multiplier * se, p)
    };
    (-PIECES..=PIECES).map(at).collect()
}

fn multiplier(level: f64, df: Option<f64>) -> f64 {
    if level <= 0.0 {
        return 0.0;
    }
    df.map_or_else(|| two_sided_z(level), |df| two_sided_t(level, df))
}

/// The same for a new study's effect, from the width of its interval at the level of the analysis.
fn prediction(synthesis: &Synthesis, pooled: &Pooled) -> Option<Vec<(f64, f64)>> {
    let interval = pooled.prediction?;
    let k = pooled.k as f64;
    let df = match synthesis.plan.prediction_interval? {
        PredictionMethod::HigginsThompsonSpiegelhalter => Some(k - 2.0),
        PredictionMethod::PartlettRiley => Some(k - 1.0),
        PredictionMethod::Normal | PredictionMethod::KnownMean => None,
        PredictionMethod::AsTest => pooled.df,
    };
    let half = (interval.upper - interval.lower) / 2.0;
    let spread = half / multiplier(synthesis.plan.level_share(), df);
    Some(curve(pooled.estimate, spread, df))
}
