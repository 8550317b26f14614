//! Effect direction plot (Thomson and Thomas 2013; Boon and Thomson 2021): where nothing can be pooled, which way
//! each study points for each outcome.

use crate::Svg;

/// Everything an effect direction plot shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectDirection {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// Names of the outcomes, one column each.
    pub outcomes: Vec<String>,
    /// One row per study.
    pub rows: Vec<EffectDirectionRow>,
}

/// One study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectDirectionRow {
    /// Name of the study.
    pub study: String,
    /// Its design and size in words, such as "RCT, n = 120"; may be empty.
    pub detail: String,
    /// One cell per outcome; `None` where the study did not report it.
    pub cells: Vec<Option<DirectionCell>>,
}

/// What one study says of one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectionCell {
    /// Which way it points.
    pub direction: Direction,
    /// How many people say so: the size of the arrow.
    pub size: SampleSize,
    /// A few characters beside the arrow: the number of measures, a mark for significance; may be empty.
    pub text: String,
}

/// Direction of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Better with the experimental intervention: ▲.
    FavoursExperimental,
    /// Better with the control: ▼.
    FavoursControl,
    /// No difference: ◄►.
    NoDifference,
    /// Measures of the outcome conflict, or it cannot be told: ?.
    Unclear,
}

/// Size of the study's final sample, in the original plot's bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SampleSize {
    /// Fewer than 50.
    Small,
    /// 50 to 300.
    Medium,
    /// More than 300.
    Large,
}

impl SampleSize {
    /// The band of a number of participants.
    ///
    /// ```
    /// use consilience_figures::SampleSize;
    /// assert_eq!(SampleSize::of(49), SampleSize::Small);
    /// assert_eq!(SampleSize::of(50), SampleSize::Medium);
    /// assert_eq!(SampleSize::of(301), SampleSize::Large);
    /// ```
    pub fn of(participants: u64) -> Self {
        match participants {
            0..50 => Self::Small,
            50..=300 => Self::Medium,
            _ => Self::Large,
        }
    }
}

/// Draws an effect direction plot.
pub fn effect_direction(plot: &EffectDirection) -> Svg {
    let caption =
        crate::canvas::Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    crate::canvas::Canvas::default().finish((1.0, 1.0), &caption)
}
