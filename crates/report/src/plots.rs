//! The figures that can be asked for of one meta-analysis, each by its name.

use consilience_figures::{
    self as figures, BaujatPlot, BaujatPoint, BubbleLine, BubblePlot, BubblePoint, Estimate,
    ForestPlot, ForestRow, FunnelAxis, FunnelPlot, FunnelPoint, FunnelRegression, GoshPlot,
    GoshPoint, LabbeEffect, LabbeLine, LabbePlot, LabbePoint, RadialPlot, RadialPoint, Scale,
    SpecificationCurve, SpecificationDimension, SpecificationPoint, Svg,
};
use consilience_review::Keyword;
use consilience_review::analysis::{StudyData, Synthesis};
use consilience_review::inquiry::{
    AllSubsets, Cumulative, Finding, MetaRegression, Multiverse, SmallStudyEffects,
};
use consilience_stats::{
    Design, Effect, Matrix, Measure, Pooled, PredictionMethod, Regression, Summary, TwoByTwo,
    regress,
};

use crate::forest::{effect_name, effect_text, forest_plot};
use crate::statement::capitalised;

/// A figure of a meta-analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotKind {
    /// The studies and the pool.
    Forest,
    /// Effects against their standard errors, with regions of significance and Egger's line.
    Funnel,
    /// The funnel with the studies that trim and fill adds.
    TrimFill,
    /// Galbraith's radial plot.
    Radial,
    /// Risks of both groups against each other.
    Labbe,
    /// Heterogeneity against influence.
    Baujat,
    /// All subsets of the studies.
    Gosh,
    /// The pool as studies were added.
    Cumulative,
    /// The pool without each study.
    LeaveOneOut,
    /// Effects against a moderator.
    Bubble,
    /// All defensible analyses: the specification curve.
    Multiverse,
}

impl Keyword for PlotKind {
    fn all() -> &'static [Self] {
        &[
            Self::Forest,
            Self::Funnel,
            Self::TrimFill,
            Self::Radial,
            Self::Labbe,
            Self::Baujat,
            Self::Gosh,
            Self::Cumulative,
            Self::LeaveOneOut,
            Self::Bubble,
            Self::Multiverse,
        ]
    }

    fn name(self) -> &'static str {
        match self {
            Self::Forest => "forest",
            Self::Funnel => "funnel",
            Self::TrimFill => "trim-fill",
            Self::Radial => "radial",
            Self::Labbe => "labbe",
            Self::Baujat => "baujat",
            Self::Gosh => "gosh",
            Self::Cumulative => "cumulative",
            Self::LeaveOneOut => "leave-one-out",
            Self::Bubble => "bubble",
            Self::Multiverse => "multiverse",
        }
    }
}

/// Draws a figure from a synthesis and what was found beyond it.
///
/// # Errors
/// What the figure lacks, in words.
pub fn plot(kind: PlotKind, synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    let found = |of: fn(&Finding) -> bool| findings.iter().find(|it| of(it));
    let pooled = synthesis.pooled.as_ref().ok_or("no pooled estimate")?;
    match kind {
        PlotKind::Forest => Ok(figures::forest(&forest_plot(synthesis, &[]))),
        PlotKind::Funnel => Ok(figures::funnel(&funnel(synthesis, pooled))),
        PlotKind::TrimFill => match found(|it| matches!(it, Finding::SmallStudyEffects(_))) {
            Some(Finding::SmallStudyEffects(it)) => trim_fill(synthesis, pooled, it),
            _ => Err("it needs --small-study".to_owned()),
        },
        PlotKind::Radial => Ok(figures::radial(&radial(synthesis, pooled))),
        PlotKind::Labbe => labbe(synthesis, pooled),
        PlotKind::Baujat => baujat(synthesis),
        PlotKind::Gosh => match found(|it| matches!(it, Finding::AllSubsets(_))) {
            Some(Finding::AllSubsets(it)) => Ok(figures::gosh(&gosh(synthesis, it))),
            _ => Err("it needs --gosh".to_owned()),
        },
        PlotKind::Cumulative => match found(|it| matches!(it, Finding::Cumulative(_))) {
            Some(Finding::Cumulative(it)) => Ok(figures::forest(&cumulative(synthesis, it))),
            _ => Err("it needs --cumulative with the column that orders the studies".to_owned()),
        },
        PlotKind::LeaveOneOut if synthesis.leave_one_out.is_empty() => {
            Err("it needs --leave-one-out and two studies".to_owned())
        }
        PlotKind::LeaveOneOut => Ok(figures::forest(&leave_one_out(synthesis))),
        PlotKind::Bubble => match found(|it| matches!(it, Finding::MetaRegression(_))) {
            Some(Finding::MetaRegression(it)) => bubble(synthesis, it),
            _ => Err("it needs --mods with a column of numbers".to_owned()),
        },
        PlotKind::Multiverse => match found(|it| matches!(it, Finding::Multiverse(_))) {
            Some(Finding::Multiverse(it)) => {
                Ok(figures::specification_curve(&curve(synthesis, it)))
            }
            _ => Err("it needs --multiverse".to_owned()),
        },
    }
}

fn scale(synthesis: &Synthesis) -> Scale {
    if synthesis.plan.is_ratio() { Scale::Log } else { Scale::Linear }
}

fn null_value(synthesis: &Synthesis) -> f64 {
    synthesis.null_value().unwrap_or(f64::NAN)
}

/// The effect's name on the scale of the analysis, where that is not what people read.
fn analysis_label(synthesis: &Synthesis) -> String {
    if synthesis.plan.is_ratio() || synthesis.plan.measure == Measure::Generic {
        effect_name(synthesis)
    } else {
        capitalised(synthesis.plan.measure.long_name())
    }
}

fn funnel(synthesis: &Synthesis, pooled: &Pooled) -> FunnelPlot {
    let point = |label: &str, effect: &Effect, participants| FunnelPoint {
        label: label.to_owned(),
        estimate: effect.estimate,
        se: effect.se(),
        participants,
    };
    let points = synthesis.studies.iter();
    let regression = synthesis.egger.as_ref();
    FunnelPlot {
        id: "funnel".to_owned(),
        title: format!("Funnel plot: {}", synthesis.title),
        description: format!(
            "The effect of each of {} studies against its standard error.",
            synthesis.studies.len()
        ),
        points: points.map(|it| point(&it.study, &it.effect, it.participants)).collect(),
        filled: Vec::new(),
        pooled: pooled.estimate,
        adjusted: None,
        // Egger's slope on precision is the estimate at infinite precision; his intercept is the slope on the error.
        regression: regression
            .map(|it| FunnelRegression { intercept: it.slope, slope: it.intercept }),
        vertical: FunnelAxis::StandardError,
        scale: scale(synthesis),
        effect_label: analysis_label(synthesis),
        level: synthesis.plan.level_share(),
        contours: synthesis.null_value().is_some(),
    }
}

fn trim_fill(
    synthesis: &Synthesis,
    pooled: &Pooled,
    small: &SmallStudyEffects,
) -> Result<Svg, String> {
    let (_, fill) = small.trim_fill.first().ok_or("trim and fill was not computed")?;
    let fill = fill.as_ref().map_err(Clone::clone)?;
    let filled = fill.filled.iter().map(|it| FunnelPoint {
        label: "Filled".to_owned(),
        estimate: it.estimate,
        se: it.se(),
        participants: None,
    });
    Ok(figures::funnel(&FunnelPlot {
        id: "trim-fill".to_owned(),
        title: format!("Trim and fill: {}", synthesis.title),
        filled: filled.collect(),
        adjusted: Some(fill.pooled.estimate),
        regression: None,
        ..funnel(synthesis, pooled)
    }))
}

fn radial(synthesis: &Synthesis, pooled: &Pooled) -> RadialPlot {
    let point = |it: &consilience_review::analysis::StudyEffect| RadialPoint {
        label: it.study.clone(),
        estimate: it.effect.estimate,
        se: it.effect.se(),
    };
    RadialPlot {
        id: "radial".to_owned(),
        title: format!("Radial plot: {}", synthesis.title),
        description:
            "Standardised effects against precision; the slope of the line is the pooled effect."
                .to_owned(),
        points: synthesis.studies.iter().map(point).collect(),
        tau2: pooled.tau2,
        pooled: pooled.estimate,
        interval: Some((pooled.ci.lower, pooled.ci.upper)),
        scale: scale(synthesis),
        effect_label: analysis_label(synthesis),
        level: synthesis.plan.level_share(),
    }
}

fn labbe(synthesis: &Synthesis, pooled: &Pooled) -> Result<Svg, String> {
    let table = |data: &StudyData| match data {
        StudyData::Events(it) | StudyData::Summary(Summary::Table(it)) => Some(*it),
        _ => None,
    };
    let point = |(label, it): (&str, TwoByTwo)| LabbePoint {
        label: label.to_owned(),
        control: it.events_c / it.n_c,
        experimental: it.events_e / it.n_e,
        size: it.n_e + it.n_c,
    };
    let tables =
        synthesis.studies.iter().filter_map(|it| Some((it.study.as_str(), table(&it.data)?)));
    let points: Vec<LabbePoint> = tables.map(point).collect();
    if points.is_empty() {
        return Err("it needs the events of two groups".to_owned());
    }
    let shown = synthesis.display(pooled.estimate);
    let effect = match synthesis.plan.measure {
        Measure::RiskRatio => Some(LabbeEffect::Ratio(shown)),
        Measure::OddsRatio | Measure::PetoOddsRatio => Some(LabbeEffect::OddsRatio(shown)),
        Measure::RiskDifference => Some(LabbeEffect::Difference(shown)),
        _ => None,
    };
    let line = effect.map(|effect| LabbeLine {
        label: format!(
            "{} {}",
            effect_name(synthesis),
            effect_text(synthesis, pooled.estimate, pooled.ci)
        ),
        effect,
    });
    let comparison = &synthesis.comparison;
    Ok(figures::labbe(&LabbePlot {
        id: "labbe".to_owned(),
        title: format!("L'Abbé plot: {}", synthesis.title),
        description: "The risk of each study's two groups against each other.".to_owned(),
        points,
        lines: line.into_iter().collect(),
        control_label: format!("Risk: {}", comparison.comparator_name),
        experimental_label: format!("Risk: {}", comparison.experimental_name),
    }))
}

fn fit(synthesis: &Synthesis) -> Result<Regression, String> {
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let all: Vec<usize> = (0..effects.len()).collect();
    let options = synthesis.plan.regression_options(synthesis.weighting(&all));
    regress(&effects, &Design::intercept(effects.len()), &options).map_err(|it| it.to_string())
}

fn baujat(synthesis: &Synthesis) -> Result<Svg, String> {
    let points = fit(synthesis)?.baujat().map_err(|it| it.to_string())?;
    let points = synthesis.studies.iter().zip(points).filter_map(|(study, point)| {
        let point = point?;
        Some(BaujatPoint {
            label: study.study.clone(),
            contribution: point.heterogeneity,
            influence: point.influence,
        })
    });
    Ok(figures::baujat(&BaujatPlot {
        id: "baujat".to_owned(),
        title: format!("Baujat plot: {}", synthesis.title),
        description:
            "What each study adds to the heterogeneity, and how far it moves the pooled effect."
                .to_owned(),
        points: points.collect(),
        contribution_label: "Contribution to heterogeneity (Q)".to_owned(),
        influence_label: "Influence on the pooled effect".to_owned(),
    }))
}

/// The study whose presence moves the middle of the subsets most is marked.
fn gosh(synthesis: &Synthesis, subsets: &AllSubsets) -> GoshPlot {
    let all = &subsets.gosh;
    let mean = |study: usize, with: bool| {
        let chosen = (0..all.len()).filter(|it| all.includes(*it, study) == with);
        let (sum, n) = chosen.fold((0.0, 0.0), |(sum, n), it| (sum + all.estimate[it], n + 1.0));
        sum / n
    };
    let moves = |study: usize| (mean(study, true) - mean(study, false)).abs();
    let marked = (0..subsets.studies.len()).max_by(|a, b| moves(*a).total_cmp(&moves(*b)));
    let point = |it: usize| GoshPoint {
        estimate: synthesis.display(all.estimate[it]),
        i2: all.i2[it],
        marked: marked.is_some_and(|study| all.includes(it, study)),
    };
    GoshPlot {
        id: "gosh".to_owned(),
        title: format!("All subsets of the studies: {}", synthesis.title),
        description: format!(
            "Pooled effect and I² of {} subsets; coloured where most hold the study that moves them most.",
            all.len()
        ),
        // A subset of one study has no heterogeneity to show.
        points: (0..all.len()).filter(|it| all.k[*it] > 1).map(point).collect(),
        marked: marked.map(|it| subsets.studies[it].clone()),
        scale: scale(synthesis),
        effect_label: effect_name(synthesis),
    }
}

fn pool_row(synthesis: &Synthesis, label: String, pooled: &Pooled) -> ForestRow {
    let show = |it: f64| synthesis.display(it);
    ForestRow::Study {
        label,
        cells: vec![pooled.k.to_string()],
        effect: Some(Estimate {
            estimate: show(pooled.estimate),
            lower: show(pooled.ci.lower),
            upper: show(pooled.ci.upper),
        }),
        effect_text: effect_text(synthesis, pooled.estimate, pooled.ci),
        weight: None,
        weight_text: String::new(),
        lights: Vec::new(),
    }
}

/// A forest whose rows are pools rather than studies.
fn pools(synthesis: &Synthesis, id: &str, title: &str, rows: Vec<ForestRow>) -> ForestPlot {
    let header =
        |header: &str| figures::ForestColumn { group: String::new(), header: header.to_owned() };
    ForestPlot {
        id: id.to_owned(),
        title: format!("{title}: {}", synthesis.title),
        description: format!("{title}; each row is a pooled effect."),
        columns: vec![header("Studies")],
        rows,
        ..forest_plot(synthesis, &[])
    }
}

fn cumulative(synthesis: &Synthesis, it: &Cumulative) -> ForestPlot {
    let row = |(study, value, pooled): &(String, String, Pooled)| {
        pool_row(synthesis, format!("+ {study} ({value})"), pooled)
    };
    let title = format!("Cumulative by {}", it.order);
    pools(synthesis, "cumulative", &title, it.steps.iter().map(row).collect())
}

fn leave_one_out(synthesis: &Synthesis) -> ForestPlot {
    let rows = synthesis.leave_one_out.iter();
    let rows = rows.map(|it| pool_row(synthesis, format!("Without {}", it.study), &it.pooled));
    pools(synthesis, "leave-one-out", "Leave-one-out", rows.collect())
}

/// The regression line over the first moderator that is a number, the others at their means.
fn bubble(synthesis: &Synthesis, it: &MetaRegression) -> Result<Svg, String> {
    const PIECES: usize = 40;
    let fit = &it.fit;
    let design = fit.design();
    let column = design
        .moderator_columns()
        .into_iter()
        .find(|column| {
            design.matrix().column(*column).iter().any(|x| x.fract() != 0.0 || x.abs() > 1.0)
        })
        .ok_or("no moderator is a column of numbers")?;
    let values: Vec<f64> = design.matrix().column(column).iter().copied().collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let at = |i: usize| low + (high - low) * i as f64 / PIECES as f64;
    let means: Vec<f64> = (0..design.p()).map(|j| design.matrix().column(j).mean()).collect();
    let rows =
        Matrix::from_fn(PIECES + 1, design.p(), |i, j| if j == column { at(i) } else { means[j] });
    let level = synthesis.plan.level_share();
    let predictions = fit
        .predict(&rows, PredictionMethod::HigginsThompsonSpiegelhalter, level)
        .map_err(|it| it.to_string())?;
    let show = |value: f64| synthesis.display(value);
    let line = predictions.iter().enumerate().map(|(i, it)| BubbleLine {
        moderator: at(i),
        estimate: show(it.estimate),
        confidence: (show(it.ci.lower), show(it.ci.upper)),
        prediction: it.prediction.map(|it| (show(it.lower), show(it.upper))),
    });
    let weights = fit.weights();
    let points = it.studies.iter().zip(&values).zip(&weights).map(|((study, x), weight)| {
        let study = &synthesis.studies[*study];
        BubblePoint {
            label: study.study.clone(),
            moderator: *x,
            estimate: show(study.effect.estimate),
            weight: *weight,
        }
    });
    Ok(figures::bubble(&BubblePlot {
        id: "bubble".to_owned(),
        title: format!("Meta-regression: {}", synthesis.title),
        description:
            "Each study's effect at its moderator, with the fitted line and its intervals."
                .to_owned(),
        points: points.collect(),
        line: line.collect(),
        null_value: null_value(synthesis),
        scale: scale(synthesis),
        moderator_label: design.names()[column].clone(),
        effect_label: effect_name(synthesis),
    }))
}

fn curve(synthesis: &Synthesis, multiverse: &Multiverse) -> SpecificationCurve {
    let specifications = multiverse.specifications.iter().enumerate();
    let specifications = specifications.map(|(i, it)| SpecificationPoint {
        estimate: it.estimate,
        lower: it.ci.lower,
        upper: it.ci.upper,
        excludes_null: it.excludes_null,
        planned: multiverse.planned == Some(i),
        choices: it.choices.clone(),
    });
    let dimensions = multiverse.dimensions.iter().map(|it| SpecificationDimension {
        name: it.name.to_owned(),
        choices: it.choices.iter().map(consilience_review::inquiry::Choice::name).collect(),
    });
    SpecificationCurve {
        id: "multiverse".to_owned(),
        title: format!("Specification curve: {}", synthesis.title),
        description: format!(
            "The estimates of {} defensible analyses in order of size, and the choices that each made.",
            multiverse.specifications.len()
        ),
        specifications: specifications.collect(),
        dimensions: dimensions.collect(),
        median: multiverse.median,
        null_value: null_value(synthesis),
        scale: scale(synthesis),
        effect_label: effect_name(synthesis),
    }
}
