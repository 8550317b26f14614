//! The kinds of findings, by the names that files and scripts use.

use crate::keyword::keyword;

keyword! {
    /// What is suspected.
    Kind {
        /// A standard error stands where a standard deviation should.
        SeAsSd = "se-given-as-sd",
        /// A standard deviation was taken for a standard error, and so is √n too large.
        SdAsSe = "sd-given-as-se",
        /// A variance stands where a standard deviation should.
        VarianceAsSd = "variance-given-as-sd",
        /// The two arms stand under each other's names.
        ArmsSwapped = "arms-swapped",
        /// A minus is missing, or one too many.
        LostSign = "lost-sign",
        /// Numbers in another unit than the other studies'.
        UnitFactor = "unit-factor",
        /// A decimal point that moved.
        DecimalSlip = "decimal-slip",
        /// Mean and standard deviation stand in each other's place.
        MeanAsSd = "mean-and-sd-exchanged",
        /// A change from baseline among final values, or the reverse.
        ChangeAsFinal = "change-given-as-final",
        /// Those without the event were counted, or the scale runs the other way.
        EventsReversed = "events-reversed",
        /// Percentages stand where counts should.
        PercentAsCount = "percent-given-as-count",
        /// More events than people.
        EventsAboveN = "events-above-n",
        /// A count that no number of people can have.
        ImpossibleCount = "impossible-count",
        /// A mean that no such data can have.
        ImpossibleMean = "impossible-mean",
        /// A standard deviation that no such data can have.
        ImpossibleSd = "impossible-sd",
        /// A percentage that no count gives.
        PercentMatchesNoCount = "percent-matches-no-count",
        /// P value, interval, standard error and effect do not belong together.
        PDisagrees = "p-disagrees",
        /// The effect lies outside its own interval.
        EffectOutsideCi = "effect-outside-ci",
        /// The interval is lopsided on the scale on which it should not be.
        CiAsymmetric = "ci-asymmetric",
        /// The effect is not what the arms' own numbers give.
        EffectDisagrees = "effect-disagrees-with-arms",
        /// The words say one direction, the numbers the other.
        DirectionDisagrees = "direction-disagrees",
        /// More people analysed than randomised.
        NAboveRandomised = "n-above-randomised",
        /// The number of people changes where it should not.
        NChanges = "n-changes",
        /// Arms of so different sizes that a digit may be wrong.
        UnequalGroups = "unequal-groups",
        /// Two studies, or two outcomes, have the same numbers.
        SameNumbers = "same-numbers",
        /// One trial under two names.
        SameTrial = "same-trial-twice",
        /// Arms differ more at baseline, or less, than chance allows.
        BaselineImbalance = "baseline-imbalance",
        /// A row that could not be read.
        Unreadable = "unreadable",
    }
}

impl Kind {
    /// What to look up, and what to do then.
    pub fn what_to_do(self) -> &'static str {
        match self {
            Self::SeAsSd => {
                "look in the source whether it says SD, SE, SEM or ±; if it is a standard error, move it to the column `se`"
            }
            Self::SdAsSe => {
                "look in the source whether the number is a standard deviation; if it is, give it as `sd` as printed"
            }
            Self::VarianceAsSd => {
                "look in the source whether it is a variance; if it is, give its root as `sd`"
            }
            Self::ArmsSwapped => {
                "look in the source which arm each number belongs to, and which end of the scale is good"
            }
            Self::LostSign => {
                "look in the source for a minus sign, and at what is subtracted from what"
            }
            Self::UnitFactor => {
                "look in the source for the unit, and give the numbers in the unit of the other studies"
            }
            Self::DecimalSlip => "compare the decimal point with the source",
            Self::MeanAsSd => "look in the source which number is the mean and which the SD",
            Self::ChangeAsFinal => {
                "look in the source whether these are changes from baseline, and say so in `score`"
            }
            Self::EventsReversed => {
                "look in the source whether those with or without the event were counted"
            }
            Self::PercentAsCount => {
                "look in the source whether these are percentages; if so, give the counts"
            }
            Self::EventsAboveN | Self::ImpossibleCount => "compare count and n with the source",
            Self::ImpossibleMean => "compare mean, n and the limits of the scale with the source",
            Self::ImpossibleSd => "compare mean, SD and n with the source; is it an SD?",
            Self::PercentMatchesNoCount => {
                "compare percentage, count and n with the source: n may be another"
            }
            Self::PDisagrees => {
                "compare effect, interval, SE and P with the source; is the interval at 95%, the SE an SE, the test another?"
            }
            Self::EffectOutsideCi | Self::CiAsymmetric => {
                "compare effect and limits with the source; are they on the same scale?"
            }
            Self::EffectDisagrees => {
                "compare the effect and both arms with the source; is it an adjusted effect, or the other way round?"
            }
            Self::DirectionDisagrees => {
                "look in the source which arm did better, and which end of the scale is good"
            }
            Self::UnequalGroups => {
                "compare both numbers of people with the source; if they are right, say why in `note`"
            }
            Self::NAboveRandomised | Self::NChanges => {
                "look in the source how many were randomised and analysed; say why in `note`"
            }
            Self::SameNumbers => "compare both rows with their sources; one may be a copy",
            Self::SameTrial => {
                "look whether both are reports of one trial; if so, make one study of them"
            }
            Self::BaselineImbalance => {
                "compare the baseline table with the source, and how people were allocated"
            }
            Self::Unreadable => "correct the row",
        }
    }
}
