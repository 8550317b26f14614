//! Competing readings of the same printed numbers: prior times likelihood, normalised.

/// A reading with how likely it is among all that were considered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed<R> {
    /// The reading.
    pub reading: R,
    /// Its probability, 0 to 1.
    pub probability: f64,
    /// How many times as likely it makes the numbers as the reading as printed does.
    pub likelihood_ratio: f64,
}

/// Weighs readings, given as (reading, prior, log likelihood); the first is the one as printed. Ordered from the
/// likeliest; equals stay in their order.
pub(super) fn weigh<R: Copy>(readings: &[(R, f64, f64)]) -> Vec<Weighed<R>> {
    let Some(&(_, _, as_printed)) = readings.first() else { return Vec::new() };
    let largest = readings.iter().map(|it| it.2).fold(f64::NEG_INFINITY, f64::max);
    let weight = |it: &(R, f64, f64)| it.1 * libm::exp(it.2 - largest);
    let total: f64 = readings.iter().map(weight).sum();
    let mut weighed: Vec<Weighed<R>> = readings
        .iter()
        .map(|it| Weighed {
            reading: it.0,
            probability: weight(it) / total,
            likelihood_ratio: libm::exp((it.2 - as_printed).min(700.0)),
        })
        .collect();
    weighed.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    weighed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_and_the_likeliest_comes_first() {
        let weighed = weigh(&[("printed", 0.9, -5.0), ("other", 0.1, 0.0)]);
        assert_eq!(weighed[0].reading, "other");
        let total: f64 = weighed.iter().map(|it| it.probability).sum();
        assert!((total - 1.0).abs() < 1e-12);
        assert!((weighed[0].likelihood_ratio - libm::exp(5.0)).abs() < 1e-9);
    }
}
