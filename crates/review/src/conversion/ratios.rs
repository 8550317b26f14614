//! Ratios as they are printed: to the log scale, with a standard error.

use consilience_stats::{
    Effect, EffectError, TwoByTwo, log_ratio_asymmetry, log_ratio_from_ci, log_ratio_from_limit,
    log_ratio_from_p, odds_ratio, risk_difference, risk_ratio,
};

use super::{Answer, Conversion, Given, Input, LEVEL, exact, measured};

const RATIO: Input = measured("ratio", "odds, risk, rate or hazard ratio");

/// Further than this from the middle of its interval, in standard errors, a ratio is worth a second look.
const OFF_CENTRE: f64 = 0.1;

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "log-ratio-from-ci",
        title: "Log ratio and its variance from a ratio with its confidence interval",
        inputs: &[RATIO, measured("lower", "lower limit"), measured("upper", "upper limit"), LEVEL],
        method: "y = ln ratio; se = (ln upper − ln lower) / (2z)",
        source: "Cochrane Handbook 6.3.2",
        assumes: &["a Wald interval, symmetric on the log scale"],
        is_estimate: false,
        compute: from_ci,
    },
    Conversion {
        name: "log-ratio-from-limit",
        title: "Log ratio and its variance from a ratio with one of its limits",
        inputs: &[RATIO, measured("limit", "lower or upper limit"), LEVEL],
        method: "y = ln ratio; se = |ln limit − y| / z",
        source: "metafor conv.wald; Cochrane Handbook 6.3.2",
        assumes: &[
            "a Wald interval, symmetric on the log scale; with both limits use log-ratio-from-ci",
        ],
        is_estimate: false,
        compute: |given| {
            Ok(answer(&log_ratio_from_limit(
                given.number("ratio"),
                given.number("limit"),
                given.level(),
            )?))
        },
    },
    Conversion {
        name: "log-ratio-from-p",
        title: "Log ratio and its variance from a ratio with its p value",
        inputs: &[RATIO, measured("p", "two-sided p value")],
        method: "y = ln ratio; se = |y| / z of p",
        source: "Cochrane Handbook 6.3.2",
        assumes: &["a Wald test on the log scale", "an exact p value"],
        is_estimate: false,
        compute: |given| Ok(answer(&log_ratio_from_p(given.number("ratio"), given.number("p"))?)),
    },
    Conversion {
        name: "two-by-two",
        title: "Odds ratio, risk ratio and risk difference of two groups' events",
        inputs: &[
            exact("e1", "events in the first group"),
            exact("n1", "people in the first group"),
            exact("e2", "events in the second group"),
            exact("n2", "people in the second group"),
        ],
        method: "logs of the ratios with Woolf's and the delta method's variances",
        source: "Cochrane Handbook 6.4.1, 10.4",
        assumes: &["one event a person at most"],
        is_estimate: false,
        compute: two_by_two,
    },
];

fn answer(effect: &Effect) -> Answer {
    Answer::default()
        .give("estimate", "log ratio", effect.estimate)
        .give("variance", "its variance", effect.variance)
        .give("se", "its standard error", effect.se())
}

fn from_ci(given: &Given) -> Result<Answer, EffectError> {
    let (ratio, lower, upper) =
        (given.number("ratio"), given.number("lower"), given.number("upper"));
    let effect = log_ratio_from_ci(ratio, lower, upper, given.level())?;
    let off = log_ratio_asymmetry(ratio, lower, upper, given.level())?;
    let answer = answer(&effect);
    // What rounding alone can do to the three numbers.
    let printed =
        |name: &str| given.printed(name).first().map_or(0.0, |it| it.rounding() / it.value());
    let by_rounding =
        (printed("ratio") + 0.5 * (printed("lower") + printed("upper"))) / effect.se();
    Ok(if off.abs() > OFF_CENTRE.max(by_rounding) {
        let middle = (lower * upper).sqrt();
        answer.warn(format!(
            "the ratio {ratio} is not in the middle of its interval on the log scale ({middle:.4}): an exact or profile interval, \
             another scale, or a misprint"
        ))
    } else {
        answer
    })
}

fn two_by_two(given: &Given) -> Result<Answer, EffectError> {
    let table = TwoByTwo {
        events_e: given.number("e1"),
        n_e: given.number("n1"),
        events_c: given.number("e2"),
        n_c: given.number("n2"),
    };
    let (or, rr, rd) = (odds_ratio(&table)?, risk_ratio(&table)?, risk_difference(&table)?);
    Ok(Answer::default()
        .give("log_or", "log odds ratio", or.estimate)
        .give("log_or_variance", "its variance", or.variance)
        .give("log_rr", "log risk ratio", rr.estimate)
        .give("log_rr_variance", "its variance", rr.variance)
        .give("rd", "risk difference", rd.estimate)
        .give("rd_variance", "its variance", rd.variance))
}
