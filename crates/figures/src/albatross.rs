//! Albatross plot (Harrison 2017): where only p-values, directions and numbers of participants are known, which
//! effects they fit.

use crate::axis::{Range, label};
use crate::canvas::{Anchor, Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::mark::{Mark, mark_radius};
use crate::paint::{Fill, Stroke};
use crate::plane::{MARGIN, Plane, RIGHT, SMALL, Side, Ticks};
use crate::{Scale, Svg, normal};

/// Everything an albatross plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct AlbatrossPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<AlbatrossPoint>,
    /// Lines of equal effect, at most four, drawn on both sides.
    pub contours: Vec<AlbatrossContour>,
    /// What the left half means, such as "Favours exercise".
    pub negative_label: String,
    /// What the right half means.
    pub positive_label: String,
}

/// One study of an albatross plot.
#[derive(Debug, Clone, PartialEq)]
pub struct AlbatrossPoint {
    /// Name of the study.
    pub label: String,
    /// Its two-sided p-value, above 0 and at most 1.
    pub p_value: f64,
    /// Which way its effect points.
    pub direction: AlbatrossDirection,
    /// Number of participants.
    pub participants: f64,
}

/// The half of an albatross plot in which a study lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlbatrossDirection {
    /// Left.
    Negative,
    /// Right.
    Positive,
}

/// All places at which studies of one effect, and of its opposite, lie: those where `|z| = z_per_root_n × √n`.
#[derive(Debug, Clone, PartialEq)]
pub struct AlbatrossContour {
    /// Name of the effect, such as "SMD ±0.2".
    pub label: String,
    /// The z-value, without its sign, that the effect gives per square root of the number of participants: on the left
    /// and on the right, which differ for ratios of risks. For a standardised mean difference `d` between two groups of
    /// sizes `r : 1`, it is `d √r / (r + 1)`; for a standardised regression coefficient or correlation `b`, about `b`
    /// (Harrison 2017, table 1).
    pub z_per_root_n: (f64, f64),
}

const ARROW: f64 = 7.0;

const PENS: [Pen; 4] = [
    Pen { stroke: Stroke::Rule, width: 1.3, dash: Dash::Dotted },
    Pen { stroke: Stroke::Rule, width: 1.3, dash: Dash::Dashed },
    Pen { stroke: Stroke::Rule, width: 1.3, dash: Dash::Solid },
    Pen { stroke: Stroke::Line, width: 1.5, dash: Dash::Solid },
];

/// P-values that get a tick where there is room, the most telling first.
const P_TICKS: [f64; 13] =
    [0.05, 0.001, 0.01, 1e-5, 0.1, 0.5, 1e-4, 1e-6, 1e-10, 1e-20, 1e-50, 1e-100, 1e-200];

/// Draws an albatross plot: p-values across, from 1 in the middle to small ones on both sides, and numbers of
/// participants upwards (by the square of their logarithm, as in the original).
///
/// Studies without a p-value above 0 and at least one participant are not drawn, and a line below says how many.
pub fn albatross(plot: &AlbatrossPlot) -> Svg {
    let points: Vec<_> = plot.points.iter().filter_map(|p| Some((p, p.place()?))).collect();
    let plane = plane(&points);
    let mut canvas = Canvas::default();
    for x in [0.0, significance(0.05), -significance(0.05)] {
        plane.upright(&mut canvas, x, Pen::solid(Stroke::Faint, 1.0));
    }
    for (contour, pen) in plot.contours.iter().zip(PENS) {
        contour.draw(&mut canvas, &plane, pen);
    }
    plane.draw(&mut canvas);
    let radius = mark_radius(points.len());
    for (point, place) in &points {
        let Some(at) = plane.point(*place) else { continue };
        canvas.group(&point.label, |canvas| Mark::Study.draw(canvas, at, radius));
    }
    let mut bottom = draw_sides(&mut canvas, plot, &plane);
    let left = plane.frame.left;
    let room = plane.frame.width() + RIGHT - MARGIN;
    let contours = plot.contours.iter().zip(PENS);
    let items: Vec<_> = contours.map(|(c, pen)| (Swatch::Line(pen), c.label.as_str())).collect();
    if !items.is_empty() {
        bottom = Key::new(items, room).draw(&mut canvas, (left, bottom + 6.0));
    }
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text =
            format!("Not drawn for want of a usable p-value or number of participants: {missing}");
        bottom = remark(&mut canvas, (left, bottom), room, &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

/// How small a p-value is: minus its decimal logarithm.
fn significance(p: f64) -> f64 {
    -p.log10()
}

/// The height at which a number of participants stands.
fn height(participants: f64) -> f64 {
    participants.log10().powi(2)
}

impl AlbatrossPoint {
    fn place(&self) -> Option<(f64, f64)> {
        let usable = self.p_value > 0.0
            && self.p_value <= 1.0
            && self.participants >= 1.0
            && self.participants.is_finite();
        let side = match self.direction {
            AlbatrossDirection::Negative => -1.0,
            AlbatrossDirection::Positive => 1.0,
        };
        usable.then(|| (side * significance(self.p_value), height(self.participants)))
    }
}

impl AlbatrossContour {
    fn draw(&self, canvas: &mut Canvas, plane: &Plane, pen: Pen) {
        const PIECES: u32 = 80;
        let (low, high) = plane.up.ends();
        let at = |i: u32, z_per_root_n: f64| {
            let height = (low + (high - low) * f64::from(i) / f64::from(PIECES)).max(0.0);
            let participants = 10f64.powf(height.sqrt());
            let z = z_per_root_n.abs() * participants.sqrt();
            (significance(normal::two_sided(z)), height)
        };
        let (left, right) = self.z_per_root_n;
        let left: Vec<_> = (0..=PIECES).map(|i| at(i, left)).map(|(x, y)| (-x, y)).collect();
        let right: Vec<_> = (0..=PIECES).map(|i| at(i, right)).collect();
        plane.line(canvas, &left, pen);
        plane.line(canvas, &right, pen);
    }
}

fn plane(points: &[(&AlbatrossPoint, (f64, f64))]) -> Plane {
    let widest = points.iter().map(|p| p.1.0.abs()).fold(significance(5e-4), f64::max) * 1.05;
    let numbers = Range::of(points.iter().map(|p| p.1.1));
    let (low, high) = numbers.with_room(0.06, (height(10.0), height(1000.0)));
    let room = if high > low { 0.0 } else { 0.2 * high + 0.1 };
    let up = ((low - room).max(0.0), high + room);
    let p_ticks =
        P_TICKS.iter().flat_map(|&p| [significance(p), -significance(p)].map(|x| (x, label(p))));
    let across = Side {
        scale: Scale::Linear,
        ends: (-widest, widest),
        label: "P value",
        ticks: Ticks::At([(0.0, "1".to_owned())].into_iter().chain(p_ticks).collect()),
    };
    let up = Side {
        scale: Scale::Linear,
        ends: up,
        label: "Participants",
        ticks: Ticks::At(counts(up)),
    };
    Plane::usual(&across, &up)
}

/// Numbers of participants that get a tick where there is room: powers of ten, then halves, then fifths, and more
/// where these are too few.
fn counts((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let ticks = |leads: &[f64]| -> Vec<(f64, String)> {
        let numbers = leads.iter().flat_map(|lead| (0..=12).map(move |p| lead * 10f64.powi(p)));
        let ticks = numbers.map(|n| (height(n), label(n)));
        ticks.filter(|(height, _)| (low..=high).contains(height)).collect()
    };
    let round = ticks(&[1.0, 5.0, 2.0]);
    if round.len() > 2 { round } else { ticks(&[1.0, 5.0, 2.0, 3.0, 1.5, 4.0, 2.5, 7.0]) }
}

/// What the halves mean: an arrow out of the middle and words below. Returns the lower end.
fn draw_sides(canvas: &mut Canvas, plot: &AlbatrossPlot, plane: &Plane) -> f64 {
    let frame = plane.frame;
    let middle = f64::midpoint(frame.left, frame.right);
    let y = plane.bottom() + 8.0;
    let mut bottom = plane.bottom();
    for (text, side, end) in
        [(&plot.negative_label, -1.0, frame.left), (&plot.positive_label, 1.0, frame.right)]
    {
        let start = middle + side * 6.0;
        let lines = SMALL.wrap_at_most(text, (end - start).abs(), 2);
        if lines.is_empty() {
            continue;
        }
        canvas.line(&[(start, y), (end - side * ARROW, y)], Pen::solid(Stroke::Line, 1.0));
        canvas.arrow_head((end, y), (side, 0.0), ARROW, Fill::Ink);
        let first = (f64::midpoint(start, end), y + 5.0 + SMALL.size);
        canvas.lines(first, Anchor::Middle, SMALL, Fill::Ink, &lines);
        bottom = bottom.max(y + 6.0 + lines.len() as f64 * SMALL.line_height());
    }
    bottom
}
