//! Numbers that carry their first and second derivatives with respect to `N` variables (forward differentiation).
//!
//! With them the quadrature of a study's likelihood, the search for its mode included, has exact gradients and Hessians.

use core::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A value with its gradient and Hessian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Jet<const N: usize> {
    pub(crate) value: f64,
    pub(crate) slope: [f64; N],
    /// Symmetric.
    pub(crate) curve: [[f64; N]; N],
}

impl<const N: usize> Jet<N> {
    pub(crate) const fn constant(value: f64) -> Self {
        Self { value, slope: [0.0; N], curve: [[0.0; N]; N] }
    }

    /// The variable number `index`.
    pub(crate) fn variable(value: f64, index: usize) -> Self {
        let mut jet = Self::constant(value);
        jet.slope[index] = 1.0;
        jet
    }

    /// f(self), given f and its first two derivatives at the value.
    pub(crate) fn lift(&self, f: f64, f1: f64, f2: f64) -> Self {
        let mut jet = Self::constant(f);
        for i in 0..N {
            jet.slope[i] = f1 * self.slope[i];
            let along = f2 * self.slope[i];
            for j in 0..N {
                jet.curve[i][j] = f1 * self.curve[i][j] + along * self.slope[j];
            }
        }
        jet
    }

    /// f(self, other), given f and its derivatives by the first, the second, and twice: 11, 12, 22.
    pub(crate) fn lift2(&self, other: &Self, [f, f1, f2, f11, f12, f22]: [f64; 6]) -> Self {
        let mut jet = Self::constant(f);
        for i in 0..N {
            jet.slope[i] = f1 * self.slope[i] + f2 * other.slope[i];
            for j in 0..N {
                jet.curve[i][j] = f1 * self.curve[i][j]
                    + f2 * other.curve[i][j]
                    + f11 * self.slope[i] * self.slope[j]
                    + f12 * (self.slope[i] * other.slope[j] + self.slope[j] * other.slope[i])
                    + f22 * other.slope[i] * other.slope[j];
            }
        }
        jet
    }

    pub(crate) fn scale(&self, factor: f64) -> Self {
        Self {
            value: factor * self.value,
            slope: self.slope.map(|slope| factor * slope),
            curve: self.curve.map(|row| row.map(|curve| factor * curve)),
        }
    }

    pub(crate) fn square(&self) -> Self {
        self.lift(self.value * self.value, 2.0 * self.value, 2.0)
    }

    pub(crate) fn exp(&self) -> Self {
        let value = libm::exp(self.value);
        self.lift(value, value, value)
    }

    pub(crate) fn ln(&self) -> Self {
        let inverse = 1.0 / self.value;
        self.lift(libm::log(self.value), inverse, -inverse * inverse)
    }

    pub(crate) fn recip(&self) -> Self {
        let inverse = 1.0 / self.value;
        let square = inverse * inverse;
        self.lift(inverse, -square, 2.0 * square * inverse)
    }

    pub(crate) fn sqrt(&self) -> Self {
        let root = self.value.sqrt();
        self.lift(root, 0.5 / root, -0.25 / (root * self.value))
    }
}

impl<const N: usize> Add for Jet<N> {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl<const N: usize> AddAssign for Jet<N> {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        for i in 0..N {
            self.slope[i] += other.slope[i];
            for j in 0..N {
                self.curve[i][j] += other.curve[i][j];
            }
        }
    }
}

impl<const N: usize> Neg for Jet<N> {
    type Output = Self;

    fn neg(self) -> Self {
        self.scale(-1.0)
    }
}

impl<const N: usize> Sub for Jet<N> {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        self.value -= other.value;
        for i in 0..N {
            self.slope[i] -= other.slope[i];
            for j in 0..N {
                self.curve[i][j] -= other.curve[i][j];
            }
        }
        self
    }
}

impl<const N: usize> Mul for Jet<N> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let mut jet = Self::constant(self.value * other.value);
        for i in 0..N {
            jet.slope[i] = self.value * other.slope[i] + other.value * self.slope[i];
            for j in 0..N {
                jet.curve[i][j] = self.value * other.curve[i][j]
                    + other.value * self.curve[i][j]
                    + self.slope[i] * other.slope[j]
                    + self.slope[j] * other.slope[i];
            }
        }
        jet
    }
}

#[cfg(test)]
mod tests {
    use super::Jet;

    #[test]
    fn derivatives_of_a_composed_function_are_exact() {
        let (x, y) = (Jet::<2>::variable(0.7, 0), Jet::<2>::variable(1.3, 1));
        // f = exp(x·y) / √y + ln x, differentiated by hand.
        let f = (x * y).exp() * y.sqrt().recip() + x.ln();
        let e = libm::exp(0.91);
        let root = 1.3_f64.sqrt();
        assert!((f.value - (e / root + libm::log(0.7))).abs() < 1e-15);
        assert!((f.slope[0] - (e * root + 1.0 / 0.7)).abs() < 1e-14);
        assert!((f.slope[1] - e * (0.7 / root - 0.5 / (1.3 * root))).abs() < 1e-14);
        assert!((f.curve[0][0] - (e * 1.3 * root - 1.0 / 0.49)).abs() < 1e-13);
        assert!((f.curve[0][1] - e * (0.7 * root + 0.5 / root)).abs() < 1e-13);
        let by_hand = e * (0.49 / root - 0.7 / (1.3 * root) + 0.75 / (1.69 * root));
        assert!((f.curve[1][1] - by_hand).abs() < 1e-13);
        assert!((f - f.square().sqrt()).slope.iter().all(|s| s.abs() < 1e-13));
    }
}
