//! Tables of a terminal: the first column to the left, the others to the right.

/// A table in the making.
pub(super) struct Columns(Vec<Vec<String>>);

impl Columns {
    pub(super) fn new(header: &[&str]) -> Self {
        Self(vec![header.iter().map(|it| (*it).to_owned()).collect()])
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.push(cells.into());
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let n = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |i: usize| {
            self.0.iter().filter_map(|row| row.get(i)).map(|it| it.chars().count()).max()
        };
        let widths: Vec<usize> = (0..n).map(|i| width(i).unwrap_or(0)).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(i, (cell, width))| {
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                if i == 0 { format!("{cell}{padding}") } else { format!("{padding}{cell}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.0.iter().map(line).collect()
    }
}
