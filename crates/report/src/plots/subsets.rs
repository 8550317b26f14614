//! Many answers at once: all subsets of the studies, and all defensible analyses.

use consilience_figures::{
    self as figures, GoshPlot, GoshPoint, SpecificationCurve, SpecificationDimension,
    SpecificationPoint, Svg,
};
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{AllSubsets, Choice, Finding, Multiverse};

use super::{found, null_value, scale};
use crate::forest::effect_name;

pub(super) fn gosh(synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    let subsets = found(
        findings,
        |it| match it {
            Finding::AllSubsets(it) => Some(it),
            _ => None,
        },
        "it needs --gosh",
    )?;
    Ok(figures::gosh(&gosh_plot(synthesis, subsets)))
}

pub(super) fn specification_curve(
    synthesis: &Synthesis,
    findings: &[Finding],
) -> Result<Svg, String> {
    let multiverse = found(
        findings,
        |it| match it {
            Finding::Multiverse(it) => Some(it),
            _ => None,
        },
        "it needs --multiverse",
    )?;
    Ok(figures::specification_curve(&curve(synthesis, multiverse)))
}

/// The study whose presence moves the middle of the subsets most is marked.
fn gosh_plot(synthesis: &Synthesis, subsets: &AllSubsets) -> GoshPlot {
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
        choices: it.choices.iter().map(Choice::name).collect(),
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
