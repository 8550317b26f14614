//! What is measured: each case is one question that our engine answers through its public functions.

use std::hint::black_box;

use consilience_stats::batch::pool_groups;
use consilience_stats::bias::{MissingEstimator, TrimFillOptions, trim_and_fill};
use consilience_stats::glmm::{
    GlmmOptions, GroupCoding, StudyLevels, TableMeasure, TableModel, glmm_tables,
};
use consilience_stats::multivariate::{
    Grouping, MultilevelModel, MultilevelOptions, Random, Sampling,
};
use consilience_stats::resample::permutation::{Permutations, Tail, permutation_test};
use consilience_stats::selection::{
    Alternative, Decline, Heterogeneity, SelectionFunction, SelectionOptions, fit_selection_model,
};
use consilience_stats::{
    Design, Effect, Model, PoolOptions, Regression, RegressionOptions, Tau2Method, TwoByTwo, pool,
    regress,
};

use crate::clock::seconds_of;
use crate::generate::{Inputs, Studies, Tables};
use crate::peers::Report;

/// One row of the table.
pub(crate) struct Case {
    /// The name that the peers' scripts use too.
    pub(crate) name: &'static str,
    /// What one unit of it is.
    pub(crate) unit: &'static str,
    /// How much faster than metafor it is to be.
    pub(crate) target_ratio: Option<f64>,
    /// How far an answer may be from a peer's, relative to the larger of 1 and the answer.
    pub(crate) tolerance: f64,
}

const fn case(
    name: &'static str,
    unit: &'static str,
    target_ratio: Option<f64>,
    tolerance: f64,
) -> Case {
    Case { name, unit, target_ratio, tolerance }
}

/// Every case, in the order of the table.
pub(crate) const CASES: &[Case] = &[
    case("reml_k20", "one REML fit, k = 20", Some(1000.0), 1e-7),
    case("dl_k10", "one DL fit of a million, k = 10", Some(10_000.0), 1e-9),
    case("reml_k10", "one REML fit of a million, k = 10", Some(2000.0), 1e-7),
    case("influence_k200", "influence of every study, k = 200", Some(1000.0), 1e-6),
    case("permutation_k20", "permutation test, 1,000 draws of signs, k = 20", Some(500.0), 0.06),
    case(
        "permutation_regression_k20",
        "permutation test, 1,000 draws, one moderator, k = 20",
        Some(500.0),
        0.06,
    ),
    case("selection_stepfun", "selection model, one step, k = 40", Some(100.0), 1e-3),
    case("selection_beta", "selection model, beta, k = 40", Some(100.0), 1e-3),
    case("selection_halfnorm", "selection model, half-normal, k = 40", Some(100.0), 1e-3),
    case("selection_negexp", "selection model, negative exponential, k = 40", Some(100.0), 1e-3),
    case("trim_and_fill_k50", "trim and fill, k = 50", Some(500.0), 1e-4),
    case("three_level_k2000", "three levels, k = 2,000 in 400 clusters", Some(100.0), 1e-5),
    case("glmm_um_fs", "logistic mixed model, 20 trials, fixed study effects", None, 1e-3),
    case("glmm_cm_el", "exact conditional mixed model, 20 trials", None, 1e-3),
    case("reml_k5000", "one REML fit, k = 5,000", None, 0.0),
    case("reml_k50000", "one REML fit, k = 50,000", None, 0.0),
];

/// Measures every case and notes the answers.
pub(crate) fn measure(inputs: &Inputs) -> Report {
    let mut report = Report::default();
    report.versions.push(format!("Consilience {}", env!("CARGO_PKG_VERSION")));
    pooling(&mut report, inputs);
    batches(&mut report, inputs);
    influence(&mut report, inputs);
    permutations(&mut report, inputs);
    selection_models(&mut report, inputs);
    filling(&mut report, inputs);
    three_levels(&mut report, inputs);
    mixed_models(&mut report, inputs);
    report
}

fn pooling(report: &mut Report, inputs: &Inputs) {
    let reml = PoolOptions::default();
    let medium: Vec<Vec<Effect>> = inputs.medium.iter().map(effects).collect();
    time(report, "reml_k20", medium.len(), || {
        for effects in &medium {
            let _ = black_box(pool(black_box(effects), &reml));
        }
    });
    pooled_answers(report, "reml_k20", &medium, &reml);
    for (name, k) in [("reml_k5000", 5000), ("reml_k50000", 50_000)] {
        let large = effects(&Inputs::large(k));
        time(report, name, 1, || drop(black_box(pool(black_box(&large), &reml))));
    }
}

/// The groups are gone through again until there are a million fits.
fn batches(report: &mut Report, inputs: &Inputs) {
    const FITS: usize = 1_000_000;
    let rounds = FITS / inputs.small.len();
    let (mut estimates, mut variances, mut offsets) = (Vec::new(), Vec::new(), vec![0]);
    for studies in inputs.small.iter().cycle().take(rounds * inputs.small.len()) {
        estimates.extend_from_slice(&studies.yi);
        variances.extend_from_slice(&studies.vi);
        offsets.push(estimates.len());
    }
    let small: Vec<Vec<Effect>> = inputs.small.iter().map(effects).collect();
    let reml = PoolOptions::default();
    let dl = PoolOptions { model: Model::RandomEffects(Tau2Method::DerSimonianLaird), ..reml };
    for (name, options) in [("dl_k10", &dl), ("reml_k10", &reml)] {
        time(report, name, offsets.len() - 1, || {
            let _ = black_box(pool_groups(black_box(&estimates), &variances, &offsets, options));
        });
        pooled_answers(report, name, &small, options);
    }
}

fn regression(studies: &Studies, with_moderator: bool) -> Option<Regression> {
    let effects = effects(studies);
    let builder = Design::builder(effects.len());
    let builder = if with_moderator { builder.numeric("x", &studies.x) } else { builder };
    regress(&effects, &builder.build().ok()?, &RegressionOptions::default()).ok()
}

fn influence(report: &mut Report, inputs: &Inputs) {
    let Some(fit) = regression(&inputs.influence, false) else { return };
    time(report, "influence_k200", 1, || drop(black_box(black_box(&fit).influence())));
    for (position, study) in fit.influence().unwrap_or_default().iter().take(20).enumerate() {
        let Some(deletion) = &study.deletion else { continue };
        let mut note = |item: &str, value: f64| {
            answer(report, "influence_k200", format!("{item}{}", position + 1), value);
        };
        note("cook_d", deletion.cook_distance);
        note("dffits", deletion.dffits);
        note("tau2_del", deletion.tau2);
    }
}

fn permutations(report: &mut Report, inputs: &Inputs) {
    let which = Permutations::Random { iterations: 1000, seed: 1 };
    for (name, with_moderator) in [("permutation_k20", false), ("permutation_regression_k20", true)]
    {
        let Some(fit) = regression(&inputs.medium[0], with_moderator) else { continue };
        time(report, name, 1, || {
            drop(black_box(permutation_test(black_box(&fit), which, Tail::Both)));
        });
        if let Ok(test) = permutation_test(&fit, which, Tail::Both) {
            answer(report, name, "p".to_owned(), test.p_values[usize::from(with_moderator)]);
        }
    }
}

fn selection_models(report: &mut Report, inputs: &Inputs) {
    let effects = effects(&inputs.selected);
    let design = Design::intercept(effects.len());
    let decreasing =
        |decline| SelectionFunction::Decreasing { decline, threshold: None, imprecision: None };
    for (name, function) in [
        ("selection_stepfun", SelectionFunction::Step { cuts: vec![0.025] }),
        ("selection_beta", SelectionFunction::Beta),
        ("selection_halfnorm", decreasing(Decline::HalfNormal)),
        ("selection_negexp", decreasing(Decline::NegativeExponential)),
    ] {
        let options = SelectionOptions {
            function,
            alternative: Alternative::Greater,
            heterogeneity: Heterogeneity::Estimated,
            fixed: Vec::new(),
            level: 0.95,
        };
        let fit = || fit_selection_model(&effects, &design, &options);
        time(report, name, 1, || drop(black_box(fit())));
        if let Ok(fit) = fit() {
            answer(report, name, "estimate".to_owned(), fit.coefficients[0].value);
            let se = fit.coefficients[0].wald.map_or(f64::NAN, |wald| wald.se);
            answer(report, name, "se".to_owned(), se);
            answer(report, name, "tau2".to_owned(), fit.tau2);
            answer(report, name, "ll".to_owned(), fit.log_likelihood);
        }
    }
}

fn filling(report: &mut Report, inputs: &Inputs) {
    const NAME: &str = "trim_and_fill_k50";
    let effects = effects(&inputs.asymmetric);
    let options = TrimFillOptions {
        side: None,
        estimator: MissingEstimator::L0,
        pool: PoolOptions::default(),
    };
    time(report, NAME, 1, || drop(black_box(trim_and_fill(&effects, &options))));
    if let Ok(filled) = trim_and_fill(&effects, &options) {
        answer(report, NAME, "k0".to_owned(), filled.missing as f64);
        answer(report, NAME, "estimate".to_owned(), filled.pooled.estimate);
        answer(report, NAME, "se".to_owned(), filled.pooled.se);
        answer(report, NAME, "tau2".to_owned(), filled.pooled.tau2);
    }
}

fn three_levels(report: &mut Report, inputs: &Inputs) {
    const NAME: &str = "three_level_k2000";
    let Studies { yi, vi, x } = &inputs.clustered;
    let labels: Vec<String> = x.iter().map(ToString::to_string).collect();
    let clusters = Grouping::new("cluster", &labels);
    let terms = Random::nested(&[clusters, Grouping::rows("effect", yi.len())]);
    let fit = || {
        let sampling = Sampling::Independent(vi.clone());
        let model = MultilevelModel::new(yi, sampling, &Design::intercept(yi.len()))?;
        model.with_all(terms.clone()).fit(&MultilevelOptions::default())
    };
    time(report, NAME, 1, || drop(black_box(fit())));
    if let Ok(fit) = fit() {
        answer(report, NAME, "estimate".to_owned(), fit.coefficients[0].estimate);
        answer(report, NAME, "se".to_owned(), fit.coefficients[0].se);
        answer(report, NAME, "sigma2_between".to_owned(), fit.components[0].variances[0]);
        answer(report, NAME, "sigma2_within".to_owned(), fit.components[1].variances[0]);
    }
}

fn mixed_models(report: &mut Report, inputs: &Inputs) {
    let Tables { events_e, n_e, events_c, n_c } = &inputs.tables;
    let tables: Vec<TwoByTwo> = (0..n_e.len())
        .map(|i| TwoByTwo {
            events_e: events_e[i],
            n_e: n_e[i],
            events_c: events_c[i],
            n_c: n_c[i],
        })
        .collect();
    let design = Design::intercept(tables.len());
    let levels = StudyLevels::Fixed(GroupCoding::Contrast);
    for (name, model) in [
        ("glmm_um_fs", TableModel::Unconditional(TableMeasure::OddsRatio, levels)),
        ("glmm_cm_el", TableModel::ExactConditional),
    ] {
        let fit = || glmm_tables(&tables, &design, model, &GlmmOptions::default());
        time(report, name, 1, || drop(black_box(fit())));
        if let Ok(fit) = fit() {
            answer(report, name, "estimate".to_owned(), fit.coefficients[0].estimate);
            answer(report, name, "se".to_owned(), fit.coefficients[0].se);
            answer(report, name, "tau2".to_owned(), fit.tau2);
        }
    }
}

fn time(report: &mut Report, case: &str, units: usize, work: impl FnMut()) {
    let seconds = seconds_of(work) / units as f64;
    eprintln!("{case}: {seconds:.3e} s");
    report.seconds.insert(case.to_owned(), seconds);
}

fn answer(report: &mut Report, case: &str, item: String, value: f64) {
    report.answers.insert((case.to_owned(), item), value);
}

/// Estimate and τ² of the first twenty analyses.
fn pooled_answers(report: &mut Report, case: &str, all: &[Vec<Effect>], options: &PoolOptions) {
    for (position, effects) in all.iter().take(20).enumerate() {
        if let Ok(pooled) = pool(effects, options) {
            answer(report, case, format!("estimate{}", position + 1), pooled.estimate);
            answer(report, case, format!("tau2_{}", position + 1), pooled.tau2);
        }
    }
}

fn effects(studies: &Studies) -> Vec<Effect> {
    let columns = studies.yi.iter().zip(&studies.vi);
    columns.map(|(&estimate, &variance)| Effect { estimate, variance }).collect()
}
