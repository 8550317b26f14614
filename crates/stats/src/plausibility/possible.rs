//! What rounded means, SDs, counts and percentages can be at all.
//!
//! A printed number stands for an interval, half a unit of its last decimal to either side; a check says *impossible* only
//! if no value of the interval will do, whichever way halves were rounded.

/// A number as printed: its value and half a unit of its last decimal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounded {
    /// The value.
    pub value: f64,
    /// How far the number it stands for may lie from it; 0 for an exact one.
    pub half_unit: f64,
}

/// Room for the error of the arithmetic itself.
const SLACK: f64 = 1e-9;

impl Rounded {
    /// Smallest value it stands for.
    pub fn low(self) -> f64 {
        self.value - self.half_unit * (1.0 + SLACK) - SLACK * self.value.abs()
    }

    /// Largest value it stands for.
    pub fn high(self) -> f64 {
        self.value + self.half_unit * (1.0 + SLACK) + SLACK * self.value.abs()
    }

    fn holds(self, value: f64) -> bool {
        (self.low()..=self.high()).contains(&value)
    }
}

/// Whether `n` whole numbers (each the sum of `items` whole numbers, divided by `items`) can have this mean.
///
/// GRIM: Brown & Heathers 2017, doi 10.1177/1948550616673876. The sum of whole numbers is whole. Always true once the decimals
/// are too few for the n.
pub fn grim_mean(mean: Rounded, n: u64, items: u64) -> bool {
    let total = (n * items.max(1)) as f64;
    if n == 0 || !mean.value.is_finite() {
        return false;
    }
    let first = libm::ceil(mean.low() * total - SLACK);
    first <= mean.high() * total + SLACK
}

/// Too many candidates say nothing: the numbers are then printed too coarsely to be impossible.
const MANY: f64 = 1e5;

/// Whether `n` whole numbers can have this mean and this SD together.
///
/// GRIMMER: Anaya 2016 (doi 10.7287/peerj.preprints.2400v1), in Allard's analytic form: for a possible sum S, the sum of squares is a
/// whole number of the same parity as S, and (ΣX² − S²/n)/(n − 1) is the variance.
pub fn grimmer_sd(mean: Rounded, sd: Rounded, n: u64, items: u64) -> bool {
    if n < 2 || !grim_mean(mean, n, items) {
        return false;
    }
    let (items, n) = (items.max(1) as f64, n as f64);
    let first = libm::ceil(mean.low() * n * items - SLACK);
    let last = libm::floor(mean.high() * n * items + SLACK);
    if last - first > MANY {
        return true;
    }
    let (low, high) = (sd.low().max(0.0) * items, sd.high() * items);
    let mut sum = first;
    while sum <= last {
        let least = (n - 1.0) * low * low + sum * sum / n;
        let most = (n - 1.0) * high * high + sum * sum / n;
        let smallest = libm::ceil(least - SLACK * least.abs().max(1.0));
        let largest = libm::floor(most + SLACK * most.abs().max(1.0));
        let is_odd = |it: f64| libm::fmod(it.abs(), 2.0) > 0.5;
        let same_parity = if is_odd(smallest) == is_odd(sum) { smallest } else { smallest + 1.0 };
        if same_parity <= largest {
            return true;
        }
        sum += 1.0;
    }
    false
}

/// Whether this proportion and SD of 0s and 1s among `n` go together.
///
/// DEBIT: Heathers & Brown 2019 (doi 10.17605/OSF.IO/PM825): SD = √(m(1 − m)·n/(n − 1)).
pub fn debit_sd(mean: Rounded, sd: Rounded, n: u64) -> bool {
    if n < 2 {
        return false;
    }
    let n = n as f64;
    let (low, high) = (mean.low().max(0.0), mean.high().min(1.0));
    if low > high {
        return false;
    }
    let of = |m: f64| (m * (1.0 - m) * n / (n - 1.0)).max(0.0).sqrt();
    let largest = if (low..=high).contains(&0.5) { of(0.5) } else { of(low).max(of(high)) };
    let smallest = of(low).min(of(high));
    sd.high() >= smallest && sd.low() <= largest
}

/// The largest SD that `n` values between `minimum` and `maximum` with this mean can have: √((mean − min)(max − mean)·n/(n − 1)),
/// as far as the mean's rounding allows. `None` if the mean lies outside. (Bhatia & Davis 2000, doi 10.2307/2589180.)
pub fn largest_sd(mean: Rounded, n: f64, minimum: f64, maximum: f64) -> Option<f64> {
    let (low, high) = (mean.low().max(minimum), mean.high().min(maximum));
    if low > high || n < 2.0 || n.is_nan() {
        return None;
    }
    let middle = f64::midpoint(minimum, maximum).clamp(low, high);
    Some(((middle - minimum) * (maximum - middle) * n / (n - 1.0)).max(0.0).sqrt())
}

/// The largest SD of `n` values of 0 or more with this mean: mean·√n, when all of it lies on one.
pub fn largest_sd_of_positive(mean: Rounded, n: f64) -> Option<f64> {
    (mean.high() >= 0.0 && n >= 1.0).then(|| mean.high() * n.sqrt())
}

/// The smallest SD of `n` whole numbers with this mean: 0 only if the mean can be whole.
pub fn smallest_sd_of_whole(mean: Rounded, n: f64) -> f64 {
    if libm::ceil(mean.low()) <= mean.high() || n < 2.0 || n.is_nan() {
        return 0.0;
    }
    let fraction = |it: f64| {
        let part = it - libm::floor(it);
        part * (1.0 - part)
    };
    (fraction(mean.low()).min(fraction(mean.high())) * n / (n - 1.0)).sqrt()
}

/// Whether `count` of `n` is this percentage, rounded.
pub fn is_percentage(percent: Rounded, count: u64, n: u64) -> bool {
    n > 0 && percent.holds(100.0 * count as f64 / n as f64)
}

/// The counts of `n` that are this percentage when rounded; none if no count is.
pub fn counts_of_percentage(percent: Rounded, n: u64) -> Option<(u64, u64)> {
    let total = n as f64 / 100.0;
    let first = libm::ceil(percent.low() * total - SLACK).max(0.0);
    let last = libm::floor(percent.high() * total + SLACK).min(n as f64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and n")]
    (n > 0 && first <= last).then_some((first as u64, last as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: f64, decimals: i32) -> Rounded {
        Rounded { value, half_unit: 0.5 / libm::pow(10.0, f64::from(decimals)) }
    }

    #[test]
    fn means_of_whole_numbers() {
        // Brown & Heathers 2017: n 28, mean 5.19 is impossible (145/28 = 5.18, 146/28 = 5.21).
        assert!(!grim_mean(printed(5.19, 2), 28, 1));
        assert!(grim_mean(printed(5.18, 2), 28, 1));
        assert!(grim_mean(printed(5.21, 2), 28, 1));
        // Two items a person: halves are possible.
        assert!(grim_mean(printed(5.20, 2), 28, 2));
        // Two decimals say nothing of 100 people or more.
        assert!(grim_mean(printed(5.19, 2), 150, 1));
        assert!(!grim_mean(printed(5.19, 2), 0, 1));
    }

    #[test]
    fn sds_of_whole_numbers() {
        // 1, 2, 3, 4, 5: mean 3, SD 1.58; no five whole numbers of mean 3 have SD 1.60.
        assert!(grimmer_sd(printed(3.0, 2), printed(1.58, 2), 5, 1));
        assert!(!grimmer_sd(printed(3.0, 2), printed(1.60, 2), 5, 1));
        assert!(grimmer_sd(printed(3.0, 2), printed(0.0, 2), 5, 1));
    }

    #[test]
    fn sds_of_zeros_and_ones() {
        assert!(debit_sd(printed(0.5, 2), printed(0.5, 2), 100));
        assert!(!debit_sd(printed(0.2, 2), printed(0.5, 2), 100));
    }

    #[test]
    fn limits_of_an_sd() {
        let largest = largest_sd(Rounded { value: 5.0, half_unit: 0.0 }, 10.0, 0.0, 10.0).unwrap();
        assert!((largest - (250.0_f64 / 9.0).sqrt()).abs() < 1e-6);
        assert!(largest_sd(printed(11.0, 0), 10.0, 0.0, 10.0).is_none());
        assert!(smallest_sd_of_whole(printed(2.5, 1), 10.0) > 0.49);
        assert!(smallest_sd_of_whole(printed(2.0, 1), 10.0) < 1e-12);
    }

    #[test]
    fn percentages_and_counts() {
        assert!(is_percentage(printed(26.7, 1), 12, 45));
        assert_eq!(counts_of_percentage(printed(26.7, 1), 45), Some((12, 12)));
        assert_eq!(counts_of_percentage(printed(25.0, 1), 45), None);
    }
}
