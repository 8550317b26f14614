//! Departure from Hardy-Weinberg equilibrium.

use crate::effect::{Effect, EffectError};

/// Numbers of people by genotype at one locus with two alleles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Genotypes {
    /// Homozygous for the dominant (or first) allele.
    pub dominant: f64,
    /// Heterozygous.
    pub heterozygous: f64,
    /// Homozygous for the recessive (or second) allele.
    pub recessive: f64,
}

/// Log relative excess heterozygosity, ln(b/(2√(ac))): v = 1/(4a) + 1/b + 1/(4c).
///
/// 0 in Hardy-Weinberg equilibrium, above it with too many heterozygotes. Ziegler, Van Steen & Wellek (2011),
/// doi 10.1007/s10549-010-1295-z; metafor `REH`. Refused when a genotype is missing.
pub fn relative_excess_heterozygosity(people: &Genotypes) -> Result<Effect, EffectError> {
    let a = EffectError::positive("number homozygous for the first allele", people.dominant)?;
    let b = EffectError::positive("number of heterozygotes", people.heterozygous)?;
    let c = EffectError::positive("number homozygous for the second allele", people.recessive)?;
    let expected = 2.0 * a.sqrt() * c.sqrt();
    Effect::checked(libm::log(b / expected), 0.25 / a + 1.0 / b + 0.25 / c)
}

impl Genotypes {
    /// Everybody.
    pub(crate) fn people(&self) -> f64 {
        self.dominant + self.heterozygous + self.recessive
    }

    pub(crate) fn with_added(&self, add: f64) -> Self {
        Self {
            dominant: self.dominant + add,
            heterozygous: self.heterozygous + add,
            recessive: self.recessive + add,
        }
    }
}
