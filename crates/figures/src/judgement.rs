//! A risk-of-bias judgement as a coloured light with its symbol.

/// A risk-of-bias judgement, in `RoB` 2's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Low risk of bias: green, `+`.
    Low,
    /// Some concerns: yellow, `−`.
    SomeConcerns,
    /// High risk of bias: red, `×`.
    High,
    /// The assessment is incomplete or there was nothing to assess it by: blue, `?`.
    NoInformation,
    /// Not assessed: left blank.
    NotAssessed,
}
