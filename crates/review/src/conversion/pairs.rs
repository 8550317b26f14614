//! The same people twice: changes from baseline, crossover, split-face and matched designs.

use consilience_stats::{
    Effect, EffectError, MeanSd, PairedMargins, PairedSmdVariance, PairedTable,
    conditional_odds_ratio, conditional_peto_odds_ratio, correlation_from_sd_of_differences,
    paired_mean_difference, paired_odds_ratio, paired_odds_ratio_from_margins,
    paired_risk_difference, paired_risk_ratio, paired_smd, paired_smd_of_change,
    paired_smd_uncorrected, sd_of_change, sd_of_differences_from_ci, sd_of_differences_from_p,
    sd_of_differences_from_se,
};

use super::{Answer, Conversion, Given, Input, LEVEL, Takes, exact, measured};

const PAIRS: Input = exact("n", "number of pairs");
const R: Input = exact("r", "correlation between the two sides");
const M1: Input = measured("m1", "mean of the experimental side");
const SD1: Input = measured("sd1", "SD of the experimental side");
const M2: Input = measured("m2", "mean of the control side");
const SD2: Input = measured("sd2", "SD of the control side");
const SD_OF_DIFFERENCES: &str = "SD of the differences within pairs";
const SAME_PEOPLE: &str = "the same people, or matched pairs, stand on both sides";

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "sd-of-change",
        title: "SD of the changes from the SDs at baseline and end",
        inputs: &[
            measured("sd_baseline", "SD at baseline"),
            measured("sd_final", "SD at the end"),
            exact("r", "correlation between baseline and end"),
        ],
        method: "SD = √(s₀² + s₁² − 2 r s₀ s₁)",
        source: "Cochrane Handbook 6.5.2.8",
        assumes: &[
            "the correlation, which is seldom printed: recover it from another trial (correlation-from-sds) and vary it, as 0.3, 0.5, 0.7, 0.9",
        ],
        is_estimate: true,
        compute: |given| {
            let sd = sd_of_change(
                given.number("sd_baseline"),
                given.number("sd_final"),
                given.number("r"),
            )?;
            Ok(Answer::default().give("sd", "SD of the changes", sd))
        },
    },
    Conversion {
        name: "correlation-from-sds",
        title: "The correlation behind three SDs: baseline, end and change (or two sides and their difference)",
        inputs: &[
            measured("sd_baseline", "SD at baseline, or of one side"),
            measured("sd_final", "SD at the end, or of the other side"),
            measured("sd_change", "SD of the changes, or of the differences"),
        ],
        method: "r = (s₀² + s₁² − s²) / (2 s₀ s₁)",
        source: "Cochrane Handbook 6.5.2.8",
        assumes: &["all three are SDs of the same people"],
        is_estimate: false,
        compute: |given| {
            let (baseline, end) = (given.number("sd_baseline"), given.number("sd_final"));
            let r = correlation_from_sd_of_differences(baseline, end, given.number("sd_change"))?;
            Ok(Answer::default().give("r", "correlation", r))
        },
    },
    Conversion {
        name: "sd-of-differences",
        title: "SD of the differences within pairs from their standard error, interval, or a paired t test",
        inputs: &[
            PAIRS,
            measured("se", "standard error of the mean difference").or(""),
            measured("lower", "lower limit of its interval").or(""),
            measured("upper", "upper limit of its interval").or(""),
            measured("md", "mean difference, with p").or(""),
            measured("p", "two-sided p value of a paired t test").or(""),
            LEVEL,
        ],
        method: "se × √n; √n × (upper − lower) / (2t); or |MD| × √n / t, t of n − 1 degrees of freedom",
        source: "Cochrane Handbook 23.2.7",
        assumes: &[SAME_PEOPLE, "a paired analysis"],
        is_estimate: false,
        compute: sd_of_differences,
    },
    Conversion {
        name: "paired-md",
        title: "Mean difference of pairs with its standard error",
        inputs: &[
            M1,
            measured("sd1", "SD of the experimental side").or(""),
            M2,
            measured("sd2", "SD of the control side").or(""),
            PAIRS,
            exact("r", "correlation between the two sides").or(""),
            measured("sd_diff", "SD of the differences, instead of SDs and r").or(""),
        ],
        method: "s = √(s₁² + s₂² − 2 r s₁ s₂), or the SD of the differences; se = s / √n",
        source: "Cochrane Handbook 23.2.7.1",
        assumes: &[SAME_PEOPLE],
        is_estimate: false,
        compute: paired_md,
    },
    Conversion {
        name: "paired-smd",
        title: "Standardised mean difference of pairs, on the yardstick of parallel trials",
        inputs: &[M1, SD1, M2, SD2, PAIRS, R, FORM],
        method: "(m1 − m2) / √((s₁² + s₂²)/2); v = 2(1 − r)/n + d²/(2n) (becker), or (1/n + d²/(2n)) × 2(1 − r) (handbook)",
        source: "Becker (1988), doi 10.1111/j.2044-8317.1988.tb00901.x; Cochrane Handbook 23.2.7.2",
        assumes: &[SAME_PEOPLE, "the correlation"],
        is_estimate: true,
        compute: |given| {
            let (e, c) = sides(given);
            let form = if given.word("form") == "handbook" {
                PairedSmdVariance::Handbook
            } else {
                PairedSmdVariance::Becker
            };
            let d = paired_smd_uncorrected(&e, &c, given.number("r"), form)?;
            let g = paired_smd(&e, &c, given.number("r"))?;
            Ok(effect(&d, "standardised mean difference, uncorrected")
                .give("g", "with Hedges' correction", g.estimate)
                .give("g_variance", "its variance (becker)", g.variance))
        },
    },
    Conversion {
        name: "paired-smd-of-change",
        title: "Standardised mean change: the difference over the SD of the differences",
        inputs: &[M1, SD1, M2, SD2, PAIRS, R],
        method: "g = J(n − 1) × (m1 − m2) / s, s the SD of the differences; v = 1/n + g²/(2n)",
        source: "Gibbons et al. (1993), doi 10.3102/10769986018003271; metafor SMCC",
        assumes: &[
            SAME_PEOPLE,
            "it is not pooled with SMDs of parallel trials, whose yardstick is another",
        ],
        is_estimate: true,
        compute: |given| {
            let (e, c) = sides(given);
            Ok(effect(
                &paired_smd_of_change(&e, &c, given.number("r"))?,
                "standardised mean change",
            ))
        },
    },
    Conversion {
        name: "paired-table",
        title: "Effects of a paired 2×2 table",
        inputs: &[
            exact("a", "pairs with the event on both sides"),
            exact("b", "only on the experimental side"),
            exact("c", "only on the control side"),
            exact("d", "on neither"),
        ],
        method: "marginal log OR and RR, risk difference (Becker & Balagtas; delta method), conditional log OR ln(b/c), Peto's",
        source: "Elbourne et al. (2002), doi 10.1093/ije/31.1.140; Curtin et al. (2002)",
        assumes: &[SAME_PEOPLE, "only the marginal effects are comparable with parallel trials"],
        is_estimate: false,
        compute: paired_table,
    },
    Conversion {
        name: "paired-or-from-margins",
        title: "Marginal log odds ratio of pairs from the two sides' events and an assumed correlation",
        inputs: &[
            exact("events1", "events on the experimental side"),
            exact("events2", "events on the control side"),
            exact("n", "number of pairs"),
            exact("phi", "correlation φ between the sides; 0 is conservative").or("0"),
        ],
        method: "the unpaired variance less twice the covariance that φ implies",
        source: "Elbourne et al. (2002), doi 10.1093/ije/31.1.140; metafor MPORM",
        assumes: &["the correlation φ"],
        is_estimate: true,
        compute: |given| {
            let margins = PairedMargins {
                pairs: given.number("n"),
                events_e: given.number("events1"),
                events_c: given.number("events2"),
                phi: given.number("phi"),
            };
            Ok(effect(&paired_odds_ratio_from_margins(&margins)?, "marginal log odds ratio"))
        },
    },
];

const FORM: Input = Input {
    name: "form",
    meaning: "becker (the default) or handbook: the variance",
    takes: Takes::Word(&["becker", "handbook"]),
    default: Some("becker"),
};

fn sides(given: &Given) -> (MeanSd, MeanSd) {
    let side =
        |mean, sd| MeanSd { n: given.number("n"), mean: given.number(mean), sd: given.number(sd) };
    (side("m1", "sd1"), side("m2", "sd2"))
}

fn effect(effect: &Effect, meaning: &'static str) -> Answer {
    Answer::default()
        .give("estimate", meaning, effect.estimate)
        .give("variance", "its variance", effect.variance)
        .give("se", "its standard error", effect.se())
}

fn sd_of_differences(given: &Given) -> Result<Answer, EffectError> {
    let n = given.number("n");
    let optional = |name| given.optional(name);
    let sd =
        match (optional("se"), optional("lower"), optional("upper"), optional("md"), optional("p"))
        {
            (Some(se), ..) => sd_of_differences_from_se(se, n)?,
            (None, Some(lower), Some(upper), ..) => {
                sd_of_differences_from_ci(lower, upper, n, given.level())?
            }
            (None, .., Some(md), Some(p)) => sd_of_differences_from_p(md, n, p)?,
            _ => {
                return Err(EffectError::Nothing {
                    quantity: "standard error (se), interval (lower and upper) or test (md and p)",
                });
            }
        };
    Ok(Answer::default().give("sd_diff", SD_OF_DIFFERENCES, sd))
}

fn paired_md(given: &Given) -> Result<Answer, EffectError> {
    let (e, c) = sides(given);
    if e.n.is_nan() || e.n < 2.0 {
        return Err(EffectError::TooFew { quantity: "number of pairs", found: e.n, minimum: 2.0 });
    }
    let sd = match (given.optional("sd_diff"), given.optional("r")) {
        (Some(sd), _) => sd,
        (None, Some(r)) => {
            paired_mean_difference(&e, &c, r)?;
            sd_of_change(e.sd, c.sd, r)?
        }
        (None, None) => {
            return Err(EffectError::Nothing {
                quantity: "SD of the differences (sd_diff), or SDs with a correlation (r)",
            });
        }
    };
    Ok(Answer::default()
        .give("md", "mean difference", e.mean - c.mean)
        .give("se", "its standard error", sd / e.n.sqrt())
        .give("sd_diff", SD_OF_DIFFERENCES, sd))
}

fn paired_table(given: &Given) -> Result<Answer, EffectError> {
    let table = PairedTable {
        both: given.number("a"),
        experimental_only: given.number("b"),
        control_only: given.number("c"),
        neither: given.number("d"),
    };
    let marginal = paired_odds_ratio(&table)?;
    let risk_ratio = paired_risk_ratio(&table)?;
    let difference = paired_risk_difference(&table)?;
    let mut answer = Answer::default()
        .give("log_or", "marginal log odds ratio", marginal.estimate)
        .give("log_or_variance", "its variance", marginal.variance)
        .give("log_rr", "marginal log risk ratio", risk_ratio.estimate)
        .give("log_rr_variance", "its variance", risk_ratio.variance)
        .give("rd", "risk difference", difference.estimate)
        .give("rd_variance", "its variance", difference.variance);
    if let (Ok(conditional), Ok(peto)) =
        (conditional_odds_ratio(&table), conditional_peto_odds_ratio(&table))
    {
        answer = answer
            .give("conditional_log_or", "conditional log odds ratio", conditional.estimate)
            .give("conditional_log_or_variance", "its variance", conditional.variance)
            .give("peto_log_or", "conditional log odds ratio by Peto's method", peto.estimate)
            .give("peto_log_or_variance", "its variance", peto.variance);
    }
    Ok(answer)
}
