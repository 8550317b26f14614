//! Several people, one thing to decide: what counts when they agree, when they do not, and when they talked.

use crate::event::Attributed;
use crate::vocabulary::records::CONSENSUS;

/// What became of the entries of several people about one thing.
#[derive(Debug, PartialEq)]
pub(crate) enum Agreement<'a, T> {
    /// Nobody said anything.
    Nobody,
    /// The entry that counts: the consensus, or the first of those that agree.
    On(&'a Attributed<T>),
    /// They disagree, and there is no consensus.
    None,
}

/// Settles entries about one thing; `agree` says whether two of them say the same.
pub(crate) fn agreement<'a, T>(
    entries: &[&'a Attributed<T>],
    agree: impl Fn(&T, &T) -> bool,
) -> Agreement<'a, T> {
    let consensus = entries.iter().find(|it| it.who.0.as_deref() == Some(CONSENSUS));
    if let Some(consensus) = consensus {
        return Agreement::On(consensus);
    }
    match entries.split_first() {
        None => Agreement::Nobody,
        Some((first, others)) if others.iter().all(|it| agree(&first.value, &it.value)) => {
            Agreement::On(first)
        }
        Some(_) => Agreement::None,
    }
}
