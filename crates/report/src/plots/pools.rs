//! Forests whose rows are pools: as studies are added, and without each in turn.

use consilience_figures::{self as figures, Estimate, ForestColumn, ForestPlot, ForestRow, Svg};
use consilience_review::analysis::{LeftOut, Synthesis};
use consilience_review::inquiry::Finding;
use consilience_stats::Pooled;

use super::found;
use crate::forest::{effect_text, forest_plot};

pub(super) fn cumulative(
    synthesis: &Synthesis,
    pooled: &Pooled,
    findings: &[Finding],
) -> Result<Svg, String> {
    let it = found(
        findings,
        |it| match it {
            Finding::Cumulative(it) => Some(it),
            _ => None,
        },
        "it needs --cumulative with the column that orders the studies",
    )?;
    let row = |(study, value, pooled): &(String, String, Pooled)| {
        repooled(synthesis, format!("+ {study} ({value})"), pooled)
    };
    let rows = it.steps.iter().map(row).collect();
    let title = format!("Cumulative by {}", it.order);
    Ok(figures::forest(&pools(synthesis, pooled, ("cumulative", &title), rows)))
}

pub(super) fn leave_one_out(synthesis: &Synthesis, pooled: &Pooled) -> Result<Svg, String> {
    if synthesis.leave_one_out.is_empty() {
        return Err("it needs --leave-one-out and two studies".to_owned());
    }
    let row = |it: &LeftOut| repooled(synthesis, format!("Without {}", it.study), &it.pooled);
    let rows = synthesis.leave_one_out.iter().map(row).collect();
    Ok(figures::forest(&pools(synthesis, pooled, ("leave-one-out", "Leave-one-out"), rows)))
}

fn shown(synthesis: &Synthesis, pooled: &Pooled) -> Estimate {
    Estimate {
        estimate: synthesis.display(pooled.estimate),
        lower: synthesis.display(pooled.ci.lower),
        upper: synthesis.display(pooled.ci.upper),
    }
}

fn repooled(synthesis: &Synthesis, label: String, pooled: &Pooled) -> ForestRow {
    ForestRow::Repooled {
        label,
        cells: vec![pooled.k.to_string()],
        effect: Some(shown(synthesis, pooled)),
        effect_text: effect_text(synthesis, pooled.estimate, pooled.ci),
    }
}

/// A forest of pools, with that of all studies at its end.
fn pools(
    synthesis: &Synthesis,
    pooled: &Pooled,
    (id, title): (&str, &str),
    mut rows: Vec<ForestRow>,
) -> ForestPlot {
    rows.push(ForestRow::Summary {
        label: "All studies".to_owned(),
        cells: vec![pooled.k.to_string()],
        estimate: shown(synthesis, pooled),
        effect_text: effect_text(synthesis, pooled.estimate, pooled.ci),
        weight_text: String::new(),
        overall: true,
    });
    ForestPlot {
        id: id.to_owned(),
        title: format!("{title}: {}", synthesis.title),
        description: format!("{title}; each row is a pooled effect."),
        label_header: title.to_owned(),
        columns: vec![ForestColumn { group: String::new(), header: "Studies".to_owned() }],
        rows,
        ..forest_plot(synthesis, &[])
    }
}
