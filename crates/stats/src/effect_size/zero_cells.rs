//! What is done about cells without events, stated once for a whole set of studies: metafor's `add`, `to` and `drop00`.
//!
//! The rules differ from one effect-size function to the next only in their defaults. Sweeting, Sutton & Lambert (2004),
//! doi 10.1002/sim.1761, compare them.

use crate::effect::EffectError;

/// To which studies of a set the increment is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddTo {
    /// Every study.
    All,
    /// Only studies in which some cell is 0.
    OnlyZero,
    /// Every study, if any study of the set has a cell that is 0; else none.
    AllIfAnyZero,
    /// No study.
    None,
}

impl AddTo {
    /// Every rule, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::All, Self::OnlyZero, Self::AllIfAnyZero, Self::None];

    /// metafor's word for it: `"all"`, `"only0"`, `"if0all"` or `"none"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::OnlyZero => "only0",
            Self::AllIfAnyZero => "if0all",
            Self::None => "none",
        }
    }
}

/// How the counts of a set of studies are changed before they are used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZeroCells {
    /// What is added to each cell of a table (to each count, for rates); 0 or more.
    pub add: f64,
    /// To which studies.
    pub to: AddTo,
    /// Whether studies without events in both arms (or, in tables, with nothing but events) are left out.
    pub drop00: bool,
}

impl ZeroCells {
    /// One half to every cell of studies with a zero cell; nothing left out.
    pub const HALF_TO_ZERO_CELLS: Self = Self { add: 0.5, to: AddTo::OnlyZero, drop00: false };

    /// Counts as they are.
    pub const UNCHANGED: Self = Self { add: 0.0, to: AddTo::None, drop00: false };

    /// This rule, if its increment is possible.
    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        EffectError::not_negative("number added to each cell", self.add)?;
        Ok(self)
    }

    /// What is added to the cells of each study; `has_zero` says for each study whether one of its cells is 0.
    pub(crate) fn increments(&self, has_zero: &[bool]) -> Vec<f64> {
        let any = has_zero.contains(&true);
        has_zero.iter().map(|&zero| self.increment(zero, any)).collect()
    }

    /// What is added to the cells of a study, by whether one of its own cells is 0 and whether any of the set's is.
    pub(crate) fn increment(&self, has_zero: bool, set_has_zero: bool) -> f64 {
        let applies = match self.to {
            AddTo::All => true,
            AddTo::OnlyZero => has_zero,
            AddTo::AllIfAnyZero => set_has_zero,
            AddTo::None => false,
        };
        if applies { self.add } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{AddTo, ZeroCells};

    #[test]
    fn the_increment_goes_where_the_rule_says() {
        let rule = |to| ZeroCells { add: 0.5, to, drop00: false };
        let zero = [false, true];
        assert_eq!(rule(AddTo::All).increments(&zero), [0.5, 0.5]);
        assert_eq!(rule(AddTo::OnlyZero).increments(&zero), [0.0, 0.5]);
        assert_eq!(rule(AddTo::AllIfAnyZero).increments(&zero), [0.5, 0.5]);
        assert_eq!(rule(AddTo::AllIfAnyZero).increments(&[false, false]), [0.0, 0.0]);
        assert_eq!(rule(AddTo::None).increments(&zero), [0.0, 0.0]);
    }
}
