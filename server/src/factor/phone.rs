//! Phone numbers: which are numbers at all, and how they are shown.

/// A number in E.164 form: a plus, no leading zero, 8 to 15 digits in all (MFA-ASC-07, MFA-ASC-16).
pub(crate) fn is_valid(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    (8..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

/// All but the last four digits, in the recorded form: `XXXXXXXXX9167` (MFA-AUT-05).
pub(crate) fn masked(number: &str) -> String {
    let hidden = number.chars().count().saturating_sub(4);
    number.chars().enumerate().map(|(at, c)| if at < hidden { 'X' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_number() {
        for right in ["+15550100", "+919876549167", "+123456789012345"] {
            assert!(is_valid(right), "{right}");
        }
        for wrong in
            ["15550100", "+1555010", "+05550100", "+1 5550100", "+1234567890123456", "+1555010a", "+", ""]
        {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_recorded_mask() {
        assert_eq!(masked("+919876549167"), "XXXXXXXXX9167");
        assert_eq!(masked("+12345678730"), "XXXXXXXX8730");
    }
}
