//! Decimal digits to integers, eight at a time: ID and account numbers are most of what a roster holds.
//!
//! Owns nothing but the arithmetic. Must not know what a number means.

/// The number that up to 18 ASCII digits write; `None` where there is no digit, too many, or anything else.
pub(crate) fn parse_digits(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let (eights, rest) = digits.as_chunks::<8>();
    let mut number = 0;
    for &eight in eights {
        number = number * 100_000_000 + number_of_eight(u64::from_le_bytes(eight))?;
    }
    for &byte in rest {
        number = number * 10 + u64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(number)
}

/// The number of eight digits whose first stands in the lowest byte.
fn number_of_eight(bytes: u64) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const HIGH_HALVES: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    // Six more than '9' has another high half, as has everything before '0'.
    let is_digits =
        bytes & HIGH_HALVES == ZEROS && bytes.wrapping_add(0x0606_0606_0606_0606) & HIGH_HALVES == ZEROS;
    if !is_digits {
        return None;
    }
    let ones = bytes - ZEROS;
    // Neighbours become pairs, pairs fours, and the two fours one number.
    let pairs = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "1234567890123456789", "12345678x", "1234567:", "/2345678", "一二", "-1", "+1", " 1"]
        {
            assert_eq!(parse_digits(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_the_number_that_they_write(text in "[0-9]{1,18}") {
            prop_assert_eq!(parse_digits(text.as_bytes()), text.parse().ok());
        }

        #[test]
        fn any_other_byte_is_noticed(text in "[0-9]{18}", length in 1usize..=18, at in 0usize..18, byte: u8) {
            let mut bytes = text.into_bytes();
            bytes.truncate(length);
            bytes[at % length] = byte;
            prop_assert_eq!(parse_digits(&bytes).is_some(), byte.is_ascii_digit());
        }
    }
}
