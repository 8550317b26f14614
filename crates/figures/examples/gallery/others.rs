//! All figures but the forest plots.

use consilience_figures::{
    Direction, DirectionCell, EffectDirection, EffectDirectionRow, FlowBox, FlowColumn,
    FlowDiagram, FlowPhase, FlowStep, FunnelAxis, FunnelPlot, FunnelPoint, Judgement, RobBar,
    RobKey, RobSummary, SampleSize, Scale, Svg, TrafficLight, TrafficLightRow, effect_direction,
    flow, funnel, rob_summary, traffic_light,
};

const DOMAINS: [(&str, &str); 6] = [
    ("D1", "Bias arising from the randomisation process"),
    ("D2", "Bias due to deviations from intended interventions"),
    ("D3", "Bias due to missing outcome data"),
    ("D4", "Bias in measurement of the outcome"),
    ("D5", "Bias in selection of the reported result"),
    ("Overall", ""),
];
const JUDGEMENTS: [Judgement; 5] = [
    Judgement::Low,
    Judgement::SomeConcerns,
    Judgement::High,
    Judgement::NoInformation,
    Judgement::NotAssessed,
];

pub(crate) fn figures() -> Vec<(String, Svg)> {
    vec![
        ("flow-1".into(), flow(&databases_only("flow-1"))),
        ("flow-2".into(), flow(&with_other_methods("flow-2"))),
        ("lights-3".into(), traffic_light(&lights("lights-3", 3, false))),
        ("lights-13".into(), traffic_light(&lights("lights-13", 13, true))),
        ("lights-60".into(), traffic_light(&lights("lights-60", 60, true))),
        ("summary".into(), rob_summary(&summary("summary"))),
        ("direction".into(), effect_direction(&direction("direction"))),
        ("funnel".into(), funnel(&funnel_plot("funnel", 13, false))),
        ("funnel-contours".into(), funnel(&funnel_plot("funnel-contours", 60, true))),
    ]
}

fn step(phase: FlowPhase, main: FlowBox, asides: Vec<FlowBox>) -> FlowStep {
    FlowStep { phase, main, asides }
}

fn databases() -> FlowColumn {
    use FlowPhase::{Identification, Screening};
    let line = |text: &str| FlowBox::from_lines([text]);
    FlowColumn {
        heading: "Identification of studies via databases and registers".into(),
        steps: vec![
            step(
                Identification,
                FlowBox::with_list(
                    "Records identified from:",
                    [
                        "MEDLINE (Ovid) (n = 512)",
                        "Embase (Ovid) (n = 688)",
                        "CENTRAL (n = 101)",
                        "ClinicalTrials.gov (n = 80)",
                    ],
                ),
                vec![FlowBox::with_list(
                    "Records removed before screening:",
                    [
                        "Duplicate records (n = 310)",
                        "Records marked as ineligible by automation tools (n = 40)",
                        "Records removed for other reasons (n = 5)",
                    ],
                )],
            ),
            step(
                Screening,
                line("Records screened (n = 925)"),
                vec![line("Records excluded (n = 780)")],
            ),
            step(
                Screening,
                line("Reports sought for retrieval (n = 145)"),
                vec![line("Reports not retrieved (n = 12)")],
            ),
            step(
                Screening,
                line("Reports assessed for eligibility (n = 133)"),
                vec![
                    FlowBox::with_list(
                        "Reports excluded:",
                        [
                            "Wrong population (n = 60)",
                            "Wrong study design: not randomised, or randomised by centre with fewer than four centres (n = 41)",
                            "No outcome of interest (n = 9)",
                        ],
                    ),
                    line("Studies awaiting classification (n = 2)"),
                ],
            ),
        ],
    }
}

fn databases_only(id: &str) -> FlowDiagram {
    FlowDiagram {
        id: id.into(),
        title: "PRISMA 2020 flow diagram".into(),
        description:
            "1381 records identified, 925 screened, 133 reports assessed, 20 studies included."
                .into(),
        databases: databases(),
        other: None,
        included: FlowBox::from_lines([
            "Studies included in review (n = 20)",
            "Reports of included studies (n = 23)",
        ]),
        footnotes: vec![
            "Of 780 records excluded, 700 were excluded by a person and 80 by automation tools."
                .into(),
        ],
    }
}

fn with_other_methods(id: &str) -> FlowDiagram {
    use FlowPhase::{Identification, Screening};
    let line = |text: &str| FlowBox::from_lines([text]);
    let other = FlowColumn {
        heading: "Identification of studies via other methods".into(),
        steps: vec![
            step(
                Identification,
                FlowBox::with_list(
                    "Records identified from:",
                    ["Websites (n = 6)", "Organisations (n = 2)", "Citation searching (n = 14)"],
                ),
                vec![],
            ),
            step(
                Screening,
                line("Reports sought for retrieval (n = 15)"),
                vec![line("Reports not retrieved (n = 1)")],
            ),
            step(
                Screening,
                line("Reports assessed for eligibility (n = 14)"),
                vec![FlowBox::with_list(
                    "Reports excluded:",
                    ["Duplicate report (n = 4)", "Wrong design (n = 7)"],
                )],
            ),
        ],
    };
    FlowDiagram { other: Some(other), ..databases_only(id) }
}

fn lights(id: &str, count: usize, grouped: bool) -> TrafficLight {
    let rows = (0..count)
        .map(|i| TrafficLightRow {
            group: grouped.then(|| if i < count / 2 { "Tuberculosis at 12 months".into() } else { "Death from any cause".into() }),
            label: if i % 9 == 4 {
                format!("Collaborative Group for the Study of Very Long Names and Their Consequences {}", 1960 + i)
            } else {
                format!("Author {i} {}", 1960 + i)
            },
            judgements: (0..6).map(|d| JUDGEMENTS[(i * i + 3 * d * i + d) % 5]).collect(),
        })
        .collect();
    TrafficLight {
        id: id.into(),
        title: "Risk of bias".into(),
        description: "Judgements per result and domain.".into(),
        domains: DOMAINS.map(|(short, long)| (short.into(), long.into())).into(),
        rows,
        key: RobKey::default(),
    }
}

fn summary(id: &str) -> RobSummary {
    let shares = [
        [62.0, 25.0, 8.0, 5.0],
        [30.0, 69.5, 0.5, 0.0],
        [100.0, 0.0, 0.0, 0.0],
        [33.3, 33.3, 33.4, 0.0],
        [90.0, 4.0, 3.0, 3.0],
        [25.0, 60.0, 15.0, 0.0],
    ];
    let bars = DOMAINS.iter().zip(shares).map(|((short, long), shares)| RobBar {
        label: if long.is_empty() {
            "Overall risk of bias".into()
        } else {
            format!("{short} {long}")
        },
        shares: JUDGEMENTS.into_iter().zip(shares).collect(),
    });
    RobSummary {
        id: id.into(),
        title: "Risk of bias, summary".into(),
        description: "Share of each judgement per domain.".into(),
        bars: bars.collect(),
        weighted: true,
        key: RobKey::default(),
    }
}

fn direction(id: &str) -> EffectDirection {
    use Direction::{FavoursControl, FavoursExperimental, NoDifference, Unclear};
    let directions = [FavoursExperimental, FavoursControl, NoDifference, Unclear];
    let sizes = [24, 120, 2400];
    let rows = (0..9_usize).map(|i| EffectDirectionRow {
        study: format!("Author {i} {}", 1990 + i),
        detail: format!(
            "{}, n = {}",
            if i % 2 == 0 { "RCT" } else { "Controlled before-after" },
            sizes[i % 3]
        ),
        cells: (0..4_usize)
            .map(|o| {
                ((i + o) % 5 != 4).then(|| DirectionCell {
                    direction: directions[(i * 3 + o * o) % 4],
                    size: SampleSize::of(sizes[i % 3]),
                    text: if o == 1 { format!("{}", 2 + i % 3) } else { String::new() },
                })
            })
            .collect(),
    });
    EffectDirection {
        id: id.into(),
        title: "Effect direction".into(),
        description: "Direction of effect per study and outcome.".into(),
        experimental: "Exercise".into(),
        comparator: "Usual care".into(),
        outcomes: ["Respiratory health", "Mental health", "Self-rated general health", "Mortality"]
            .map(String::from)
            .into(),
        rows: rows.collect(),
    }
}

fn funnel_plot(id: &str, count: u32, contours: bool) -> FunnelPlot {
    let points = (0..count).map(|i| {
        let x = f64::from(i);
        let se = 0.08 + 0.7 * (x * 0.77).sin().abs();
        FunnelPoint {
            label: format!("Author {i}"),
            estimate: -0.7 + 1.5 * se * (x * 2.3).cos(),
            se,
            participants: None,
        }
    });
    FunnelPlot {
        id: id.into(),
        title: "Funnel plot".into(),
        description: "Risk ratios against their standard errors.".into(),
        points: points.collect(),
        filled: vec![],
        pooled: -0.71,
        adjusted: None,
        regression: None,
        vertical: FunnelAxis::StandardError,
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
        level: 0.95,
        contours,
    }
}
