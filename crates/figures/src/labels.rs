//! Names beside points, as many as fit without touching one another, a point or the walls.

use crate::canvas::{Anchor, Canvas};
use crate::clip::Frame;
use crate::paint::Fill;
use crate::text::Font;

const FONT: Font = Font::regular(11.0);
const WIDEST: f64 = 150.0;

/// A point that may get its name.
pub(crate) struct Labelled<'a> {
    pub(crate) at: (f64, f64),
    pub(crate) radius: f64,
    pub(crate) name: &'a str,
}

/// Draws the names of the first `most` points in the order given, each on the side of its point where there is room;
/// those without room stay without.
pub(crate) fn draw_names(canvas: &mut Canvas, frame: &Frame, points: &[Labelled], most: usize) {
    let mut taken: Vec<Frame> = points.iter().map(|p| around(p.at, p.radius + 0.5)).collect();
    for point in points.iter().take(most) {
        let name = FONT.cut(point.name, WIDEST);
        if name.is_empty() {
            continue;
        }
        let place = sides(point, FONT.width(&name)).into_iter().find(|(_, _, place)| {
            inside(frame, place) && taken.iter().all(|other| apart(place, other))
        });
        if let Some((anchor, baseline, place)) = place {
            canvas.text(baseline, anchor, FONT, Fill::Ink, &name);
            taken.push(place);
        }
    }
}

/// Where a name may stand: right, left, above, below, then the corners.
fn sides(point: &Labelled, width: f64) -> Vec<(Anchor, (f64, f64), Frame)> {
    let (x, y) = point.at;
    let beside = point.radius + 3.0;
    let (above, below) = (y - point.radius - 4.0, y + point.radius + 2.0 + FONT.size * 0.8);
    let level = y + FONT.drop();
    let slant = point.radius * 0.7 + 2.0;
    let spots = [
        (Anchor::Start, (x + beside, level)),
        (Anchor::End, (x - beside, level)),
        (Anchor::Middle, (x, above)),
        (Anchor::Middle, (x, below)),
        (Anchor::Start, (x + slant, y - slant)),
        (Anchor::End, (x - slant, y - slant)),
        (Anchor::Start, (x + slant, y + slant + FONT.size * 0.75)),
        (Anchor::End, (x - slant, y + slant + FONT.size * 0.75)),
    ];
    let place = |(anchor, (x, y)): (Anchor, (f64, f64))| {
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let (top, bottom) = (y - 0.8 * FONT.size, y + 0.25 * FONT.size);
        (anchor, (x, y), Frame { left, top, right: left + width, bottom })
    };
    spots.map(place).into()
}

fn around((x, y): (f64, f64), radius: f64) -> Frame {
    Frame { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
}

fn inside(frame: &Frame, place: &Frame) -> bool {
    place.left >= frame.left + 2.0
        && place.right <= frame.right + 12.0
        && place.top >= frame.top
        && place.bottom <= frame.bottom - 1.0
}

fn apart(a: &Frame, b: &Frame) -> bool {
    a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top
}
