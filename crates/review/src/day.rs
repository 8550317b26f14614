//! Days, in the one form in which texts sort as time passes.

use jiff::civil::Date;

/// Whether a text is a day of the calendar as `2026-05-31`. Other forms of ISO 8601, such as `20260531`, are not:
/// [`Log::as_of`](crate::Log::as_of) compares days as texts.
///
/// ```
/// use consilience_review::is_day;
///
/// assert!(is_day("2026-05-31"));
/// assert!(!is_day("2026-05-32") && !is_day("20260531") && !is_day("31.5.2026"));
/// ```
pub fn is_day(text: &str) -> bool {
    text.parse::<Date>().is_ok_and(|day| day.to_string() == text)
}
