//! Forest plots: the BCG vaccine trials (Colditz 1994), three studies, sixty, and unkind ones.

use consilience_figures::{
    Estimate, ForestColumn, ForestPlot, ForestRow, Judgement, RobKey, Scale, Svg, forest,
};

/// Study, events and total with the vaccine, events and total without, allocation.
const BCG: [(&str, u32, u32, u32, u32, &str); 13] = [
    ("Aronson 1948", 4, 123, 11, 139, "Random"),
    ("Ferguson & Simes 1949", 6, 306, 29, 303, "Random"),
    ("Rosenthal et al 1960", 3, 231, 11, 220, "Random"),
    ("Hart & Sutherland 1977", 62, 13598, 248, 12867, "Random"),
    ("Frimodt-Moller et al 1973", 33, 5069, 47, 5808, "Alternate"),
    ("Stein & Aronson 1953", 180, 1541, 372, 1451, "Alternate"),
    ("Vandiviere et al 1973", 8, 2545, 10, 629, "Random"),
    ("TPT Madras 1980", 505, 88391, 499, 88391, "Random"),
    ("Coetzee & Berjak 1968", 29, 7499, 45, 7277, "Random"),
    ("Rosenthal et al 1961", 17, 1716, 65, 1665, "Systematic"),
    ("Comstock et al 1974", 186, 50634, 141, 27338, "Systematic"),
    ("Comstock & Webster 1969", 5, 2498, 3, 2341, "Systematic"),
    ("Comstock et al 1976", 27, 16913, 29, 17854, "Systematic"),
];

pub(crate) fn figures() -> Vec<(String, Svg)> {
    let named = [
        ("forest-3", three()),
        ("forest-13", bcg()),
        ("forest-13-subgroups", bcg_by_allocation()),
        ("forest-60", sixty()),
        ("forest-unkind", unkind()),
        ("forest-empty", ForestPlot { rows: vec![], ..three() }),
    ];
    named
        .into_iter()
        .map(|(name, plot)| (name.into(), forest(&ForestPlot { id: name.into(), ..plot })))
        .collect()
}

fn risk_ratio(a: u32, n: u32, c: u32, m: u32) -> (Estimate, f64) {
    let [a, n, c, m] = [a, n, c, m].map(f64::from);
    let log = (a / n / (c / m)).ln();
    let variance = 1.0 / a - 1.0 / n + 1.0 / c - 1.0 / m;
    let half = 1.96 * variance.sqrt();
    let estimate =
        Estimate { estimate: log.exp(), lower: (log - half).exp(), upper: (log + half).exp() };
    (estimate, 1.0 / (variance + 0.313))
}

fn in_words(e: &Estimate) -> String {
    format!("{:.2} ({:.2} to {:.2})", e.estimate, e.lower, e.upper)
}

fn study(index: usize, total: f64, lights: bool) -> ForestRow {
    let (name, a, n, c, m, _) = BCG[index];
    let (estimate, weight) = risk_ratio(a, n, c, m);
    let weight = 100.0 * weight / total;
    let judgements =
        [Judgement::Low, Judgement::SomeConcerns, Judgement::High, Judgement::NoInformation];
    ForestRow::Study {
        label: name.into(),
        cells: [a, n, c, m].map(|v| v.to_string()).into(),
        effect: Some(estimate),
        effect_text: in_words(&estimate),
        weight: Some(weight),
        weight_text: format!("{weight:.1}%"),
        lights: if lights {
            (0..6).map(|d| judgements[(index * 7 + d * d) % 4]).collect()
        } else {
            vec![]
        },
    }
}

fn columns() -> Vec<ForestColumn> {
    let column =
        |group: &str, header: &str| ForestColumn { group: group.into(), header: header.into() };
    vec![
        column("BCG vaccine", "Events"),
        column("BCG vaccine", "Total"),
        column("No vaccine", "Events"),
        column("No vaccine", "Total"),
    ]
}

fn total() -> f64 {
    BCG.iter().map(|&(_, a, n, c, m, _)| risk_ratio(a, n, c, m).1).sum()
}

fn plot(rows: Vec<ForestRow>) -> ForestPlot {
    ForestPlot {
        id: String::new(),
        title: "Forest plot: tuberculosis".into(),
        description: "Risk ratio of tuberculosis with the BCG vaccine against none.".into(),
        label_header: "Study".into(),
        columns: columns(),
        effect_header: "Risk ratio (95% CI)".into(),
        method_line: "IV, random, REML".into(),
        rows,
        scale: Scale::Log,
        null_value: 1.0,
        favours_lower: "Favours BCG vaccine".into(),
        favours_higher: "Favours no vaccine".into(),
        limits: None,
        lights: vec![],
        key: RobKey::default(),
        footnotes: vec![],
    }
}

fn overall() -> Vec<ForestRow> {
    let estimate = Estimate { estimate: 0.489, lower: 0.344, upper: 0.696 };
    vec![
        ForestRow::Summary {
            label: "Total (95% CI)".into(),
            cells: ["", "191064", "", "166283"].map(String::from).into(),
            estimate,
            effect_text: in_words(&estimate),
            weight_text: "100.0%".into(),
            overall: true,
        },
        ForestRow::Prediction {
            label: "95% prediction interval".into(),
            lower: 0.155,
            upper: 1.549,
            text: "(0.15 to 1.55)".into(),
        },
        ForestRow::Note(
            "Heterogeneity: τ² = 0.31; χ² = 152.23, df = 12 (P < 0.0001); I² = 92%".into(),
        ),
        ForestRow::Note("Test for overall effect: Z = 3.97 (P < 0.0001)".into()),
    ]
}

fn three() -> ForestPlot {
    let mut rows: Vec<ForestRow> = (0..3).map(|i| study(i, total() / 4.0, false)).collect();
    rows.extend(overall());
    plot(rows)
}

fn bcg() -> ForestPlot {
    let mut rows: Vec<ForestRow> = (0..13).map(|i| study(i, total(), true)).collect();
    rows.extend(overall());
    ForestPlot {
        lights: ["D1", "D2", "D3", "D4", "D5", "Overall"].map(String::from).into(),
        footnotes: vec![
            "D1 bias arising from the randomisation process; D2 bias due to deviations from intended interventions; D3 bias due to missing outcome data; D4 bias in measurement of the outcome; D5 bias in selection of the reported result.".into(),
            "CI: confidence interval; IV: inverse variance; REML: restricted maximum likelihood.".into(),
        ],
        ..plot(rows)
    }
}

fn bcg_by_allocation() -> ForestPlot {
    let mut rows = Vec::new();
    for (allocation, estimate) in [
        ("Random", (0.379, 0.221, 0.649)),
        ("Alternate", (0.583, 0.335, 1.016)),
        ("Systematic", (0.654, 0.323, 1.325)),
    ] {
        rows.push(ForestRow::Heading(format!("{allocation} allocation")));
        rows.extend((0..13).filter(|&i| BCG[i].5 == allocation).map(|i| study(i, total(), true)));
        let estimate = Estimate { estimate: estimate.0, lower: estimate.1, upper: estimate.2 };
        rows.push(ForestRow::Summary {
            label: "Subtotal (95% CI)".into(),
            cells: ["", "110444", "", "110226"].map(String::from).into(),
            estimate,
            effect_text: in_words(&estimate),
            weight_text: "51.4%".into(),
            overall: false,
        });
        rows.push(ForestRow::Note(
            "Heterogeneity: τ² = 0.39; χ² = 110.21, df = 6 (P < 0.0001); I² = 89.9%".into(),
        ));
        rows.push(ForestRow::Space);
    }
    rows.extend(overall());
    rows.push(ForestRow::Note(
        "Test for subgroup differences: χ² = 1.86, df = 2 (P = 0.39)".into(),
    ));
    ForestPlot { rows, ..bcg() }
}

fn sixty() -> ForestPlot {
    let mut rows: Vec<ForestRow> = (0..60)
        .map(|i| {
            let x = f64::from(i);
            let estimate = (x * 1.7).sin() * 0.8 - 0.3;
            let half = 0.3 + 1.2 * (x * 0.9).cos().abs();
            let estimate = Estimate { estimate, lower: estimate - half, upper: estimate + half };
            let label = if i % 7 == 0 {
                format!("Collaborative Group for the Study of Very Long Names and Their Consequences {}", 1960 + i)
            } else {
                format!("Author {i} {}", 1960 + i)
            };
            ForestRow::Study {
                label,
                cells: vec![format!("{:.1} (3.{i})", 10.0 + x), format!("{}", 20 + i), "11.2 (4.0)".into(), "31".into()],
                effect: (i != 30).then_some(estimate),
                effect_text: if i == 30 { "Not estimable".into() } else { in_words(&estimate).replace('-', "−") },
                weight: Some(1.0 / (half * half)),
                weight_text: format!("{:.1}%", 1.0 / (half * half)),
                lights: vec![],
            }
        })
        .collect();
    let estimate = Estimate { estimate: -0.31, lower: -0.47, upper: -0.15 };
    rows.push(ForestRow::Summary {
        label: "Total (95% CI)".into(),
        cells: vec![],
        estimate,
        effect_text: "−0.31 (−0.47 to −0.15)".into(),
        weight_text: "100.0%".into(),
        overall: true,
    });
    let column =
        |group: &str, header: &str| ForestColumn { group: group.into(), header: header.into() };
    ForestPlot {
        columns: vec![
            column("Cognitive behavioural therapy", "Mean (SD)"),
            column("Cognitive behavioural therapy", "n"),
            column("Waiting list", "Mean (SD)"),
            column("Waiting list", "n"),
        ],
        effect_header: "Standardised mean difference (95% CI)".into(),
        scale: Scale::Linear,
        null_value: 0.0,
        favours_lower: "Favours cognitive behavioural therapy".into(),
        favours_higher: "Favours waiting list".into(),
        ..plot(rows)
    }
}

fn unkind() -> ForestPlot {
    let row = |label: &str, e: (f64, f64, f64), weight: f64| {
        let estimate = Estimate { estimate: e.0, lower: e.1, upper: e.2 };
        ForestRow::Study {
            label: label.into(),
            cells: vec!["0".into(), "12".into(), "7".into(), "1 000 000".into()],
            effect: Some(estimate),
            effect_text: in_words(&estimate),
            weight: Some(weight),
            weight_text: format!("{weight:.1}%"),
            lights: vec![],
        }
    };
    let rows = vec![
        row("张伟 2019（系统综述与荟萃分析）", (0.02, 0.0005, 0.9), 3.0),
        row("دراسة عشوائية محكمة 2021", (1.2, 0.8, 1.8), 60.0),
        row("Ünïcödé <script> & \"quotes\" Þórðarson 2001", (500.0, 2.0, 100_000.0), 0.2),
        row("Zero lower limit 2003", (0.6, 0.0, 2.0), 10.0),
        row("Infinite upper limit 2004", (0.6, 0.2, f64::INFINITY), 10.0),
        row("Not a number 2005", (f64::NAN, 0.2, 1.0), 10.0),
        row("Estimate outside its interval 2006", (3.0, 0.2, 1.0), 10.0),
        ForestRow::Summary {
            label: "Total with a label that is really rather longer than anybody would wish for (95% CI)".into(),
            cells: vec![],
            estimate: Estimate { estimate: 0.9, lower: 0.05, upper: 30.0 },
            effect_text: "0.90 (0.05 to 30.00)".into(),
            weight_text: "100%".into(),
            overall: true,
        },
        ForestRow::Prediction { label: "Prediction interval".into(), lower: 0.0001, upper: 9999.0, text: "(0.00 to 9999.00)".into() },
        ForestRow::Note("Heterogeneity: τ² = 0.31 (95% CI 0.12 to 1.11); χ² = 152.23, df = 12 (P < 0.0001); I² = 92% (82% to 98%); test for overall effect: Z = 3.97 (P < 0.0001); Hartung-Knapp-Sidik-Jonkman intervals throughout, which is worth a second line".into()),
    ];
    plot(rows)
}
