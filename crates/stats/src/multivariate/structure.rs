//! Covariance structures of random effects: the matrix as a function of its parameters, with two derivatives.
//!
//! Parameters are chosen so that the edge of the admissible set is either a simple bound (a variance or standard deviation
//! of 0, a correlation of ±1) or no edge at all (the Cholesky factor of an unstructured matrix), so that a maximum on the edge
//! is found exactly.

use crate::multivariate::unstructured::{FactorForm, triangle};
use crate::numeric::matrix::Matrix;

/// How the correlation of two levels falls with their distance d, given the range ρ.
///
/// The parametrisation is Pinheiro & Bates's (2000, Mixed-Effects Models in S and S-PLUS, 5.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpatialKernel {
    /// exp(−d/ρ).
    Exponential,
    /// exp(−d²/ρ²).
    Gaussian,
    /// 1 − d/ρ up to d = ρ, then 0.
    Linear,
    /// 1/(1 + d²/ρ²).
    RationalQuadratic,
    /// 1 − 1.5·d/ρ + 0.5·(d/ρ)³ up to d = ρ, then 0.
    Spherical,
}

impl SpatialKernel {
    /// Every kernel, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::Exponential,
        Self::Gaussian,
        Self::Linear,
        Self::RationalQuadratic,
        Self::Spherical,
    ];

    /// The correlation as a function of t = d/ρ, and its two derivatives with respect to ln ρ.
    fn at(self, t: f64) -> [f64; 3] {
        // With f(t) and dt/d ln ρ = −t: f' becomes −t·f', and f'' becomes t·f' + t²·f''.
        let (f, d1, d2) = match self {
            Self::Exponential => {
                let e = libm::exp(-t);
                (e, -e, e)
            }
            Self::Gaussian => {
                let e = libm::exp(-t * t);
                (e, -2.0 * t * e, (4.0 * t * t - 2.0) * e)
            }
            Self::Linear if t < 1.0 => (1.0 - t, -1.0, 0.0),
            Self::Spherical if t < 1.0 => {
                (1.0 - 1.5 * t + 0.5 * t * t * t, 1.5 * (t * t - 1.0), 3.0 * t)
            }
            Self::Linear | Self::Spherical => (0.0, 0.0, 0.0),
            Self::RationalQuadratic => {
                let e = 1.0 / (1.0 + t * t);
                (e, -2.0 * t * e * e, (6.0 * t * t - 2.0) * e * e * e)
            }
        };
        [f, -t * d1, t * d1 + t * t * d2]
    }
}

/// The correlations of a structure as a function of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kernel {
    /// ρ between all levels, from `lower` to 1.
    Equal { lower: f64 },
    /// ρ to the power of the distance, from `lower` to 1.
    Power { distance: Matrix, lower: f64 },
    /// By distance; the parameter is ln ρ.
    Spatial { kernel: SpatialKernel, distance: Matrix },
}

/// The least correlation of continuous-time autoregression; its derivative at 0 is infinite.
pub(crate) const LEAST_CONTINUOUS: f64 = 1e-10;

impl Kernel {
    /// Correlation of levels i ≠ j and its two derivatives.
    fn at(&self, i: usize, j: usize, rho: f64) -> [f64; 3] {
        match self {
            Self::Equal { .. } => [rho, 1.0, 0.0],
            Self::Power { distance, .. } => {
                let e = distance[(i, j)];
                let term = |factor: f64, power: f64| {
                    if factor == 0.0 { 0.0 } else { factor * libm::pow(rho, power) }
                };
                [term(1.0, e), term(e, e - 1.0), term(e * (e - 1.0), e - 2.0)]
            }
            Self::Spatial { kernel, distance } => kernel.at(distance[(i, j)] / libm::exp(rho)),
        }
    }

    fn bounds(&self) -> (f64, f64) {
        match self {
            Self::Equal { lower } | Self::Power { lower, .. } => (*lower, 1.0),
            Self::Spatial { distance, .. } => {
                let positive = distance.iter().copied().filter(|d| *d > 0.0);
                let (least, most) =
                    positive.fold((f64::INFINITY, 0.0_f64), |(a, b), d| (a.min(d), b.max(d)));
                if most > 0.0 {
                    (libm::log(least / 100.0), libm::log(most * 1000.0))
                } else {
                    (-1.0, 1.0)
                }
            }
        }
    }
}

/// One variance for all levels, or one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    Common,
    PerLevel,
}

/// A covariance matrix of random effects with unknown parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Structure {
    /// τ² times a known matrix.
    Scaled { known: Matrix },
    /// Variances and one parameter of correlation. Parameters: τ² (common) or all τ (per level), then ρ.
    Correlated { size: usize, spread: Spread, kernel: Kernel },
    /// One variance a level, no correlation. Parameters: the variances.
    Diagonal { size: usize },
    /// Any positive-semidefinite matrix, as L·Lᵀ for the levels in `order`. Parameters: as `form` has them.
    Unstructured { order: Vec<usize>, form: FactorForm },
    /// Variances and correlations, of which some are fixed in a pattern that no factor can hold. Parameters: all τ, then ρ by
    /// columns of the lower triangle. Levels that occur together (`sets`) must have a positive-semidefinite matrix.
    Correlations { size: usize, sets: Vec<Vec<usize>> },
}

/// What a parameter is, which tells its scale and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Variance,
    Deviation,
    Correlation,
    /// An angle, or the log of a range.
    Free,
    /// An element of a Cholesky factor.
    Loading,
}

/// One parameter of a structure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) role: Role,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

/// A covariance matrix with its derivatives with respect to the structure's parameters.
pub(crate) struct Derived {
    pub(crate) value: Matrix,
    pub(crate) first: Vec<Matrix>,
    /// `(a, b, ∂²G/∂a∂b)` with a ≤ b; those absent are 0.
    pub(crate) second: Vec<(usize, usize, Matrix)>,
}

impl Structure {
    /// Number of rows of the matrix.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Scaled { known } => known.nrows(),
            Self::Correlated { size, .. }
            | Self::Diagonal { size }
            | Self::Correlations { size, .. } => *size,
            Self::Unstructured { order, .. } => order.len(),
        }
    }

    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let variance = Parameter { role: Role::Variance, lower: 0.0, upper: f64::INFINITY };
        let deviation = Parameter { role: Role::Deviation, lower: 0.0, upper: f64::INFINITY };
        let free = |role| Parameter { role, lower: f64::NEG_INFINITY, upper: f64::INFINITY };
        match self {
            Self::Scaled { .. } => vec![variance],
            Self::Correlated { size, spread, kernel } => {
                let (lower, upper) = kernel.bounds();
                let role = match kernel {
                    Kernel::Spatial { .. } => Role::Free,
                    _ => Role::Correlation,
                };
                let mut parameters = match spread {
                    Spread::Common => vec![variance],
                    Spread::PerLevel => vec![deviation; *size],
                };
                parameters.push(Parameter { role, lower, upper });
                parameters
            }
            Self::Diagonal { size } => vec![variance; *size],
            Self::Unstructured { order, form: FactorForm::Elements } => {
                vec![free(Role::Loading); triangle(order.len())]
            }
            Self::Unstructured { order, form: FactorForm::Spherical } => {
                let mut parameters = vec![free(Role::Free); triangle(order.len())];
                parameters[..order.len()].fill(deviation);
                parameters
            }
            Self::Correlations { size, .. } => {
                let correlation = Parameter { role: Role::Correlation, lower: -1.0, upper: 1.0 };
                let mut parameters = vec![deviation; *size];
                parameters.extend(vec![correlation; size * (size - 1) / 2]);
                parameters
            }
        }
    }

    /// The matrix alone.
    pub(crate) fn value(&self, theta: &[f64]) -> Matrix {
        let q = self.size();
        match self {
            Self::Scaled { known } => known * theta[0],
            Self::Correlated { spread, kernel, .. } => {
                let rho = theta[theta.len() - 1];
                Matrix::from_fn(q, q, |i, j| {
                    let c = if i == j { 1.0 } else { kernel.at(i, j, rho)[0] };
                    match spread {
                        Spread::Common => theta[0] * c,
                        Spread::PerLevel => theta[i] * theta[j] * c,
                    }
                })
            }
            Self::Diagonal { .. } => {
                Matrix::from_fn(q, q, |i, j| if i == j { theta[i] } else { 0.0 })
            }
            Self::Unstructured { order, form } => reordered(&form.product(theta, q), order),
            Self::Correlations { .. } => Matrix::from_fn(q, q, |i, j| {
                let c = if i == j { 1.0 } else { theta[q + pair(i, j, q)] };
                theta[i] * theta[j] * c
            }),
        }
    }

    /// The matrix with its first and second derivatives.
    pub(crate) fn derived(&self, theta: &[f64]) -> Derived {
        match self {
            Self::Scaled { known } => {
                Derived { value: known * theta[0], first: vec![known.clone()], second: Vec::new() }
            }
            Self::Diagonal { size } => Derived {
                value: self.value(theta),
                first: (0..*size).map(|i| unit(*size, i, i)).collect(),
                second: Vec::new(),
            },
            Self::Correlated { spread: Spread::Common, kernel, .. } => {
                self.common_derived(theta, kernel)
            }
            Self::Correlated { size, spread: Spread::PerLevel, kernel } => {
                let rho = theta[*size];
                self.deviation_derived(theta, &[*size], |i, j, _| {
                    if i == j { [1.0, 0.0, 0.0] } else { kernel.at(i, j, rho) }
                })
            }
            Self::Correlations { size, .. } => {
                let correlations: Vec<usize> = (*size..theta.len()).collect();
                self.deviation_derived(theta, &correlations, |i, j, which| {
                    if i == j {
                        [1.0, 0.0, 0.0]
                    } else {
                        let own = size + pair(i, j, *size);
                        [theta[own], if own == which { 1.0 } else { 0.0 }, 0.0]
                    }
                })
            }
            Self::Unstructured { order, form } => {
                let derived = form.derived(theta, order.len());
                let sorted = |matrix: &Matrix| reordered(matrix, order);
                Derived {
                    value: sorted(&derived.value),
                    first: derived.first.iter().map(sorted).collect(),
                    second: derived.second.iter().map(|(a, b, d)| (*a, *b, sorted(d))).collect(),
                }
            }
        }
    }

    /// Whether the effects that occur together have a covariance matrix.
    pub(crate) fn is_admissible(&self, value: &Matrix) -> bool {
        let Self::Correlations { sets, .. } = self else { return true };
        sets.iter().filter(|set| set.len() > 2).all(|set| {
            let own = value.select_rows(set).select_columns(set);
            let eigenvalues = own.symmetric_eigenvalues();
            eigenvalues.min() >= -1e-10 * eigenvalues.amax()
        })
    }

    /// The parameters of an unstructured matrix of this value.
    pub(crate) fn parameters_of(&self, value: &Matrix) -> Vec<f64> {
        match self {
            Self::Unstructured { order, form } => {
                form.parameters_of(&value.select_rows(order).select_columns(order))
            }
            _ => Vec::new(),
        }
    }

    /// τ²·C(ρ).
    fn common_derived(&self, theta: &[f64], kernel: &Kernel) -> Derived {
        let q = self.size();
        let [c, c1, c2] = [0, 1, 2].map(|d| {
            Matrix::from_fn(q, q, |i, j| {
                if i == j { if d == 0 { 1.0 } else { 0.0 } } else { kernel.at(i, j, theta[1])[d] }
            })
        });
        Derived {
            value: &c * theta[0],
            first: vec![c, &c1 * theta[0]],
            second: vec![(0, 1, c1), (1, 1, c2 * theta[0])],
        }
    }

    /// sᵢ·sⱼ·Cᵢⱼ, where `at(i, j, r)` is Cᵢⱼ with its derivatives by parameter r, one of `correlations`.
    fn deviation_derived(
        &self,
        theta: &[f64],
        correlations: &[usize],
        at: impl Fn(usize, usize, usize) -> [f64; 3],
    ) -> Derived {
        let q = self.size();
        let any = correlations.first().copied().unwrap_or(q);
        let s = &theta[..q];
        let mut first = Vec::with_capacity(theta.len());
        let mut second = Vec::new();
        // ∂/∂sₗ of sᵢsⱼ, and the mixed second derivatives.
        let by_one = |l: usize, i: usize, j: usize| {
            (if i == l { s[j] } else { 0.0 }) + (if j == l { s[i] } else { 0.0 })
        };
        for l in 0..q {
            first.push(Matrix::from_fn(q, q, |i, j| by_one(l, i, j) * at(i, j, any)[0]));
            for m in l..q {
                let mut d = Matrix::zeros(q, q);
                d[(l, m)] += at(l, m, any)[0];
                d[(m, l)] += at(l, m, any)[0];
                second.push((l, m, d));
            }
            for &r in correlations {
                second.push((l, r, Matrix::from_fn(q, q, |i, j| by_one(l, i, j) * at(i, j, r)[1])));
            }
        }
        for &r in correlations {
            first.push(Matrix::from_fn(q, q, |i, j| s[i] * s[j] * at(i, j, r)[1]));
            second.push((r, r, Matrix::from_fn(q, q, |i, j| s[i] * s[j] * at(i, j, r)[2])));
        }
        Derived { value: self.value(theta), first, second }
    }

    /// Parameters of a start: these variances (one a row of the matrix; of [`Structure::Scaled`] one for all), correlations
    /// moved a share `correlation` (−1 to 1) of the way from 0 to their bound.
    pub(crate) fn start(&self, variances: &[f64], correlation: f64) -> Vec<f64> {
        let q = self.size();
        let variance = |i: usize| variances.get(i).or(variances.first()).copied().unwrap_or(0.0);
        let common = |lower: f64, upper: f64| {
            if correlation >= 0.0 { correlation * upper } else { -correlation * lower }
        };
        match self {
            Self::Unstructured { .. } => {
                // The first level correlates with the others, and they through it.
                let value = Matrix::from_fn(q, q, |i, j| {
                    let size = (variance(i) * variance(j)).sqrt();
                    match (i, j) {
                        _ if i == j => size,
                        (0, _) | (_, 0) => size * correlation,
                        _ => size * correlation * correlation,
                    }
                });
                self.parameters_of(&value)
            }
            _ => self
                .parameters()
                .iter()
                .enumerate()
                .map(|(i, parameter)| match parameter.role {
                    Role::Variance => variance(i),
                    Role::Deviation => variance(i).sqrt(),
                    Role::Correlation => common(parameter.lower, parameter.upper),
                    Role::Free | Role::Loading => {
                        let middle = f64::midpoint(parameter.lower, parameter.upper);
                        let most = f64::midpoint(parameter.upper, middle) - middle;
                        middle + correlation * most
                    }
                })
                .collect(),
        }
    }
}

/// Position of the correlation of levels i ≠ j, by columns of the lower triangle.
pub(crate) fn pair(i: usize, j: usize, q: usize) -> usize {
    let (low, high) = if i < j { (i, j) } else { (j, i) };
    low * q - low * (low + 1) / 2 + high - low - 1
}

/// The matrix whose row and column `order[i]` are row and column i of `matrix`.
fn reordered(matrix: &Matrix, order: &[usize]) -> Matrix {
    let q = order.len();
    let mut result = Matrix::zeros(q, q);
    for i in 0..q {
        for j in 0..q {
            result[(order[i], order[j])] = matrix[(i, j)];
        }
    }
    result
}

fn unit(q: usize, i: usize, j: usize) -> Matrix {
    let mut matrix = Matrix::zeros(q, q);
    matrix[(i, j)] = 1.0;
    matrix
}

#[cfg(test)]
mod tests {
    use super::{FactorForm, Kernel, SpatialKernel, Spread, Structure};
    use crate::numeric::matrix::Matrix;

    #[test]
    fn an_unstructured_matrix_gives_the_parameters_it_came_from() {
        let value = Matrix::from_row_slice(3, 3, &[2.0, 0.5, -0.3, 0.5, 1.0, 0.2, -0.3, 0.2, 1.5]);
        for form in [FactorForm::Elements, FactorForm::Spherical] {
            let structure = Structure::Unstructured { order: vec![2, 0, 1], form };
            let back = structure.value(&structure.parameters_of(&value));
            assert!((back - &value).amax() < 1e-14);
        }
    }

    /// Derivatives by central differences agree with the formulas, for every structure.
    #[test]
    fn derivatives_agree_with_differences() {
        let distance = Matrix::from_row_slice(3, 3, &[0.0, 1.0, 2.5, 1.0, 0.0, 1.5, 2.5, 1.5, 0.0]);
        let mut cases = vec![
            (Structure::Scaled { known: distance.clone() }, vec![0.7]),
            (Structure::Diagonal { size: 3 }, vec![0.7, 0.2, 0.4]),
            (
                Structure::Unstructured { order: vec![2, 0, 1], form: FactorForm::Elements },
                vec![0.7, 0.2, 0.4, -0.3, 0.5, 0.6],
            ),
            (
                Structure::Unstructured { order: vec![1, 2, 0], form: FactorForm::Spherical },
                vec![0.7, 0.2, 0.4, -0.3, 0.5, 0.6],
            ),
            (
                Structure::Correlations { size: 3, sets: vec![vec![0, 1, 2]] },
                vec![0.7, 0.2, 0.4, -0.3, 0.5, 0.6],
            ),
        ];
        let mut kernels = vec![
            Kernel::Equal { lower: -0.5 },
            Kernel::Power { distance: distance.clone(), lower: 0.0 },
        ];
        for &kernel in SpatialKernel::ALL {
            kernels.push(Kernel::Spatial { kernel, distance: distance.clone() });
        }
        for kernel in kernels {
            for (spread, theta) in
                [(Spread::Common, vec![0.7, 0.4]), (Spread::PerLevel, vec![0.7, 0.2, 0.4, 0.3])]
            {
                cases.push((
                    Structure::Correlated { size: 3, spread, kernel: kernel.clone() },
                    theta,
                ));
            }
        }
        for (structure, theta) in cases {
            let derived = structure.derived(&theta);
            assert!((&derived.value - structure.value(&theta)).amax() < 1e-15);
            let moved = |a: usize, h: f64| {
                let mut theta = theta.clone();
                theta[a] += h;
                structure.derived(&theta)
            };
            let h = 1e-5;
            for a in 0..theta.len() {
                let (up, down) = (moved(a, h), moved(a, -h));
                let slope = (&up.value - &down.value) / (2.0 * h);
                assert!((slope - &derived.first[a]).amax() < 1e-8, "{structure:?} {a}");
                for b in a..theta.len() {
                    let second = (&up.first[b] - &down.first[b]) / (2.0 * h);
                    let formula = derived
                        .second
                        .iter()
                        .find(|(i, j, _)| (*i, *j) == (a, b))
                        .map_or_else(|| Matrix::zeros(3, 3), |(_, _, d)| d.clone());
                    assert!((second - formula).amax() < 1e-7, "{structure:?} {a} {b}");
                }
            }
        }
    }
}
