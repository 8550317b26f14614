//! What a synthesis' answer depends on: subgroups, single studies, the assumed correlation, small studies.

use consilience_review::analysis::Synthesis;
use consilience_stats::Pooled;

use crate::forest::effect_text;
use crate::funnel::MIN_STUDIES;
use crate::number::{counted, fixed, p_value, percent, typeset};
use crate::settings::Settings;
use crate::statement::decimals;

/// The pool under one condition, as a row of a table.
pub(super) struct PoolRow {
    /// The condition: a subgroup, the study left out, a correlation.
    pub(super) name: String,
    pub(super) k: usize,
    pub(super) effect: String,
    pub(super) p_value: String,
    pub(super) tau2: String,
    pub(super) i2: String,
}

impl PoolRow {
    fn new(synthesis: &Synthesis, name: String, pooled: &Pooled) -> Self {
        let several = pooled.k > 1;
        let random = Settings::of(synthesis).tau2.is_some();
        let dash = || "–".to_owned();
        Self {
            name,
            k: pooled.k,
            effect: effect_text(synthesis, pooled.estimate, pooled.ci),
            p_value: typeset(&p_value(pooled.p_value)),
            tau2: if several && random { crate::number::tau2(pooled.tau2) } else { dash() },
            i2: if several { percent(pooled.i2) } else { dash() },
        }
    }
}

/// One row per subgroup; one that could not be pooled is told by the forest plot.
pub(super) fn subgroups(synthesis: &Synthesis) -> Vec<PoolRow> {
    synthesis
        .subgroups
        .iter()
        .filter_map(|it| {
            let pooled = it.pooled.as_ref()?;
            Some(PoolRow::new(synthesis, it.level.clone(), pooled))
        })
        .collect()
}

/// One row per study that is left out.
pub(super) fn leave_one_out(synthesis: &Synthesis) -> Vec<PoolRow> {
    let row = |study: &str, pooled: &Pooled| PoolRow::new(synthesis, study.to_owned(), pooled);
    synthesis.leave_one_out.iter().map(|it| row(&it.study, &it.pooled)).collect()
}

/// Over which range the estimates without single studies move.
pub(super) fn leave_one_out_words(synthesis: &Synthesis) -> Option<String> {
    let show = |it: f64| synthesis.display(it);
    let by_estimate = |a: &&consilience_review::analysis::LeftOut,
                       b: &&consilience_review::analysis::LeftOut| {
        a.pooled.estimate.total_cmp(&b.pooled.estimate)
    };
    let lowest = synthesis.leave_one_out.iter().min_by(by_estimate)?;
    let highest = synthesis.leave_one_out.iter().max_by(by_estimate)?;
    let decimals = decimals(synthesis);
    Some(format!(
        "Without single studies the estimate runs from {} (without {}) to {} (without {}).",
        decimals.show(show(lowest.pooled.estimate)),
        lowest.study,
        decimals.show(show(highest.pooled.estimate)),
        highest.study
    ))
}

/// One row per correlation, beside the analysis that ignores the pairing.
pub(super) fn correlations(synthesis: &Synthesis) -> Vec<PoolRow> {
    synthesis
        .correlations
        .iter()
        .map(|it| {
            let name = match it.correlation {
                None => "Not paired (as if the arms were different people)".to_owned(),
                Some(r) => format!("Paired, correlation {}", fixed(r, 2)),
            };
            PoolRow::new(synthesis, name, &it.pooled)
        })
        .collect()
}

/// What can be said of small-study effects.
pub(super) fn small_studies(synthesis: &Synthesis) -> Option<String> {
    let k = synthesis.studies.len();
    synthesis.pooled.as_ref()?;
    if k < 2 {
        return None;
    }
    if k < MIN_STUDIES {
        return Some(format!(
            "No funnel plot was drawn: with {}, fewer than ten, chance alone makes funnels lopsided.",
            counted(k, "study", "studies")
        ));
    }
    let Some(test) = &synthesis.egger else {
        return Some("Egger's test could not be computed.".to_owned());
    };
    Some(typeset(&format!(
        "Egger's regression test for small-study effects: intercept {} (SE {}), t = {}, df = {}, {}. An \
         asymmetric funnel has several possible causes; missing studies are one of them, and differences between \
         small and large studies another.",
        fixed(test.intercept, 2),
        fixed(test.intercept_se, 2),
        fixed(test.statistic, 2),
        fixed(test.df, 0),
        p_value(test.p_value)
    )))
}
