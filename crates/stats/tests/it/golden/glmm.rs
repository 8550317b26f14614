//! `rma.glmm` and the bivariate binomial-normal model.

use consilience_stats::glmm::{
    Glmm, GlmmEffects, GlmmError, GlmmOptions, GlmmTest, GroupCoding, ProportionLink, Quadrature,
    RateModel, StudyLevels, TableMeasure, TableModel, glmm_bivariate, glmm_incidence_rates,
    glmm_proportions, glmm_rates, glmm_tables,
};
use consilience_stats::{AddTo, Coefficient, Design, Proportion, Rate, TwoByTwo, ZeroCells};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, index, not_yet};
use super::fit;

pub(crate) fn run(case: &Case) -> Outcome {
    if case.function() == "glmm.bivariate" {
        return bivariate(case);
    }
    match fitted(case) {
        Ok((fit, reference)) => {
            let mut compare = case.compare();
            match fit {
                Ok(fit) => summary(case, &mut compare, &fit, &reference),
                Err(error) => compare.fail(error.to_string()),
            }
            compare.done()
        }
        Err(reason) => not_yet(reason),
    }
}

/// Rows of sensitivity and specificity alternate: `out` says which, `id` the study.
fn bivariate(case: &Case) -> Outcome {
    let (Some(events), Some(n)) = (case.column("xi"), case.column("ni")) else {
        return not_yet("no columns xi and ni");
    };
    let (out, id) = (case.labels("out"), case.labels("id"));
    let mut levels: Vec<&String> = out.iter().collect();
    levels.sort();
    levels.dedup();
    let side = |level: &String| -> Vec<(&String, Proportion)> {
        (0..out.len())
            .filter(|&row| out[row] == *level)
            .map(|row| (&id[row], Proportion { events: events[row], n: n[row] }))
            .collect()
    };
    let [first, second] = levels.as_slice() else {
        return not_yet("other than two outcomes");
    };
    let (first, second) = (side(first), side(second));
    if first.iter().zip(&second).any(|(a, b)| a.0 != b.0) {
        return not_yet("studies with one outcome only");
    }
    let proportions = |side: &[(&String, Proportion)]| -> Vec<Proportion> {
        side.iter().map(|it| it.1).collect()
    };
    let points = case.args()["nAGQ"].as_u64().map_or(1, |it| usize::try_from(it).unwrap());
    let options = GlmmOptions { quadrature: Quadrature::Points(points), ..GlmmOptions::default() };
    let mut compare = case.compare();
    match glmm_bivariate(&proportions(&first), &proportions(&second), &options) {
        Ok(fit) => {
            compare.numbers("beta", &fit.means.each_ref().map(|it| it.estimate));
            compare.numbers("se", &fit.means.each_ref().map(|it| it.se));
            let covariance = fit.rho.unwrap_or(0.0) * (fit.tau2[0] * fit.tau2[1]).sqrt();
            let got = [fit.tau2[0], covariance, covariance, fit.tau2[1]];
            for (at, got) in got.into_iter().enumerate() {
                let entry = |name: &str| compare.expect[name][at / 2][at % 2].as_f64();
                let (sigma, vcov) = (entry("Sigma"), entry("vcov"));
                compare.value("Sigma", Some(got), sigma);
                compare.value("vcov", Some(fit.vcov[(at / 2, at % 2)]), vcov);
            }
            compare.number("logLik", fit.fit.ll);
            compare.number("AIC", fit.fit.aic);
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

/// How metafor counts the log-likelihood of a fit.
struct Reference {
    /// Log-likelihood of the counts if each had a parameter of its own.
    saturated_counts: f64,
    likelihood: ReferenceLikelihood,
}

/// What metafor 3.8 reports as log-likelihood.
#[derive(PartialEq)]
enum ReferenceLikelihood {
    /// The marginal one, random effects integrated out.
    Marginal,
    /// lme4's with more than one quadrature point, which leaves the constants of the counts out.
    WithoutConstants,
    /// The one given the most probable random effects: lme4's `deviance()` is that of the conditional fit.
    Conditional,
}

type Fitted = (Result<Glmm, GlmmError>, Reference);

fn fitted(case: &Case) -> Result<Fitted, String> {
    let measure = case.text("measure").ok_or("no measure")?;
    match measure {
        "OR" | "RR" | "RD" => of_tables(case, measure),
        "IRR" => of_rates(case),
        "PLO" | "PLN" | "PR" => of_proportions(case, measure),
        "IRLN" => of_incidence_rates(case),
        other => Err(format!("measure {other}")),
    }
}

fn options(case: &Case) -> Result<GlmmOptions, String> {
    let effects = match case.text("method") {
        Some("EE" | "FE" | "CE") => GlmmEffects::Common,
        Some("ML") | None => GlmmEffects::Random,
        Some(other) => return Err(format!("method {other}")),
    };
    let test = match case.text("test").unwrap_or("z") {
        "z" => GlmmTest::Z,
        "t" => GlmmTest::T,
        other => return Err(format!("test {other}")),
    };
    // metafor integrates the exact conditional likelihood numerically.
    let exact = case.text("model") == Some("CM.EL") && case.text("measure") == Some("OR");
    let levels_random = case.text("model") == Some("UM.RS");
    let quadrature = match case.args()["nAGQ"].as_u64() {
        _ if exact => Quadrature::Fine,
        // One point is for two random effects a study; with one, metafor's default of seven was used.
        _ if levels_random && effects == GlmmEffects::Common => Quadrature::Points(7),
        _ if levels_random => Quadrature::Points(1),
        Some(points) => Quadrature::Points(usize::try_from(points).unwrap()),
        None => Quadrature::Points(7),
    };
    let zero_cells = ZeroCells {
        add: case.args()["add"].as_f64().unwrap_or(0.5),
        to: AddTo::ALL
            .iter()
            .copied()
            .find(|to| Some(to.name()) == case.text("to"))
            .unwrap_or(AddTo::OnlyZero),
        drop00: case.args()["drop00"].as_bool().unwrap_or(true),
    };
    Ok(GlmmOptions { effects, test, level: case.level(), quadrature, zero_cells })
}

fn levels(case: &Case) -> Option<StudyLevels> {
    let coding = match case.args()["coding"].as_f64() {
        Some(1.0) => GroupCoding::Experimental,
        Some(0.0) => GroupCoding::Control,
        _ => GroupCoding::Contrast,
    };
    match case.text("model") {
        Some("UM.FS") | None => Some(StudyLevels::Fixed(coding)),
        Some("UM.RS") => {
            let correlated = case.args()["cor"].as_bool().unwrap_or(false);
            Some(StudyLevels::Random { coding, correlated })
        }
        _ => None,
    }
}

fn reference(case: &Case, cells: &[[f64; 2]], density: fn([f64; 2]) -> f64) -> Reference {
    let random = !matches!(case.text("method"), Some("EE" | "FE" | "CE"));
    let likelihood = match case.text("model") {
        Some("UM.RS") if random => ReferenceLikelihood::Marginal,
        Some("UM.RS") => ReferenceLikelihood::WithoutConstants,
        Some("CM.EL") if case.text("measure") == Some("OR") => ReferenceLikelihood::Marginal,
        _ if random => ReferenceLikelihood::Conditional,
        _ => ReferenceLikelihood::Marginal,
    };
    Reference { saturated_counts: cells.iter().map(|cell| density(*cell)).sum(), likelihood }
}

/// ln P of `events` among `events + others` at the observed risk.
fn binomial_density([events, others]: [f64; 2]) -> f64 {
    let n = events + others;
    let term = |x: f64| if x > 0.0 { x * libm::log(x / n) - libm::lgamma(x + 1.0) } else { 0.0 };
    libm::lgamma(n + 1.0) + term(events) + term(others)
}

/// ln P of `events` at a mean of as many; the second number is not used.
fn poisson_density([events, _]: [f64; 2]) -> f64 {
    let term = if events > 0.0 { events * libm::log(events) } else { 0.0 };
    term - events - libm::lgamma(events + 1.0)
}

fn of_tables(case: &Case, measure: &str) -> Result<Fitted, String> {
    let options = options(case)?;
    let tables = super::escalc::tables(case).ok_or("tables from these arguments")?;
    let complete = |t: &TwoByTwo| {
        ![t.events_e, t.n_e, t.events_c, t.n_c].iter().any(|x| x.is_nan())
            && !(options.zero_cells.drop00 && (t.no_events() || t.all_events()))
    };
    let (rows, design) = rows_and_design(case, |row| complete(&tables[row]), tables.len())?;
    let tables: Vec<TwoByTwo> = rows.iter().map(|&row| tables[row]).collect();
    let measure = match measure {
        "RR" => TableMeasure::RiskRatio,
        "RD" => TableMeasure::RiskDifference,
        _ => TableMeasure::OddsRatio,
    };
    let model = match levels(case) {
        Some(levels) => TableModel::Unconditional(measure, levels),
        None if case.text("model") == Some("CM.EL") => TableModel::ExactConditional,
        None => TableModel::ApproximateConditional,
    };
    let cells: Vec<[f64; 2]> = tables
        .iter()
        .flat_map(|t| [[t.events_e, t.n_e - t.events_e], [t.events_c, t.n_c - t.events_c]])
        .collect();
    let reference = reference(case, &cells, binomial_density);
    Ok((glmm_tables(&tables, &design, model, &options), reference))
}

fn of_rates(case: &Case) -> Result<Fitted, String> {
    let options = options(case)?;
    let column = |key: &str| case.column(key).ok_or(format!("no column {key}"));
    let (x1, x2, t1, t2) = (column("x1i")?, column("x2i")?, column("t1i")?, column("t2i")?);
    let complete = |row: usize| {
        let is_dropped = options.zero_cells.drop00 && x1[row] + x2[row] == 0.0;
        let is_complete = [x1[row], x2[row], t1[row], t2[row]].iter().all(|x| !x.is_nan());
        is_complete && !is_dropped
    };
    let (rows, design) = rows_and_design(case, complete, x1.len())?;
    let rates = |events: &[f64], time: &[f64]| -> Vec<Rate> {
        rows.iter().map(|&row| Rate { events: events[row], person_time: time[row] }).collect()
    };
    let (first, second) = (rates(&x1, &t1), rates(&x2, &t2));
    let model = levels(case).map_or(RateModel::Conditional, RateModel::Unconditional);
    let cells: Vec<[f64; 2]> =
        first.iter().zip(&second).flat_map(|(e, c)| [[e.events, 1.0], [c.events, 1.0]]).collect();
    let reference = reference(case, &cells, poisson_density);
    Ok((glmm_rates(&first, &second, &design, model, &options), reference))
}

fn of_proportions(case: &Case, measure: &str) -> Result<Fitted, String> {
    let options = options(case)?;
    let events = case.column("xi").ok_or("no column xi")?;
    let n = match (case.column("ni"), case.column("mi")) {
        (Some(n), _) => n,
        (None, Some(others)) => events.iter().zip(&others).map(|(x, m)| x + m).collect(),
        _ => return Err("no column ni".into()),
    };
    let complete = |row: usize| !events[row].is_nan() && !n[row].is_nan();
    let (rows, design) = rows_and_design(case, complete, n.len())?;
    let groups: Vec<Proportion> =
        rows.iter().map(|&row| Proportion { events: events[row], n: n[row] }).collect();
    let link = match measure {
        "PLN" => ProportionLink::Log,
        "PR" => ProportionLink::Identity,
        _ => ProportionLink::Logit,
    };
    let cells: Vec<[f64; 2]> = groups.iter().map(|g| [g.events, g.n - g.events]).collect();
    let reference = reference(case, &cells, binomial_density);
    Ok((glmm_proportions(&groups, &design, link, &options), reference))
}

fn of_incidence_rates(case: &Case) -> Result<Fitted, String> {
    let options = options(case)?;
    let column = |key: &str| case.column(key).ok_or(format!("no column {key}"));
    let (events, time) = (column("xi")?, column("ti")?);
    let complete = |row: usize| !events[row].is_nan() && !time[row].is_nan();
    let (rows, design) = rows_and_design(case, complete, events.len())?;
    let groups: Vec<Rate> =
        rows.iter().map(|&row| Rate { events: events[row], person_time: time[row] }).collect();
    let cells: Vec<[f64; 2]> = groups.iter().map(|g| [g.events, 1.0]).collect();
    let reference = reference(case, &cells, poisson_density);
    Ok((glmm_incidence_rates(&groups, &design, &options), reference))
}

/// The rows in the model and their design.
fn rows_and_design(
    case: &Case,
    complete: impl Fn(usize) -> bool,
    rows: usize,
) -> Result<(Vec<usize>, Design), String> {
    let args = case.args();
    let terms: &[Value] = args["mods"].as_array().map_or(&[], Vec::as_slice);
    let known = fit::complete(case, terms, rows);
    let given: Vec<usize> = match args["rows"].as_array() {
        Some(rows) => rows.iter().map(index).collect(),
        None => (0..rows).collect(),
    };
    let rows: Vec<usize> = given.into_iter().filter(|&row| complete(row) && known[row]).collect();
    let design = fit::design(case, terms, args["intercept"].as_bool() != Some(false), &rows)?;
    Ok((rows, design))
}

/// Where metafor's numbers are known to be inexact, and by how much at most.
///
/// Each was found by computing the number with 30 digits from its definition, by means other than this engine's.
mod reasons {
    pub(super) const IRLS: (f64, &str) = (
        1e-4,
        "rma.glmm: standard errors from the weights one iteration before the last (pooled logit of BCG: QM is 28461.6070 by hand, 28461.6652 there)",
    );
    pub(super) const LAPLACE: (f64, &str) = (
        0.05,
        "rma.glmm: UM.RS standard errors from a numerical Hessian of an approximation whose modes have few digits (BCG: 0.1821414, there 0.1814646)",
    );
    pub(super) const SATURATED: (f64, &str) = (
        0.2,
        "rma.glmm: Wald heterogeneity from a saturated model that had not converged or whose Hessian was numerical (two fits of one such model there disagree: Collins CM.EL 27.21 and 26.95, with 30 digits 27.1030)",
    );
    pub(super) const EXACT: (f64, &str) = (
        1e-3,
        "rma.glmm: CM.EL standard errors from a numerical Hessian (Hine: z 2.0667870, there 2.0666465)",
    );
    pub(super) const BOUNDARY: &str = "rma.glmm: CM.EL where the maximum is at tau2 = 0, which the search over ln tau2 never reaches: standard errors of 1e-7";
    pub(super) const LOG_LINK: (f64, &str) = (
        0.12,
        "rma.glmm: random effects on a log or identity link, where the reference puts expected for observed information and risks leave their range at some nodes (Hannum PLN: log-likelihood there 0.0186 below the maximum)",
    );
}

/// The tolerance, and the reason for it, of standard errors and what follows from them.
fn inexact(case: &Case) -> (f64, &'static str) {
    let random = !matches!(case.text("method"), Some("EE" | "FE" | "CE"));
    match (case.text("model"), case.text("measure")) {
        (_, Some("PLN" | "RR" | "RD" | "PR")) if random => reasons::LOG_LINK,
        (Some("UM.RS"), _) => reasons::LAPLACE,
        (Some("CM.EL"), Some("OR")) => reasons::EXACT,
        _ => reasons::IRLS,
    }
}

fn summary(case: &Case, compare: &mut Comparison, fit: &Glmm, reference: &Reference) {
    compare.number("k", fit.k as f64);
    compare.number("p", fit.coefficients.len() as f64);
    compare.touch("coef_names");
    let names: Vec<&str> = fit.coefficients.iter().map(|it| it.name.as_str()).collect();
    if serde_json::json!(names) != compare.expect["coef_names"] {
        compare.fail(format!("coef_names {names:?}"));
    }
    let (relative, reason) = inexact(case);
    // A first part that is inexact only where the fit itself is.
    if reason == reasons::LOG_LINK.1 {
        compare.or_within(relative, reason, |compare| {
            estimates(compare, fit);
            likelihood(compare, fit, reference);
        });
    } else {
        estimates(compare, fit);
        likelihood(compare, fit, reference);
    }
    if exact_at_boundary(case, compare, fit) {
        compare.by_design.push(reasons::BOUNDARY.to_owned());
    } else {
        compare.or_within(relative, reason, |compare| tests(compare, fit));
    }
    if compare.expect["QE_df"].is_null() {
        return;
    }
    compare.number("QE_df", fit.q_df);
    compare.number("QE_LRT", fit.q_lrt);
    compare.p_value("QEp_LRT", fit.q_lrt_p_value, fit.q_lrt);
    let wald = |compare: &mut Comparison| {
        compare.number("QE_Wld", fit.q_wald);
        compare.p_value("QEp_Wld", fit.q_wald_p_value, fit.q_wald);
    };
    let (relative, reason) = reasons::SATURATED;
    compare.or_within(relative, reason, wald);
}

/// Whether the reference stopped short of tau2 = 0 with the exact conditional likelihood, and how it looks then.
fn exact_at_boundary(case: &Case, compare: &mut Comparison, fit: &Glmm) -> bool {
    let expected = compare.expect["tau2"].as_f64().unwrap();
    let random = !matches!(case.text("method"), Some("EE" | "FE" | "CE"));
    random
        && fit.tau2 == 0.0
        && expected < 1e-3
        && case.text("model") == Some("CM.EL")
        && case.text("measure") == Some("OR")
        && compare.expect["se"][0].as_f64().unwrap() < 1e-5
}

/// What maximises the likelihood.
fn estimates(compare: &mut Comparison, fit: &Glmm) {
    let beta: Vec<f64> = fit.coefficients.iter().map(|it| it.estimate).collect();
    compare.numbers("beta", &beta);
    let stopped_short = fit.tau2 == 0.0 && compare.expect["tau2"].as_f64().unwrap() < 5e-4;
    if stopped_short {
        // On the way to 0 in steps of ln tau2; I2 and H2 follow.
        compare.scaled("tau2", fit.tau2, compare.expect["tau2"].as_f64(), 0.02);
        compare.scaled("I2", fit.i2, compare.expect["I2"].as_f64(), 5.0);
        compare.scaled("H2", fit.h2, compare.expect["H2"].as_f64(), 1.0);
    } else {
        compare.number("tau2", fit.tau2);
        compare.number("I2", fit.i2);
        compare.number("H2", fit.h2);
    }
    compare.value("sigma2", fit.sigma2, compare.expect["sigma2"].as_f64());
    compare.value("rho", fit.rho, compare.expect["rho"].as_f64());
}

/// What the standard errors decide.
fn tests(compare: &mut Comparison, fit: &Glmm) {
    let each =
        |of: fn(&Coefficient) -> f64| -> Vec<f64> { fit.coefficients.iter().map(of).collect() };
    compare.numbers("se", &each(|it| it.se));
    if !compare.expect["se_tau2"].is_null() {
        compare.number("se_tau2", fit.se_tau2.unwrap_or(0.0));
    }
    compare.numbers("zval", &each(|it| it.statistic));
    for (position, it) in fit.coefficients.iter().enumerate() {
        let at = |name: &str| compare.expect[name][position].as_f64();
        let (p, lower, upper) = (at("pval"), at("ci_lb"), at("ci_ub"));
        // An interval's end may be a small difference of large numbers.
        let scale = it.estimate.abs().max(it.ci.upper.abs());
        compare.p_number("pval", it.p_value, p, it.statistic * it.statistic);
        compare.scaled("ci_lb", it.ci.lower, lower, scale);
        compare.scaled("ci_ub", it.ci.upper, upper, scale);
    }
    compare.number("QM", fit.q_m.statistic);
    compare.p_value("QMp", fit.q_m.p_value, fit.q_m.statistic * fit.q_m.df1);
}

fn likelihood(compare: &mut Comparison, fit: &Glmm, reference: &Reference) {
    let ll = match reference.likelihood {
        ReferenceLikelihood::Marginal => fit.fit.ll,
        ReferenceLikelihood::WithoutConstants => fit.fit.ll - reference.saturated_counts,
        ReferenceLikelihood::Conditional => fit.conditional_log_likelihood.unwrap_or(f64::NAN),
    };
    compare.number("ll", ll);
    let deviance = match reference.likelihood {
        ReferenceLikelihood::Conditional => fit.fit.deviance + 2.0 * (fit.fit.ll - ll),
        _ => fit.fit.deviance,
    };
    // metafor does not count the correlation of levels and effects among the parameters; lme4 does.
    let uncounted = if fit.rho.is_some() { 1.0 } else { 0.0 };
    if uncounted > 0.0 {
        compare
            .by_design
            .push("rma.glmm: the correlation of levels and effects is a parameter".into());
    }
    let more = 2.0 * (fit.fit.ll - ll);
    compare.within(&compare.expect["fit"]["ML"], |compare| {
        compare.number("ll", ll);
        if !compare.expect["dev"].is_null() {
            compare.number("dev", deviance);
        }
        if uncounted == 0.0 {
            compare.number("AIC", fit.fit.aic + more);
            compare.number("BIC", fit.fit.bic + more);
            compare.number("AICc", fit.fit.aicc + more);
        } else {
            compare.number("AIC", fit.fit.aic + more - 2.0 * uncounted);
            compare.touch("BIC");
            compare.touch("AICc");
        }
    });
}
