//! The probability of a count given a linear predictor η, as ln P(η) with its derivatives up to the fourth.
//!
//! The first two derivatives find a study's mode and the width of its likelihood; the third and fourth say how these move
//! with the parameters.

use super::hypergeometric::Hypergeometric;
use super::jet::Jet;

/// How a risk depends on its linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Risk = 1/(1 + e^−η).
    Logit,
    /// Risk = e^η, for η ≤ 0.
    Log,
    /// Risk = η, from 0 to 1.
    Identity,
}

/// ln P and its derivatives with respect to η, from the 0th to the 4th.
pub(crate) type Derivatives = [f64; 5];

const IMPOSSIBLE: Derivatives = [f64::NEG_INFINITY, 0.0, 0.0, 0.0, 0.0];

/// What was counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Family {
    /// `events` among `events + others`, with a known `offset` added to η.
    Binomial { events: f64, others: f64, link: Link, offset: f64 },
    /// `events` over `time`: the mean is `time`·e^η.
    Poisson { events: f64, time: f64 },
    /// Events of the first arm given the events of both: η is the log odds ratio.
    Hypergeometric(Hypergeometric),
}

impl Family {
    /// ln P without the constant of [`Self::log_constant`].
    pub(crate) fn derivatives(&self, eta: f64) -> Derivatives {
        match self {
            Self::Binomial { events, others, link, offset } => {
                link.derivatives(*events, *others, eta + offset)
            }
            Self::Poisson { events, time } => {
                let mean = time * libm::exp(eta);
                [events * eta - mean, events - mean, -mean, -mean, -mean]
            }
            Self::Hypergeometric(table) => table.derivatives(eta),
        }
    }

    /// ln P at a linear predictor that depends on parameters; its curvature in η is the observed one or, if `scored`, the
    /// expected one.
    pub(crate) fn at<const N: usize>(&self, eta: Jet<N>, scored: bool) -> Jet<N> {
        let [value, first, second] = if scored {
            self.scored(eta.value)
        } else {
            let [value, first, second, ..] = self.derivatives(eta.value);
            [value, first, second]
        };
        eta.lift(value, first, second)
    }

    /// ln P with its first derivative and minus the information expected at η, which is the observed one save for links other
    /// than the canonical.
    fn scored(&self, eta: f64) -> [f64; 3] {
        let [value, first, second, ..] = self.derivatives(eta);
        let expected = match self {
            Self::Binomial { events, others, link: Link::Log, offset } => {
                -(events + others) / libm::expm1(-(eta + offset))
            }
            Self::Binomial { events, others, link: Link::Identity, offset } => {
                let p = eta + offset;
                -(events + others) / (p * (1.0 - p))
            }
            _ => second,
        };
        [value, first, expected]
    }

    /// The part of ln P that does not depend on η: ln of the binomial coefficient, or x·ln t − ln x!.
    pub(crate) fn log_constant(&self) -> f64 {
        match self {
            Self::Binomial { events, others, .. } => log_choose(*events, *others),
            Self::Poisson { events, time } => {
                let exposure = if *events > 0.0 { events * libm::log(*time) } else { 0.0 };
                exposure - libm::lgamma(events + 1.0)
            }
            Self::Hypergeometric(_) => 0.0,
        }
    }

    /// The η at which P is greatest; ±∞ where P only approaches its bound.
    pub(crate) fn best(&self) -> Option<f64> {
        match self {
            Self::Binomial { events, others, link, offset } => {
                Some(link.of_risk(*events, *others) - offset)
            }
            Self::Poisson { events, time } => Some(libm::log(events / time)),
            Self::Hypergeometric(table) => table.best(),
        }
    }

    /// The greatest value of ln P, with its constant.
    pub(crate) fn log_best(&self) -> Option<f64> {
        Some(match self {
            Self::Binomial { events, others, .. } => {
                let n = events + others;
                let term = |x: f64| if x > 0.0 { x * libm::log(x / n) } else { 0.0 };
                self.log_constant() + term(*events) + term(*others)
            }
            Self::Poisson { events, .. } => {
                let term = if *events > 0.0 { events * libm::log(*events) } else { 0.0 };
                term - events - libm::lgamma(events + 1.0)
            }
            Self::Hypergeometric(table) => {
                let best = table.best()?;
                if best.is_infinite() { 0.0 } else { self.derivatives(best)[0] }
            }
        })
    }

    /// Whether the count can be only what it was, or η has no finite best value.
    pub(crate) fn is_extreme(&self) -> bool {
        match self {
            Self::Binomial { events, others, .. } => *events == 0.0 || *others == 0.0,
            Self::Poisson { events, .. } => *events == 0.0,
            Self::Hypergeometric(table) => table.is_extreme(),
        }
    }
}

/// ln of (a+b)!/(a!·b!).
fn log_choose(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 {
        return 0.0;
    }
    libm::lgamma(a + b + 1.0) - libm::lgamma(a + 1.0) - libm::lgamma(b + 1.0)
}

impl Link {
    fn derivatives(self, x: f64, m: f64, eta: f64) -> Derivatives {
        match self {
            Self::Logit => logit(x, m, eta),
            Self::Log => log(x, m, eta),
            Self::Identity => identity(x, m, eta),
        }
    }

    /// The risk and what it lacks to 1; `None` outside their range from 0 to 1, ends excluded.
    pub(crate) fn risks<const N: usize>(self, eta: Jet<N>) -> Option<[Jet<N>; 2]> {
        let [p, q] = match self {
            Self::Logit => {
                let small = libm::exp(-eta.value.abs());
                let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
                let (p, q) = if eta.value >= 0.0 { (near, far) } else { (far, near) };
                let curve = p * q * (q - p);
                [eta.lift(p, p * q, curve), eta.lift(q, -p * q, -curve)]
            }
            Self::Log => {
                let p = libm::exp(eta.value);
                [eta.lift(p, p, p), eta.lift(-libm::expm1(eta.value), -p, -p)]
            }
            Self::Identity => [eta, Jet::constant(1.0) - eta],
        };
        (p.value > 0.0 && q.value > 0.0).then_some([p, q])
    }

    /// The η of the observed risk.
    pub(crate) fn of_risk(self, x: f64, m: f64) -> f64 {
        match self {
            Self::Logit => libm::log(x / m),
            Self::Log => libm::log(x / (x + m)),
            Self::Identity => x / (x + m),
        }
    }
}

fn logit(x: f64, m: f64, eta: f64) -> Derivatives {
    let n = x + m;
    let small = libm::exp(-eta.abs());
    let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
    let (p, q) = if eta >= 0.0 { (near, far) } else { (far, near) };
    // ln(1 + e^η) = max(η, 0) + ln(1 + e^−|η|), weighed so that neither count's term cancels.
    let log_small = libm::log1p(small);
    let value = if eta >= 0.0 { -m * eta } else { x * eta } - n * log_small;
    let variance = n * (p * q);
    [value, x * q - m * p, -variance, -variance * (q - p), -variance * (1.0 - 6.0 * p * q)]
}

fn log(x: f64, m: f64, eta: f64) -> Derivatives {
    if eta > 0.0 || (eta == 0.0 && m > 0.0) {
        return IMPOSSIBLE;
    }
    if m == 0.0 {
        return [x * eta, x, 0.0, 0.0, 0.0];
    }
    let odds = 1.0 / libm::expm1(-eta);
    let spread = m * odds * (1.0 + odds);
    [
        x * eta + m * libm::log(-libm::expm1(eta)),
        x - m * odds,
        -spread,
        -spread * (1.0 + 2.0 * odds),
        -spread * (1.0 + 6.0 * odds * (1.0 + odds)),
    ]
}

fn identity(x: f64, m: f64, p: f64) -> Derivatives {
    let q = 1.0 - p;
    if p < 0.0 || q < 0.0 || (p == 0.0 && x > 0.0) || (q == 0.0 && m > 0.0) {
        return IMPOSSIBLE;
    }
    let part = |count: f64, share: f64| -> Derivatives {
        if count == 0.0 {
            return [0.0; 5];
        }
        let (r, r2) = (1.0 / share, 1.0 / (share * share));
        [
            count * libm::log(share),
            count * r,
            -count * r2,
            2.0 * count * r2 * r,
            -6.0 * count * r2 * r2,
        ]
    };
    let (a, b) = (part(x, p), part(m, q));
    [a[0] + b[0], a[1] - b[1], a[2] + b[2], a[3] - b[3], a[4] + b[4]]
}

#[cfg(test)]
mod tests {
    use super::{Family, Hypergeometric, Link};

    #[test]
    fn each_derivative_is_the_slope_of_the_one_before() {
        let binomial = |link, offset| Family::Binomial { events: 3.0, others: 8.0, link, offset };
        let families = [
            binomial(Link::Logit, 0.3),
            binomial(Link::Log, -1.4),
            binomial(Link::Identity, 1.0),
            Family::Poisson { events: 4.0, time: 7.5 },
            Family::Hypergeometric(Hypergeometric::new(7, 20, 12, 15)),
        ];
        for family in families {
            for eta in [-0.8, -0.4, -0.1] {
                let h = 1e-5;
                let (above, at, below) = (
                    family.derivatives(eta + h),
                    family.derivatives(eta),
                    family.derivatives(eta - h),
                );
                for order in 1..5 {
                    let slope = (above[order - 1] - below[order - 1]) / (2.0 * h);
                    let error = (slope - at[order]).abs() / at[order].abs().max(1.0);
                    assert!(error < 1e-7, "{family:?} {eta} {order}: {slope} {}", at[order]);
                }
            }
        }
    }

    #[test]
    fn the_best_predictor_has_the_greatest_probability() {
        for family in [
            Family::Binomial { events: 3.0, others: 8.0, link: Link::Log, offset: -0.4 },
            Family::Poisson { events: 4.0, time: 7.5 },
            Family::Hypergeometric(Hypergeometric::new(7, 20, 12, 15)),
        ] {
            let best = family.best().unwrap();
            let at = family.derivatives(best);
            assert!(at[1].abs() < 1e-10);
            assert!((at[0] + family.log_constant() - family.log_best().unwrap()).abs() < 1e-12);
        }
    }
}
