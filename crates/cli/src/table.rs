//! A forest plot without the picture: the same rows as text for a terminal.

use consilience_figures::{ForestPlot, ForestRow};

/// The rows of a forest plot as lines of text: first column to the left, the others to the right.
pub(crate) fn text(plot: &ForestPlot) -> String {
    let mut header = vec![plot.label_header.clone()];
    header.extend(plot.columns.iter().map(|it| match it.group.as_str() {
        "" => it.header.clone(),
        group => format!("{group}: {}", it.header),
    }));
    header.extend(["Weight".to_owned(), plot.effect_header.clone()]);
    let mut lines = vec![Line::Cells(header)];
    lines.extend(plot.rows.iter().map(line));
    let widths = widths(&lines);
    lines.iter().map(|it| it.print(&widths)).collect::<Vec<_>>().join("\n")
}

enum Line {
    Cells(Vec<String>),
    Text(String),
}

impl Line {
    fn print(&self, widths: &[usize]) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Cells(cells) => {
                let print = |(i, cell): (usize, &String)| {
                    let padding = " ".repeat(widths[i].saturating_sub(cell.chars().count()));
                    if i == 0 { format!("{cell}{padding}") } else { format!("{padding}{cell}") }
                };
                let cells: Vec<String> = cells.iter().enumerate().map(print).collect();
                cells.join("  ").trim_end().to_owned()
            }
        }
    }
}

fn line(row: &ForestRow) -> Line {
    match row {
        ForestRow::Heading(text) | ForestRow::Note(text) => Line::Text(text.clone()),
        ForestRow::Space => Line::Text(String::new()),
        ForestRow::Study { label, cells, effect_text, weight_text, .. }
        | ForestRow::Summary { label, cells, effect_text, weight_text, .. } => {
            cells_line(label, cells, weight_text, effect_text)
        }
        ForestRow::Repooled { label, cells, effect_text, .. } => {
            cells_line(label, cells, "", effect_text)
        }
        ForestRow::Prediction { label, text, .. } => Line::Text(format!("{label}: {text}")),
    }
}

fn cells_line(label: &str, cells: &[String], weight: &str, effect: &str) -> Line {
    let cells = cells.iter().map(String::as_str);
    let line = std::iter::once(label).chain(cells).chain([weight, effect]);
    Line::Cells(line.map(str::to_owned).collect())
}

fn widths(lines: &[Line]) -> Vec<usize> {
    let mut widths = Vec::new();
    for line in lines {
        let Line::Cells(cells) = line else { continue };
        widths.resize(widths.len().max(cells.len()), 0);
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_figures::{Estimate, ForestColumn, Scale};

    #[test]
    fn columns_are_aligned_and_notes_stand_alone() {
        let study = |label: &str, events: &str, weight: &str, effect: &str| ForestRow::Study {
            label: label.to_owned(),
            cells: vec![events.to_owned()],
            effect: Some(Estimate { estimate: 1.0, lower: 0.5, upper: 2.0 }),
            effect_text: effect.to_owned(),
            weight: None,
            weight_text: weight.to_owned(),
            lights: Vec::new(),
        };
        let plot = ForestPlot {
            id: "x".to_owned(),
            title: String::new(),
            description: String::new(),
            label_header: "Study".to_owned(),
            columns: vec![ForestColumn { group: "Drug".to_owned(), header: "Events".to_owned() }],
            effect_header: "RR".to_owned(),
            method_line: String::new(),
            rows: vec![
                study("A long name", "4", "60.0%", "1.00"),
                study("B", "119", "40.0%", "0.50"),
                ForestRow::Note("Q = 1".to_owned()),
            ],
            scale: Scale::Log,
            null_value: 1.0,
            favours_lower: String::new(),
            favours_higher: String::new(),
            limits: None,
            lights: Vec::new(),
            key: consilience_figures::RobKey::default(),
            footnotes: Vec::new(),
        };
        insta::assert_snapshot!(text(&plot), @r"
        Study        Drug: Events  Weight    RR
        A long name             4   60.0%  1.00
        B                     119   40.0%  0.50
        Q = 1
        ");
    }
}
