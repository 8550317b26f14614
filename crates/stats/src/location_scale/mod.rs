//! Location-scale models: moderators of the effects' mean and, separately, of how much effects vary between studies.
//!
//! Effects yᵢ ~ N(xᵢ′β, vᵢ + τᵢ²) with ln τᵢ² = zᵢ′α or τᵢ² = zᵢ′α. Viechtbauer & López-López (2022), doi 10.1002/jrsm.1562;
//! metafor `rma(…, scale = …)`.

mod error;
mod fit;
mod likelihood;
mod search;

pub use error::LocationScaleError;
pub use fit::{LocationScale, LocationScaleOptions, location_scale};
pub use likelihood::{ScaleLikelihood, ScaleLink};
