//! Levels of evidence that journals ask for, from the designs of the studies: of the Oxford Centre for Evidence-Based
//! Medicine (2011, <https://www.cebm.ox.ac.uk/resources/levels-of-evidence/ocebm-levels-of-evidence>) and of the American
//! Society of Plastic Surgeons, for questions of treatment.
//!
//! Such levels ignore how a study was done and are not GRADE's certainty: print each with its name.

/// How a study was designed, as far as these scales tell designs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceDesign {
    /// A randomised trial; split-face and the like if the side was randomised.
    Randomised,
    /// Quasi-randomised, or a prospective comparison or cohort.
    ProspectiveComparative,
    /// A retrospective comparison, or case-control.
    RetrospectiveComparative,
    /// A case series without comparator.
    CaseSeries,
    /// A case report, an opinion, bench work.
    Other,
}

/// A level of evidence with the name of its scale, as "Oxford CEBM 2011 level 2".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceLevel {
    /// The scale.
    pub scale: &'static str,
    /// The level: "2", "III".
    pub level: &'static str,
    /// The default rule that led to it, to be checked by the authors.
    pub reason: &'static str,
}

/// Oxford CEBM 2011: the level of one study, or of a systematic review of such studies.
pub fn oxford(design: EvidenceDesign, systematic_review: bool) -> EvidenceLevel {
    use EvidenceDesign::{
        CaseSeries, Other, ProspectiveComparative, Randomised, RetrospectiveComparative,
    };
    let (level, reason) = match (design, systematic_review) {
        (Randomised, true) => ("1", "systematic review of randomised trials"),
        (Randomised, false) => ("2", "randomised trial"),
        (ProspectiveComparative, _) => ("3", "non-randomised controlled study"),
        (RetrospectiveComparative | CaseSeries, _) => {
            ("4", "case series, case-control or historically controlled study")
        }
        (Other, _) => ("5", "reasoning from mechanisms"),
    };
    EvidenceLevel { scale: "Oxford CEBM 2011", level, reason }
}

/// American Society of Plastic Surgeons, therapeutic: a systematic review takes the level of the studies it contains.
/// `well_done`: a randomised trial of high quality and adequate power.
pub fn plastic_surgeons(design: EvidenceDesign, well_done: bool) -> EvidenceLevel {
    let (level, reason) = match design {
        EvidenceDesign::Randomised if well_done => {
            ("I", "high-quality, adequately powered randomised trial, or a review of such")
        }
        EvidenceDesign::Randomised => ("II", "other randomised trial, or a review of such"),
        EvidenceDesign::ProspectiveComparative => {
            ("II", "prospective comparison, or a review of such")
        }
        EvidenceDesign::RetrospectiveComparative => {
            ("III", "retrospective comparison or case-control study, or a review of such")
        }
        EvidenceDesign::CaseSeries => ("IV", "case series"),
        EvidenceDesign::Other => ("V", "case report, opinion or bench work"),
    };
    EvidenceLevel { scale: "ASPS therapeutic", level, reason }
}

/// The default for a review: that of the lowest design that contributes to its main synthesis; `None` without a study.
pub fn lowest(designs: impl IntoIterator<Item = EvidenceDesign>) -> Option<EvidenceDesign> {
    designs.into_iter().max()
}
