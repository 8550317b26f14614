//! The log-likelihood of a selection model with its exact gradient and Hessian.
//!
//! Parameters stand in one list: coefficients, τ², parameters of the selection function.

use crate::distribution::{normal_cdf, normal_sf};
use crate::effect::Effect;
use crate::numeric::matrix::Matrix;
use crate::selection::expected::{
    Expected, Probability, SmoothLine, SmoothWeights, upper_quantile,
};
use crate::selection::function::{Alternative, PValue, Shape};

/// One study as the likelihood sees it; for [`Alternative::Less`] its estimate is mirrored.
struct Study {
    estimate: f64,
    variance: f64,
    se: f64,
    /// Multiplies the selection function's parameter.
    imprecision: f64,
    p: f64,
    q: f64,
}

/// The selection function, prepared.
enum Form {
    /// The z between which each interval lies (on its positive side, if p is two-sided), and each study's interval.
    Step {
        limits: Vec<(f64, f64)>,
        interval: Vec<usize>,
    },
    Smooth {
        shape: Shape,
        line: SmoothLine,
        observed: Vec<Option<PValue>>,
        common: bool,
    },
}

/// Data and selection function of a model.
pub(crate) struct Likelihood<'a> {
    studies: Vec<Study>,
    moderators: &'a Matrix,
    alternative: Alternative,
    form: Form,
}

/// A log-likelihood with its derivatives by all parameters.
pub(crate) struct Evaluation {
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
    pub(crate) hessian: Matrix,
}

impl<'a> Likelihood<'a> {
    fn studies(
        effects: &[Effect],
        alternative: Alternative,
        imprecision: Option<&[f64]>,
    ) -> Vec<Study> {
        let of = |(i, effect): (usize, &Effect)| {
            let mirror = if alternative == Alternative::Less { -1.0 } else { 1.0 };
            let (estimate, se) = (mirror * effect.estimate, effect.se());
            let z = estimate / se;
            let (p, q) = match alternative {
                Alternative::TwoSided => {
                    (2.0 * normal_sf(z.abs()), normal_cdf(z.abs()) - normal_sf(z.abs()))
                }
                Alternative::Greater | Alternative::Less => (normal_sf(z), normal_cdf(z)),
            };
            let imprecision = imprecision.map_or(1.0, |values| values[i]);
            Study { estimate, variance: effect.variance, se, imprecision, p, q }
        };
        effects.iter().enumerate().map(of).collect()
    }

    /// A step function whose intervals end at `ends`, the last of which is 1. With the one end 1 nothing is selected.
    pub(crate) fn step(
        effects: &[Effect],
        moderators: &'a Matrix,
        alternative: Alternative,
        ends: &[f64],
    ) -> Self {
        let studies = Self::studies(effects, alternative, None);
        let last = ends.len() - 1;
        let interval =
            studies.iter().map(|study| ends.partition_point(|end| *end < study.p).min(last));
        let interval = interval.collect();
        let form = Form::Step { limits: step_limits(ends, alternative), interval };
        Self { studies, moderators, alternative, form }
    }

    /// A smooth function of the p value; `imprecision` is the studies' own, at most 1.
    pub(crate) fn smooth(
        effects: &[Effect],
        moderators: &'a Matrix,
        alternative: Alternative,
        (shape, threshold): (Shape, Option<f64>),
        imprecision: Option<&[f64]>,
    ) -> Self {
        let studies = Self::studies(effects, alternative, imprecision);
        let censored = shape.censored();
        let keep = |x: f64| x.clamp(censored, 1.0 - censored);
        let observed = studies.iter().map(|study| {
            let alike = threshold.is_some_and(|threshold| study.p <= threshold);
            (!alike).then(|| PValue::new(keep(study.p), keep(study.q)))
        });
        let observed = observed.collect();
        let line = SmoothLine::new(shape, threshold, alternative);
        let form = Form::Smooth { shape, line, observed, common: imprecision.is_none() };
        Self { studies, moderators, alternative, form }
    }

    pub(crate) fn selection_parameters(&self) -> usize {
        match &self.form {
            Form::Step { limits, .. } => limits.len(),
            Form::Smooth { shape, .. } => shape.parameters(),
        }
    }

    /// Number of studies in each interval of a step function.
    pub(crate) fn studies_in_intervals(&self) -> Option<Vec<usize>> {
        let Form::Step { limits, interval } = &self.form else { return None };
        let mut counts = vec![0; limits.len()];
        for index in interval {
            counts[*index] += 1;
        }
        Some(counts)
    }

    /// Number of studies up to and above the threshold.
    pub(crate) fn studies_beside_threshold(&self) -> Option<(usize, usize)> {
        let Form::Smooth { observed, .. } = &self.form else { return None };
        let above = observed.iter().flatten().count();
        Some((observed.len() - above, above))
    }

    /// Least-squares coefficients with weights 1/(v + τ²).
    pub(crate) fn coefficients_at(&self, tau2: f64) -> Option<Vec<f64>> {
        let x = self.moderators;
        let p = x.ncols();
        let mut normal = Matrix::zeros(p, p);
        let mut right = crate::numeric::matrix::Vector::zeros(p);
        for (i, study) in self.studies.iter().enumerate() {
            let w = 1.0 / (study.variance + tau2);
            for a in 0..p {
                right[a] += w * x[(i, a)] * study.estimate;
                for b in 0..p {
                    normal[(a, b)] += w * x[(i, a)] * x[(i, b)];
                }
            }
        }
        let solution = crate::numeric::matrix::Factor::of(normal)?.solve_vector(&right);
        solution.iter().all(|b| b.is_finite()).then(|| solution.as_slice().to_vec())
    }

    /// Mean square of the residuals about the unweighted fit.
    pub(crate) fn residual_variance(&self) -> f64 {
        let largest = self.studies.iter().map(|study| study.variance).fold(0.0, f64::max);
        // So large a tau2 makes all weights alike.
        let Some(beta) = self.coefficients_at(1e6 * largest) else { return 0.0 };
        let squares = self.studies.iter().enumerate().map(|(i, study)| {
            let mean: f64 = self.moderators.row(i).iter().zip(&beta).map(|(x, b)| x * b).sum();
            (study.estimate - mean) * (study.estimate - mean)
        });
        squares.sum::<f64>() / self.studies.len() as f64
    }

    /// The log-likelihood at `theta`, with derivatives. Its value is not finite where a study is impossible.
    pub(crate) fn at(&self, theta: &[f64]) -> Evaluation {
        let p = self.moderators.ncols();
        let (beta, rest) = theta.split_at(p);
        let (tau2, delta) = (rest[0], &rest[1..]);
        let mut sums = Sums::new(p, delta.len());
        let mut expected = Expected::zero(delta.len());
        let mut row = vec![0.0; p];
        let common = match &self.form {
            Form::Smooth { shape, line, common: true, .. } => {
                Some(SmoothWeights::new(*shape, line, 1.0, delta))
            }
            _ => None,
        };
        for (i, study) in self.studies.iter().enumerate() {
            for (slot, x) in row.iter_mut().zip(self.moderators.row(i).iter()) {
                *slot = *x;
            }
            let mean: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
            let variance = study.variance + tau2;
            sums.add_normal(&row, study.estimate - mean, variance);
            let (m, s) = (mean / study.se, (variance / study.variance).sqrt());
            expected.clear();
            let seen = match &self.form {
                Form::Step { limits, interval } => {
                    self.expect_step(&mut expected, limits, delta, m, s);
                    Seen::Step(interval[i], delta[interval[i]])
                }
                Form::Smooth { shape, line, observed, .. } => {
                    let own;
                    let weights = if let Some(common) = &common {
                        common
                    } else {
                        own = SmoothWeights::new(*shape, line, study.imprecision, delta);
                        &own
                    };
                    expected.add_smooth(line, weights, m, s);
                    let seen = observed[i];
                    Seen::Smooth(
                        seen.map(|at| shape.log_weight(&at, study.imprecision, delta))
                            .unwrap_or_default(),
                    )
                }
            };
            sums.add_seen(&seen);
            sums.subtract_expected(&row, &expected, study.se, study.variance);
        }
        sums.finish()
    }

    fn expect_step(
        &self,
        expected: &mut Expected,
        limits: &[(f64, f64)],
        delta: &[f64],
        m: f64,
        s: f64,
    ) {
        for (index, (&(low, high), &delta)) in limits.iter().zip(delta).enumerate() {
            expected.add_step(index, delta, &Probability::between(low, high, m, s));
            if self.alternative == Alternative::TwoSided {
                expected.add_step(index, delta, &Probability::between(-high, -low, m, s));
            }
        }
    }
}

fn step_limits(ends: &[f64], alternative: Alternative) -> Vec<(f64, f64)> {
    let mut high = f64::INFINITY;
    let lower = |end: f64| match alternative {
        Alternative::TwoSided => upper_quantile(end / 2.0).max(0.0),
        Alternative::Greater | Alternative::Less => upper_quantile(end),
    };
    let limits = ends.iter().map(|&end| {
        let low = lower(end);
        (low, core::mem::replace(&mut high, low))
    });
    limits.collect()
}

/// What the selection function makes of an observed p value.
enum Seen {
    /// The interval it lies in, and its parameter.
    Step(usize, f64),
    Smooth(super::function::LogWeight),
}

/// The log-likelihood and its derivatives while studies are added.
struct Sums {
    p: usize,
    value: f64,
    gradient: Vec<f64>,
    hessian: Matrix,
}

impl Sums {
    fn new(p: usize, parameters: usize) -> Self {
        let n = p + 1 + parameters;
        Self { p, value: 0.0, gradient: vec![0.0; n], hessian: Matrix::zeros(n, n) }
    }

    /// Adds the normal log-density of a residual; only the lower triangle of the Hessian is kept.
    fn add_normal(&mut self, row: &[f64], r: f64, variance: f64) {
        let p = self.p;
        let w = 1.0 / variance;
        let scaled = r * w;
        self.value -= 0.5 * (libm::log(2.0 * core::f64::consts::PI * variance) + r * scaled);
        self.gradient[p] += 0.5 * (scaled * scaled - w);
        self.hessian[(p, p)] += 0.5 * w * w - scaled * scaled * w;
        for (a, x) in row.iter().enumerate() {
            self.gradient[a] += x * scaled;
            self.hessian[(p, a)] -= x * scaled * w;
            for (b, other) in row.iter().enumerate().take(a + 1) {
                self.hessian[(a, b)] -= x * other * w;
            }
        }
    }

    fn add_seen(&mut self, seen: &Seen) {
        let first = self.p + 1;
        match seen {
            Seen::Step(index, delta) => {
                self.value += libm::log(*delta);
                self.gradient[first + index] += 1.0 / delta;
                self.hessian[(first + index, first + index)] -= 1.0 / (delta * delta);
            }
            Seen::Smooth(weight) => {
                self.value += weight.value;
                for (slot, by) in self.gradient[first..].iter_mut().zip(weight.by) {
                    *slot += by;
                }
                self.add_pairs(weight.by_pair);
            }
        }
    }

    fn add_pairs(&mut self, [aa, ab, bb]: [f64; 3]) {
        let (a, b) = (self.p + 1, self.p + 2);
        self.hessian[(a, a)] += aa;
        if b < self.gradient.len() {
            self.hessian[(b, a)] += ab;
            self.hessian[(b, b)] += bb;
        }
    }

    /// Subtracts ln E w, with m = mean/se and s² = 1 + τ²/v.
    fn subtract_expected(&mut self, row: &[f64], expected: &Expected, se: f64, variance: f64) {
        let p = self.p;
        let inverse = 1.0 / expected.value;
        self.value -= libm::log(expected.value);
        let [m, s, mm, ms, ss] = expected.place.map(|derivative| derivative * inverse);
        self.gradient[p] -= s / variance;
        self.hessian[(p, p)] -= (ss - s * s) / (variance * variance);
        for (a, x) in row.iter().enumerate() {
            self.gradient[a] -= x * m / se;
            self.hessian[(p, a)] -= x * (ms - m * s) / (se * variance);
            for (b, other) in row.iter().enumerate().take(a + 1) {
                self.hessian[(a, b)] -= x * other * (mm - m * m) / variance;
            }
        }
        for (j, by) in expected.delta.iter().enumerate() {
            let [d, dm, ds] = by.map(|derivative| derivative * inverse);
            let slot = p + 1 + j;
            self.gradient[slot] -= d;
            self.hessian[(slot, p)] -= (ds - d * s) / variance;
            for (a, x) in row.iter().enumerate() {
                self.hessian[(slot, a)] -= x * (dm - d * m) / se;
            }
            for (i, other) in expected.delta.iter().enumerate().take(j + 1) {
                self.hessian[(slot, p + 1 + i)] += d * other[0] * inverse;
            }
        }
        self.add_pairs(expected.pairs.map(|pair| -pair * inverse));
    }

    fn finish(mut self) -> Evaluation {
        self.hessian.fill_upper_triangle_with_lower_triangle();
        Evaluation { value: self.value, gradient: self.gradient, hessian: self.hessian }
    }
}

#[cfg(test)]
mod tests {
    use super::Likelihood;
    use crate::effect::Effect;
    use crate::numeric::differences;
    use crate::numeric::matrix::Matrix;
    use crate::selection::function::Shape;
    use crate::selection::{Alternative, Decline};

    fn check(name: &str, likelihood: &Likelihood, theta: &[f64]) {
        let at = likelihood.at(theta);
        let slopes = differences::gradient(|x| likelihood.at(x).value, theta);
        for (exact, numeric) in at.gradient.iter().zip(&slopes) {
            let error = (exact - numeric).abs() / numeric.abs().max(1.0);
            assert!(error < 1e-7, "{name}: {exact} {numeric}");
        }
        let bends = differences::hessian_of_gradient(|x| likelihood.at(x).gradient, theta);
        for (exact, numeric) in at.hessian.iter().zip(bends.iter()) {
            let error = (exact - numeric).abs() / numeric.abs().max(1.0);
            assert!(error < 1e-7, "{name}: {exact} {numeric}");
        }
    }

    #[test]
    fn exact_derivatives_are_those_by_differences() {
        let effects: Vec<Effect> =
            [(0.4, 0.04), (-0.1, 0.09), (0.7, 0.12), (0.2, 0.02), (0.9, 0.2), (0.35, 0.05)]
                .map(|(estimate, variance)| Effect { estimate, variance })
                .to_vec();
        let moderators = Matrix::from_fn(6, 2, |i, j| if j == 0 { 1.0 } else { i as f64 / 5.0 });
        let imprecision = [0.3, 0.5, 0.6, 0.2, 1.0, 0.4];
        for alternative in [Alternative::Greater, Alternative::Less, Alternative::TwoSided] {
            let step = Likelihood::step(&effects, &moderators, alternative, &[0.05, 0.5, 1.0]);
            check("step", &step, &[0.2, 0.1, 0.08, 1.0, 0.6, 0.3]);
            for decline in [
                Decline::HalfNormal,
                Decline::NegativeExponential,
                Decline::Logistic,
                Decline::Power,
                Decline::NegativeExponentialPower,
            ] {
                let shape = Shape::Decreasing(decline);
                for (threshold, imprecision) in
                    [(None, None), (Some(0.05), None), (Some(0.05), Some(&imprecision[..]))]
                {
                    let likelihood = Likelihood::smooth(
                        &effects,
                        &moderators,
                        alternative,
                        (shape, threshold),
                        imprecision,
                    );
                    let theta = [0.2, 0.1, 0.08, 1.7, 1.3];
                    check("decreasing", &likelihood, &theta[..3 + shape.parameters()]);
                }
            }
            let beta = (Shape::Beta, None);
            let beta = Likelihood::smooth(&effects, &moderators, alternative, beta, None);
            check("beta", &beta, &[0.2, 0.1, 0.08, 0.7, 1.9]);
        }
    }
}
