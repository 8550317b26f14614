//! When an effect is told to be turned round, and how sure that is.

/// From what likelihood ratio of turned round to as printed it is told: of an effect that is significant, and of one that is so by
/// far, which is rarely contrary to all others and right.
const TOLD: [(f64, f64); 3] = [(1.96, 4.0), (3.0, 2.0), (4.5, 1.2)];
/// The prior odds in a study whose effect is significant and contrary to that of the others: one slip in a hundred studies, and
/// a few in a hundred that are honestly so.
const ODDS: f64 = 0.15;
/// More than this no study counts for the direction of the others: a slip among them must not turn it.
const MOST: f64 = 3.0;

/// How sure it is that a study's effect is turned round: of one that is significant and contrary to the others', from the
/// likelihood ratio of turned round to as printed. The other studies are given by effect over standard error.
pub(super) fn certainty(ratio: f64, own: f64, others: &[f64]) -> Option<f64> {
    let together: f64 = others.iter().map(|it| it.clamp(-MOST, MOST)).sum();
    let is_told = TOLD.iter().any(|(z, least)| own.abs() > *z && ratio >= *least);
    let odds = ODDS * ratio;
    (others.len() >= 2 && is_told && own * together < 0.0).then(|| odds / (1.0 + odds))
}
