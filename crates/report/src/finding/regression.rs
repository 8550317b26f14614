//! A meta-regression.

use consilience_review::analysis::{Excluded, Synthesis};
use consilience_review::inquiry::MetaRegression;
use consilience_stats::{Coefficient, FitStatistics, LikelihoodFit, Regression, WaldTest};
use serde_json::{Value, json};

use super::columns::Columns;
use crate::number::{self, counted, four_digits, p_value, percent};

/// Everything on the analysis scale (logarithms, for ratios).
pub(super) fn json(it: &MetaRegression) -> Value {
    let mut value = regression(&it.fit);
    value["terms"] = it
        .terms
        .iter()
        .map(|(name, test)| {
            let mut test = wald(test);
            test["term"] = json!(name);
            test
        })
        .collect();
    value["excluded"] = excluded(&it.left_out);
    value
}

pub(super) fn excluded(left_out: &[Excluded]) -> Value {
    left_out.iter().map(|it| json!({ "study": it.study, "reason": it.reason })).collect()
}

pub(super) fn regression(fit: &Regression) -> Value {
    json!({
        "k": fit.k(),
        "coefficients": coefficients(&fit.coefficients),
        "df": fit.df,
        "tau2": fit.tau2,
        "tau2_se": fit.se_tau2,
        "i2": fit.i2,
        "h2": fit.h2,
        "r2": fit.r2,
        "q": fit.q_e,
        "q_df": fit.q_e_df,
        "q_p_value": fit.q_e_p_value,
        "moderators": wald(&fit.q_m),
        "fit": fit_statistics(&fit.fit),
    })
}

/// Coefficients with their tests and intervals.
pub(super) fn coefficients(coefficients: &[Coefficient]) -> Value {
    let coefficient = |it: &Coefficient| {
        json!({
            "name": it.name, "estimate": it.estimate, "se": it.se, "statistic": it.statistic,
            "p_value": it.p_value, "ci_lower": it.ci.lower, "ci_upper": it.ci.upper,
        })
    };
    coefficients.iter().map(coefficient).collect()
}

/// A joint test; `df2` is null for a χ² test.
pub(super) fn wald(test: &WaldTest) -> Value {
    json!({
        "statistic": test.statistic, "df": test.df1, "df2": test.df2, "p_value": test.p_value,
    })
}

pub(super) fn fit_statistics(fit: &FitStatistics) -> Value {
    json!({ "ml": likelihood(&fit.ml), "reml": fit.reml.as_ref().map(likelihood) })
}

/// A log-likelihood and its information criteria.
pub(super) fn likelihood(it: &LikelihoodFit) -> Value {
    json!({
        "log_likelihood": it.ll, "deviance": it.deviance,
        "aic": it.aic, "bic": it.bic, "aicc": it.aicc,
    })
}

/// The table of coefficients, the tests, and what heterogeneity is left.
pub(super) fn text(it: &MetaRegression, synthesis: &Synthesis) -> String {
    let fit = &it.fit;
    let mut lines = vec![format!(
        "Meta-regression of {}{}:",
        counted(fit.k(), "study", "studies"),
        if synthesis.plan.is_ratio() { ", on the log scale" } else { "" }
    )];
    lines.extend(coefficient_lines(&fit.coefficients, synthesis));
    lines.extend(test_lines(it));
    lines.extend(it.left_out.iter().map(|it| format!("Left out: {}: {}", it.study, it.reason)));
    lines.join("\n")
}

/// The tests of the moderators, and what heterogeneity is left.
pub(crate) fn test_lines(it: &MetaRegression) -> Vec<String> {
    let fit = &it.fit;
    let mut lines = vec![format!("Test of moderators: {}", wald_words(&fit.q_m))];
    lines.extend(it.terms.iter().map(|(name, test)| format!("  {name}: {}", wald_words(test))));
    let mut left = format!(
        "Residual heterogeneity: {}, I² = {}; Q = {}, df = {}, {}",
        number::tau2_equation(fit.tau2),
        percent(fit.i2),
        number::fixed(fit.q_e, 2),
        number::fixed(fit.q_e_df, 0),
        p_value(fit.q_e_p_value)
    );
    if let Some(r2) = fit.r2 {
        left = format!("{left}; R² = {}", percent(r2));
    }
    lines.push(left);
    lines
}

/// The table of some coefficients.
pub(super) fn coefficient_lines(
    coefficients: &[Coefficient],
    synthesis: &Synthesis,
) -> Vec<String> {
    let level = synthesis.plan.level.text();
    let mut table =
        Columns::new(&["", "Coefficient", "SE", &format!("{level}% CI"), "Statistic", "P"]);
    for it in coefficients {
        table.row(coefficient_cells(it));
    }
    table.lines()
}

/// Name, estimate, standard error, interval, statistic and P value of a coefficient.
pub(crate) fn coefficient_cells(it: &Coefficient) -> [String; 6] {
    [
        // R's name of the intercept is no word.
        if it.name == "intrcpt" { "intercept".to_owned() } else { it.name.clone() },
        four_digits(it.estimate),
        four_digits(it.se),
        format!("{} to {}", four_digits(it.ci.lower), four_digits(it.ci.upper)),
        number::fixed(it.statistic, 2),
        number::bare_p_value(it.p_value),
    ]
}

/// `χ² = 12.20, df = 2, P = 0.002`, or `F(2, 10) = 3.40, P = 0.07`.
pub(super) fn wald_words(test: &WaldTest) -> String {
    let statistic = number::fixed(test.statistic, 2);
    let p = p_value(test.p_value);
    match test.df2 {
        Some(df2) => format!(
            "F({}, {}) = {statistic}, {p}",
            number::fixed(test.df1, 0),
            number::fixed(df2, 1).trim_end_matches(".0")
        ),
        None => format!("χ² = {statistic}, df = {}, {p}", number::fixed(test.df1, 0)),
    }
}
