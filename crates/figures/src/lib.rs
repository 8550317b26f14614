//! The figures of a systematic review, drawn from numbers and labels.
//!
//! Each figure is a plain struct that says everything there is to draw, and one function that draws it:
//!
//! | struct | function | figure |
//! |---|---|---|
//! | [`ForestPlot`] | [`forest`] | effects, intervals, diamonds, prediction interval, traffic lights |
//! | [`FunnelPlot`] | [`funnel`] | effects against their precision, with contours, filled studies, a regression |
//! | [`RadialPlot`] | [`radial`] | standardised effects against precision, with an arc of effects |
//! | [`LabbePlot`] | [`labbe`] | the risk in one group against the risk in the other |
//! | [`BaujatPlot`] | [`baujat`] | which studies make the heterogeneity, and which the result |
//! | [`InfluencePlot`] | [`influence`] | how much each study matters, one small plot a measure |
//! | [`QuantilePlot`] | [`quantile`] | residuals against normal quantiles, with an envelope |
//! | [`LikelihoodPlot`] | [`likelihood`] | profile likelihood of a variance |
//! | [`BubblePlot`] | [`bubble`] | a meta-regression: effects against a moderator, line and bands |
//! | [`GoshPlot`] | [`gosh`] | pooled estimates and heterogeneity of all subsets of the studies |
//! | [`SpecificationCurve`] | [`specification_curve`] | the estimates of every defensible analysis, and its choices |
//! | [`WeightFunctionPlot`] | [`weight_function`] | a selection model's probability of publication by p-value |
//! | [`AlbatrossPlot`] | [`albatross`] | p-values against numbers of participants, with lines of equal effect |
//! | [`DraperyPlot`] | [`drapery`] | the p-value of every possible effect, for each study and the pool |
//! | [`HarvestPlot`] | [`harvest`] | where nothing can be pooled, how the studies lie on both sides |
//! | [`FlowDiagram`] | [`flow`] | PRISMA 2020 flow of records, reports and studies |
//! | [`TrafficLight`] | [`traffic_light`] | risk of bias per result and domain |
//! | [`RobSummary`] | [`rob_summary`] | share of each judgement per domain |
//! | [`EffectDirection`] | [`effect_direction`] | direction of effect where nothing can be pooled |
//!
//! What comes out is an [`Svg`], which goes into a page ([`Svg::markup`] with one [`font_face_css`] and, for dark
//! themes, [`DARK_CSS`]), into a file of its own ([`Svg::standalone`]), or becomes a picture or a page
//! ([`Svg::to_png`], [`Svg::to_pdf`]). Text is text everywhere, laid out with the metrics of the font that travels
//! with it, so a figure looks the same on every machine; the same input gives the same bytes.
//!
//! This crate draws what it is given. It computes no statistics and formats no estimates, and it draws nothing that
//! it cannot place: the text of such a row stays, its mark is left out.
//!
//! ```
//! use consilience_figures::{Estimate, ForestPlot, ForestRow, RobKey, Scale, forest};
//!
//! let estimate = Estimate { estimate: 0.41, lower: 0.13, upper: 1.26 };
//! let figure = forest(&ForestPlot {
//!     id: "fig1".into(),
//!     title: "Tuberculosis".into(),
//!     description: "Risk ratio of tuberculosis with the vaccine, one study.".into(),
//!     label_header: "Study".into(),
//!     columns: vec![],
//!     effect_header: "Risk ratio (95% CI)".into(),
//!     method_line: String::new(),
//!     rows: vec![ForestRow::Study {
//!         label: "Aronson 1948".into(),
//!         cells: vec![],
//!         effect: Some(estimate),
//!         effect_text: "0.41 (0.13 to 1.26)".into(),
//!         weight: Some(100.0),
//!         weight_text: "100%".into(),
//!         lights: vec![],
//!     }],
//!     scale: Scale::Log,
//!     null_value: 1.0,
//!     favours_lower: "Favours vaccine".into(),
//!     favours_higher: "Favours none".into(),
//!     limits: None,
//!     lights: vec![],
//!     key: RobKey::default(),
//!     footnotes: vec![],
//! });
//! assert!(figure.markup().contains("Aronson 1948"));
//! assert!(figure.standalone().starts_with("<?xml"));
//! ```

mod albatross;
mod axis;
mod baujat;
mod bubble;
mod canvas;
mod clip;
mod drapery;
mod effect_direction;
mod flow;
mod font;
mod forest;
mod funnel;
mod gosh;
mod harvest;
mod influence;
mod judgement;
mod key;
mod labbe;
mod labels;
mod likelihood;
mod mark;
mod normal;
mod paint;
mod plane;
mod quantile;
mod radial;
mod render;
mod rob_summary;
mod specification_curve;
mod subset;
mod svg;
mod text;
mod traffic_light;
mod weight_function;

pub use albatross::{
    AlbatrossContour, AlbatrossDirection, AlbatrossPlot, AlbatrossPoint, albatross,
};
pub use baujat::{BaujatPlot, BaujatPoint, baujat};
pub use bubble::{BubbleLine, BubblePlot, BubblePoint, bubble};
pub use drapery::{DraperyPlot, DraperyStudy, drapery};
pub use effect_direction::{
    Direction, DirectionCell, EffectDirection, EffectDirectionRow, SampleSize, effect_direction,
};
pub use flow::{FlowBox, FlowColumn, FlowDiagram, FlowLine, FlowPhase, FlowStep, flow};
pub use font::FontWeight;
pub use forest::{Estimate, ForestColumn, ForestPlot, ForestRow, Scale, forest};
pub use funnel::{FunnelAxis, FunnelPlot, FunnelPoint, FunnelRegression, funnel};
pub use gosh::{GoshPlot, GoshPoint, gosh};
pub use harvest::{HarvestBar, HarvestHeight, HarvestPlot, HarvestRow, HarvestShade, harvest};
pub use influence::{InfluencePanel, InfluencePlot, InfluenceStudy, influence};
pub use judgement::{Judgement, Palette, RobKey};
pub use labbe::{LabbeEffect, LabbeLine, LabbePlot, LabbePoint, labbe};
pub use likelihood::{LikelihoodInterval, LikelihoodPlot, likelihood};
pub use paint::DARK_CSS;
pub use quantile::{QuantileLimits, QuantilePlot, QuantilePoint, quantile};
pub use radial::{RadialPlot, RadialPoint, radial};
pub use rob_summary::{RobBar, RobSummary, rob_summary};
pub use specification_curve::{
    SpecificationCurve, SpecificationDimension, SpecificationPoint, specification_curve,
};
pub use svg::{RenderError, Svg, font_face_css};
pub use traffic_light::{TrafficLight, TrafficLightRow, traffic_light};
pub use weight_function::{WeightCurve, WeightFunctionPlot, WeightPoint, weight_function};
