//! How far two raters agree beyond chance: Cohen's kappa, plain and weighted, with its large-sample interval.
//!
//! Sources: Cohen, Educ Psychol Meas 1960;20:37 (doi:10.1177/001316446002000104) and Psychol Bull 1968;70:213
//! (doi:10.1037/h0026256); standard error: Fleiss, Cohen and Everitt, Psychol Bull 1969;72:323 (doi:10.1037/h0028106).

use crate::distribution::normal_quantile;

/// How much of an agreement it is to be some categories apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KappaWeights {
    /// The same category or none: Cohen 1960.
    Unweighted,
    /// 1 - |i - j| / (c - 1).
    Linear,
    /// 1 - (i - j)² / (c - 1)².
    Quadratic,
}

impl KappaWeights {
    fn weight(self, i: usize, j: usize, categories: usize) -> f64 {
        let apart = i.abs_diff(j) as f64 / (categories.max(2) - 1) as f64;
        match self {
            Self::Unweighted => f64::from(u8::from(i == j)),
            Self::Linear => 1.0 - apart,
            Self::Quadratic => 1.0 - apart * apart,
        }
    }
}

/// The agreement of two raters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kappa {
    /// How many things both rated.
    pub n: usize,
    /// The share rated the same, 0 to 1 (weighted, if the kappa is).
    pub observed: f64,
    /// The share expected by chance from each rater's own distribution.
    pub expected: f64,
    /// (observed - expected) / (1 - expected); `None` where chance alone would agree on everything.
    pub kappa: Option<f64>,
    /// Its large-sample standard error, not assuming kappa to be zero.
    pub se: Option<f64>,
    /// Wald limits, cut at -1 and 1.
    pub interval: Option<(f64, f64)>,
}

/// Cohen's kappa from pairs of categories, counted from 0 in their order, of so many `categories`.
///
/// `level` is the confidence level, 0 to 1. `None` without a pair, or with a category out of range.
///
/// ```
/// use consilience_stats::agreement::{KappaWeights, kappa};
/// let pairs = [(0, 0), (0, 0), (1, 1), (1, 0)];
/// let found = kappa(&pairs, 2, KappaWeights::Unweighted, 0.95).unwrap();
/// assert_eq!(found.kappa, Some(0.5));
/// ```
pub fn kappa(
    pairs: &[(usize, usize)],
    categories: usize,
    weights: KappaWeights,
    level: f64,
) -> Option<Kappa> {
    if pairs.is_empty() || pairs.iter().any(|it| it.0.max(it.1) >= categories) {
        return None;
    }
    let n = pairs.len() as f64;
    let mut joint = vec![0.0; categories * categories];
    for &(i, j) in pairs {
        joint[i * categories + j] += 1.0 / n;
    }
    let cell = |i: usize, j: usize| joint[i * categories + j];
    let all = 0..categories;
    let rows: Vec<f64> = all.clone().map(|i| all.clone().map(|j| cell(i, j)).sum()).collect();
    let columns: Vec<f64> = all.clone().map(|j| all.clone().map(|i| cell(i, j)).sum()).collect();
    let weight = |i, j| weights.weight(i, j, categories);
    let (mut observed, mut expected) = (0.0, 0.0);
    for i in all.clone() {
        for j in all.clone() {
            observed += weight(i, j) * cell(i, j);
            expected += weight(i, j) * rows[i] * columns[j];
        }
    }
    let (kappa, se) = if 1.0 - expected > 1e-12 {
        let kappa = (observed - expected) / (1.0 - expected);
        let mean_of_row: Vec<f64> =
            all.clone().map(|i| all.clone().map(|j| columns[j] * weight(i, j)).sum()).collect();
        let mean_of_column: Vec<f64> =
            all.clone().map(|j| all.clone().map(|i| rows[i] * weight(i, j)).sum()).collect();
        let mut sum = 0.0;
        for i in all.clone() {
            for j in all.clone() {
                let part = weight(i, j) - (mean_of_row[i] + mean_of_column[j]) * (1.0 - kappa);
                sum += cell(i, j) * part * part;
            }
        }
        let less = kappa - expected * (1.0 - kappa);
        let variance = (sum - less * less) / (n * (1.0 - expected) * (1.0 - expected));
        (Some(kappa), Some(libm::sqrt(variance.max(0.0))))
    } else {
        (None, None)
    };
    let z = normal_quantile(0.5 + level / 2.0);
    let interval = kappa
        .zip(se)
        .map(|(kappa, se)| ((kappa - z * se).clamp(-1.0, 1.0), (kappa + z * se).clamp(-1.0, 1.0)));
    Some(Kappa { n: pairs.len(), observed, expected, kappa, se, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs from a table of counts.
    fn pairs(table: &[&[usize]]) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (i, row) in table.iter().enumerate() {
            for (j, n) in row.iter().enumerate() {
                pairs.extend(std::iter::repeat_n((i, j), *n));
            }
        }
        pairs
    }

    #[track_caller]
    fn close(found: Option<f64>, expected: f64, tolerance: f64) {
        assert!(found.is_some_and(|it| (it - expected).abs() < tolerance), "{found:?} {expected}");
    }

    /// Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed., table 18.1: two raters of 100
    /// patients as psychotic, neurotic or organic; kappa 0.676, standard error 0.088.
    #[test]
    fn kappa_of_the_psychiatric_diagnoses_of_fleiss() {
        let table = pairs(&[&[75, 1, 4], &[5, 4, 1], &[0, 0, 10]]);
        let found = kappa(&table, 3, KappaWeights::Unweighted, 0.95).unwrap();
        close(found.kappa, 0.676, 5e-4);
        close(found.se, 0.088, 5e-4);
    }

    /// R's statpsych, documentation of ci.kappa(.05, 31, 12, 4, 58): Cohen's kappa 0.676, standard error 0.0734, 0.532 to 0.820.
    #[test]
    fn kappa_of_two_categories_has_the_printed_interval() {
        let table = pairs(&[&[31, 12], &[4, 58]]);
        let found = kappa(&table, 2, KappaWeights::Unweighted, 0.95).unwrap();
        close(found.kappa, 0.676, 5e-4);
        close(found.se, 0.0734, 5e-5);
        close(found.interval.map(|it| it.0), 0.532, 5e-4);
        close(found.interval.map(|it| it.1), 0.820, 5e-4);
    }

    #[test]
    fn categories_that_are_near_count_for_more_when_weighted() {
        let near = pairs(&[&[4, 3, 0], &[0, 4, 3], &[0, 0, 4]]);
        let far = pairs(&[&[4, 0, 6], &[0, 4, 0], &[0, 0, 4]]);
        let of = |pairs: &[(usize, usize)], weights| {
            kappa(pairs, 3, weights, 0.95).and_then(|it| it.kappa).unwrap()
        };
        assert!(of(&near, KappaWeights::Linear) > of(&near, KappaWeights::Unweighted));
        assert!(of(&near, KappaWeights::Quadratic) > of(&near, KappaWeights::Linear));
        assert!(of(&far, KappaWeights::Quadratic) < of(&near, KappaWeights::Quadratic));
        // Two categories: weights change nothing.
        let two = pairs(&[&[3, 2], &[1, 4]]);
        let of_two = |weights| kappa(&two, 2, weights, 0.95).and_then(|it| it.kappa);
        assert_eq!(of_two(KappaWeights::Linear), of_two(KappaWeights::Unweighted));
    }

    #[test]
    fn where_everybody_says_the_same_there_is_no_kappa_and_nothing_is_invented() {
        let found = kappa(&[(0, 0), (0, 0)], 3, KappaWeights::Unweighted, 0.95).unwrap();
        assert_eq!((found.observed, found.kappa, found.interval), (1.0, None, None));
        assert_eq!(kappa(&[], 3, KappaWeights::Unweighted, 0.95), None);
        assert_eq!(kappa(&[(0, 3)], 3, KappaWeights::Unweighted, 0.95), None);
        let perfect = kappa(&[(0, 0), (1, 1)], 2, KappaWeights::Linear, 0.95).unwrap();
        assert_eq!((perfect.kappa, perfect.interval), (Some(1.0), Some((1.0, 1.0))));
        let opposed = kappa(&[(0, 1), (1, 0)], 2, KappaWeights::Unweighted, 0.95).unwrap();
        assert_eq!(opposed.kappa, Some(-1.0));
    }
}
