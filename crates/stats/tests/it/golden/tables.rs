//! `rma.mh` and `rma.peto`.

use consilience_stats::{
    MhMeasure, MhModel, Model, PoolOptions, Pooled, TwoByTwo, mantel_haenszel, peto_odds_ratio,
    pool,
};
use serde_json::{Value, json};

use super::case::{Case, Comparison, Outcome, not_yet};
use super::escalc::tables;

pub(crate) fn rma_mh(case: &Case) -> Outcome {
    let measure = match case.text("measure").unwrap() {
        "OR" => MhMeasure::OddsRatio,
        "RR" => MhMeasure::RiskRatio,
        "RD" => return not_yet("Sato's variance of the risk difference"),
        other => return not_yet(format!("measure {other}")),
    };
    let complete = match complete_tables(case) {
        Ok(tables) => tables,
        Err(reason) => return not_yet(reason),
    };
    let informative = complete.iter().filter(|t| !t.no_events() && !t.all_events());
    let all_informative = informative.clone().count() == complete.len();
    let halves_in_sums = case.args()["add"] == json!([0.5, 0.5]);
    if !halves_in_sums && informative.clone().any(TwoByTwo::has_zero_cell) {
        return not_yet("pooled sums from uncorrected cells");
    }
    if !all_informative && !drops_empty_tables(case.args(), halves_in_sums) {
        return not_yet("tables without events kept");
    }
    let mut compare = case.compare();
    match mantel_haenszel(&complete, measure, MhModel::CommonEffect, case.level()) {
        Ok(fit) => summary(&mut compare, &fit.pooled),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn rma_peto(case: &Case) -> Outcome {
    let complete = match complete_tables(case) {
        Ok(tables) => tables,
        Err(reason) => return not_yet(reason),
    };
    let effects: Vec<_> = complete.iter().filter_map(|t| peto_odds_ratio(t).ok()).collect();
    if effects.len() < complete.len() && !drops_empty_tables(case.args(), false) {
        return not_yet("tables without events kept");
    }
    if !case.args()["add"].is_null() && complete.iter().any(TwoByTwo::has_zero_cell) {
        return not_yet("halves added to zero cells");
    }
    let options = PoolOptions {
        model: Model::CommonEffect,
        level: case.level(),
        prediction: None,
        ..PoolOptions::default()
    };
    let mut compare = case.compare();
    match pool(&effects, &options) {
        Ok(pooled) => summary(&mut compare, &pooled),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

fn complete_tables(case: &Case) -> Result<Vec<TwoByTwo>, String> {
    if !case.args()["rows"].is_null() {
        return Err("argument rows".into());
    }
    let tables = tables(case).ok_or("tables from these arguments")?;
    let complete =
        |t: &TwoByTwo| ![t.events_e, t.n_e, t.events_c, t.n_c].iter().any(|x| x.is_nan());
    Ok(tables.into_iter().filter(complete).collect())
}

/// Whether tables without events are dropped from the study estimates and, if `from_sums`, from the pooled sums.
///
/// metafor's default drops them from the estimates only; in the sums they matter once halves are added to them.
fn drops_empty_tables(args: &Value, from_sums: bool) -> bool {
    match &args["drop00"] {
        Value::Null => !from_sums,
        Value::Bool(drop) => *drop && !from_sums,
        Value::Array(both) => both.iter().all(|drop| drop.as_bool() == Some(true)),
        _ => false,
    }
}

fn summary(compare: &mut Comparison, pooled: &Pooled) {
    compare.number("beta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("zval", pooled.statistic);
    compare.p_value("pval", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("ci_lb", pooled.ci.lower);
    compare.number("ci_ub", pooled.ci.upper);
    compare.number("QE", pooled.q);
    compare.number("QE_df", pooled.q_df);
    compare.p_value("QEp", pooled.q_p_value, pooled.q);
    compare.number("I2", pooled.i2);
    compare.number("H2", pooled.h2);
}
