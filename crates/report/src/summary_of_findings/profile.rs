//! One outcome in the evidence profile: a cell for each of GRADE's domains, with the panel's rating and the program's proposal
//! where that is another.

use consilience_appraisal::grade::Domain;
use consilience_review::Keyword;
use consilience_review::certainty::{ArmTotal, BodyOfEvidence};

use crate::number::count;

/// One outcome of an evidence profile.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    /// Where it starts, by the panel, or else as proposed.
    pub(crate) start: String,
    /// The five domains of doubt.
    pub(crate) doubts: Vec<Considered>,
    /// What rates up.
    pub(crate) strengths: Vec<Considered>,
    /// Events and people, or people, of both groups: the one that is tried first.
    pub(crate) arms: [String; 2],
}

/// One domain.
#[derive(Debug, Clone)]
pub(crate) struct Considered {
    /// The domain.
    pub(crate) domain: Domain,
    /// The panel's rating.
    pub(crate) rating: Option<&'static str>,
    /// What the program proposes.
    pub(crate) proposed: Option<&'static str>,
}

impl Considered {
    /// `serious; proposed: very serious`, and what nobody rated.
    pub(crate) fn text(&self) -> String {
        match (self.rating, self.proposed) {
            (Some(rating), Some(proposed)) if rating != proposed => {
                format!("{rating} (the program proposes: {proposed})")
            }
            (Some(rating), _) => rating.to_owned(),
            (None, Some(proposed)) => format!("not rated (the program proposes: {proposed})"),
            (None, None) => "not rated".to_owned(),
        }
    }
}

impl Profile {
    pub(super) fn new(body: &BodyOfEvidence) -> Self {
        let considered = |domain: Domain| Considered {
            domain,
            rating: body.decision.as_ref().and_then(|it| it.of(Some(domain))).and_then(|it| {
                match &it.entry.item {
                    consilience_review::vocabulary::certainty::CertaintyItem::Domain(_, rating) => {
                        Some(rating.name())
                    }
                    consilience_review::vocabulary::certainty::CertaintyItem::Start(_) => None,
                }
            }),
            proposed: body.proposals.of(domain).ok().map(|it| it.rating.name()),
        };
        let (strengths, doubts): (Vec<Domain>, Vec<Domain>) =
            Domain::ALL.into_iter().partition(|it| it.is_upgrade());
        let rated = |it: &Considered| it.rating.is_some_and(|it| it != "none");
        let arm = |it: &ArmTotal| match it.events {
            Some(events) => format!("{}/{}", count(events), count(it.n)),
            None => count(it.n),
        };
        let arms = body.evidence.as_ref().and_then(|it| it.arms.as_ref());
        Self {
            start: match (&body.decision, &body.proposals.start) {
                (Some(decision), _) => decision.start.name().to_owned(),
                (None, Ok((start, _))) => format!("{} (proposed)", start.name()),
                (None, Err(_)) => "not stated".to_owned(),
            },
            doubts: doubts.into_iter().map(considered).collect(),
            strengths: strengths.into_iter().map(considered).filter(rated).collect(),
            arms: arms
                .map_or_else(|| [(); 2].map(|()| "–".to_owned()), |it| it.each_ref().map(arm)),
        }
    }

    /// What rates up, in words.
    pub(crate) fn strengths_text(&self) -> String {
        if self.strengths.is_empty() {
            return "none".to_owned();
        }
        let texts = self.strengths.iter().map(|it| format!("{}: {}", it.domain.name(), it.text()));
        texts.collect::<Vec<_>>().join("; ")
    }
}
