//! ln of a(a + g)(a + 2g)…: what a beta-binomial probability is made of, without gamma functions, so that g = 0 (the
//! binomial) is as good as any other value.

use super::jet::Jet;

/// Up to this many factors are multiplied one by one.
const ONE_BY_ONE: u64 = 64;

/// Σ ln(a + j·g) for j = 0 … `count` − 1, with a > 0 and g ≥ 0.
///
/// Long sums are had by the Euler-Maclaurin formula (DLMF 2.10.1) from the term on where a + j·g is at least 16 times g; its
/// remainder is then below 1e-15.
pub(crate) fn log_rising<const N: usize>(a: Jet<N>, g: Jet<N>, count: u64) -> Jet<N> {
    if count == 0 {
        return Jet::constant(0.0);
    }
    if count <= ONE_BY_ONE {
        return a.lift2(&g, direct(a.value, g.value, count));
    }
    let first = if g.value > 0.0 { (16.0 - a.value / g.value).ceil().max(0.0) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 16")]
    let first = first as u64;
    let (x, y) = (Jet::<2>::variable(a.value, 0), Jet::<2>::variable(g.value, 1));
    let tail = euler_maclaurin(x + y.scale(first as f64), y, (count - first) as f64);
    let head = direct(a.value, g.value, first);
    let [[xx, xy], [_, yy]] = tail.curve;
    let both = [tail.value, tail.slope[0], tail.slope[1], xx, xy, yy];
    a.lift2(&g, core::array::from_fn(|i| head[i] + both[i]))
}

/// The sum with its derivatives by a, g, aa, ag, gg.
fn direct(a: f64, g: f64, count: u64) -> [f64; 6] {
    let mut sums = [0.0; 6];
    for j in 0..count {
        let j = j as f64;
        let factor = a + j * g;
        let inverse = 1.0 / factor;
        let square = inverse * inverse;
        sums[0] += libm::log(factor);
        sums[1] += inverse;
        sums[2] += j * inverse;
        sums[3] -= square;
        sums[4] -= j * square;
        sums[5] -= j * j * square;
    }
    sums
}

/// Σ ln(y + j·g) for j = 0 … n − 1 where y ≥ 16·g.
fn euler_maclaurin(y: Jet<2>, g: Jet<2>, n: f64) -> Jet<2> {
    let end = y + g.scale(n);
    let integral = (y.ln() + excess(g.scale(n) * y.recip())).scale(n);
    let (start, stop) = (g * y.recip(), g * end.recip());
    let correction = |u: Jet<2>| {
        let square = u.square();
        let (cube, fifth) = (u * square, u * square.square());
        let seventh = fifth * square;
        u.scale(1.0 / 12.0) - cube.scale(1.0 / 360.0) + fifth.scale(1.0 / 1260.0)
            - seventh.scale(1.0 / 1680.0)
    };
    integral - (end.ln() - y.ln()).scale(0.5) + correction(stop) - correction(start)
}

/// (1/s)·∫₀ˢ ln(1 + t) dt = (1 + 1/s)·ln(1 + s) − 1 for s ≥ 0.
fn excess(s: Jet<2>) -> Jet<2> {
    let x = s.value;
    if x < 0.1 {
        // Σ (−1)^(k+1)·s^k/(k(k + 1)), differentiated term by term.
        let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
        for k in (1..=18_u32).rev() {
            let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
            let coefficient = sign / f64::from(k * (k + 1));
            // Horner's scheme for a polynomial without constant and its derivatives.
            second = second * x + 2.0 * first;
            first = first * x + value;
            value = value * x + coefficient;
        }
        second = second * x + 2.0 * first;
        first = first * x + value;
        return s.lift(value * x, first, second);
    }
    let log = libm::log1p(x);
    let rest = (x - log) / (x * x);
    s.lift((1.0 + 1.0 / x) * log - 1.0, rest, 1.0 / (x * (1.0 + x)) - 2.0 * rest / x)
}

#[cfg(test)]
mod tests {
    use super::{Jet, direct, log_rising};

    #[test]
    fn long_sums_are_those_of_their_terms() {
        for a in [1e-6, 0.02, 0.5, 1.0] {
            for g in [0.0, 1e-9, 1e-4, 0.01, 0.3, 5.0] {
                for count in [65, 100, 5000] {
                    let jet = log_rising(Jet::<2>::variable(a, 0), Jet::variable(g, 1), count);
                    let exact = direct(a, g, count);
                    let [[aa, ag], [_, gg]] = jet.curve;
                    let got = [jet.value, jet.slope[0], jet.slope[1], aa, ag, gg];
                    for (got, exact) in got.iter().zip(exact) {
                        let error = (got - exact).abs() / exact.abs().max(1.0);
                        assert!(error < 1e-11, "{a} {g} {count}: {got} {exact}");
                    }
                }
            }
        }
    }
}
