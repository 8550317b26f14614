//! What a synthesis' answer depends on: subgroups, single studies, the assumed correlation, small studies.

use askama::Template;
use consilience_review::analysis::{LeftOut, MIN_STUDIES_FOR_FUNNEL, Synthesis};
use consilience_stats::Pooled;

use super::text::listed;
use crate::forest::{effect_name, effect_text};
use crate::number::{self, bare_p_value, counted, fixed, p_value, percent, typeset};
use crate::settings::Settings;
use crate::statement::{capitalised, decimals};

/// What stands for a number that the model does not have.
const DASH: &str = "–";

/// The pool under several conditions, as a table.
#[derive(Template)]
#[template(path = "pool_table.html", whitespace = "minimize")]
pub(super) struct PoolTable {
    label: String,
    caption: &'static str,
    /// What the conditions are.
    header: String,
    effect: String,
    rows: Vec<PoolRow>,
}

/// One condition: a subgroup, the study left out, a correlation.
struct PoolRow {
    name: String,
    k: usize,
    effect: String,
    p_value: String,
    /// τ² and I², where several studies were pooled.
    heterogeneity: Option<(String, String)>,
}

impl PoolTable {
    /// `None` without rows.
    fn new(
        synthesis: &Synthesis,
        caption: &'static str,
        header: impl Into<String>,
        rows: Vec<PoolRow>,
    ) -> Option<Self> {
        (!rows.is_empty()).then(|| Self {
            label: format!("{}: {}", synthesis.title, caption.to_lowercase()),
            caption,
            header: header.into(),
            effect: format!("{} ({}% CI)", effect_name(synthesis), synthesis.plan.level),
            rows,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    fn has_heterogeneity(&self) -> bool {
        self.rows.iter().any(|it| it.heterogeneity.is_some())
    }
}

impl PoolRow {
    fn new(synthesis: &Synthesis, name: String, pooled: &Pooled) -> Self {
        let random = Settings::of(synthesis).tau2.is_some();
        let tau2 = if random { number::tau2(pooled.tau2) } else { DASH.to_owned() };
        Self {
            name,
            k: pooled.k,
            effect: effect_text(synthesis, pooled.estimate, pooled.ci),
            p_value: bare_p_value(pooled.p_value),
            heterogeneity: (pooled.k > 1).then(|| (tau2, percent(pooled.i2))),
        }
    }
}

/// One row per subgroup; one that could not be pooled is told by the forest plot.
pub(super) fn subgroups(synthesis: &Synthesis) -> Option<PoolTable> {
    let rows = synthesis
        .subgroups
        .iter()
        .filter_map(|it| {
            let pooled = it.pooled.as_ref()?;
            Some(PoolRow::new(synthesis, it.level.clone(), pooled))
        })
        .collect();
    let column = synthesis.plan.subgroup.clone().unwrap_or_default().replace('_', " ");
    PoolTable::new(synthesis, "Pooled estimate by subgroup", capitalised(&column), rows)
}

/// One row per study that is left out.
pub(super) fn leave_one_out(synthesis: &Synthesis) -> Option<PoolTable> {
    let row = |study: &str, pooled: &Pooled| PoolRow::new(synthesis, study.to_owned(), pooled);
    let rows = synthesis.leave_one_out.iter().map(|it| row(&it.study, &it.pooled)).collect();
    PoolTable::new(synthesis, "Pooled estimate without each study", "Left out", rows)
}

/// Over which range the estimates without single studies move.
pub(super) fn leave_one_out_words(synthesis: &Synthesis) -> Option<String> {
    let show = |it: f64| synthesis.display(it);
    let by_estimate = |a: &&LeftOut, b: &&LeftOut| a.pooled.estimate.total_cmp(&b.pooled.estimate);
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
pub(super) fn correlations(synthesis: &Synthesis) -> Option<PoolTable> {
    let rows = synthesis
        .correlations
        .iter()
        .map(|it| {
            let name = match it.correlation {
                None => "Not paired (as if the arms were different people)".to_owned(),
                Some(r) => format!("Paired, correlation {}", fixed(r, 2)),
            };
            PoolRow::new(synthesis, name, &it.pooled)
        })
        .collect();
    PoolTable::new(synthesis, "Answer by assumption about the pairing", "Assumption", rows)
}

/// One row for all studies and one for each restriction by judgement that leaves a study.
pub(super) fn by_judgement(synthesis: &Synthesis) -> Option<PoolTable> {
    if synthesis.restricted.is_empty() {
        return None;
    }
    let all = synthesis.pooled.as_ref();
    let all = all.map(|it| PoolRow::new(synthesis, "All studies".to_owned(), it));
    let restricted = synthesis
        .restricted
        .iter()
        .filter_map(|it| Some(PoolRow::new(synthesis, it.judgements.clone(), it.pooled.as_ref()?)));
    let rows = all.into_iter().chain(restricted).collect();
    PoolTable::new(synthesis, "Pooled estimate by risk of bias", "Overall judgement", rows)
}

/// Which studies a restriction by judgement leaves out, or that it leaves none.
pub(super) fn by_judgement_words(synthesis: &Synthesis) -> Vec<String> {
    let words = |it: &consilience_review::analysis::Restricted| {
        let left_out: Vec<String> = it
            .left_out
            .iter()
            .map(|(study, judgement)| {
                let judgement =
                    judgement.as_ref().map_or("not judged".to_owned(), |it| it.to_lowercase());
                format!("{study} ({judgement})")
            })
            .collect();
        let name = &it.judgements;
        if it.studies.is_empty() {
            format!("{name}: no study of this analysis.")
        } else if left_out.is_empty() {
            format!("{name}: every study of this analysis.")
        } else {
            format!("{name}: without {}.", left_out.join(", "))
        }
    };
    synthesis.restricted.iter().map(words).collect()
}

/// All studies, and those without estimated numbers.
pub(super) fn without_estimates(synthesis: &Synthesis) -> Option<PoolTable> {
    let without = synthesis.without_estimates.as_ref()?;
    let row = |name: &str, pooled: &Pooled| PoolRow::new(synthesis, name.to_owned(), pooled);
    let all = synthesis.pooled.as_ref().map(|it| row("All, estimated ones too", it));
    let others = without.pooled.as_ref().map(|it| row("Printed ones only", it));
    let rows = all.into_iter().chain(others).collect();
    PoolTable::new(synthesis, "Pooled estimate without estimated numbers", "Numbers", rows)
}

/// Which studies have estimated numbers.
pub(super) fn without_estimates_words(synthesis: &Synthesis) -> Option<String> {
    let without = synthesis.without_estimates.as_ref()?;
    let rest = if without.pooled.is_some() { "" } else { " No other study could be pooled." };
    Some(format!(
        "Means, standard deviations or numbers of people are estimated for {}.{rest}",
        listed(&without.left_out)
    ))
}

/// What can be said of small-study effects.
pub(super) fn small_studies(synthesis: &Synthesis) -> Option<String> {
    let k = synthesis.studies.len();
    synthesis.pooled.as_ref()?;
    if k < 2 {
        return None;
    }
    if k < MIN_STUDIES_FOR_FUNNEL {
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
