//! What of a line or an area lies inside a rectangle.

/// A rectangle on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Frame {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn holds(&self, (x, y): (f64, f64)) -> bool {
        const SLACK: f64 = 1e-6;
        (self.left - SLACK..=self.right + SLACK).contains(&x)
            && (self.top - SLACK..=self.bottom + SLACK).contains(&y)
    }

    /// The parts of an open line inside, each a line of its own. Points that are not finite break the line.
    pub(crate) fn clip_line(&self, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut joined = false;
        for pair in points.windows(2) {
            let Some((from, to)) = self.clip_segment(pair[0], pair[1]) else {
                joined = false;
                continue;
            };
            match parts.last_mut() {
                Some(part) if joined && part.last() == Some(&from) => part.push(to),
                _ => parts.push(vec![from, to]),
            }
            joined = to == pair[1];
        }
        parts
    }

    /// The part of a segment inside (Liang and Barsky 1984).
    fn clip_segment(&self, a: (f64, f64), b: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
        if ![a.0, a.1, b.0, b.1].iter().all(|v| v.is_finite()) {
            return None;
        }
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let walls = [
            (-dx, a.0 - self.left),
            (dx, self.right - a.0),
            (-dy, a.1 - self.top),
            (dy, self.bottom - a.1),
        ];
        for (towards, room) in walls {
            if towards == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if towards < 0.0 {
                enter = enter.max(room / towards);
            } else {
                leave = leave.min(room / towards);
            }
        }
        let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
        let ends =
            (if enter > 0.0 { at(enter) } else { a }, if leave < 1.0 { at(leave) } else { b });
        (enter <= leave).then_some(ends)
    }

    /// The part of a closed area inside (Sutherland and Hodgman 1974); parts of a hollow one may stay joined along
    /// the walls.
    pub(crate) fn clip_area(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let swap = |points: &[(f64, f64)]| points.iter().map(|&(x, y)| (y, x)).collect::<Vec<_>>();
        let points = cut(points, self.left, |x| x >= self.left);
        let points = cut(&points, self.right, |x| x <= self.right);
        let points = cut(&swap(&points), self.top, |y| y >= self.top);
        swap(&cut(&points, self.bottom, |y| y <= self.bottom))
    }
}

/// An area cut off at a vertical line.
fn cut(points: &[(f64, f64)], edge: f64, keep: impl Fn(f64) -> bool) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    for (i, &b) in points.iter().enumerate() {
        let a = points[(i + points.len() - 1) % points.len()];
        if keep(a.0) != keep(b.0) {
            kept.push((edge, a.1 + (b.1 - a.1) * (edge - a.0) / (b.0 - a.0)));
        }
        if keep(b.0) {
            kept.push(b);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn a_line_is_cut_at_the_walls() {
        assert_eq!(FRAME.clip_line(&[(-5.0, 5.0), (15.0, 5.0)]), [[(0.0, 5.0), (10.0, 5.0)]]);
        assert!(FRAME.clip_line(&[(-5.0, -1.0), (15.0, -1.0)]).is_empty());
        assert_eq!(
            FRAME.clip_line(&[(1.0, 1.0), (2.0, 2.0), (3.0, 1.0)]),
            [[(1.0, 1.0), (2.0, 2.0), (3.0, 1.0)]]
        );
    }

    #[test]
    fn a_line_that_leaves_and_returns_is_two() {
        let parts = FRAME.clip_line(&[(2.0, 8.0), (4.0, 12.0), (6.0, 8.0)]);
        assert_eq!(parts, [[(2.0, 8.0), (3.0, 10.0)], [(5.0, 10.0), (6.0, 8.0)]]);
    }

    #[test]
    fn what_is_not_a_number_breaks_a_line() {
        let parts = FRAME.clip_line(&[(1.0, 1.0), (2.0, 2.0), (3.0, f64::NAN), (4.0, 4.0)]);
        assert_eq!(parts, [[(1.0, 1.0), (2.0, 2.0)]]);
    }

    #[test]
    fn an_area_is_cut_at_the_walls() {
        let cut = FRAME.clip_area(&[(5.0, 0.0), (15.0, 10.0), (-5.0, 10.0)]);
        assert_eq!(cut, [(0.0, 5.0), (5.0, 0.0), (10.0, 5.0), (10.0, 10.0), (0.0, 10.0)]);
        assert!(FRAME.clip_area(&[(5.0, -5.0), (15.0, -5.0), (15.0, -1.0)]).is_empty());
    }
}
