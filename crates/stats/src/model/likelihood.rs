//! The normal likelihood of the mixed-effects model and its maximum over τ².
//!
//! The likelihood can have several local maxima, and Fisher scoring stops at the one near its start. Here the whole
//! range in which a maximum can lie is accounted for. Twice the slope is f − g, where f = y′PPy and g = Σw (full) or tr P
//! (restricted); both fall and are convex in τ², so their values and slopes at the ends of an interval bound f − g
//! inside it. Intervals in which the bounds leave room for a change of sign are split until each holds one root or none.

use crate::model::kernel::{FixedWeights, Kernel, Moments};
use crate::model::pool_error::PoolError;

/// Which likelihood of τ² is meant; the coefficients are profiled (full) or integrated (restricted) out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likelihood {
    /// Maximum likelihood.
    Full,
    /// Restricted maximum likelihood.
    Restricted,
}

/// The τ² ≥ 0 of the global maximum; of equal maxima the smallest.
///
/// `fixed` are the kernel's moments at τ² = 0.
pub(crate) fn maximise(
    kernel: &mut impl Kernel,
    fixed: &Moments,
    likelihood: Likelihood,
) -> Result<f64, PoolError> {
    // The height of a maximum is asked for only when there is another.
    let mut best: Option<(f64, Option<f64>)> = None;
    each_maximum(kernel, fixed, likelihood, |kernel, tau2| {
        best = Some(match best {
            None => (tau2, None),
            Some((other, height)) => {
                let height = height.unwrap_or_else(|| likelihood.log(kernel, other));
                let own = likelihood.log(kernel, tau2);
                if own > height { (tau2, Some(own)) } else { (other, Some(height)) }
            }
        });
    })?;
    best.map(|best| best.0).ok_or(PoolError::not_converged(likelihood.name(), f64::NAN))
}

/// Every τ² ≥ 0 at which the likelihood has a local maximum, ascending.
pub(crate) fn local_maxima(
    kernel: &mut impl Kernel,
    fixed: &Moments,
    likelihood: Likelihood,
) -> Result<Vec<f64>, PoolError> {
    let mut maxima = Vec::new();
    each_maximum(kernel, fixed, likelihood, |_, tau2| maxima.push(tau2))?;
    Ok(maxima)
}

/// Calls `found` with every τ² ≥ 0 at which the likelihood has a local maximum, ascending. Takes no memory.
fn each_maximum<K: Kernel>(
    kernel: &mut K,
    fixed: &Moments,
    likelihood: Likelihood,
    mut found: impl FnMut(&mut K, f64),
) -> Result<(), PoolError> {
    let start = likelihood.point_of(fixed, 0.0)?;
    let scale = start.scale(kernel.k() as f64);
    let end = likelihood.upper_bound(kernel);
    if start.slope() <= 0.0 {
        found(kernel, 0.0);
    }
    if end > 0.0 {
        let end = likelihood.point(kernel, end)?;
        likelihood.between(kernel, scale, (start, end), &mut found)?;
    }
    Ok(())
}

/// Halfway between the logarithms of τ² + a typical variance, the scale on which the slope changes.
fn halfway(left: f64, right: f64, scale: f64) -> f64 {
    let middle = (left + scale).sqrt() * (right + scale).sqrt() - scale;
    if middle > left && middle < right { middle } else { f64::midpoint(left, right) }
}

/// f and g with their slopes, at one τ².
#[derive(Debug, Clone, Copy)]
struct Point {
    tau2: f64,
    f: f64,
    df: f64,
    g: f64,
    dg: f64,
}

impl Point {
    /// Twice the slope of the log-likelihood.
    fn slope(&self) -> f64 {
        self.f - self.g
    }

    /// The size of a typical variance.
    fn scale(&self, k: f64) -> f64 {
        k / self.g
    }

    /// Whether f − g is certain to have no zero between here and `right`.
    ///
    /// A convex function lies below its chord and above its tangents; chord minus tangent is linear, so its sign at both
    /// ends decides.
    fn keeps_sign_until(&self, right: &Self) -> bool {
        let width = right.tau2 - self.tau2;
        let negative = (self.f < self.g && right.f < self.g + self.dg * width)
            || (self.f < right.g - right.dg * width && right.f < right.g);
        let positive = (self.f > self.g && self.f + self.df * width > right.g)
            || (right.f - right.df * width > self.g && right.f > right.g);
        negative || positive
    }

    /// Whether f − g is certain to rise or to fall all the way from here to `right`: slopes of convex functions rise.
    fn is_monotone_until(&self, right: &Self) -> bool {
        right.df < self.dg || self.df > right.dg
    }

    /// Newton's step towards the zero of g/f − 1, which is nearly straight (exactly so when all variances are equal).
    fn newton_step(&self) -> f64 {
        let slope = self.dg * self.f - self.g * self.df;
        if slope == 0.0 { f64::INFINITY } else { (self.f - self.g) * self.f / slope }
    }
}

impl Likelihood {
    const fn name(self) -> &'static str {
        match self {
            Self::Full => "maximum likelihood",
            Self::Restricted => "restricted maximum likelihood",
        }
    }

    fn point(self, kernel: &mut impl Kernel, tau2: f64) -> Result<Point, PoolError> {
        let at = kernel.moments(tau2);
        self.point_of(&at, tau2)
    }

    fn point_of(self, at: &Moments, tau2: f64) -> Result<Point, PoolError> {
        let (g, dg) = match self {
            Self::Full => (at.sum_w, -at.sum_w2),
            Self::Restricted => (at.trace, -at.trace_pp),
        };
        let point = Point { tau2, f: at.pp, df: -2.0 * at.ppp, g, dg };
        let sound = [point.f, point.df, g, dg].iter().all(|x| x.is_finite());
        if sound { Ok(point) } else { Err(PoolError::Overflow) }
    }

    /// The maxima between two points: none or one where the bounds say so, else those of both halves. Halves become
    /// narrow within a few dozen steps.
    fn between<K: Kernel>(
        self,
        kernel: &mut K,
        scale: f64,
        (left, right): (Point, Point),
        found: &mut impl FnMut(&mut K, f64),
    ) -> Result<(), PoolError> {
        if left.keeps_sign_until(&right) {
            return Ok(());
        }
        let narrow = right.tau2 - left.tau2 <= 1e-7 * (left.tau2 + scale);
        if narrow || left.is_monotone_until(&right) {
            if left.slope() > 0.0 && right.slope() <= 0.0 {
                let tau2 = self.root(kernel, left, right)?;
                found(kernel, tau2);
            }
            return Ok(());
        }
        let middle = self.point(kernel, halfway(left.tau2, right.tau2, scale))?;
        self.between(kernel, scale, (left, middle), found)?;
        self.between(kernel, scale, (middle, right), found)
    }

    /// The zero of f − g between two points, the only one there.
    ///
    /// Newton's method; a step that leaves the bracket is replaced by halving it. It ends with the step that changes τ²
    /// by less than 10⁻⁸ of it, whose error is the square of that, or by less than the rounding of v + τ².
    fn root(self, kernel: &mut impl Kernel, left: Point, right: Point) -> Result<f64, PoolError> {
        const MOST_STEPS: u32 = 200;
        let rounding = 8.0 * f64::EPSILON * right.scale(kernel.k() as f64);
        let (mut low, mut high) = (left, right);
        // The end with the smaller step is the nearer one.
        let mut at = if low.newton_step().abs() < high.newton_step().abs() { low } else { high };
        for _ in 0..MOST_STEPS {
            let step = at.newton_step();
            let newton = at.tau2 + step;
            let inside = newton > low.tau2 && newton < high.tau2;
            if step == 0.0 || (inside && step.abs() <= 1e-8 * newton + rounding) {
                return Ok(newton);
            }
            let next = if inside { newton } else { f64::midpoint(low.tau2, high.tau2) };
            if next <= low.tau2 || next >= high.tau2 {
                return Ok(next);
            }
            at = self.point(kernel, next)?;
            if at.slope() > 0.0 { low = at } else { high = at }
        }
        Err(PoolError::not_converged(self.name(), at.tau2))
    }

    /// Log-likelihood up to a constant.
    pub(crate) fn log(self, kernel: &mut impl Kernel, tau2: f64) -> f64 {
        let restriction = match self {
            Self::Full => 0.0,
            Self::Restricted => kernel.log_information(tau2),
        };
        let (q, _) = kernel.q_and_slope(tau2);
        -0.5 * (kernel.log_variances(tau2) + restriction + q)
    }

    /// A τ² beyond which the likelihood only falls.
    ///
    /// With v₊ the largest variance, 1/(τ² + v₊) ≤ w ≤ 1/τ², so y′PPy ≤ S/τ⁴ and the expectation is at least
    /// m/(τ² + v₊), where S is the unweighted residual sum of squares and m is k (full) or k − p (restricted). The bound
    /// solves S/τ⁴ = m/(τ² + v₊), with a little room for rounding.
    fn upper_bound(self, kernel: &mut impl Kernel) -> f64 {
        let s = kernel.spread(FixedWeights::Equal).rss;
        let m = match self {
            Self::Full => kernel.k() as f64,
            Self::Restricted => kernel.df(),
        };
        let largest = kernel.variances().iter().copied().fold(0.0, f64::max);
        let root = (s * s + 4.0 * m * s * largest).sqrt();
        1.01 * (s + root) / (2.0 * m)
    }
}
