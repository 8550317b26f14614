//! Fisher's noncentral hypergeometric distribution: events of one arm given the events of both, as a function of the log
//! odds ratio.
//!
//! Fisher (1935); Stijnen, Hamza & Özdemir (2010), doi 10.1002/sim.4040. Probabilities follow from the mode outwards by the
//! ratio of neighbours (Liao & Rosen 2001, doi 10.1198/000313001753272547), so nothing overflows, and a sum ends
//! where its terms no longer count.

use super::family::Derivatives;

/// One table's distribution, with the observed count of events in the first arm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hypergeometric {
    observed: f64,
    /// The least possible count.
    lowest: f64,
    /// Position of the observed count among the possible ones.
    position: usize,
    /// How many counts are possible.
    possible: usize,
    first_n: f64,
    second_n: f64,
    total: f64,
}

/// Terms below this share of the mode's are left out.
const NEGLIGIBLE: f64 = 1e-18;

impl Hypergeometric {
    /// `a` of `first_n` and `c` of `second_n` had the event; a ≤ `first_n`, c ≤ `second_n`.
    pub(crate) fn new(a: u64, first_n: u64, c: u64, second_n: u64) -> Self {
        let (total, lowest) = (a + c, (a + c).saturating_sub(second_n));
        let highest = first_n.min(total);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a study has fewer people than memory has addresses"
        )]
        let size = |count: u64| count as usize;
        Self {
            observed: a as f64,
            lowest: lowest as f64,
            position: size(a - lowest),
            possible: size(highest - lowest) + 1,
            first_n: first_n as f64,
            second_n: second_n as f64,
            total: total as f64,
        }
    }

    /// Whether the margins allow but one count, or the observed one is the least or greatest possible.
    pub(crate) fn is_extreme(&self) -> bool {
        self.position == 0 || self.position + 1 == self.possible
    }

    /// The conditional maximum-likelihood log odds ratio; ±∞ at the ends of the range, `None` if it was not found.
    pub(crate) fn best(&self) -> Option<f64> {
        if self.possible == 1 {
            return Some(0.0);
        }
        if self.is_extreme() {
            let lowest = self.position == 0;
            return Some(if lowest { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        let (a, c) = (self.observed, self.total - self.observed);
        let half = |x: f64| x + 0.5;
        let odds = half(a) / half(self.first_n - a) * (half(self.second_n - c) / half(c));
        let mut eta = libm::log(odds);
        // Newton on a convex cumulant function from a start this near never leaves it; 60 steps are many times enough.
        for _ in 0..60 {
            let [_, slope, curve, ..] = self.derivatives(eta);
            let step = (-slope / curve).clamp(-2.0, 2.0);
            eta += step;
            if step.abs() <= 1e-13 * eta.abs().max(1.0) {
                return Some(eta);
            }
        }
        None
    }

    /// ln P(observed) and its derivatives: the observed count less the cumulants of the distribution.
    pub(crate) fn derivatives(&self, eta: f64) -> Derivatives {
        let mode = self.mode(eta);
        let centre = self.lowest + mode as f64;
        let mut moments = Moments { sums: [1.0, 0.0, 0.0, 0.0, 0.0] };
        let odds = libm::exp(eta);
        let mut term = 1.0;
        for j in mode + 1..self.possible {
            term *= odds * self.ratio_below(j);
            if term < NEGLIGIBLE {
                break;
            }
            moments.add((j - mode) as f64, term);
        }
        let mut term = 1.0;
        for j in (0..mode).rev() {
            term /= odds * self.ratio_below(j + 1);
            if term < NEGLIGIBLE {
                break;
            }
            moments.add(-((mode - j) as f64), term);
        }
        let [mean, variance, third, fourth] = moments.cumulants();
        [
            -(self.log_above_observed(mode, odds) + libm::log(moments.sums[0])),
            (self.observed - centre) - mean,
            -variance,
            -third,
            -fourth,
        ]
    }

    /// ln of the mode's probability over that of the observed count: logarithms of products of neighbours' ratios.
    fn log_above_observed(&self, mode: usize, odds: f64) -> f64 {
        let (from, to) = (self.position.min(mode), self.position.max(mode));
        let upward = mode > self.position;
        let (mut log, mut product) = (0.0, 1.0);
        for j in from + 1..=to {
            let ratio = odds * self.ratio_below(j);
            product *= if upward { ratio } else { 1.0 / ratio };
            // Each factor is at least 1, and below 1e100 for any table and odds that can be counted.
            if product > 1e100 {
                log += libm::log(product);
                product = 1.0;
            }
        }
        log + libm::log(product)
    }

    /// Ways of the count at position `j` over those of the count before it.
    fn ratio_below(&self, j: usize) -> f64 {
        let x = self.lowest + j as f64;
        (self.first_n - x + 1.0) / x * ((self.total - x + 1.0) / (self.second_n - self.total + x))
    }

    /// The position of the most probable count: where the ratio of neighbours passes 1.
    fn mode(&self, eta: f64) -> usize {
        let odds = libm::exp(eta);
        let (mut low, mut high) = (0, self.possible - 1);
        // The ratio falls with the count, so the count is found by halving.
        while low < high {
            let middle = usize::midpoint(low, high) + 1;
            if odds * self.ratio_below(middle) >= 1.0 { low = middle } else { high = middle - 1 }
        }
        low
    }
}

/// Sums of terms times the powers 0 to 4 of the distance from the mode.
struct Moments {
    sums: [f64; 5],
}

impl Moments {
    fn add(&mut self, distance: f64, term: f64) {
        let mut product = term;
        for sum in &mut self.sums {
            *sum += product;
            product *= distance;
        }
    }

    /// Mean (from the mode), variance, and the third and fourth cumulants.
    fn cumulants(&self) -> [f64; 4] {
        let [total, sums @ ..] = self.sums;
        let [a, b, c, d] = sums.map(|sum| sum / total);
        let variance = b - a * a;
        let third = c - 3.0 * a * b + 2.0 * a * a * a;
        let fourth_moment = d - 4.0 * a * c + 6.0 * a * a * b - 3.0 * a * a * a * a;
        [a, variance, third, fourth_moment - 3.0 * variance * variance]
    }
}

#[cfg(test)]
mod tests {
    use super::Hypergeometric;

    #[test]
    fn probabilities_are_the_hypergeometric_ones_without_an_effect() {
        // C(5,2)·C(7,3)/C(12,5) = 350/792.
        let value = Hypergeometric::new(2, 5, 3, 7).derivatives(0.0)[0];
        assert!((value - libm::log(350.0 / 792.0)).abs() < 1e-13);
    }

    #[test]
    fn large_tables_and_odds_do_not_overflow() {
        let table = Hypergeometric::new(4000, 100_000, 5000, 90_000);
        for eta in [-60.0, -5.0, 0.0, 5.0, 60.0] {
            assert!(table.derivatives(eta).iter().all(|value| value.is_finite()), "{eta}");
        }
        let at = table.best().unwrap();
        assert!((at - libm::log(4000.0 / 96_000.0 * (85_000.0 / 5000.0))).abs() < 1e-4);
    }
}
