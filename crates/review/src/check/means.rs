//! Means and SDs that another reading explains better: SE for SD, arms swapped, another unit, a lost minus, a moved decimal point,
//! changes among final values.

use std::collections::{BTreeMap, BTreeSet};

use consilience_stats::plausibility::Weighed;
use consilience_stats::plausibility::means::{Arms, MeansPeers, MeansReading, Which};

use super::baseline::is_baseline;
use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::material::{Body, Material, Pair};
use super::places::Places;
use super::turned;
use crate::analysis::short;

/// Readings less probable than this are not told: those of an SD, and the others, which clean data mimic more often.
const TOLD_OF_SD: f64 = 0.2;
const TOLD: f64 = 0.25;

pub(super) fn findings(material: &Material, places: &Places) -> Vec<Finding> {
    material.bodies.iter().flat_map(|it| of_body(it, places)).collect()
}

/// From this certainty on, the other studies are compared with what a study is likely to mean.
const SURE: f64 = 0.5;
/// From this on, a study is told that looks odd only then.
const TOLD_LATER: f64 = 0.35;

/// The others are looked at so many times more: a slip among many studies hides little, and each time costs as much as the first.
const MOST_ROUNDS: usize = 4;

/// The studies that are no measure for the others as printed: what they are likely to mean, or `None` where nobody knows.
type Aside<'a> = BTreeMap<&'a str, Option<Arms>>;

/// What is odd about one study, and what its numbers are likely to mean.
struct Odd {
    finding: Finding,
    meant: Arms,
}

/// A study's numbers beside those of the studies that it is compared with.
struct Compared<'a> {
    pair: Pair<'a>,
    printed: Arms,
    others: Vec<Pair<'a>>,
    odd: Option<Odd>,
}

/// The findings of studies that are compared with each other. A slip in one makes others look odd, or hides that they are: so
/// the others are looked at again beside what the study of the surest finding is likely to mean, as long as one is sure.
fn of_body(body: &Body, places: &Places) -> Vec<Finding> {
    let mut aside = Aside::new();
    let mut found = Vec::new();
    let mut compared: Vec<Compared> =
        body.pairs.iter().filter_map(|it| Compared::new(body, it)).collect();
    for it in &mut compared {
        it.odd = it.what_is_odd(body, places, &aside);
    }
    let odd_at_first: BTreeSet<&str> =
        compared.iter().filter(|it| it.odd.is_some()).map(Compared::study).collect();
    while let Some((study, surest)) = surest(&compared) {
        let is_sure = surest.finding.certainty >= SURE;
        aside.insert(study, is_sure.then_some(surest.meant));
        let (of_study, mut others): (Vec<_>, Vec<_>) =
            compared.into_iter().partition(|it| it.study() == study);
        found.extend(of_study.into_iter().filter_map(|it| it.odd).map(|it| it.finding));
        for it in others.iter_mut().filter(|it| it.is_beside(study)) {
            let is_told = |odd: &Odd| {
                odd.finding.certainty >= TOLD_LATER || odd_at_first.contains(it.study())
            };
            it.odd = it.what_is_odd(body, places, &aside).filter(is_told);
        }
        compared = others;
        if !is_sure || aside.len() == MOST_ROUNDS {
            break;
        }
    }
    found.extend(compared.into_iter().filter_map(|it| it.odd).map(|it| it.finding));
    found
}

/// The study of the surest finding; of equally sure ones, the last.
fn surest<'a, 'b>(compared: &'b [Compared<'a>]) -> Option<(&'a str, &'b Odd)> {
    let odd = compared.iter().filter_map(|it| Some((it.study(), it.odd.as_ref()?)));
    odd.max_by(|a, b| a.1.finding.certainty.total_cmp(&b.1.finding.certainty))
}

impl<'a> Compared<'a> {
    fn new(body: &Body<'a>, pair: &Pair<'a>) -> Option<Self> {
        Some(Self { pair: *pair, printed: pair.means()?, others: body.others(pair), odd: None })
    }

    fn study(&self) -> &'a str {
        &self.pair.study.study
    }

    fn is_beside(&self, study: &str) -> bool {
        self.others.iter().any(|it| it.study.study == study)
    }

    fn what_is_odd(&self, body: &Body, places: &Places, aside: &Aside) -> Option<Odd> {
        let of_other = |it: &Pair| match aside.get(it.study.study.as_str()) {
            Some(meant) => *meant,
            None => it.means(),
        };
        let others: Vec<Arms> = self.others.iter().filter_map(of_other).collect();
        of_pair(body, &self.pair, &self.printed, &others, places)
    }
}

/// What is odd about a study beside the others.
fn of_pair(
    body: &Body,
    pair: &Pair,
    printed: &Arms,
    others: &[Arms],
    places: &Places,
) -> Option<Odd> {
    let weighed = MeansPeers::new(others).weigh(printed);
    let is_baseline = is_baseline(pair.experimental);
    let (kind, certainty) = likeliest_kind(&weighed)
        .filter(|(kind, it)| *kind != Kind::ArmsSwapped && *it >= least(*kind))
        .filter(|(kind, _)| *kind != Kind::UnitFactor || body.has_one_scale)
        .or_else(|| {
            let told = swapped(&weighed, printed, others).filter(|_| !is_baseline);
            told.map(|certainty| (Kind::ArmsSwapped, certainty))
        })?;
    let best = weighed.iter().find(|it| kind_of(it.reading) == Some(kind))?;
    let (arm, field) = where_it_stands(pair, best.reading);
    let place = places.of(arm, field);
    let explanations = weighed
        .iter()
        .filter(|it| it.reading != MeansReading::AsPrinted)
        .filter(|it| kind_of(it.reading) == Some(kind) || it.probability >= TOLD_OF_SD)
        .filter(|it| it.probability >= 0.02 || it.reading == best.reading)
        .take(3)
        .map(|it| explanation(pair, printed, it))
        .collect();
    let finding =
        Finding::new(kind, &pair.study.study, &pair.experimental.outcome, certainty, place)
            .saying(message(kind, pair, printed, best.reading, others))
            .explained(explanations);
    let finding = match arm_of(pair, best.reading) {
        Some(arm) => finding.of_arm(arm),
        None => finding,
    };
    Some(Odd { finding, meant: best.reading.apply(printed) })
}

fn least(kind: Kind) -> f64 {
    match kind {
        Kind::SeAsSd | Kind::SdAsSe | Kind::VarianceAsSd | Kind::DecimalSlip => TOLD_OF_SD,
        _ => TOLD,
    }
}

/// The kind whose readings are together the most probable, unless the numbers as printed are more so by far.
fn likeliest_kind(weighed: &[Weighed<MeansReading>]) -> Option<(Kind, f64)> {
    let mut sums: Vec<(Kind, f64)> = Vec::new();
    for it in weighed {
        let Some(kind) = kind_of(it.reading) else { continue };
        match sums.iter_mut().find(|sum| sum.0 == kind) {
            Some(sum) => sum.1 += it.probability,
            None => sums.push((kind, it.probability)),
        }
    }
    sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
}

fn kind_of(reading: MeansReading) -> Option<Kind> {
    Some(match reading {
        MeansReading::AsPrinted => return None,
        MeansReading::SdIsSe(_) => Kind::SeAsSd,
        MeansReading::SeIsSd(_) => Kind::SdAsSe,
        MeansReading::SdIsVariance => Kind::VarianceAsSd,
        MeansReading::ArmsSwapped => Kind::ArmsSwapped,
        MeansReading::OtherUnit { .. } => Kind::UnitFactor,
        MeansReading::SdSlip { .. } | MeansReading::MeanSlip { .. } => Kind::DecimalSlip,
        MeansReading::OtherSign(_) => Kind::LostSign,
        MeansReading::MeanIsSd(_) => Kind::MeanAsSd,
        MeansReading::OtherScore => Kind::ChangeAsFinal,
    })
}

/// How sure swapped arms are, of a study whose effect is significant and contrary to that of the others.
fn swapped(weighed: &[Weighed<MeansReading>], printed: &Arms, others: &[Arms]) -> Option<f64> {
    let swap = weighed.iter().find(|it| it.reading == MeansReading::ArmsSwapped)?;
    let others: Vec<f64> = others.iter().map(z).collect();
    turned::certainty(swap.likelihood_ratio, z(printed), &others)
}

/// The difference of the two means over its standard error.
fn z(arms: &Arms) -> f64 {
    let (e, c) = (arms.experimental, arms.comparator);
    let se = (e.sd * e.sd / e.n + c.sd * c.sd / c.n).sqrt();
    if se > 0.0 { (e.mean - c.mean) / se } else { 0.0 }
}

fn which_of(reading: MeansReading) -> Which {
    match reading {
        MeansReading::SdIsSe(which)
        | MeansReading::SeIsSd(which)
        | MeansReading::OtherSign(which)
        | MeansReading::MeanIsSd(which)
        | MeansReading::OtherUnit { which, .. }
        | MeansReading::SdSlip { which, .. }
        | MeansReading::MeanSlip { which, .. } => which,
        _ => Which::Both,
    }
}

fn arm_of<'a>(pair: &Pair<'a>, reading: MeansReading) -> Option<&'a str> {
    match which_of(reading) {
        Which::Both => None,
        Which::Experimental => Some(pair.experimental.subject.arm()),
        Which::Comparator => Some(pair.comparator.subject.arm()),
    }
}

fn where_it_stands<'a>(
    pair: &Pair<'a>,
    reading: MeansReading,
) -> (&'a crate::vocabulary::result::ExtractedResult, &'static str) {
    let arm = match which_of(reading) {
        Which::Both | Which::Experimental => pair.experimental,
        Which::Comparator => pair.comparator,
    };
    let field = match reading {
        MeansReading::SdIsSe(_)
        | MeansReading::SeIsSd(_)
        | MeansReading::SdIsVariance
        | MeansReading::SdSlip { .. } => "sd",
        _ => "mean",
    };
    (arm, field)
}

/// `mean 55 (SD 47, n 155)` of both arms.
fn shown(arms: &Arms) -> String {
    let arm = |it: &consilience_stats::MeanSd| {
        format!("mean {} (SD {}, n {})", short(it.mean), short(it.sd), it.n)
    };
    format!("{} against {}", arm(&arms.experimental), arm(&arms.comparator))
}

fn whose(pair: &Pair, reading: MeansReading) -> String {
    arm_of(pair, reading).map_or_else(|| "both arms".to_owned(), str::to_owned)
}

fn words(pair: &Pair, reading: MeansReading) -> String {
    let whose = whose(pair, reading);
    match reading {
        MeansReading::AsPrinted => "as printed".to_owned(),
        MeansReading::SdIsSe(_) => format!("the SD of {whose} is a standard error"),
        MeansReading::SeIsSd(_) => {
            format!("the SD of {whose} was multiplied by √n though it was an SD already")
        }
        MeansReading::SdIsVariance => "the SDs are variances".to_owned(),
        MeansReading::ArmsSwapped => "the two arms are swapped".to_owned(),
        MeansReading::OtherUnit { factor, .. } => {
            format!("mean and SD of {whose} are in another unit, by a factor of {}", by(factor))
        }
        MeansReading::SdSlip { factor, .. } => {
            format!("the SD of {whose} has a moved decimal point, by a factor of {}", by(factor))
        }
        MeansReading::MeanSlip { factor, .. } => {
            format!("the mean of {whose} has a moved decimal point, by a factor of {}", by(factor))
        }
        MeansReading::OtherSign(_) => format!("the mean of {whose} has the other sign"),
        MeansReading::MeanIsSd(_) => format!("mean and SD of {whose} are exchanged"),
        MeansReading::OtherScore => {
            "these are changes from baseline among final values, or the reverse".to_owned()
        }
    }
}

/// How many times too large, or `1/…` for too small.
fn by(factor: f64) -> String {
    if factor >= 1.0 { format!("1/{}", short(factor)) } else { short(1.0 / factor) }
}

fn explanation(pair: &Pair, printed: &Arms, it: &Weighed<MeansReading>) -> Explanation {
    let meant = it.reading.apply(printed);
    let words = words(pair, it.reading);
    let reading = match it.reading {
        MeansReading::OtherScore => words,
        _ => format!("{words}: {}", shown(&meant)),
    };
    let numbers =
        [("e", meant.experimental), ("c", meant.comparator)].into_iter().flat_map(|(arm, it)| {
            [("mean", it.mean), ("sd", it.sd), ("n", it.n)]
                .map(|(name, value)| (format!("{name}_{arm}"), value))
        });
    Explanation { reading, probability: Some(it.probability), numbers: numbers.collect() }
}

fn message(
    kind: Kind,
    pair: &Pair,
    printed: &Arms,
    reading: MeansReading,
    others: &[Arms],
) -> String {
    let words = words(pair, reading);
    let shown = shown(printed);
    let others = match kind {
        Kind::SeAsSd | Kind::SdAsSe | Kind::VarianceAsSd | Kind::DecimalSlip => {
            range(others, "SDs", |it| [it.experimental.sd, it.comparator.sd])
        }
        Kind::ArmsSwapped => range(others, "differences", |it| {
            let difference = it.experimental.mean - it.comparator.mean;
            [difference, difference]
        }),
        _ => range(others, "means", |it| [it.experimental.mean, it.comparator.mean]),
    };
    format!("{shown}{others}; they fit together if {words}")
}

/// `; the other 8 studies have SDs from 4 to 64`.
fn range(others: &[Arms], what: &str, of: impl Fn(&Arms) -> [f64; 2]) -> String {
    let values: Vec<f64> = others.iter().flat_map(of).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match others.len() {
        0 => String::new(),
        1 => format!("; the other study has {what} of {} and {}", short(low), short(high)),
        k => format!("; the other {k} studies have {what} from {} to {}", short(low), short(high)),
    }
}
