//! Closed vocabularies: an enum whose every value has one name, used in files and on screens alike.

/// What the cells of a file need to know about a closed vocabulary.
pub trait Keyword: Copy + 'static {
    /// Every value, in the order in which a message lists them.
    fn all() -> &'static [Self];
    /// The one name of a value.
    fn name(self) -> &'static str;

    /// The value of a name, upper and lower case alike.
    fn from_name(name: &str) -> Option<Self> {
        Self::all().iter().copied().find(|it| it.name().eq_ignore_ascii_case(name))
    }

    /// All names, as a message lists them.
    fn names() -> String {
        let names: Vec<String> = Self::all().iter().map(|it| format!("`{}`", it.name())).collect();
        names.join(", ")
    }
}

/// Declares an enum and its names; public unless another visibility is given with `enum`.
macro_rules! keyword {
    ($(#[$doc:meta])* $name:ident { $($variants:tt)+ }) => {
        $crate::keyword::keyword! { $(#[$doc])* pub enum $name { $($variants)+ } }
    };
    (
        $(#[$doc:meta])*
        $vis:vis enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vdoc])* $variant),+ }

        impl $crate::keyword::Keyword for $name {
            fn all() -> &'static [Self] {
                &[$(Self::$variant),+]
            }
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}
pub(crate) use keyword;

/// Lets a vocabulary of another crate, which has `ALL` and `name()`, stand in a cell.
macro_rules! foreign_keyword {
    ($($name:path),+ $(,)?) => {
        $(impl $crate::keyword::Keyword for $name {
            fn all() -> &'static [Self] { Self::ALL }
            fn name(self) -> &'static str { <$name>::name(self) }
        })+
    };
}
pub(crate) use foreign_keyword;
