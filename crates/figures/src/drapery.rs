//! Drapery plot (Rücker and Schwarzer 2021): the p-value of every possible effect, for each study and the pool, and so
//! their confidence intervals at all levels at once.

use crate::axis::{Range, label};
use crate::canvas::{Anchor, Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::paint::{Fill, Stroke};
use crate::plane::{LABEL, MARGIN, Plane, SMALL, Side, Ticks};
use crate::{Scale, Svg, normal};

/// Everything a drapery plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct DraperyPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies: their estimates are taken as normal.
    pub studies: Vec<DraperyStudy>,
    /// The pooled estimate: effects on the analysis scale, rising, with their two-sided p-values.
    pub pool: Vec<(f64, f64)>,
    /// The same for the effect of a new study; empty draws none.
    pub prediction: Vec<(f64, f64)>,
    /// No effect on the analysis scale, if there is such a value.
    pub null_value: Option<f64>,
    /// `Log` labels the effect axis with `exp` of the analysis scale.
    pub scale: Scale,
    /// Label of the effect axis.
    pub effect_label: String,
}

/// One study of a drapery plot.
#[derive(Debug, Clone, PartialEq)]
pub struct DraperyStudy {
    /// Name of the study.
    pub label: String,
    /// Estimate on the analysis scale.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub se: f64,
}

const POOL: Pen = Pen::solid(Stroke::Line, 2.4);
const PREDICTION: Pen = Pen { stroke: Stroke::Pooled, width: 2.0, dash: Dash::Dashed };
const STUDY: Pen = Pen::solid(Stroke::Rule, 0.8);
const NULL: Pen = Pen { stroke: Stroke::Rule, width: 1.0, dash: Dash::Dotted };
const GRID: Pen = Pen::solid(Stroke::Faint, 1.0);
/// P-values that have a level line, with the confidence levels (percent) on the other side.
const LEVELS: [f64; 5] = [0.01, 0.05, 0.1, 0.2, 0.5];
const LEVEL_LABEL: &str = "Confidence level (%)";

/// Draws a drapery plot. Where a curve is above a level line, its effects lie in the confidence interval of the level
/// on the right.
///
/// Studies without a finite estimate and a positive, finite standard error are not drawn, and a line below says how
/// many.
pub fn drapery(plot: &DraperyPlot) -> Svg {
    let usable = |s: &&DraperyStudy| s.estimate.is_finite() && s.se.is_finite() && s.se > 0.0;
    let studies: Vec<&DraperyStudy> = plot.studies.iter().filter(usable).collect();
    let plane = plane(plot, &studies);
    let mut canvas = Canvas::default();
    for p in LEVELS {
        plane.level(&mut canvas, p, GRID);
    }
    plane.upright(&mut canvas, plot.null_value.unwrap_or(f64::NAN), NULL);
    let pen = if studies.len() > 100 { Pen::solid(Stroke::Untelling, 0.5) } else { STUDY };
    for study in &studies {
        canvas.group(&study.label, |canvas| {
            plane.line(canvas, &study.curve(&plane), pen);
        });
    }
    plane.line(&mut canvas, &plot.prediction, PREDICTION);
    plane.line(&mut canvas, &plot.pool, POOL);
    plane.draw(&mut canvas);
    let right = draw_levels(&mut canvas, &plane);

    let left = plane.frame.left;
    let room = right - left;
    let mut items = vec![(Swatch::Line(STUDY), "Study")];
    if !plot.pool.is_empty() {
        items.push((Swatch::Line(POOL), "Pooled"));
    }
    if !plot.prediction.is_empty() {
        items.push((Swatch::Line(PREDICTION), "Prediction"));
    }
    let mut bottom = Key::new(items, room).draw(&mut canvas, (left, plane.bottom() + 4.0));
    let missing = plot.studies.len() - studies.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable estimate or standard error: {missing}");
        bottom = remark(&mut canvas, (left, bottom), room, &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((right + MARGIN, bottom + MARGIN), &caption)
}

/// All estimates and the curve of the pool down to a p-value of 0.01, and room for most of the studies' curves.
fn plane(plot: &DraperyPlot, studies: &[&DraperyStudy]) -> Plane {
    let mut across = Range::of(studies.iter().map(|s| s.estimate));
    across.take(plot.pool.iter().filter(|point| point.1 >= 0.01).map(|point| point.0));
    across.take(plot.null_value);
    let mut errors: Vec<f64> = studies.iter().map(|s| s.se).collect();
    errors.sort_by(f64::total_cmp);
    let typical = errors.get(errors.len() / 2).copied().unwrap_or(0.0);
    if let Some((low, high)) = across.0 {
        across.take([low - typical, high + typical]);
    }
    let ticks = [0.0, 1.0, 0.2, 0.4, 0.6, 0.8, 0.05].map(|p| (p, label(p)));
    let up = Side { ticks: Ticks::At(ticks.into()), ..Side::linear((0.0, 1.0), "P value") };
    let across = across.with_room(0.03, (-1.0, 1.0));
    Plane::usual(&Side::new(plot.scale, across, &plot.effect_label), &up)
}

impl DraperyStudy {
    /// The p-values of the effects that the plane shows, closer together near the peak.
    fn curve(&self, plane: &Plane) -> Vec<(f64, f64)> {
        const STEPS: i32 = 24;
        const FARTHEST: f64 = 4.0;
        let (low, high) = plane.across.ends();
        let z = |i: i32| {
            let share = f64::from(i) / f64::from(STEPS);
            FARTHEST * share * share.abs()
        };
        (-STEPS..=STEPS)
            .map(|i| (self.estimate + z(i) * self.se, normal::two_sided(z(i))))
            .filter(|point| point.0 >= low - self.se && point.0 <= high + self.se)
            .collect()
    }
}

/// The confidence levels of the level lines, right of the plane; returns their right end.
fn draw_levels(canvas: &mut Canvas, plane: &Plane) -> f64 {
    let x = plane.frame.right;
    let levels = LEVELS.map(|p| (p, label((100.0 - 100.0 * p).round())));
    // The levels are so close at the foot that 99 and 95 have no room each.
    let order = [1, 4, 3, 2, 0].map(|i| levels[i].clone());
    let ticks = plane.up.ticks_at(&order, |_, _| 1.2 * SMALL.size);
    let mut right = x;
    for tick in ticks {
        let baseline = (x + 6.0, tick.position + SMALL.drop());
        canvas.text(baseline, Anchor::Start, SMALL, Fill::Ink, &tick.label);
        right = right.max(x + 6.0 + SMALL.width(&tick.label));
    }
    let at = (right + 8.0 + LABEL.size, f64::midpoint(plane.frame.top, plane.frame.bottom));
    canvas.text_up(at, LABEL, Fill::Ink, LEVEL_LABEL);
    at.0 + 4.0
}
