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

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::sum;

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
