//! The likelihood of the scale coefficients, the location ones profiled or integrated out, with exact derivatives.

use crate::numeric::matrix::{Factor, Matrix, Vector};

/// How the between-study variance depends on the scale coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleLink {
    /// ln τᵢ² = zᵢ′α.
    Log,
    /// τᵢ² = zᵢ′α, at least 0 for every study.
    Identity,
}

/// Which likelihood is maximised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleLikelihood {
    /// The full one (ML).
    Full,
    /// The restricted one (REML).
    Restricted,
}

/// Studies with their designs in well-conditioned coordinates.
pub(crate) struct Studies<'a> {
    pub(crate) estimates: &'a [f64],
    pub(crate) variances: &'a [f64],
    pub(crate) location: &'a Matrix,
    pub(crate) scale: &'a Matrix,
    pub(crate) link: ScaleLink,
}

/// The model at some scale coefficients.
pub(crate) struct At {
    pub(crate) tau2: Vec<f64>,
    pub(crate) beta: Vector,
    /// (X′WX)⁻¹.
    pub(crate) covariance: Matrix,
    /// ln|X′WX|.
    log_information: f64,
    weights: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
}

const LN_2_PI: f64 = 1.837_877_066_409_345_5;

impl Studies<'_> {
    fn k(&self) -> usize {
        self.estimates.len()
    }

    /// `None` where a variance is negative or not a number.
    pub(crate) fn at(&self, alpha: &[f64]) -> Option<At> {
        let q = self.scale.ncols();
        let predictor = |i: usize| (0..q).map(|j| self.scale[(i, j)] * alpha[j]).sum::<f64>();
        let tau2: Vec<f64> = (0..self.k())
            .map(|i| match self.link {
                ScaleLink::Log => libm::exp(predictor(i)),
                ScaleLink::Identity => predictor(i),
            })
            .collect();
        tau2.iter().all(|t| *t >= 0.0 && t.is_finite()).then(|| self.given(tau2))?
    }

    /// The model with given between-study variances.
    pub(crate) fn given(&self, tau2: Vec<f64>) -> Option<At> {
        let (k, p) = self.location.shape();
        let weights: Vec<f64> =
            self.variances.iter().zip(&tau2).map(|(v, t)| 1.0 / (v + t)).collect();
        let mut information = Matrix::zeros(p, p);
        let mut right = Vector::zeros(p);
        for (i, weight) in weights.iter().enumerate() {
            for a in 0..p {
                let weighted = weight * self.location[(i, a)];
                right[a] += weighted * self.estimates[i];
                for b in 0..p {
                    information[(a, b)] += weighted * self.location[(i, b)];
                }
            }
        }
        let factor = Factor::of(information)?;
        let beta = factor.solve_vector(&right);
        let residuals = (0..k)
            .map(|i| {
                let fitted: f64 = (0..p).map(|j| self.location[(i, j)] * beta[j]).sum();
                self.estimates[i] - fitted
            })
            .collect();
        let log_information = factor.log_determinant();
        Some(At { tau2, beta, covariance: factor.inverse(), log_information, weights, residuals })
    }

    /// Gradient and Hessian of the log-likelihood with respect to the scale coefficients.
    ///
    /// With P = W − WX(X′WX)⁻¹X′W and u = Py, the derivatives with respect to the variances Vᵢ are −½(Pᵢᵢ − uᵢ²) and
    /// ½Pᵢⱼ² − uᵢPᵢⱼuⱼ for the restricted likelihood; for the full one wᵢ and δᵢⱼwᵢ² stand for Pᵢᵢ and Pᵢⱼ². P is diagonal
    /// but for p dimensions, so this takes time linear in k.
    pub(crate) fn derivatives(&self, at: &At, likelihood: ScaleLikelihood) -> (Vector, Matrix) {
        let (k, p, q) = (self.k(), self.location.ncols(), self.scale.ncols());
        // Rows of WX·L with (X′WX)⁻¹ = L·L′, so that Pᵢⱼ = δᵢⱼwᵢ − cᵢ′cⱼ.
        let root =
            Factor::of(at.covariance.clone()).map_or_else(|| Matrix::zeros(p, p), |it| it.lower());
        let c = Matrix::from_fn(k, p, |i, a| {
            at.weights[i] * (0..p).map(|b| self.location[(i, b)] * root[(b, a)]).sum::<f64>()
        });
        let mut gradient = Vector::zeros(q);
        let mut hessian = Matrix::zeros(q, q);
        let mut projected = Matrix::zeros(p, q);
        let mut squares = vec![Vector::zeros(q); p * p];
        let restricted = likelihood == ScaleLikelihood::Restricted;
        for i in 0..k {
            let (w, u) = (at.weights[i], at.weights[i] * at.residuals[i]);
            let leverage: f64 = (0..p).map(|a| c[(i, a)] * c[(i, a)]).sum();
            let (trace, square) =
                if restricted { (w - leverage, w * w - 2.0 * w * leverage) } else { (w, w * w) };
            let slope = -0.5 * (trace - u * u);
            let curve = 0.5 * square - u * u * w;
            let d: Vec<f64> =
                (0..q).map(|j| self.slope_of_tau2(at, i) * self.scale[(i, j)]).collect();
            let bend = if self.link == ScaleLink::Log { slope * at.tau2[i] } else { 0.0 };
            for j in 0..q {
                gradient[j] += slope * d[j];
                for l in 0..q {
                    hessian[(j, l)] +=
                        curve * d[j] * d[l] + bend * self.scale[(i, j)] * self.scale[(i, l)];
                }
                for a in 0..p {
                    projected[(a, j)] += c[(i, a)] * u * d[j];
                    if restricted {
                        for b in 0..p {
                            squares[a * p + b][j] += c[(i, a)] * c[(i, b)] * d[j];
                        }
                    }
                }
            }
        }
        hessian += projected.transpose() * &projected;
        if restricted {
            for square in &squares {
                hessian += square * square.transpose() * 0.5;
            }
        }
        (gradient, hessian)
    }

    /// dτᵢ² by its linear predictor.
    fn slope_of_tau2(&self, at: &At, i: usize) -> f64 {
        match self.link {
            ScaleLink::Log => at.tau2[i],
            ScaleLink::Identity => 1.0,
        }
    }
}

impl At {
    /// Log-likelihood; the restricted one lacks ½ ln|X′X|, which does not depend on the scale.
    pub(crate) fn log_likelihood(&self, likelihood: ScaleLikelihood) -> f64 {
        let (k, p) = (self.weights.len() as f64, self.beta.len() as f64);
        let logs: f64 = self.weights.iter().map(|w| libm::log(*w)).sum();
        let full = -0.5 * (k * LN_2_PI - logs + self.sum_of_squares());
        match likelihood {
            ScaleLikelihood::Full => full,
            ScaleLikelihood::Restricted => full + 0.5 * (p * LN_2_PI - self.log_information),
        }
    }

    /// The weighted sum of squared residuals.
    pub(crate) fn sum_of_squares(&self) -> f64 {
        self.weights.iter().zip(&self.residuals).map(|(w, r)| w * r * r).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Matrix, ScaleLikelihood, ScaleLink, Studies};

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let estimates = [0.3, -0.1, 0.8, 1.9, 0.4, -0.7];
        let variances = [0.1, 0.05, 0.2, 0.3, 0.08, 0.15];
        let location =
            Matrix::from_fn(6, 2, |i, j| if j == 0 { 1.0 } else { (i * i) as f64 / 9.0 });
        let scale = Matrix::from_fn(6, 2, |i, j| if j == 0 { 1.0 } else { (i % 3) as f64 });
        for (link, alpha) in [(ScaleLink::Log, [-1.2, 0.4]), (ScaleLink::Identity, [0.2, 0.3])] {
            let studies = Studies {
                estimates: &estimates,
                variances: &variances,
                location: &location,
                scale: &scale,
                link,
            };
            for likelihood in [ScaleLikelihood::Full, ScaleLikelihood::Restricted] {
                let value = |a: [f64; 2]| studies.at(&a).unwrap().log_likelihood(likelihood);
                let slope =
                    |a: [f64; 2]| studies.derivatives(&studies.at(&a).unwrap(), likelihood).0;
                let (g, h) = studies.derivatives(&studies.at(&alpha).unwrap(), likelihood);
                for j in 0..2 {
                    let moved = |by: f64| {
                        let mut there = alpha;
                        there[j] += by;
                        there
                    };
                    let (above, below) = (moved(1e-5), moved(-1e-5));
                    assert!((g[j] - (value(above) - value(below)) / 2e-5).abs() < 1e-7);
                    for l in 0..2 {
                        let curve = (slope(above)[l] - slope(below)[l]) / 2e-5;
                        assert!((h[(j, l)] - curve).abs() < 1e-7, "{link:?} {likelihood:?}");
                    }
                }
            }
        }
    }
}
