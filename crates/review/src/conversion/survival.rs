//! Time to event: log hazard ratios from what trials print.

use consilience_stats::{
    EffectError, LogRank, log_rank_from_ci, log_rank_from_p, variance_from_events,
    variance_from_total_events,
};

use super::{Answer, Conversion, Given, Input, LEVEL, Takes, exact, measured};

const TIERNEY: &str = "Tierney et al. (2007), doi 10.1186/1745-6215-8-16";
const P: Input = measured("p", "two-sided log-rank p value");

/// A p value does not say who did better.
const BETTER: Input = Input {
    name: "better",
    meaning: "experimental or control: who did better",
    takes: Takes::Word(&["experimental", "control"]),
    default: None,
};

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "hr-from-ci",
        title: "Log hazard ratio, O − E and V from a hazard ratio with its interval",
        inputs: &[
            measured("hr", "hazard ratio"),
            measured("lower", "lower limit"),
            measured("upper", "upper limit"),
            LEVEL,
        ],
        method: "V = (2z / (ln upper − ln lower))²; O − E = V ln HR",
        source: TIERNEY,
        assumes: &["a Wald interval, symmetric on the log scale"],
        is_estimate: false,
        compute: |given| {
            let (hr, lower, upper) =
                (given.number("hr"), given.number("lower"), given.number("upper"));
            of(log_rank_from_ci(hr, lower, upper, given.level())?)
        },
    },
    Conversion {
        name: "hr-from-o-e",
        title: "Log hazard ratio from observed minus expected events and their variance",
        inputs: &[
            measured("o_e", "observed minus expected events, experimental arm"),
            measured("v", "their variance"),
        ],
        method: "ln HR = (O − E) / V; se = 1/√V",
        source: "Yusuf et al. (1985), doi 10.1016/S0033-0620(85)80003-7",
        assumes: &["a hazard ratio that is not far from 1"],
        is_estimate: false,
        compute: |given| {
            of(LogRank { o_minus_e: given.number("o_e"), variance: given.number("v") })
        },
    },
    Conversion {
        name: "hr-from-p-and-events",
        title: "Log hazard ratio from a log-rank p value and the events of both arms",
        inputs: &[
            exact("e1", "events in the experimental arm"),
            exact("e2", "events in the control arm"),
            P,
            BETTER,
        ],
        method: "V = e1 e2 / (e1 + e2); O − E = ± √V × z of p",
        source: TIERNEY,
        assumes: &["as many people randomised to each arm", "an exact p value"],
        is_estimate: true,
        compute: |given| {
            from_p(given, variance_from_events(given.number("e1"), given.number("e2"))?)
        },
    },
    Conversion {
        name: "hr-from-p-and-total-events",
        title: "Log hazard ratio from a log-rank p value and all events",
        inputs: &[
            exact("events", "events in both arms"),
            exact("r1", "size of the experimental arm, or its part of the ratio of randomisation")
                .or("1"),
            exact("r2", "size of the control arm, or its part").or("1"),
            P,
            BETTER,
        ],
        method: "V = D R1 R2 / (R1 + R2)²; O − E = ± √V × z of p",
        source: TIERNEY,
        assumes: &["a hazard ratio that is not far from 1", "an exact p value"],
        is_estimate: true,
        compute: |given| {
            let (events, r1, r2) = (given.number("events"), given.number("r1"), given.number("r2"));
            from_p(given, variance_from_total_events(events, r1, r2)?)
        },
    },
    Conversion {
        name: "hr-from-medians",
        title: "Hazard ratio from two median survival times and the events of both arms",
        inputs: &[
            measured("median1", "median survival of the experimental arm"),
            measured("median2", "median survival of the control arm"),
            exact("e1", "events in the experimental arm"),
            exact("e2", "events in the control arm"),
        ],
        method: "HR = median2 / median1; v = 1/e1 + 1/e2",
        source: "exponential survival",
        assumes: &["a constant hazard in each arm: a weak assumption, the last resort"],
        is_estimate: true,
        compute: |given| {
            let (m1, m2) = (given.number("median1"), given.number("median2"));
            let variance = variance_from_events(given.number("e1"), given.number("e2"))?;
            if !(m1 > 0.0 && m2 > 0.0) {
                return Err(EffectError::NotPositive {
                    quantity: "median survival",
                    found: m1.min(m2),
                });
            }
            of(LogRank { o_minus_e: variance * (m2 / m1).ln(), variance })
        },
    },
];

fn from_p(given: &Given, variance: f64) -> Result<Answer, EffectError> {
    of(log_rank_from_p(given.number("p"), variance, given.word("better") == "experimental")?)
}

fn of(log_rank: LogRank) -> Result<Answer, EffectError> {
    let effect = log_rank.log_hazard_ratio()?;
    Ok(Answer::default()
        .give("estimate", "log hazard ratio", effect.estimate)
        .give("variance", "its variance", effect.variance)
        .give("se", "its standard error", effect.se())
        .give("hr", "hazard ratio", effect.estimate.exp())
        .give("o_e", "observed minus expected events", log_rank.o_minus_e)
        .give("v", "variance of observed minus expected events", log_rank.variance))
}
