//! Small figures that the tests share.

use consilience_figures::{
    Direction, DirectionCell, EffectDirection, EffectDirectionRow, Estimate, FlowBox, FlowColumn,
    FlowDiagram, FlowPhase, FlowStep, ForestColumn, ForestPlot, ForestRow, FunnelAxis, FunnelPlot,
    FunnelPoint, Judgement, RobBar, RobKey, RobSummary, SampleSize, Scale, TrafficLight,
    TrafficLightRow,
};

pub(crate) fn estimate(estimate: f64, lower: f64, upper: f64) -> Estimate {
    Estimate { estimate, lower, upper }
}

pub(crate) fn study(label: &str, effect: Option<Estimate>, weight: Option<f64>) -> ForestRow {
    ForestRow::Study {
        label: label.into(),
        cells: ["4", "123", "11", "139"].map(String::from).into(),
        effect,
        effect_text: effect.map_or("Not estimable".into(), |e| {
            format!("{:.2} ({:.2} to {:.2})", e.estimate, e.lower, e.upper)
        }),
        weight,
        weight_text: weight.map_or(String::new(), |w| format!("{w:.1}%")),
        lights: vec![Judgement::Low, Judgement::High],
    }
}

pub(crate) fn total(estimate: Estimate) -> ForestRow {
    ForestRow::Summary {
        label: "Total (95% CI)".into(),
        cells: ["", "123", "", "139"].map(String::from).into(),
        estimate,
        effect_text: format!(
            "{:.2} ({:.2} to {:.2})",
            estimate.estimate, estimate.lower, estimate.upper
        ),
        weight_text: "100.0%".into(),
        overall: true,
    }
}

pub(crate) fn forest(scale: Scale, rows: Vec<ForestRow>) -> ForestPlot {
    let column =
        |group: &str, header: &str| ForestColumn { group: group.into(), header: header.into() };
    ForestPlot {
        id: "forest".into(),
        title: "Forest plot".into(),
        description: "Tuberculosis with and without the vaccine.".into(),
        label_header: "Study".into(),
        columns: vec![
            column("BCG", "Events"),
            column("BCG", "Total"),
            column("None", "Events"),
            column("None", "Total"),
        ],
        effect_header: "Risk ratio (95% CI)".into(),
        method_line: "M-H, random".into(),
        rows,
        scale,
        null_value: if scale == Scale::Log { 1.0 } else { 0.0 },
        favours_lower: "Favours BCG".into(),
        favours_higher: "Favours none".into(),
        limits: None,
        lights: vec![],
        key: RobKey::default(),
        footnotes: vec!["CI: confidence interval".into()],
    }
}

pub(crate) fn flow(reasons: &[&str]) -> FlowDiagram {
    let step =
        |phase, text: &str, asides| FlowStep { phase, main: FlowBox::from_lines([text]), asides };
    FlowDiagram {
        id: "flow".into(),
        title: "Flow of studies".into(),
        description: "52 records, 3 studies.".into(),
        databases: FlowColumn {
            heading: "Identification of studies via databases and registers".into(),
            steps: vec![
                step(
                    FlowPhase::Identification,
                    "Records identified (n = 52)",
                    vec![FlowBox::with_list("Removed:", ["Duplicates (n = 2)"])],
                ),
                step(
                    FlowPhase::Screening,
                    "Records screened (n = 50)",
                    vec![FlowBox::from_lines(["Records excluded (n = 40)"])],
                ),
                step(
                    FlowPhase::Screening,
                    "Reports assessed (n = 10)",
                    vec![
                        FlowBox::with_list("Reports excluded:", reasons.iter().copied()),
                        FlowBox::from_lines(["Awaiting classification (n = not known)"]),
                    ],
                ),
            ],
        },
        other: None,
        included: FlowBox::from_lines(["Studies included (n = 3)"]),
        footnotes: vec![],
    }
}

pub(crate) fn flow_with_others(reasons: &[&str]) -> FlowDiagram {
    let databases = flow(reasons);
    let mut other = databases.databases.clone();
    other.heading = "Identification of studies via other methods".into();
    other.steps.remove(1);
    FlowDiagram { other: Some(other), ..databases }
}

pub(crate) fn traffic_light(labels: &[&str]) -> TrafficLight {
    use Judgement::{High, Low, NoInformation, NotAssessed, SomeConcerns};
    let row = |(i, label): (usize, &&str)| TrafficLightRow {
        group: Some(if i < 2 { "Death".into() } else { "Stroke".into() }),
        label: (*label).into(),
        judgements: vec![Low, SomeConcerns, High, NoInformation, NotAssessed],
    };
    let domain = |short: &str, long: &str| (short.to_owned(), long.to_owned());
    TrafficLight {
        id: "lights".into(),
        title: "Risk of bias".into(),
        description: "Per result and domain.".into(),
        domains: vec![
            domain("D1", "Randomisation process"),
            domain("D2", "Deviations from intended interventions"),
            domain("D3", "Missing outcome data"),
            domain("D4", "Measurement of the outcome"),
            domain("Overall", ""),
        ],
        rows: labels.iter().enumerate().map(row).collect(),
        key: RobKey::default(),
    }
}

pub(crate) fn rob_summary(bars: &[(&str, [f64; 4])]) -> RobSummary {
    RobSummary {
        id: "summary".into(),
        title: "Risk of bias".into(),
        description: "Share of each judgement.".into(),
        bars: bars
            .iter()
            .map(|(label, shares)| RobBar { label: (*label).into(), shares: rob_shares(*shares) })
            .collect(),
        weighted: true,
        key: RobKey::default(),
    }
}

/// Shares in the order of RoB 2's legend.
pub(crate) fn rob_shares(shares: [f64; 4]) -> Vec<(Judgement, f64)> {
    use Judgement::{High, Low, NoInformation, SomeConcerns};
    [Low, SomeConcerns, High, NoInformation].into_iter().zip(shares).collect()
}

pub(crate) fn effect_direction(studies: &[&str]) -> EffectDirection {
    let directions = [
        Direction::FavoursExperimental,
        Direction::FavoursControl,
        Direction::NoDifference,
        Direction::Unclear,
    ];
    let cell =
        |direction, size, text: &str| Some(DirectionCell { direction, size, text: text.into() });
    let row = |(i, study): (usize, &&str)| EffectDirectionRow {
        study: (*study).into(),
        detail: "RCT, n = 120".into(),
        cells: vec![
            cell(directions[i % 4], SampleSize::Large, "3"),
            None,
            cell(directions[(i + 1) % 4], SampleSize::Small, ""),
        ],
    };
    EffectDirection {
        id: "direction".into(),
        title: "Direction of effect".into(),
        description: "Per study and outcome.".into(),
        experimental: "Exercise".into(),
        comparator: "Usual care".into(),
        outcomes: ["Respiratory health", "Mortality", "Quality of life"].map(String::from).into(),
        rows: studies.iter().enumerate().map(row).collect(),
    }
}

pub(crate) fn funnel(points: &[(f64, f64)]) -> FunnelPlot {
    let point = |&(estimate, se): &(f64, f64)| FunnelPoint {
        label: format!("Study {estimate}"),
        estimate,
        se,
        participants: None,
    };
    FunnelPlot {
        id: "funnel".into(),
        title: "Funnel plot".into(),
        description: "Effects against standard errors.".into(),
        points: points.iter().map(point).collect(),
        filled: vec![],
        pooled: -0.7,
        adjusted: None,
        regression: None,
        vertical: FunnelAxis::StandardError,
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
        level: 0.95,
        contours: false,
    }
}
