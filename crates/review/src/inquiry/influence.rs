//! Which studies drive the answer, how it came about as studies were added, and what every subset of them says.

use consilience_stats::{
    Design, Effect, Gosh, MOST_STUDIES_FOR_ALL_SUBSETS, Model, Pooled, Regression, StudyInfluence,
    Subsets, cumulative, gosh, regress,
};

use super::{inverse_variance, only_by_inverse_variance, refused};
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;
use crate::vocabulary::plan::AnalysisPlan;

/// What each study does to the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    /// The model that the studies are taken out of.
    pub fit: Regression,
    /// Each study, in the synthesis' order.
    pub studies: Vec<InfluenceRow>,
}

/// What one study does to the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct InfluenceRow {
    /// The study.
    pub study: String,
    /// Its weight and leverage, and what changes without it.
    pub influence: StudyInfluence,
    /// Whether it stands out by the usual bounds of DFFITS, Cook's distance, hat value or DFBETAS.
    pub is_influential: bool,
}

/// The influence of each study on the pool.
///
/// # Errors
/// Why the model has no answer.
pub fn influence(analysis: &TableAnalysis) -> Result<Influence, Vec<Diagnostic>> {
    let synthesis = &analysis.synthesis;
    let all: Vec<usize> = (0..synthesis.studies.len()).collect();
    let options = synthesis.plan.regression_options(synthesis.weighting(&all));
    let effects = effects(analysis);
    let no_answer = |it: consilience_stats::PoolError| {
        let expected = "two studies or more that the model can be fitted to";
        refused("--influence", it.to_string(), expected, "leave it out")
    };
    let fit = regress(&effects, &Design::intercept(effects.len()), &options).map_err(no_answer)?;
    let rows = fit.influence().map_err(no_answer)?;
    let studies = synthesis
        .studies
        .iter()
        .zip(rows)
        .map(|(study, influence)| InfluenceRow {
            study: study.study.clone(),
            is_influential: influence.is_influential(fit.k(), fit.p()),
            influence,
        })
        .collect();
    Ok(Influence { fit, studies })
}

/// The answer as studies were added one by one.
#[derive(Debug, Clone, PartialEq)]
pub struct Cumulative {
    /// The column by which they were added, smallest first.
    pub order: String,
    /// The study added, its value of the column, and the pool up to it.
    pub steps: Vec<(String, String, Pooled)>,
}

/// Adds the studies one by one in the order of a column: numbers by size, texts by letter.
///
/// # Errors
/// There is no such column, studies have no value in it, or the pool has no answer.
pub fn in_order(analysis: &TableAnalysis, column: &str) -> Result<Cumulative, Vec<Diagnostic>> {
    let rows = analysis.rows();
    let texts = rows.texts(column)?;
    let without: Vec<&str> =
        rows.studies().zip(&texts).filter(|it| it.1.is_none()).map(|it| it.0).collect();
    if !without.is_empty() {
        return Err(refused(
            "--cumulative",
            format!("no `{column}` of {}", without.join(", ")),
            "a value for every study",
            "fill in the column, or name another",
        ));
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    match rows.numbers(column) {
        Ok(numbers) => order.sort_by(|a, b| {
            let value = |it: usize| numbers[it].unwrap_or(f64::NAN);
            value(*a).total_cmp(&value(*b))
        }),
        Err(_) => order.sort_by(|a, b| texts[*a].cmp(&texts[*b])),
    }
    let names: Vec<&str> = rows.studies().collect();
    let pools = pools_in_order(analysis, &names, &order)
        .map_err(|it| refused("--cumulative", it, "studies that can be pooled", "leave it out"))?;
    let steps = order
        .iter()
        .zip(pools)
        .map(|(at, pooled)| (names[*at].to_owned(), texts[*at].clone().unwrap_or_default(), pooled))
        .collect();
    Ok(Cumulative { order: column.to_owned(), steps })
}

/// The pools as studies are added: in one pass by inverse variance, else each by the analysis' own method and weights.
fn pools_in_order(
    analysis: &TableAnalysis,
    names: &[&str],
    order: &[usize],
) -> Result<Vec<Pooled>, String> {
    let plan = &analysis.synthesis.plan;
    if inverse_variance(plan).is_ok() {
        let pools = cumulative(&effects(analysis), order, &plan.pool_options());
        return pools.map_err(|it| it.to_string());
    }
    let plan = AnalysisPlan { subgroup: None, leave_one_out: false, ..plan.clone() };
    let up_to = |last: usize| {
        let added: Vec<&str> = order[..=last].iter().map(|it| names[*it]).collect();
        let included: Vec<bool> = analysis.table.studies().map(|it| added.contains(&it)).collect();
        let pooled = analysis.again(&plan, &included).and_then(|it| it.pooled);
        pooled.ok_or_else(|| format!("no pooled effect of {}", added.join(", ")))
    };
    (0..order.len()).map(up_to).collect()
}

/// Every subset of the studies, or a sample of them.
#[derive(Debug, Clone, PartialEq)]
pub struct AllSubsets {
    /// The pools.
    pub gosh: Gosh,
    /// The seed of the sample; `None` where every subset was pooled.
    pub seed: Option<u64>,
    /// The studies, in the order in which the subsets name them.
    pub studies: Vec<String>,
}

/// Pools all subsets of the studies (GOSH), or 2²⁰ subsets drawn with `seed` where there are more.
///
/// Olkin, Dahabreh & Trikalinos (2012), doi 10.1002/jrsm.1053.
///
/// # Errors
/// Why the subsets cannot be pooled.
pub fn all_subsets(analysis: &TableAnalysis, seed: u64) -> Result<AllSubsets, Vec<Diagnostic>> {
    only_by_inverse_variance(analysis, "--gosh")?;
    let effects = effects(analysis);
    let sampled = effects.len() > MOST_STUDIES_FOR_ALL_SUBSETS;
    let subsets = if sampled {
        Subsets::Sampled { count: 1 << MOST_STUDIES_FOR_ALL_SUBSETS, seed }
    } else {
        Subsets::All
    };
    let model: Model = analysis.synthesis.plan.pool_options().model;
    let gosh = gosh(&effects, model, subsets).map_err(|it| {
        refused("--gosh", it.to_string(), "studies that can be pooled", "leave it out")
    })?;
    let studies = analysis.synthesis.studies.iter().map(|it| it.study.clone()).collect();
    Ok(AllSubsets { gosh, seed: sampled.then_some(seed), studies })
}

fn effects(analysis: &TableAnalysis) -> Vec<Effect> {
    analysis.synthesis.studies.iter().map(|it| it.effect).collect()
}
