//! The difference between two independent groups' means.

use consilience_stats::{
    Effect, EffectError, MeanSd, StandardizedDifference, exact_correction, pooled_sd_from_se,
    revman_smd, se_from_ci, se_from_ci_t, se_from_p, se_from_t, standardized_mean_difference,
};

use super::{Answer, Conversion, Given, Input, LEVEL, exact, measured};

const MD: Input = measured("md", "mean difference");
const N1: Input = exact("n1", "people in the first group");
const N2: Input = exact("n2", "people in the second group");
const EQUAL_SDS: &str = "a t test with a common SD (not Welch's), of independent groups";

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "sd-from-p",
        title: "The common SD of two groups from their mean difference and the p value of its t test",
        inputs: &[MD, measured("p", "two-sided p value"), N1, N2],
        method: "t of p with n1 + n2 − 2 degrees of freedom; se = |MD| / t; SD = se / √(1/n1 + 1/n2)",
        source: "Cochrane Handbook 6.5.2.3",
        assumes: &[
            EQUAL_SDS,
            "an exact p value: `p < 0.05` gives only a bound, `not significant` nothing",
        ],
        is_estimate: false,
        compute: |given| {
            let df = degrees_of_freedom(given);
            let se = se_from_p(given.number("md"), given.number("p"), Some(df))?;
            let t = given.number("md").abs() / se;
            Ok(common_sd(given, se)?.give("t", "t statistic", t))
        },
    },
    Conversion {
        name: "sd-from-t",
        title: "The common SD of two groups from their mean difference and its t statistic",
        inputs: &[MD, measured("t", "t statistic"), N1, N2],
        method: "se = |MD| / |t|; SD = se / √(1/n1 + 1/n2)",
        source: "Cochrane Handbook 6.5.2.3",
        assumes: &[EQUAL_SDS],
        is_estimate: false,
        compute: |given| common_sd(given, se_from_t(given.number("md"), given.number("t"))?),
    },
    Conversion {
        name: "sd-from-f",
        title: "The common SD of two groups from their mean difference and F of an analysis of variance of the two",
        inputs: &[MD, measured("f", "F on 1 and n1 + n2 − 2 degrees of freedom"), N1, N2],
        method: "t = √F; se = |MD| / t; SD = se / √(1/n1 + 1/n2)",
        source: "Cochrane Handbook 6.5.2.3",
        assumes: &["one degree of freedom above (two groups), and no covariates"],
        is_estimate: false,
        compute: |given| {
            let t = given.number("f").sqrt();
            Ok(common_sd(given, se_from_t(given.number("md"), t)?)?.give("t", "t statistic", t))
        },
    },
    Conversion {
        name: "sd-from-ci-of-difference",
        title: "The common SD of two groups from the confidence interval of their mean difference",
        inputs: &[
            measured("lower", "lower limit"),
            measured("upper", "upper limit"),
            N1,
            N2,
            LEVEL,
        ],
        method: "se = (upper − lower) / (2t), t of n1 + n2 − 2 degrees of freedom; SD = se / √(1/n1 + 1/n2)",
        source: "Cochrane Handbook 6.5.2.3",
        assumes: &["an interval made with t and a common SD"],
        is_estimate: false,
        compute: |given| {
            let (lower, upper) = (given.number("lower"), given.number("upper"));
            common_sd(given, se_from_ci_t(lower, upper, given.level(), degrees_of_freedom(given))?)
        },
    },
    Conversion {
        name: "se-from-ci",
        title: "The standard error of an estimate from its confidence interval by the normal distribution",
        inputs: &[measured("lower", "lower limit"), measured("upper", "upper limit"), LEVEL],
        method: "se = (upper − lower) / (2z)",
        source: "Cochrane Handbook 6.3.1",
        assumes: &[
            "the limits are on a scale on which the interval is symmetric (the log for ratios: log-ratio-from-ci)",
        ],
        is_estimate: false,
        compute: |given| {
            let se = se_from_ci(given.number("lower"), given.number("upper"), given.level())?;
            Ok(Answer::default().give("se", "standard error", se))
        },
    },
    Conversion {
        name: "se-from-p",
        title: "The standard error of an estimate from its p value by the normal distribution",
        inputs: &[measured("estimate", "estimate"), measured("p", "two-sided p value")],
        method: "se = |estimate| / z of p",
        source: "Cochrane Handbook 6.3.2",
        assumes: &["a Wald test of no effect on the scale of the estimate", "an exact p value"],
        is_estimate: false,
        compute: |given| {
            let se = se_from_p(given.number("estimate"), given.number("p"), None)?;
            Ok(Answer::default().give("se", "standard error", se))
        },
    },
    Conversion {
        name: "smd-from-t",
        title: "Standardised mean difference from the t statistic of two independent groups",
        inputs: &[measured("t", "t statistic"), N1, N2],
        method: "d = t × √(1/n1 + 1/n2); g = J × d",
        source: "Borenstein et al. (2009), chapter 4; exact correction of Hedges (1981)",
        assumes: &["a t test with a common SD, of independent groups, without covariates"],
        is_estimate: false,
        compute: |given| {
            Ok(smd_of(StandardizedDifference::from_t(
                given.number("t"),
                given.number("n1"),
                given.number("n2"),
            )?))
        },
    },
    Conversion {
        name: "smd-from-f",
        title: "Standardised mean difference from F of two independent groups",
        inputs: &[measured("f", "F on 1 and n1 + n2 − 2 degrees of freedom"), N1, N2],
        method: "t = √F; d = t × √(1/n1 + 1/n2); g = J × d",
        source: "Borenstein et al. (2009), chapter 4",
        assumes: &[
            "one degree of freedom above (two groups), and no covariates",
            "the sign is not in F: give it by the direction of the means",
        ],
        is_estimate: false,
        compute: |given| {
            let t = given.number("f").sqrt();
            let d = StandardizedDifference::from_t(t, given.number("n1"), given.number("n2"))?;
            Ok(smd_of(d).give("t", "t statistic", t))
        },
    },
    Conversion {
        name: "smd",
        title: "Standardised mean difference from two means and SDs",
        inputs: &[
            measured("m1", "mean of the first group"),
            measured("sd1", "SD of the first group"),
            N1,
            measured("m2", "mean of the second group"),
            measured("sd2", "SD of the second group"),
            N2,
        ],
        method: "d = (m1 − m2) / pooled SD; g = J × d, v = 1/n1 + 1/n2 + g²/(2(n1 + n2)); Review Manager: J = 1 − 3/(4N − 9), v = N/(n1 × n2) + g²/(2(N − 3.94))",
        source: "Hedges (1981), doi 10.3102/10769986006002107; Review Manager's statistical algorithms",
        assumes: &["equal SDs in the population"],
        is_estimate: false,
        compute: |given| {
            let group = |mean, sd, n| MeanSd {
                n: given.number(n),
                mean: given.number(mean),
                sd: given.number(sd),
            };
            let (e, c) = (group("m1", "sd1", "n1"), group("m2", "sd2", "n2"));
            let effect = standardized_mean_difference(&e, &c)?;
            let revman = revman_smd(&e, &c)?;
            let factor = exact_correction(e.n + c.n - 2.0);
            Ok(Answer::default()
                .give("estimate", "Hedges' g", effect.estimate)
                .give("variance", "its variance", effect.variance)
                .give("d", "Cohen's d, uncorrected", effect.estimate / factor)
                .give("correction", "J", factor)
                .give("revman_estimate", "g as Review Manager computes it", revman.estimate)
                .give("revman_variance", "its variance there", revman.variance))
        },
    },
];

fn degrees_of_freedom(given: &Given) -> f64 {
    given.number("n1") + given.number("n2") - 2.0
}

fn common_sd(given: &Given, se: f64) -> Result<Answer, EffectError> {
    let sd = pooled_sd_from_se(se, given.number("n1"), given.number("n2"))?;
    Ok(Answer::default().give("se", "standard error of the mean difference", se).give(
        "sd",
        "common SD, for both groups",
        sd,
    ))
}

fn smd_of(d: StandardizedDifference) -> Answer {
    let m = d.n_e + d.n_c - 2.0;
    let g = exact_correction(m) * d.d;
    let variance = 1.0 / d.n_e + 1.0 / d.n_c + g * g / (2.0 * (d.n_e + d.n_c));
    let effect = Effect { estimate: g, variance };
    Answer::default()
        .give("estimate", "Hedges' g", effect.estimate)
        .give("variance", "its variance", effect.variance)
        .give("d", "Cohen's d, uncorrected", d.d)
}
