//! What the other studies say of a number before it is seen: the predictive distribution under a random-effects model.
//!
//! Values are Student-t about a common location with scale √(τ² + v), v their sampling variance; location and τ are
//! integrated out on a grid. The heavy tails (6 degrees of freedom) are those of published numbers: a single odd study
//! among the others neither hides a slip nor makes one. Grids are fixed, so equal inputs give equal bits.

/// What is known of a quantity before any study is seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    /// Mean and SD of the location; `None` where nothing is known, as of a mean in an unknown unit.
    pub(super) location: Option<(f64, f64)>,
    /// Median of the SD between studies.
    pub(super) tau: f64,
    /// SD of its logarithm.
    pub(super) tau_log_sd: f64,
}

/// A value with its sampling variance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    pub(super) value: f64,
    pub(super) variance: f64,
}

struct Point {
    location: f64,
    tau2: f64,
    weight: f64,
}

/// A mixture over locations and variances between studies.
pub(super) struct Predictive {
    points: Vec<Point>,
    /// The location about which the mixture lies.
    pub(super) centre: f64,
    /// Logarithm of the density of the values it was made from.
    pub(super) log_evidence: f64,
}

const LOCATIONS: i32 = 30;
const SPREADS: i32 = 8;

impl Predictive {
    /// From the other studies; `None` where neither they nor the prior say anything.
    pub(super) fn new(prior: &Prior, others: &[Observed]) -> Option<Self> {
        let (centre, width) = window(prior, others)?;
        let step = 2.0 * width / f64::from(LOCATIONS);
        let mut points = Vec::new();
        let mut logs = Vec::new();
        for i in 0..=LOCATIONS {
            let location = centre - width + step * f64::from(i);
            let of_location = prior.location.map_or(0.0, |(mean, sd)| {
                let z = (location - mean) / sd;
                -0.5 * z * z - libm::log(sd * SQRT_TAU)
            });
            for j in 0..=SPREADS {
                // From 2 SD of the logarithm below the median to 2.5 above.
                let z = -2.0 + 4.5 * f64::from(j) / f64::from(SPREADS);
                let tau = prior.tau * libm::exp(z * prior.tau_log_sd);
                let tau2 = tau * tau;
                let of_data: f64 = others.iter().map(|it| log_density_t(it, location, tau2)).sum();
                logs.push(of_location - 0.5 * z * z + of_data);
                points.push(Point { location, tau2, weight: 0.0 });
            }
        }
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !largest.is_finite() {
            return None;
        }
        let mut total = 0.0;
        for (point, log) in points.iter_mut().zip(&logs) {
            point.weight = libm::exp(log - largest);
            total += point.weight;
        }
        for point in &mut points {
            point.weight /= total;
        }
        let log_evidence = largest + libm::log(total * step);
        Some(Self { points, centre, log_evidence })
    }

    /// Logarithm of the density at a value with this sampling variance.
    pub(super) fn log_density(&self, value: f64, variance: f64) -> f64 {
        let density: f64 = self
            .points
            .iter()
            .map(|it| it.weight * density_t(value - it.location, it.tau2 + variance))
            .sum();
        libm::log(density.max(f64::MIN_POSITIVE))
    }
}

const SQRT_TAU: f64 = 2.506_628_274_631_000_2;

/// Where the location can be, as middle and half width of the grid.
fn window(prior: &Prior, others: &[Observed]) -> Option<(f64, f64)> {
    let k = others.len() as f64;
    if others.is_empty() {
        return prior.location.map(|(mean, sd)| (mean, 3.5 * sd));
    }
    let middle = median(others.iter().map(|it| it.value));
    let deviation = 1.4826 * median(others.iter().map(|it| (it.value - middle).abs()));
    let sampling = median(others.iter().map(|it| it.variance));
    let between = deviation.max(prior.tau);
    let spread = (between * between + sampling).sqrt();
    let Some((mean, sd)) = prior.location else {
        return Some((middle, 5.0 * spread / k.sqrt()));
    };
    let (of_prior, of_data) = (1.0 / (sd * sd), k / (spread * spread));
    let centre = (mean * of_prior + middle * of_data) / (of_prior + of_data);
    Some((centre, 5.0 / (of_prior + of_data).sqrt()))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    match (sorted.get(n.saturating_sub(1) / 2), sorted.get(n / 2)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => 0.0,
    }
}

/// Density of Student's t with 6 degrees of freedom and this square of the scale: Γ(7/2)/(Γ(3)√(6π)·s)·(1 + z²/6)^(−7/2).
fn density_t(deviation: f64, scale2: f64) -> f64 {
    let q = 1.0 + deviation * deviation / (6.0 * scale2);
    0.382_732_772_309_871_56 / (q * q * q * (q * scale2).sqrt())
}

fn log_density_t(observed: &Observed, location: f64, tau2: f64) -> f64 {
    libm::log(density_t(observed.value - location, tau2 + observed.variance))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIOR: Prior = Prior { location: None, tau: 0.4, tau_log_sd: 0.7 };

    fn observed(values: &[f64]) -> Vec<Observed> {
        values.iter().map(|&value| Observed { value, variance: 0.01 }).collect()
    }

    #[test]
    fn the_density_integrates_to_one() {
        let predictive = Predictive::new(&PRIOR, &observed(&[1.0, 1.3, 0.8])).unwrap();
        let total: f64 = (-20_000..20_000)
            .map(|i| 0.01 * libm::exp(predictive.log_density(f64::from(i) * 0.01, 0.02)))
            .sum();
        assert!((total - 1.0).abs() < 1e-3, "{total}");
    }

    #[test]
    fn an_odd_study_among_the_others_hardly_moves_it() {
        let clean = Predictive::new(&PRIOR, &observed(&[1.0, 1.3, 0.8, 1.1, 0.9])).unwrap();
        let odd = Predictive::new(&PRIOR, &observed(&[1.0, 1.3, 0.8, 1.1, 0.9, 5.0])).unwrap();
        let advantage = |it: &Predictive| it.log_density(1.0, 0.01) - it.log_density(3.0, 0.01);
        assert!(advantage(&clean) > 3.0);
        assert!(advantage(&odd) > 2.0, "{}", advantage(&odd));
    }

    #[test]
    fn without_studies_only_a_prior_speaks() {
        assert!(Predictive::new(&PRIOR, &[]).is_none());
        let prior = Prior { location: Some((0.0, 0.5)), ..PRIOR };
        let predictive = Predictive::new(&prior, &[]).unwrap();
        assert!(predictive.log_density(0.0, 0.1) > predictive.log_density(3.0, 0.1));
    }
}
