//! Sums that lose nothing to rounding order: Neumaier's compensated summation.
//!
//! Neumaier (1974), Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen. The terms are taken
//! in the order given, so equal inputs give equal bits.

/// The sum of `terms`, rounded about once; 0 for none.
pub(crate) fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut total = 0.0_f64;
    let mut lost = 0.0_f64;
    for term in terms {
        let next = total + term;
        lost +=
            if total.abs() >= term.abs() { (total - next) + term } else { (term - next) + total };
        total = next;
    }
    // An infinite total makes the correction NaN; the caller must see the infinity.
    if total.is_finite() { total + lost } else { total }
}

/// Σ ln xᵢ of positive numbers, as the logarithm of their product where that neither overflows nor underflows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SumOfLogs {
    product: f64,
    taken: f64,
}

impl Default for SumOfLogs {
    fn default() -> Self {
        Self { product: 1.0, taken: 0.0 }
    }
}

impl SumOfLogs {
    pub(crate) fn add(&mut self, x: f64) {
        let within = |x: f64| (1e-150..=1e150).contains(&x);
        if within(x) {
            self.product *= x;
            if !within(self.product) {
                self.taken += libm::log(self.product);
                self.product = 1.0;
            }
        } else {
            self.taken += libm::log(x);
        }
    }

    pub(crate) fn value(&self) -> f64 {
        self.taken + libm::log(self.product)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::{SumOfLogs, sum};

    #[test]
    fn logarithms_of_very_large_and_very_small_numbers_add_up() {
        let mut logs = SumOfLogs::default();
        for x in [1e-300, 1e-200, 1e300, 1e200, 2.0, 1e-140, 1e-140, 1e280] {
            logs.add(x);
        }
        assert!((logs.value() - libm::log(2.0)).abs() < 1e-13);
    }

    #[test]
    fn small_terms_survive_between_large_ones() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
    }

    #[test]
    fn an_overflowing_sum_stays_infinite() {
        assert_eq!(sum([f64::MAX, f64::MAX]), f64::INFINITY);
    }

    #[test]
    fn no_terms_sum_to_zero() {
        assert_eq!(sum([]), 0.0);
    }
}
