//! From one family of measures to another.

use consilience_stats::{
    Correlation, Effect, EffectError, correlation_from_smd, fisher_z, log_odds_ratio_from_smd,
    odds_ratio_from_risk_ratio, risk_difference_from_risk_ratio, risk_ratio_from_hazard_ratio,
    risk_ratio_from_odds_ratio, smd_from_correlation, smd_from_log_odds_ratio,
    smd_from_log_odds_ratio_normal,
};

use super::{Answer, Conversion, Given, Input, Takes, exact, measured};

const VARIANCE: Input = measured("v", "its variance");
const P0: Input = measured("p0", "risk in the control group, as a share");
const LOWER: Input = measured("lower", "lower limit").or("");
const UPPER: Input = measured("upper", "upper limit").or("");
const LOGISTIC: &str =
    "a logistic (or normal) outcome behind the dichotomy, with the same SD in both groups";
const FIXED_RISK: &str = "the control risk is known: the limits do not include its uncertainty";

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "smd-from-log-or",
        title: "Standardised mean difference from a log odds ratio",
        inputs: &[measured("log_or", "log odds ratio"), VARIANCE, DISTRIBUTION],
        method: "d = ln OR × √3/π, v × 3/π² (logistic); ln OR / 1.65 (normal)",
        source: "Chinn (2000), Stat Med 19:3127; Cox & Snell (1989)",
        assumes: &[LOGISTIC],
        is_estimate: true,
        compute: |given| {
            let by = if given.word("distribution") == "normal" {
                smd_from_log_odds_ratio_normal
            } else {
                smd_from_log_odds_ratio
            };
            Ok(answer(&by(&effect(given, "log_or"))?, "standardised mean difference"))
        },
    },
    Conversion {
        name: "log-or-from-smd",
        title: "Log odds ratio from a standardised mean difference",
        inputs: &[measured("d", "standardised mean difference"), VARIANCE],
        method: "ln OR = d × π/√3, v × π²/3",
        source: "Chinn (2000), Stat Med 19:3127; Cochrane Handbook 10.6",
        assumes: &[LOGISTIC],
        is_estimate: true,
        compute: |given| {
            Ok(answer(&log_odds_ratio_from_smd(&effect(given, "d"))?, "log odds ratio"))
        },
    },
    Conversion {
        name: "r-from-smd",
        title: "Correlation from a standardised mean difference",
        inputs: &[
            measured("d", "standardised mean difference"),
            VARIANCE,
            exact("n1", "people in the first group"),
            exact("n2", "people in the second group"),
        ],
        method: "r = d / √(d² + a), v a² / (d² + a)³, a = (n1 + n2)² / (n1 n2)",
        source: "Borenstein et al. (2009), chapter 7",
        assumes: &[
            "the correlation of the outcome with membership of the first group is what is wanted",
        ],
        is_estimate: true,
        compute: |given| {
            let r =
                correlation_from_smd(&effect(given, "d"), given.number("n1"), given.number("n2"))?;
            Ok(answer(&r, "correlation"))
        },
    },
    Conversion {
        name: "smd-from-r",
        title: "Standardised mean difference from a correlation",
        inputs: &[measured("r", "correlation"), VARIANCE],
        method: "d = 2r / √(1 − r²), 4v / (1 − r²)³",
        source: "Borenstein et al. (2009), chapter 7",
        assumes: &["two groups of the same size, or a continuous variable cut at its middle"],
        is_estimate: true,
        compute: |given| {
            Ok(answer(&smd_from_correlation(&effect(given, "r"))?, "standardised mean difference"))
        },
    },
    Conversion {
        name: "fisher-z",
        title: "Fisher's z of a correlation",
        inputs: &[measured("r", "correlation"), exact("n", "number of people")],
        method: "z = artanh r, v = 1/(n − 3)",
        source: "Fisher (1921)",
        assumes: &["both variables normal"],
        is_estimate: false,
        compute: |given| {
            let z = fisher_z(&Correlation { r: given.number("r"), n: given.number("n") })?;
            Ok(answer(&z, "Fisher's z"))
        },
    },
    Conversion {
        name: "rr-from-or",
        title: "Risk ratio from an odds ratio",
        inputs: &[measured("or", "odds ratio"), LOWER, UPPER, P0],
        method: "RR = OR / (1 − p0 (1 − OR)), the limits likewise",
        source: "Cochrane Handbook 15.4.4.4",
        assumes: &[FIXED_RISK, "an unadjusted odds ratio; prefer the counts where there are any"],
        is_estimate: true,
        compute: |given| at_risk(given, "or", "rr", "risk ratio", risk_ratio_from_odds_ratio),
    },
    Conversion {
        name: "or-from-rr",
        title: "Odds ratio from a risk ratio",
        inputs: &[measured("rr", "risk ratio"), LOWER, UPPER, P0],
        method: "OR = RR (1 − p0) / (1 − RR p0), the limits likewise",
        source: "definition of odds",
        assumes: &[FIXED_RISK],
        is_estimate: true,
        compute: |given| at_risk(given, "rr", "or", "odds ratio", odds_ratio_from_risk_ratio),
    },
    Conversion {
        name: "rr-from-hr",
        title: "Risk ratio at a time from a hazard ratio",
        inputs: &[measured("hr", "hazard ratio"), LOWER, UPPER, P0],
        method: "RR = (1 − (1 − p0)^HR) / p0, the limits likewise",
        source: "Cochrane Handbook 15.4.4.4",
        assumes: &["proportional hazards", FIXED_RISK],
        is_estimate: true,
        compute: |given| at_risk(given, "hr", "rr", "risk ratio", risk_ratio_from_hazard_ratio),
    },
    Conversion {
        name: "rd-from-rr",
        title: "Risk difference from a risk ratio",
        inputs: &[measured("rr", "risk ratio"), LOWER, UPPER, P0],
        method: "RD = p0 (RR − 1), the limits likewise",
        source: "Cochrane Handbook 15.4.4",
        assumes: &[FIXED_RISK],
        is_estimate: true,
        compute: |given| {
            at_risk(given, "rr", "rd", "risk difference", risk_difference_from_risk_ratio)
        },
    },
];

const DISTRIBUTION: Input = Input {
    name: "distribution",
    meaning: "logistic (the default) or normal",
    takes: Takes::Word(&["logistic", "normal"]),
    default: Some("logistic"),
};

fn effect(given: &Given, name: &str) -> Effect {
    Effect { estimate: given.number(name), variance: given.number("v") }
}

fn answer(effect: &Effect, meaning: &'static str) -> Answer {
    Answer::default().give("estimate", meaning, effect.estimate).give(
        "variance",
        "its variance",
        effect.variance,
    )
}

/// An estimate and its limits, each through a formula at the control risk.
fn at_risk(
    given: &Given,
    from: &str,
    to: &'static str,
    meaning: &'static str,
    formula: fn(f64, f64) -> Result<f64, EffectError>,
) -> Result<Answer, EffectError> {
    let p0 = given.number("p0");
    let mut answer = Answer::default().give(to, meaning, formula(given.number(from), p0)?);
    for (name, meaning) in [("lower", "lower limit"), ("upper", "upper limit")] {
        if let Some(limit) = given.optional(name) {
            answer = answer.give(name, meaning, formula(limit, p0)?);
        }
    }
    Ok(answer)
}
