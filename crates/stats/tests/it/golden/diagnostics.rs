//! Case diagnostics of `rma.uni` fits.

use consilience_stats::{
    Deletion, PoolError, Pooled, Regression, Residual, StudyInfluence, Subsets, cumulative, gosh,
    leave_one_out,
};

use super::case::{Case, Comparison, Outcome, index, not_yet};
use super::fit::Fit;
use super::pooling::{fitted, pool_options};

pub(crate) fn run(case: &Case) -> Outcome {
    match case.function() {
        "cumul" => return cumul(case),
        "leave1out" => return leave1out(case),
        "gosh" => return all_subsets(case),
        _ => {}
    }
    let fit = match fitted(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let mut compare = case.compare();
    let compared = match case.function() {
        "residuals" => residuals(&mut compare, &fit),
        "rstandard" => fit.standardized_residuals().map(|residuals| {
            let residuals: Vec<Option<Residual>> = residuals.into_iter().map(Some).collect();
            compare_residuals(&mut compare, &residuals);
        }),
        "rstudent" => {
            fit.deleted_residuals().map(|residuals| compare_residuals(&mut compare, &residuals))
        }
        "hatvalues" => fit.hat_values().map(|hat| compare.numbers("hat", &hat)),
        "influence" => fit.influence().map(|studies| influence(&mut compare, &fit, &studies)),
        "baujat" => fit.baujat().map(|points| {
            let column = |of: fn(&consilience_stats::BaujatPoint) -> f64| -> Vec<Option<f64>> {
                points.iter().map(|point| point.as_ref().map(of)).collect()
            };
            compare.array("x", &column(|point| point.heterogeneity));
            compare.array("y", &column(|point| point.influence));
        }),
        other => return not_yet(format!("function {other}")),
    };
    if let Err(error) = compared {
        compare.fail(error.to_string());
    }
    compare.done()
}

fn residuals(compare: &mut Comparison, fit: &Regression) -> Result<(), PoolError> {
    compare.numbers("fitted", &fit.fitted());
    compare.numbers("raw", &fit.residuals());
    compare.numbers("pearson", &fit.pearson_residuals());
    compare.numbers("cholesky", &fit.pearson_residuals());
    let standardized = fit.standardized_residuals()?;
    compare.numbers("rstandard", &standardized.iter().map(|it| it.z).collect::<Vec<_>>());
    Ok(())
}

fn compare_residuals(compare: &mut Comparison, residuals: &[Option<Residual>]) {
    let column = |of: fn(&Residual) -> f64| -> Vec<Option<f64>> {
        residuals.iter().map(|it| it.as_ref().map(of)).collect()
    };
    compare.array("resid", &column(|it| it.residual));
    compare.array("se", &column(|it| it.se));
    compare.array("z", &column(|it| it.z));
}

fn influence(compare: &mut Comparison, fit: &Regression, studies: &[StudyInfluence]) {
    let mut column = |name: &str, of: fn(&Deletion) -> f64| {
        if !compare.expect[name].is_null() {
            let values: Vec<Option<f64>> =
                studies.iter().map(|study| study.deletion.as_ref().map(of)).collect();
            compare.array(name, &values);
        }
    };
    column("rstudent", |it| it.residual.z);
    column("dffits", |it| it.dffits);
    column("cook_d", |it| it.cook_distance);
    column("cov_r", |it| it.covariance_ratio);
    column("tau2_del", |it| it.tau2);
    column("QE_del", |it| it.q_e);
    if !compare.expect["hat"].is_null() {
        compare.numbers("hat", &studies.iter().map(|study| study.hat).collect::<Vec<_>>());
        compare.numbers("weight", &studies.iter().map(|study| study.weight).collect::<Vec<_>>());
    }
    for (i, study) in studies.iter().enumerate() {
        for j in 0..fit.p() {
            let expected = compare.expect["dfbs"][i][j].as_f64();
            let got = study.deletion.as_ref().map(|it| it.dfbetas[j]);
            compare.value(&format!("dfbs[{i}][{j}]"), got, expected);
        }
        if let Some(expected) = compare.expect["is_infl"][i].as_bool() {
            compare.touch("is_infl");
            if study.is_influential(fit.k(), fit.p()) != expected {
                compare.fail(format!("is_infl[{i}], expected {expected}"));
            }
        }
    }
}

fn cumul(case: &Case) -> Outcome {
    let fit = match Fit::of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    // A stable sort by the column named; its ties keep the order of the data.
    let keys = case.column("order").unwrap_or_default();
    let mut order: Vec<usize> = (0..fit.effects.len()).collect();
    order.sort_by(|&i, &j| keys[fit.rows[i]].total_cmp(&keys[fit.rows[j]]));
    compare.touch("order0");
    let expected: Vec<usize> =
        compare.expect["order0"].as_array().unwrap().iter().map(index).collect();
    if order != expected {
        compare.fail("order0");
    }
    match cumulative(&fit.effects, &order, &pool_options(&fit.options)) {
        Ok(fits) => compare_sequence(&mut compare, &fits),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

fn leave1out(case: &Case) -> Outcome {
    let fit = match Fit::of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match leave_one_out(&fit.effects, &pool_options(&fit.options)) {
        Ok(fits) => compare_sequence(&mut compare, &fits),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

/// Compares the fits of a sequence field by field; where the reference did not converge there is nothing to compare.
fn compare_sequence(compare: &mut Comparison, fits: &[Pooled]) {
    type Field = fn(&Pooled) -> f64;
    let columns: [(&str, Field); 8] = [
        ("estimate", |fit| fit.estimate),
        ("se", |fit| fit.se),
        ("zval", |fit| fit.statistic),
        ("ci_lb", |fit| fit.ci.lower),
        ("ci_ub", |fit| fit.ci.upper),
        ("Q", |fit| fit.q),
        ("tau2", |fit| fit.tau2),
        ("I2", |fit| fit.i2),
    ];
    for (i, fit) in fits.iter().enumerate() {
        let expected = &compare.expect["estimate"][i];
        if expected.is_null() {
            compare
                .by_design
                .push("cumul: entries where the reference did not converge".to_owned());
            continue;
        }
        for (name, of) in columns {
            let expected = &compare.expect[name][i];
            if !expected.is_null() {
                compare.value(&format!("{name}[{i}]"), Some(of(fit)), expected.as_f64());
            }
        }
        for (name, p, squared) in
            [("pval", fit.p_value, fit.statistic * fit.statistic), ("Qp", fit.q_p_value, fit.q)]
        {
            let expected = &compare.expect[name][i];
            if !expected.is_null() {
                compare.p_number(name, p, expected.as_f64(), squared);
            }
        }
        if let Some(h2) = compare.expect["H2"][i].as_f64() {
            compare.value(&format!("H2[{i}]"), Some(fit.h2), Some(h2));
        }
    }
}

fn all_subsets(case: &Case) -> Outcome {
    let fit = match Fit::of(case, case.args()) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match gosh(&fit.effects, fit.options.model, Subsets::All) {
        Ok(found) => {
            compare.touch("incl");
            let masks = compare.expect["incl"].as_array().unwrap();
            for (row, mask) in masks.iter().enumerate() {
                let wanted: Vec<bool> =
                    mask.as_array().unwrap().iter().map(|bit| index(bit) == 1).collect();
                let holds = |subset: &usize| {
                    wanted.iter().enumerate().all(|(i, bit)| found.includes(*subset, i) == *bit)
                };
                let Some(subset) = (0..found.len()).find(holds) else {
                    compare.fail(format!("no subset {wanted:?}"));
                    continue;
                };
                for (name, got) in [
                    ("k", found.k[subset] as f64),
                    ("QE", found.q[subset]),
                    ("I2", found.i2[subset]),
                    ("H2", found.h2[subset]),
                    ("estimate", found.estimate[subset]),
                ] {
                    let expected = compare.expect[name][row].as_f64();
                    compare.value(&format!("{name}[{row}]"), Some(got), expected);
                }
            }
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}
