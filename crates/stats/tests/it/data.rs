//! Published data that several tests use, and how closely numbers must agree.

use consilience_stats::{Effect, MeanSd, TwoByTwo, mean_difference, risk_ratio};

/// Asserts that two numbers agree to the relative (near 0: absolute) `tolerance`.
#[track_caller]
pub(crate) fn assert_close(got: f64, expected: f64, tolerance: f64) {
    let error = (got - expected).abs() / expected.abs().max(1e-300);
    assert!(
        error <= tolerance || (expected == 0.0 && got.abs() <= tolerance),
        "{got:e} is not {expected:e}: relative error {error:e}"
    );
}

/// Colditz et al. (1994), doi 10.1001/jama.1994.03510330076038: BCG vaccine against tuberculosis, 13 trials; cells a, b,
/// c, d.
const BCG: [[f64; 4]; 13] = [
    [4.0, 119.0, 11.0, 128.0],
    [6.0, 300.0, 29.0, 274.0],
    [3.0, 228.0, 11.0, 209.0],
    [62.0, 13536.0, 248.0, 12619.0],
    [33.0, 5036.0, 47.0, 5761.0],
    [180.0, 1361.0, 372.0, 1079.0],
    [8.0, 2537.0, 10.0, 619.0],
    [505.0, 87886.0, 499.0, 87892.0],
    [29.0, 7470.0, 45.0, 7232.0],
    [17.0, 1699.0, 65.0, 1600.0],
    [186.0, 50448.0, 141.0, 27197.0],
    [5.0, 2493.0, 3.0, 2338.0],
    [27.0, 16886.0, 29.0, 17825.0],
];

/// Positions of the BCG trials by method of allocation: random, alternate, systematic.
pub(crate) const BCG_ALLOCATION: [&[usize]; 3] =
    [&[0, 1, 2, 3, 6, 7, 8], &[4, 5], &[9, 10, 11, 12]];

pub(crate) fn bcg_tables() -> Vec<TwoByTwo> {
    BCG.iter()
        .map(|&[a, b, c, d]| TwoByTwo { events_e: a, n_e: a + b, events_c: c, n_c: c + d })
        .collect()
}

pub(crate) fn bcg_risk_ratios() -> Vec<Effect> {
    bcg_tables().iter().map(|table| risk_ratio(table).unwrap()).collect()
}

/// Sixteen trials of intravenous magnesium after myocardial infarction, from Egger, Davey Smith & Altman (2001),
/// Systematic Reviews in Health Care, chapter 18: deaths and patients, magnesium and control.
const MAGNESIUM: [[f64; 4]; 16] = [
    [1.0, 40.0, 2.0, 36.0],
    [9.0, 135.0, 23.0, 135.0],
    [2.0, 200.0, 7.0, 200.0],
    [1.0, 48.0, 1.0, 46.0],
    [10.0, 150.0, 8.0, 148.0],
    [1.0, 59.0, 9.0, 56.0],
    [1.0, 25.0, 3.0, 23.0],
    [0.0, 22.0, 1.0, 21.0],
    [6.0, 76.0, 11.0, 75.0],
    [1.0, 27.0, 7.0, 27.0],
    [2.0, 89.0, 12.0, 80.0],
    [5.0, 23.0, 13.0, 33.0],
    [4.0, 130.0, 8.0, 122.0],
    [90.0, 1159.0, 118.0, 1157.0],
    [4.0, 107.0, 17.0, 108.0],
    [2216.0, 29011.0, 2103.0, 29039.0],
];

pub(crate) fn magnesium_tables() -> Vec<TwoByTwo> {
    MAGNESIUM
        .iter()
        .map(|&[events_e, n_e, events_c, n_c]| TwoByTwo { events_e, n_e, events_c, n_c })
        .collect()
}

/// Normand (1999), doi 10.1002/(SICI)1097-0258(19990215)18:3: length of stay after stroke, specialist against usual care;
/// n, mean, SD of each arm.
const NORMAND: [[f64; 6]; 9] = [
    [155.0, 55.0, 47.0, 156.0, 75.0, 64.0],
    [31.0, 27.0, 7.0, 32.0, 29.0, 4.0],
    [75.0, 64.0, 17.0, 71.0, 119.0, 29.0],
    [18.0, 66.0, 20.0, 18.0, 137.0, 48.0],
    [8.0, 14.0, 8.0, 13.0, 18.0, 11.0],
    [57.0, 19.0, 7.0, 52.0, 18.0, 4.0],
    [34.0, 52.0, 45.0, 33.0, 41.0, 34.0],
    [110.0, 21.0, 16.0, 183.0, 31.0, 27.0],
    [60.0, 30.0, 27.0, 52.0, 23.0, 20.0],
];

pub(crate) fn normand_arms() -> Vec<(MeanSd, MeanSd)> {
    NORMAND
        .iter()
        .map(|&[n1, m1, s1, n2, m2, s2]| {
            (MeanSd { n: n1, mean: m1, sd: s1 }, MeanSd { n: n2, mean: m2, sd: s2 })
        })
        .collect()
}

pub(crate) fn normand_mean_differences() -> Vec<Effect> {
    normand_arms().iter().map(|(e, c)| mean_difference(e, c).unwrap()).collect()
}
