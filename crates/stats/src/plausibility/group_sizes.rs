//! Readings of two groups' sizes: as printed, or with a digit that slipped in one of them.
//!
//! Groups of a trial are mostly of one size, or of one that is a small multiple of the other's. How often they are not is
//! learnt from the other studies; how often a number of people is mistyped is a prior of the order of what is found in
//! published reviews (Xu 2022, doi 10.1136/bmj-2021-069155).

use super::means::Which;
use super::weigh::{Weighed, weigh};

/// What two printed numbers of people may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GroupSizesReading {
    /// What they are.
    AsPrinted,
    /// One of them has a digit too many, one too few, two in each other's place, or a wrong one.
    Slip {
        /// Whose.
        which: Which,
        /// What was meant.
        n: f64,
    },
}

const PRIOR_SLIP: f64 = 0.004;
/// A digit too many, too few, two exchanged, a wrong one: how slips are shared out.
const SHARES: [f64; 4] = [0.3, 0.3, 0.2, 0.2];
/// Share of the pairs whose sizes are as planned: equal, or one twice the other; the rest has any ratio.
const EQUAL: f64 = 0.8;
const TWOFOLD: f64 = 0.15;
/// Spread of log ratios about what was planned, beyond that of drawing lots: people who were lost.
const SPREAD: f64 = 0.12;
/// Spread of the log ratios that were not planned so.
const ANY_SPREAD: f64 = 1.2;
/// How many studies the share of such ratios weighs.
const WEIGHT_OF_PRIOR: f64 = 10.0;

/// Weighs the readings of two numbers of people, given those of the other studies, the likeliest first; nothing if they are
/// no numbers of people, or of fewer than two.
pub fn weigh_group_sizes(
    (n_e, n_c): (f64, f64),
    others: &[(f64, f64)],
) -> Vec<Weighed<GroupSizesReading>> {
    let (Some(digits_e), Some(digits_c)) = (digits(n_e), digits(n_c)) else { return Vec::new() };
    let unplanned = unplanned(others);
    let log = |e: f64, c: f64| libm::log(density(e, c, unplanned));
    let mut readings = vec![(GroupSizesReading::AsPrinted, 1.0, log(n_e, n_c))];
    for (which, digits) in [(Which::Experimental, digits_e), (Which::Comparator, digits_c)] {
        for (share, meant) in SHARES.iter().zip(slips(&digits)) {
            let prior = 0.5 * PRIOR_SLIP * share / meant.len().max(1) as f64;
            for n in meant.into_iter().filter(|n| *n >= 2.0) {
                let (e, c) = if which == Which::Experimental { (n, n_c) } else { (n_e, n) };
                readings.push((GroupSizesReading::Slip { which, n }, prior, log(e, c)));
            }
        }
    }
    weigh(&readings)
}

/// The decimal digits of a number of people.
fn digits(n: f64) -> Option<Vec<u8>> {
    if !(2.0..1e9).contains(&n) || n.fract() != 0.0 {
        return None;
    }
    Some(format!("{n:.0}").bytes().map(|it| it - b'0').collect())
}

fn number(digits: &[u8]) -> f64 {
    digits.iter().fold(0.0, |sum, digit| 10.0 * sum + f64::from(*digit))
}

/// What was meant if a digit is too many, too few, two are exchanged, one is wrong.
fn slips(printed: &[u8]) -> [Vec<f64>; 4] {
    let places = 0..printed.len();
    let each_digit = |i: usize| (0..10).map(move |digit| (i, digit));
    let too_many = places.clone().map(|i| number(&[&printed[..i], &printed[i + 1..]].concat()));
    let too_few = (0..=printed.len())
        .flat_map(each_digit)
        .map(|(i, digit)| number(&[&printed[..i], &[digit], &printed[i..]].concat()));
    let exchanged = (1..printed.len()).map(|i| {
        let mut digits = printed.to_vec();
        digits.swap(i - 1, i);
        number(&digits)
    });
    let wrong = places
        .flat_map(each_digit)
        .map(|(i, digit)| number(&[&printed[..i], &[digit], &printed[i + 1..]].concat()));
    let as_printed = number(printed);
    let others = |it: &f64| it.total_cmp(&as_printed).is_ne();
    [
        too_many.collect(),
        too_few.filter(others).collect(),
        exchanged.collect(),
        wrong.filter(others).collect(),
    ]
}

/// The share of studies whose groups are neither alike nor one twice the other.
fn unplanned(others: &[(f64, f64)]) -> f64 {
    let is_far = |it: &&(f64, f64)| libm::log(it.0 / it.1).abs() > 1.0;
    let far = others.iter().filter(is_far).count() as f64;
    let before = WEIGHT_OF_PRIOR * (1.0 - EQUAL - TWOFOLD);
    (before + far) / (WEIGHT_OF_PRIOR + others.len() as f64)
}

/// Density of the log ratio of two sizes.
fn density(n_e: f64, n_c: f64, unplanned: f64) -> f64 {
    let ratio = libm::log(n_e / n_c);
    let by_lot = 4.0 / (n_e + n_c);
    let normal = |mean: f64, spread: f64| {
        let variance = spread * spread + by_lot;
        let z2 = (ratio - mean) * (ratio - mean) / variance;
        libm::exp(-0.5 * z2) / (2.0 * std::f64::consts::PI * variance).sqrt()
    };
    let twofold = std::f64::consts::LN_2;
    let planned = EQUAL * normal(0.0, SPREAD)
        + 0.5 * TWOFOLD * (normal(twofold, SPREAD) + normal(-twofold, SPREAD));
    planned * (1.0 - unplanned) / (EQUAL + TWOFOLD) + unplanned * normal(0.0, ANY_SPREAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: [(f64, f64); 6] =
        [(31.0, 32.0), (75.0, 71.0), (18.0, 18.0), (57.0, 52.0), (34.0, 33.0), (110.0, 183.0)];

    fn slip(n_e: f64, n_c: f64) -> f64 {
        1.0 - weigh_group_sizes((n_e, n_c), &OTHERS)
            .iter()
            .find(|it| it.reading == GroupSizesReading::AsPrinted)
            .map_or(1.0, |it| it.probability)
    }

    #[test]
    fn a_digit_too_many_or_too_few_is_likelier_than_groups_of_such_sizes() {
        for (n_e, n_c) in [(1550.0, 156.0), (15.0, 156.0), (155.0, 1560.0)] {
            assert!(slip(n_e, n_c) > 0.3, "{n_e} and {n_c}: {}", slip(n_e, n_c));
        }
        let weighed = weigh_group_sizes((1550.0, 156.0), &OTHERS);
        let slip = weighed.iter().find(|it| it.reading != GroupSizesReading::AsPrinted).unwrap();
        let meant = GroupSizesReading::Slip { which: Which::Experimental, n: 155.0 };
        assert_eq!(slip.reading, meant);
    }

    #[test]
    fn groups_as_they_are_planned_are_what_they_are() {
        for (n_e, n_c) in [(155.0, 156.0), (110.0, 183.0), (200.0, 100.0), (8.0, 13.0), (2.0, 2.0)]
        {
            assert!(slip(n_e, n_c) < 0.05, "{n_e} and {n_c}: {}", slip(n_e, n_c));
        }
    }

    #[test]
    fn where_other_studies_have_unequal_groups_they_are_no_slip() {
        let others = [(542.0, 3106.0), (843.0, 3913.0), (1401.0, 7207.0), (1000.0, 8252.0)];
        let weighed = weigh_group_sizes((220.0, 1404.0), &others);
        assert_eq!(weighed[0].reading, GroupSizesReading::AsPrinted);
        assert!(weighed[0].probability > 0.75, "{:?}", weighed[0]);
    }

    #[test]
    fn what_is_no_number_of_people_is_not_judged() {
        for n in [0.0, 1.0, 2.5, -3.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(weigh_group_sizes((n, 10.0), &OTHERS).is_empty(), "{n}");
        }
    }
}
