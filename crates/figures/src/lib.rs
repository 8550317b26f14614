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

mod axis;
mod canvas;
mod effect_direction;
mod flow;
mod font;
mod forest;
mod funnel;
mod judgement;
mod paint;
mod render;
mod rob_summary;
mod subset;
mod svg;
mod text;
mod traffic_light;

pub use effect_direction::{
    Direction, DirectionCell, EffectDirection, EffectDirectionRow, SampleSize, effect_direction,
};
pub use flow::{FlowBox, FlowColumn, FlowDiagram, FlowLine, FlowPhase, FlowStep, flow};
pub use font::FontWeight;
pub use forest::{Estimate, ForestColumn, ForestPlot, ForestRow, Scale, forest};
pub use funnel::{FunnelPlot, FunnelPoint, funnel};
pub use judgement::Judgement;
pub use paint::DARK_CSS;
pub use rob_summary::{RobBar, RobSummary, rob_summary};
pub use svg::{RenderError, Svg, font_face_css};
pub use traffic_light::{TrafficLight, TrafficLightRow, traffic_light};
