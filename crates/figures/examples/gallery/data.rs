//! Studies to draw: the BCG vaccine trials (Colditz 1994), and as many invented ones as are wanted.

/// Study, events and total with the vaccine, events and total without.
pub(crate) type Study = (&'static str, f64, f64, f64, f64);

pub(crate) const BCG: [Study; 13] = [
    ("Aronson 1948", 4.0, 123.0, 11.0, 139.0),
    ("Ferguson & Simes 1949", 6.0, 306.0, 29.0, 303.0),
    ("Rosenthal et al 1960", 3.0, 231.0, 11.0, 220.0),
    ("Hart & Sutherland 1977", 62.0, 13598.0, 248.0, 12867.0),
    ("Frimodt-Moller et al 1973", 33.0, 5069.0, 47.0, 5808.0),
    ("Stein & Aronson 1953", 180.0, 1541.0, 372.0, 1451.0),
    ("Vandiviere et al 1973", 8.0, 2545.0, 10.0, 629.0),
    ("TPT Madras 1980", 505.0, 88391.0, 499.0, 88391.0),
    ("Coetzee & Berjak 1968", 29.0, 7499.0, 45.0, 7277.0),
    ("Rosenthal et al 1961", 17.0, 1716.0, 65.0, 1665.0),
    ("Comstock et al 1974", 186.0, 50634.0, 141.0, 27338.0),
    ("Comstock & Webster 1969", 5.0, 2498.0, 3.0, 2341.0),
    ("Comstock et al 1976", 27.0, 16913.0, 29.0, 17854.0),
];

/// Logarithm of the risk ratio, and its standard error.
pub(crate) fn log_risk_ratio((_, a, n, c, m): Study) -> (f64, f64) {
    ((a / n / (c / m)).ln(), (1.0 / a - 1.0 / n + 1.0 / c - 1.0 / m).sqrt())
}

/// Numbers that look random and are the same each time.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    }

    /// Normal with mean 0 and variance 1, nearly.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Invented studies: name, estimate, standard error, participants.
pub(crate) fn studies(k: usize) -> Vec<(String, f64, f64, f64)> {
    let mut random = Random::new(11);
    let study = |i: usize| {
        let n = (random.normal() * 1.1 + 5.2).exp().max(12.0);
        let se = 2.4 / n.sqrt();
        let label = if i % 7 == 5 {
            format!("Collaborative Group for the Study of Long Names {}", 1980 + i % 40)
        } else {
            format!("Author {} {}", i + 1, 1980 + i % 40)
        };
        (label, -0.3 + random.normal() * (se * se + 0.04).sqrt(), se, n.round())
    };
    (0..k).map(study).collect()
}
