//! Times of RFC 3339 as Go's `time.Parse` reads them.

/// `metav1.Time`: RFC 3339.
pub fn is_time(text: &str) -> bool {
    parse(text).is_some()
}

/// `metav1.MicroTime`: RFC 3339 with six digits after the point.
pub fn is_micro_time(text: &str) -> bool {
    parse(text).is_some_and(|digits| digits == 6)
}

/// How many digits the fraction has.
fn parse(text: &str) -> Option<usize> {
    let b = text.as_bytes();
    let two = |at: usize| -> Option<u32> {
        let pair = b.get(at..at + 2)?;
        if pair.iter().all(u8::is_ascii_digit) { std::str::from_utf8(pair).ok()?.parse().ok() } else { None }
    };
    let sign = |at: usize, c: u8| b.get(at).filter(|x| **x == c);
    let year = two(0)? * 100 + two(2)?;
    sign(4, b'-')?;
    let month = two(5)?;
    sign(7, b'-')?;
    let day = two(8)?;
    sign(10, b'T')?;
    let hour = two(11)?;
    sign(13, b':')?;
    let minute = two(14)?;
    sign(16, b':')?;
    let second = two(17)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > days || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut at = 19;
    let mut digits = 0;
    if matches!(b.get(at), Some(b'.' | b',')) {
        digits = b.get(at + 1..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        at += 1 + digits;
    }
    match b.get(at)? {
        b'Z' if b.len() == at + 1 => Some(digits),
        b'+' | b'-' if b.len() == at + 6 => {
            sign(at + 3, b':')?;
            (two(at + 1)? <= 24 && two(at + 4)? <= 60).then_some(digits)
        }
        _ => None,
    }
}
