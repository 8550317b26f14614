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
        let spreads: Vec<Spread> = (0..=SPREADS).map(|j| Spread::new(prior, j, others)).collect();
        let mut points = Vec::new();
        let mut logs = Vec::new();
        for i in 0..=LOCATIONS {
            let location = centre - width + step * f64::from(i);
            let of_location = prior.location.map_or(0.0, |(mean, sd)| {
                let z = (location - mean) / sd;
                -0.5 * z * z - libm::log(sd * SQRT_TAU)
            });
            for spread in &spreads {
                let of_data = spread.log_density_of_all(others, location);
                logs.push(of_location + spread.log_prior + of_data);
                points.push(Point { location, tau2: spread.tau2, weight: 0.0 });
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

/// Γ(7/2)/(Γ(3)√(6π)).
const CONSTANT_T: f64 = 0.382_732_772_309_871_56;

/// Density of Student's t with 6 degrees of freedom and this square of the scale: Γ(7/2)/(Γ(3)√(6π)·s)·(1 + z²/6)^(−7/2).
fn density_t(deviation: f64, scale2: f64) -> f64 {
    let q = 1.0 + deviation * deviation / (6.0 * scale2);
    CONSTANT_T / (q * q * q * (q * scale2).sqrt())
}

/// A variance between studies on the grid, and what of the others' densities does not depend on the location.
struct Spread {
    tau2: f64,
    log_prior: f64,
    /// 6 times the square of each density's scale.
    six_scales2: Vec<f64>,
    log_constant: f64,
}

impl Spread {
    /// The `j`th, from 2 SD of the logarithm below the median to 2.5 above.
    fn new(prior: &Prior, j: i32, others: &[Observed]) -> Self {
        let z = -2.0 + 4.5 * f64::from(j) / f64::from(SPREADS);
        let tau = prior.tau * libm::exp(z * prior.tau_log_sd);
        let tau2 = tau * tau;
        let six_scales2: Vec<f64> = others.iter().map(|it| 6.0 * (tau2 + it.variance)).collect();
        let log_scales = log_of_product(six_scales2.iter().copied());
        let each = libm::log(CONSTANT_T) + 0.5 * libm::log(6.0);
        let log_constant = others.len() as f64 * each + 3.0 * log_scales;
        Self { tau2, log_prior: -0.5 * z * z, six_scales2, log_constant }
    }

    /// Logarithm of the product of the densities: with s² the square of the scale each is a constant · (6s²)³ · (6s² + d²)^(−7/2).
    fn log_density_of_all(&self, others: &[Observed], location: f64) -> f64 {
        let of_other = |(it, six_scale2): (&Observed, &f64)| {
            let deviation = it.value - location;
            six_scale2 + deviation * deviation
        };
        let factors = others.iter().zip(&self.six_scales2).map(of_other);
        self.log_constant - 3.5 * log_of_product(factors)
    }
}

/// Numbers are multiplied as far as they go: a logarithm costs more than the rest.
fn log_of_product(factors: impl Iterator<Item = f64>) -> f64 {
    let (mut logs, mut product) = (0.0, 1.0);
    for factor in factors {
        let next = product * factor;
        if (1e-200..1e200).contains(&next) {
            product = next;
        } else {
            logs += libm::log(product) + libm::log(factor);
            product = 1.0;
        }
    }
    logs + libm::log(product)
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
    fn a_product_of_many_densities_is_the_sum_of_their_logarithms() {
        let values: Vec<f64> = (0..300).map(|i| libm::exp(f64::from(i) / 3.0)).collect();
        let others = observed(&values);
        let spread = Spread::new(&PRIOR, 0, &others);
        let scale2 = spread.tau2 + 0.01;
        let one_by_one: f64 = values.iter().map(|it| libm::log(density_t(it - 2.0, scale2))).sum();
        assert!((spread.log_density_of_all(&others, 2.0) / one_by_one - 1.0).abs() < 1e-12);
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
