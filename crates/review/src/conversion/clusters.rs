//! Cluster-randomised trials analysed as if people had been randomised.

use consilience_stats::{EffectError, design_effect_unequal};

use super::{Answer, Conversion, Given, Input, exact, measured};

const SIZE: Input = measured("m", "average cluster size");
const ICC: Input = exact("icc", "intracluster correlation");
const CV: Input =
    exact("cv", "coefficient of variation of the clusters' sizes, as a share; 0 for equal ones")
        .or("0");

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "design-effect",
        title: "The factor by which clusters inflate a variance",
        inputs: &[SIZE, ICC, CV],
        method: "1 + ((cv² + 1) m − 1) ICC",
        source: "Cochrane Handbook 23.1.4; Eldridge et al. (2006), doi 10.1093/ije/dyl129",
        assumes: &[
            "an ICC from the trial or one like it (name the source, and vary it)",
            "the trial's own analysis did not adjust for clusters; if it did, enter its estimate and standard error",
        ],
        is_estimate: true,
        compute: |given| {
            let de = factor(given)?;
            Ok(Answer::default().give("de", "design effect", de).give(
                "se_factor",
                "what a standard error is multiplied by",
                de.sqrt(),
            ))
        },
    },
    Conversion {
        name: "effective-counts",
        title: "Events and people of a cluster-randomised trial, as many as they are worth",
        inputs: &[
            exact("e1", "events in the first group"),
            exact("n1", "people in the first group"),
            exact("e2", "events in the second group"),
            exact("n2", "people in the second group"),
            exact("de", "design effect (design-effect computes it)"),
        ],
        method: "each divided by the design effect; fractions are kept",
        source: "Cochrane Handbook 23.1.5",
        assumes: &["the design effect"],
        is_estimate: true,
        compute: |given| {
            let de = given.number("de");
            if de.is_nan() || de < 1.0 {
                return Err(EffectError::TooFew {
                    quantity: "design effect",
                    found: de,
                    minimum: 1.0,
                });
            }
            let part = |name| given.number(name) / de;
            Ok(Answer::default()
                .give("e1", "effective events in the first group", part("e1"))
                .give("n1", "effective people in the first group", part("n1"))
                .give("e2", "effective events in the second group", part("e2"))
                .give("n2", "effective people in the second group", part("n2")))
        },
    },
];

fn factor(given: &Given) -> Result<f64, EffectError> {
    design_effect_unequal(given.number("m"), given.number("icc"), given.number("cv"))
}
