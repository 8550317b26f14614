//! Kendall's rank correlation: concordant and discordant pairs, and the exact distribution of their number.
//!
//! Kendall (1938), doi 10.1093/biomet/30.1-2.81; ties as in Kendall & Gibbons (1990), Rank Correlation Methods, chapters 3
//! and 4. Pairs are counted by merge sort (Knight 1966, doi 10.1080/01621459.1966.10480879).

use nalgebra::Complex;

use crate::numeric::root::{Unconverged, bracketed_root};

/// What the pairs of two sequences of the same length have in common.
pub(crate) struct Pairs {
    n: f64,
    all: f64,
    discordant: f64,
    left: Ties,
    right: Ties,
    both: f64,
}

/// Sums over groups of t equal values.
#[derive(Default)]
struct Ties {
    /// Σ t(t−1)/2: pairs of equal values.
    pairs: f64,
    /// Σ t(t−1)(t−2).
    triples: f64,
    /// Σ t(t−1)(2t+5).
    spread: f64,
}

impl Ties {
    fn of(sizes: impl Iterator<Item = usize>) -> Self {
        let mut ties = Self::default();
        for size in sizes {
            let t = size as f64;
            ties.pairs += t * (t - 1.0) / 2.0;
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.spread += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        ties
    }
}

impl Pairs {
    /// Pairs of two sequences of the same length, at least two long and without NaN.
    pub(crate) fn of(left: &[f64], right: &[f64]) -> Self {
        let mut order: Vec<(f64, f64)> = left.iter().copied().zip(right.iter().copied()).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let both = Ties::of(order.chunk_by(|a, b| a == b).map(<[_]>::len)).pairs;
        #[expect(clippy::float_cmp, reason = "ties are equal values, not near ones")]
        let left = Ties::of(order.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len));
        let mut seconds: Vec<f64> = order.into_iter().map(|pair| pair.1).collect();
        let discordant = sort_counting_inversions(&mut seconds);
        #[expect(clippy::float_cmp, reason = "ties are equal values, not near ones")]
        let right = Ties::of(seconds.chunk_by(|a, b| a == b).map(<[_]>::len));
        let n = seconds.len() as f64;
        Self { n, all: n * (n - 1.0) / 2.0, discordant, left, right, both }
    }

    /// Concordant minus discordant pairs.
    pub(crate) fn score(&self) -> f64 {
        self.all - self.left.pairs - self.right.pairs + self.both - 2.0 * self.discordant
    }

    /// Kendall's τ-b.
    pub(crate) fn tau_b(&self) -> f64 {
        let untied = (self.all - self.left.pairs).sqrt() * (self.all - self.right.pairs).sqrt();
        self.score() / untied
    }

    /// The score over its standard deviation under independence, given the ties.
    pub(crate) fn standard_score(&self) -> f64 {
        let n = self.n;
        let base = (n * (n - 1.0) * (2.0 * n + 5.0) - self.left.spread - self.right.spread) / 18.0;
        let pairs = 2.0 * self.left.pairs * self.right.pairs / (n * (n - 1.0));
        let triples = if n > 2.0 {
            self.left.triples * self.right.triples / (9.0 * n * (n - 1.0) * (n - 2.0))
        } else {
            0.0
        };
        self.score() / (base + pairs + triples).sqrt()
    }

    pub(crate) fn untied(&self) -> bool {
        self.left.pairs + self.right.pairs == 0.0
    }

    pub(crate) fn all_tied_left(&self) -> bool {
        self.left.pairs >= self.all
    }

    pub(crate) fn all_tied_right(&self) -> bool {
        self.right.pairs >= self.all
    }
}

/// Sorts, and counts the pairs that stood in strictly descending order.
fn sort_counting_inversions(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n < 2 {
        return 0.0;
    }
    let (first, second) = values.split_at_mut(n / 2);
    let mut inversions = sort_counting_inversions(first) + sort_counting_inversions(second);
    let mut merged = Vec::with_capacity(n);
    let (mut i, mut j) = (0, 0);
    while i < first.len() && j < second.len() {
        if second[j] < first[i] {
            inversions += (first.len() - i) as f64;
            merged.push(second[j]);
            j += 1;
        } else {
            merged.push(first[i]);
            i += 1;
        }
    }
    merged.extend_from_slice(&first[i..]);
    merged.extend_from_slice(&second[j..]);
    values.copy_from_slice(&merged);
    inversions
}

/// Up to this many values the distribution is counted out; above, it is had from its generating function.
const MOST_COUNTED: usize = 200;

/// The exact two-sided p value of a score of `n` ≥ 2 untied pairs: twice the smaller tail, at most 1.
pub(crate) fn exact_p_value(n: usize, score: f64) -> f64 {
    let all = (n * (n - 1) / 2) as f64;
    // The distribution is symmetric, so the smaller tail is that of at most this many discordant pairs.
    let discordant = (all - score.abs()) / 2.0;
    let tail =
        if n <= MOST_COUNTED { counted_tail(n, discordant) } else { inverted_tail(n, discordant) };
    (2.0 * tail).min(1.0)
}

/// P(at most `most` inversions in a random order of `n`), by Mahonian numbers.
///
/// Inserting the j-th value makes 0 to j − 1 inversions, each with probability 1/j.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number, 0 to n(n-1)/2"
)]
fn counted_tail(n: usize, most: f64) -> f64 {
    let most = most as usize;
    let mut probabilities = vec![0.0; most + 1];
    probabilities[0] = 1.0;
    let mut next = vec![0.0; most + 1];
    for j in 2..=n {
        let mut window = 0.0;
        for i in 0..=most {
            window += probabilities[i];
            if i >= j {
                window -= probabilities[i - j];
            }
            next[i] = window / j as f64;
        }
        std::mem::swap(&mut probabilities, &mut next);
    }
    probabilities.iter().sum()
}

/// P(at most `most` inversions in a random order of `n`), by the trapezoidal rule on a circle through the saddle point.
///
/// The generating function Π (1 − z^j)/(j(1 − z)) over z^most·(1 − z) is analytic inside the unit circle, so the rule
/// converges geometrically: the answer is exact up to rounding, at a cost of O(n).
fn inverted_tail(n: usize, most: f64) -> f64 {
    if most < 0.5 {
        return libm::exp(-libm::lgamma(n as f64 + 1.0));
    }
    let Ok(s) = saddle_point(n, most) else { return f64::NAN };
    let variance = n as f64 * bend(s) - sum_over(n, |j| j * j * bend(j * s));
    // The first bound keeps clear of the pole at z = 1, the second of the circle's neighbours.
    let step = (0.17 * -s).min(0.7 / variance.sqrt());
    let mut total = 0.5 / -libm::expm1(s);
    let mut angle = step;
    while angle < core::f64::consts::PI {
        let height = relative_height(n, s, angle);
        if height.norm_sqr() < 1e-36 {
            break;
        }
        let (sin, cos) = libm::sincos(most * angle);
        total += (height * Complex::new(cos, -sin) / one_minus_exp(s, angle)).re;
        angle += step;
    }
    let log_height = sum_over(n, |j| libm::log(libm::expm1(j * s) / (j * libm::expm1(s))));
    libm::exp(log_height - most * s) * total * step / core::f64::consts::PI
}

fn sum_over(n: usize, term: impl Fn(f64) -> f64) -> f64 {
    (1..=n).map(|j| term(j as f64)).sum()
}

/// e^x/(1 − e^x) for x < 0.
fn odds(x: f64) -> f64 {
    libm::exp(x) / -libm::expm1(x)
}

/// The derivative of [`odds`].
fn bend(x: f64) -> f64 {
    odds(x) * (1.0 + odds(x))
}

/// The s < 0 at which the integrand on the real axis, z = e^s, is least.
fn saddle_point(n: usize, most: f64) -> Result<f64, Unconverged> {
    let size = n as f64;
    let slope = |s: f64| (size + 1.0) * odds(s) - sum_over(n, |j| j * odds(j * s)) - most;
    bracketed_root(slope, -30.0, -1e-3 / (size * size))
}

/// 1 − e^(s + iθ), without cancellation.
fn one_minus_exp(s: f64, angle: f64) -> Complex<f64> {
    let (sin, cos) = libm::sincos(angle / 2.0);
    let r = libm::exp(s);
    Complex::new(2.0 * r * sin * sin - libm::expm1(s), -2.0 * r * sin * cos)
}

/// The generating function at e^(s + iθ), over its value at e^s.
fn relative_height(n: usize, s: f64, angle: f64) -> Complex<f64> {
    let inverse = Complex::new(-libm::expm1(s), 0.0) / one_minus_exp(s, angle);
    (1..=n).map(|j| j as f64).fold(Complex::new(1.0, 0.0), |product, j| {
        product * inverse * one_minus_exp(j * s, j * angle) / -libm::expm1(j * s)
    })
}

#[cfg(test)]
mod tests {
    use super::{counted_tail, inverted_tail};

    #[test]
    fn both_routes_to_the_distribution_agree() {
        for n in [60, 150, 200] {
            let all = (n * (n - 1) / 2) as f64;
            for share in [0.02, 0.2, 0.35, 0.45, 0.5] {
                let most = (all * share).floor();
                let (counted, inverted) = (counted_tail(n, most), inverted_tail(n, most));
                let error = (inverted / counted - 1.0).abs();
                assert!(error < 1e-10, "{n} {most}: {counted:e} {inverted:e}");
            }
        }
    }

    #[test]
    fn a_hundred_thousand_values_take_no_longer_than_they_should() {
        let n = 100_000;
        let all = (n as f64) * (n as f64 - 1.0) / 2.0;
        assert!((inverted_tail(n, all / 2.0) - 0.5).abs() < 1e-6);
    }
}
