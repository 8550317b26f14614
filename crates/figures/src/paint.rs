//! What colour things are: every painted thing carries a light-theme attribute and a class for the dark theme.

/// How dense something is, from few to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shade {
    Faintest,
    Faint,
    Medium,
    Strong,
    Strongest,
}

impl Shade {
    pub(crate) const ALL: [Self; 5] =
        [Self::Faintest, Self::Faint, Self::Medium, Self::Strong, Self::Strongest];
}

/// Colour of an area or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    Paper,
    Panel,
    Ink,
    Muted,
    Square,
    Diamond,
    Subtotal,
    Prediction,
    Low,
    SomeConcerns,
    High,
    Critical,
    NoInformation,
    /// A light of a palette whose colours are the same on a dark page.
    Light(&'static str),
    /// A dark mark on a light's colour; the lights keep their colours in the dark, so it stays.
    Mark,
    /// A light mark on a dark light.
    MarkLight,
    Favourable,
    Unfavourable,
    Neutral,
    /// Regions of a contour-enhanced funnel: p below 0.01, 0.01 to 0.05, 0.05 to 0.1, above 0.1.
    ContourP01,
    ContourP05,
    ContourP10,
    ContourOpen,
    /// A study that stands out.
    Marked,
    /// How many there are of the many.
    Density(Shade),
    /// How many there are of those that are marked among them.
    MarkedDensity(Shade),
    /// A circle whose area says something; pale, so that what it covers of another shows.
    Bubble,
    /// A confidence band.
    Band,
    /// A band around a confidence band: of prediction, of simulated residuals.
    OuterBand,
    None,
}

impl Fill {
    /// Class and light-theme colour.
    pub(crate) fn class_and_colour(self) -> (&'static str, &'static str) {
        match self {
            Self::Paper => ("paper", "#ffffff"),
            Self::Panel => ("panel", "#eef1f5"),
            Self::Ink => ("ink", "#1a1a1a"),
            Self::Muted => ("muted", "#555d68"),
            Self::Square => ("square", "#3f74a8"),
            Self::Diamond => ("diamond", "#1a1a1a"),
            Self::Subtotal => ("subtotal", "#6a7583"),
            Self::Prediction => ("prediction", "#a8423a"),
            Self::Low => ("judgement-low", "#33b233"),
            Self::SomeConcerns => ("judgement-some", "#e9d822"),
            Self::High => ("judgement-high", "#d5322d"),
            Self::Critical => ("judgement-critical", "#820000"),
            Self::Light(colour) => ("", colour),
            Self::NoInformation => ("judgement-none", "#6db3f2"),
            Self::Mark => ("mark", "#111111"),
            Self::MarkLight => ("mark-light", "#ffffff"),
            Self::Favourable => ("favourable", "#1f7a4d"),
            Self::Unfavourable => ("unfavourable", "#b3402a"),
            Self::Neutral => ("neutral", "#6a7583"),
            Self::ContourP01 => ("contour-01", "#ffffff"),
            Self::ContourP05 => ("contour-05", "#dfe4ea"),
            Self::ContourP10 => ("contour-10", "#c5cdd6"),
            Self::ContourOpen => ("contour-open", "#f1f3f6"),
            Self::Marked => ("marked", "#b3402a"),
            Self::Density(shade) => match shade {
                Shade::Faintest => ("density-1", "#cfdeec"),
                Shade::Faint => ("density-2", "#a3c0dc"),
                Shade::Medium => ("density-3", "#6f9bc6"),
                Shade::Strong => ("density-4", "#3f74a8"),
                Shade::Strongest => ("density-5", "#1d4a78"),
            },
            Self::MarkedDensity(shade) => match shade {
                Shade::Faintest => ("marked-density-1", "#e3ab9c"),
                Shade::Faint => ("marked-density-2", "#d5836f"),
                Shade::Medium => ("marked-density-3", "#c25a44"),
                Shade::Strong => ("marked-density-4", "#a23824"),
                Shade::Strongest => ("marked-density-5", "#701d0e"),
            },
            Self::Bubble => ("bubble", "#a9c4de"),
            Self::Band => ("band", "#c3cfdc"),
            Self::OuterBand => ("outer-band", "#e6ebf1"),
            Self::None => ("", "none"),
        }
    }
}

/// Colour of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// Intervals and axes.
    Line,
    /// Boxes, header rules.
    Rule,
    /// Row rules, grids.
    Faint,
    /// The line at the pooled estimate.
    Pooled,
    /// A dark mark on a light's colour.
    MarkLine,
    /// One of many intervals or curves: of those that exclude no effect, and of all others.
    Telling,
    Untelling,
}

impl Stroke {
    /// Class and light-theme colour.
    pub(crate) fn class_and_colour(self) -> (&'static str, &'static str) {
        match self {
            Self::Line => ("line", "#1a1a1a"),
            Self::Rule => ("rule", "#7b8490"),
            Self::Faint => ("faint", "#d9dde2"),
            Self::Pooled => ("pooled", "#a8423a"),
            Self::MarkLine => ("mark-line", "#111111"),
            Self::Telling => ("telling", "#5f8fbd"),
            Self::Untelling => ("untelling", "#c4cad1"),
        }
    }
}

/// Rules that recolour inline figures for a dark page.
///
/// Put them inside a media query and the figures inside an element of class `figure`:
///
/// ```
/// let css = format!("@media (prefers-color-scheme: dark) {{ {} }}", consilience_figures::DARK_CSS);
/// assert!(css.contains(".figure .ink"));
/// ```
///
/// The lights of risk of bias keep their colours, which readers know, and their dark symbols.
pub const DARK_CSS: &str = "\
.figure .paper{fill:#15181d}
.figure .panel{fill:#252a32}
.figure .ink{fill:#e9ebee}
.figure .muted{fill:#a9b1bc}
.figure .square{fill:#6ba4dc}
.figure .diamond{fill:#e9ebee}
.figure .subtotal{fill:#97a2b0}
.figure .prediction{fill:#e58a80}
.figure .judgement-low{fill:#33b233}
.figure .judgement-some{fill:#e9d822}
.figure .judgement-high{fill:#e5524d}
.figure .judgement-critical{fill:#820000}
.figure .judgement-none{fill:#6db3f2}
.figure .mark{fill:#111111}
.figure .mark-light{fill:#ffffff}
.figure .favourable{fill:#58c48d}
.figure .unfavourable{fill:#ee8468}
.figure .neutral{fill:#97a2b0}
.figure .contour-01{fill:#15181d}
.figure .contour-05{fill:#2b313a}
.figure .contour-10{fill:#3c444f}
.figure .contour-open{fill:#1f242b}
.figure .marked{fill:#ee8468}
.figure .density-1{fill:#223243}
.figure .density-2{fill:#2f4c69}
.figure .density-3{fill:#426f9b}
.figure .density-4{fill:#6ba4dc}
.figure .density-5{fill:#b5d6f5}
.figure .marked-density-1{fill:#5a2e25}
.figure .marked-density-2{fill:#86402f}
.figure .marked-density-3{fill:#b9573f}
.figure .marked-density-4{fill:#ee8468}
.figure .marked-density-5{fill:#ffc2b2}
.figure .bubble{fill:#41658a}
.figure .band{fill:#3c4a5c}
.figure .outer-band{fill:#262d37}
.figure .line{stroke:#e9ebee}
.figure .rule{stroke:#8d96a3}
.figure .faint{stroke:#343a43}
.figure .pooled{stroke:#e58a80}
.figure .mark-line{stroke:#111111}
.figure .telling{stroke:#4f80b0}
.figure .untelling{stroke:#454d58}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dark_theme_has_a_rule_for_every_class() {
        use {Fill as F, Stroke as S};
        let fills = [
            F::Paper,
            F::Panel,
            F::Ink,
            F::Muted,
            F::Square,
            F::Diamond,
            F::Subtotal,
            F::Prediction,
            F::Low,
            F::SomeConcerns,
            F::High,
            F::Critical,
            F::MarkLight,
            F::NoInformation,
            F::Mark,
            F::Favourable,
            F::Unfavourable,
            F::Neutral,
            F::ContourP01,
            F::ContourP05,
            F::ContourP10,
            F::ContourOpen,
            F::Marked,
            F::Bubble,
            F::Band,
            F::OuterBand,
        ];
        let shades = Shade::ALL.into_iter().flat_map(|s| [F::Density(s), F::MarkedDensity(s)]);
        for fill in fills.into_iter().chain(shades) {
            let rule = format!(".figure .{}{{fill:", fill.class_and_colour().0);
            assert!(DARK_CSS.contains(&rule), "{rule}");
        }
        for stroke in [S::Line, S::Rule, S::Faint, S::Pooled, S::MarkLine, S::Telling, S::Untelling]
        {
            let rule = format!(".figure .{}{{stroke:", stroke.class_and_colour().0);
            assert!(DARK_CSS.contains(&rule), "{rule}");
        }
    }
}
