//! Funnel plot: each study's effect against how precise it is.

use crate::axis::Range;
use crate::canvas::{Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::mark::{Mark, mark_radius};
use crate::normal;
use crate::paint::{Fill, Stroke};
use crate::plane::{Growth, MARGIN, Plane, RIGHT, SIZE, Side};
use crate::{Scale, Svg};

/// Everything a funnel plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<FunnelPoint>,
    /// The studies that trim and fill adds (Duval and Tweedie 2000), drawn as empty circles.
    pub filled: Vec<FunnelPoint>,
    /// Pooled estimate on the analysis scale (logarithm for ratios).
    pub pooled: f64,
    /// The same with the filled studies, or otherwise adjusted for what is missing: a second line.
    pub adjusted: Option<f64>,
    /// Line of a regression of the effects on their standard errors (Egger 1997); not drawn against sample sizes.
    pub regression: Option<FunnelRegression>,
    /// What the vertical axis shows.
    pub vertical: FunnelAxis,
    /// `Log` labels the effect axis with `exp` of the analysis scale.
    pub scale: Scale,
    /// Label of the effect axis.
    pub effect_label: String,
    /// Level of the funnel's limits, such as 0.95.
    pub level: f64,
    /// Shade the regions of p < 0.1, 0.05 and 0.01 around no effect (Peters 2008); not against sample sizes.
    pub contours: bool,
}

/// One study of a funnel plot.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPoint {
    /// Name of the study.
    pub label: String,
    /// Estimate on the analysis scale.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub se: f64,
    /// Number of participants; only an axis of sample sizes asks for it.
    pub participants: Option<f64>,
}

/// What a funnel plot's vertical axis shows; the most precise studies are at the top in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FunnelAxis {
    /// Standard errors, from zero downwards: the limits are straight (Sterne and Egger 2001).
    #[default]
    StandardError,
    /// Inverse standard errors (precisions), upwards.
    InverseStandardError,
    /// Numbers of participants, upwards by equal factors. They do not tell the standard errors, so there are neither
    /// limits nor contours.
    SampleSize,
}

/// A line `estimate = intercept + slope × standard error`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelRegression {
    /// Estimate of a study whose standard error is zero.
    pub intercept: f64,
    /// Change of the estimate per unit of standard error.
    pub slope: f64,
}

/// Straight pieces that a curve is drawn with.
const PIECES: u32 = 60;

const LIMIT: Pen = Pen { stroke: Stroke::Rule, width: 1.1, dash: Dash::Dashed };
const POOLED: Pen = Pen { stroke: Stroke::Pooled, width: 1.2, dash: Dash::Dotted };
const ADJUSTED: Pen = Pen { stroke: Stroke::Line, width: 1.2, dash: Dash::Dashed };
const REGRESSION: Pen = Pen::solid(Stroke::Line, 1.4);

/// Two-sided significance levels of the contours, outermost first, with the region inside each.
const CONTOURS: [(f64, Fill); 3] =
    [(0.01, Fill::ContourP05), (0.05, Fill::ContourP10), (0.1, Fill::ContourOpen)];

/// Draws a funnel plot: effects across, precision upwards, the line of the pooled estimate and the limits within
/// which studies of one common effect would lie.
///
/// With contours the shaded regions stand around no effect (zero on the analysis scale). Studies without a finite
/// estimate and a positive, finite standard error (or number of participants, where the axis shows those) are not
/// drawn, and a line below says how many.
pub fn funnel(plot: &FunnelPlot) -> Svg {
    let points: Vec<Placed> = plot.points.iter().filter_map(|p| plot.vertical.place(p)).collect();
    let filled: Vec<Placed> = plot.filled.iter().filter_map(|p| plot.vertical.place(p)).collect();
    let area = Area::new(plot, &points, &filled);
    let radius = mark_radius(points.len() + filled.len());
    let mut canvas = Canvas::default();
    area.draw_contours(&mut canvas, plot);
    area.draw_lines(&mut canvas, plot);
    area.plane.draw(&mut canvas);
    for (placed, mark) in [(&filled, Mark::Open), (&points, Mark::Study)]
        .iter()
        .flat_map(|(p, m)| p.iter().map(move |p| (p, *m)))
    {
        let Some(centre) = area.plane.point((placed.estimate, placed.height)) else { continue };
        canvas.group(placed.label, |canvas| mark.draw(canvas, centre, radius));
    }
    let missing = plot.points.len() + plot.filled.len() - points.len() - filled.len();
    let bottom = draw_foot(&mut canvas, plot, &area.plane, missing);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((area.plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

/// A study with its height on the working scale of the vertical axis.
struct Placed<'a> {
    label: &'a str,
    estimate: f64,
    se: f64,
    height: f64,
}

impl FunnelAxis {
    /// The study's place, if it has one.
    fn place(self, point: &FunnelPoint) -> Option<Placed<'_>> {
        let positive = |v: f64| (v.is_finite() && v > 0.0).then_some(v);
        let height = match self {
            Self::StandardError => positive(point.se)?,
            Self::InverseStandardError => positive(1.0 / positive(point.se)?)?,
            Self::SampleSize => positive(point.participants?)?.ln(),
        };
        let FunnelPoint { label, estimate, se, .. } = point;
        estimate.is_finite().then_some(Placed { label, estimate: *estimate, se: *se, height })
    }

    /// The standard error at a height; `None` where heights do not tell.
    fn se_at(self, height: f64) -> Option<f64> {
        match self {
            Self::StandardError => Some(height),
            Self::InverseStandardError => Some(1.0 / height),
            Self::SampleSize => None,
        }
    }

    /// The axis that holds these studies.
    fn side(self, heights: Range) -> (Side<'static>, Growth) {
        let (low, high) = heights.0.unwrap_or((0.5, 1.0));
        match self {
            Self::StandardError => {
                (Side::linear(heights.reaching_zero(0.08), "Standard error"), Growth::Downwards)
            }
            Self::InverseStandardError => {
                let ends = (low * 0.8, high + (high - low * 0.8) * 0.06);
                (Side::linear(ends, "Inverse standard error"), Growth::Upwards)
            }
            Self::SampleSize => {
                let room = ((high - low) * 0.06).max(0.1);
                let ends = (low - room, high + room);
                (Side::new(Scale::Log, ends, "Participants"), Growth::Upwards)
            }
        }
    }

    fn missing(self) -> &'static str {
        match self {
            Self::StandardError | Self::InverseStandardError => {
                "Not drawn for want of a usable estimate or standard error"
            }
            Self::SampleSize => "Not drawn for want of a usable estimate or number of participants",
        }
    }
}

/// The plane, and the standard errors between its foot and its head.
struct Area {
    plane: Plane,
    /// Heights with their standard errors, upwards or downwards; empty where heights do not tell.
    steps: Vec<(f64, f64)>,
}

impl Area {
    fn new(plot: &FunnelPlot, points: &[Placed], filled: &[Placed]) -> Self {
        let all = || points.iter().chain(filled);
        let heights = Range::of(all().map(|p| p.height));
        let (up, growth) = plot.vertical.side(heights);
        let steps = steps(plot.vertical, up.ends);
        let largest = match plot.vertical {
            FunnelAxis::StandardError => up.ends.1,
            FunnelAxis::InverseStandardError => all().map(|p| p.se).fold(0.0, f64::max),
            FunnelAxis::SampleSize => f64::NAN,
        };
        let mut reach = Range::of(all().map(|p| p.estimate));
        reach.take(plot.adjusted.into_iter().chain([plot.pooled]));
        for (low, high) in limits(plot, largest)
            .into_iter()
            .chain(plot.contours.then(|| contour(0.05, largest)).flatten())
        {
            reach.take([low, high]);
        }
        let across = Side::new(plot.scale, reach.with_room(0.05, (-1.0, 1.0)), &plot.effect_label);
        Self { plane: Plane::new((MARGIN, MARGIN), SIZE, &across, (&up, growth)), steps }
    }

    /// A line at the estimates that belong to the standard errors.
    fn curve(&self, estimate: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        self.steps.iter().map(|&(height, se)| (estimate(se), height)).collect()
    }

    /// Regions of equal significance, from the paper inwards.
    fn draw_contours(&self, canvas: &mut Canvas, plot: &FunnelPlot) {
        if !plot.contours || self.steps.is_empty() {
            return;
        }
        let frame = self.plane.frame;
        canvas.rect(
            (frame.left, frame.top),
            (frame.width(), frame.height()),
            Fill::ContourP01,
            None,
        );
        for (p, fill) in CONTOURS {
            let edge = |side: f64| self.curve(|se| contour(p, se).map_or(f64::NAN, |c| side * c.1));
            let mut outline = edge(-1.0);
            outline.extend(edge(1.0).into_iter().rev());
            self.plane.area(canvas, &outline, fill);
        }
    }

    /// The pooled estimates, the funnel and the regression.
    fn draw_lines(&self, canvas: &mut Canvas, plot: &FunnelPlot) {
        if let Some(z) = normal::critical(1.0 - plot.level).filter(|_| plot.pooled.is_finite()) {
            for side in [-z, z] {
                self.plane.line(canvas, &self.curve(|se| plot.pooled + side * se), LIMIT);
            }
        }
        self.plane.upright(canvas, plot.pooled, POOLED);
        if let Some(adjusted) = plot.adjusted {
            self.plane.upright(canvas, adjusted, ADJUSTED);
        }
        if let Some(line) = plot.regression {
            let points = self.curve(|se| line.intercept + line.slope * se);
            self.plane.line(canvas, &points, REGRESSION);
        }
    }
}

/// Heights with their standard errors: the two ends where all lines are straight, many where they are not.
fn steps(vertical: FunnelAxis, (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let pieces = if vertical == FunnelAxis::StandardError { 1 } else { PIECES };
    // Closer together at the foot, where the curves bend.
    let share = |i: u32| (f64::from(i) / f64::from(pieces)).powi(2);
    let heights = (0..=pieces).map(|i| low + (high - low) * share(i));
    heights.filter_map(|height| Some((height, vertical.se_at(height)?))).collect()
}

/// The funnel's limits at a standard error; none without a finite pooled estimate and a level between 0 and 1.
fn limits(plot: &FunnelPlot, se: f64) -> Option<(f64, f64)> {
    let z = normal::critical(1.0 - plot.level)?;
    plot.pooled.is_finite().then_some((plot.pooled - z * se, plot.pooled + z * se))
}

/// Where a two-sided p-value is reached at a standard error.
fn contour(p: f64, se: f64) -> Option<(f64, f64)> {
    let z = normal::critical(p)?;
    Some((-z * se, z * se))
}

/// The legend of regions, marks and lines, and how many studies are not drawn; returns the lower end.
fn draw_foot(canvas: &mut Canvas, plot: &FunnelPlot, plane: &Plane, missing: usize) -> f64 {
    let left = plane.frame.left;
    let room = plane.frame.width() + RIGHT - MARGIN;
    let mut bottom = plane.bottom();
    if plot.contours && plot.vertical != FunnelAxis::SampleSize {
        let regions = [
            (Swatch::Area(Fill::ContourOpen), "P > 0.1"),
            (Swatch::Area(Fill::ContourP10), "0.05 < P < 0.1"),
            (Swatch::Area(Fill::ContourP05), "0.01 < P < 0.05"),
            (Swatch::Area(Fill::ContourP01), "P < 0.01"),
        ];
        bottom = Key::new(regions, room).draw(canvas, (left, bottom + 4.0));
    }
    let mut items = vec![];
    if !plot.filled.is_empty() {
        items.extend([
            (Swatch::Mark(Mark::Study), "Study"),
            (Swatch::Mark(Mark::Open), "Filled study"),
        ]);
    }
    if plot.adjusted.is_some() {
        items.extend([(Swatch::Line(POOLED), "Pooled"), (Swatch::Line(ADJUSTED), "Adjusted")]);
    }
    if plot.regression.is_some() && plot.vertical != FunnelAxis::SampleSize {
        items.push((Swatch::Line(REGRESSION), "Regression on the standard error"));
    }
    if !items.is_empty() {
        bottom = Key::new(items, room).draw(canvas, (left, bottom + 4.0));
    }
    if missing > 0 {
        let text = format!("{}: {missing}", plot.vertical.missing());
        bottom = remark(canvas, (left, bottom + 2.0), room, &text);
    }
    bottom
}
