//! The records of old workbooks, and the texts in them: a text may go on in the records behind its own, and
//! is written in the code page of the machine that wrote it or, in newer files, in UTF-16.
//!
//! Owns the cutting of a stream into records and the decoding of texts. A record that is shorter than it
//! must be is damage, never a panic.

use encoding_rs::{Encoding, UTF_16LE};

use super::problem::Problem;
use crate::ingest::encoding::DecodedText;

/// The records that are read, by their numbers in the format's specification.
pub(super) mod record {
    pub(in super::super) const FORMULA: u16 = 0x0006;
    pub(in super::super) const END: u16 = 0x000a;
    /// A book to whose sheets formulas refer, until 1995.
    pub(in super::super) const OTHER_SHEET: u16 = 0x0017;
    pub(in super::super) const FIRST_DAY: u16 = 0x0022;
    pub(in super::super) const PASSWORD: u16 = 0x002f;
    pub(in super::super) const CONTINUE: u16 = 0x003c;
    pub(in super::super) const CODE_PAGE: u16 = 0x0042;
    pub(in super::super) const SHEET: u16 = 0x0085;
    pub(in super::super) const PACKED_NUMBERS: u16 = 0x00bd;
    pub(in super::super) const RICH_TEXT: u16 = 0x00d6;
    pub(in super::super) const STYLE: u16 = 0x00e0;
    pub(in super::super) const MERGES: u16 = 0x00e5;
    pub(in super::super) const SHARED_TEXTS: u16 = 0x00fc;
    pub(in super::super) const SHARED_TEXT: u16 = 0x00fd;
    /// A book to whose sheets formulas refer, since 1997.
    pub(in super::super) const OTHER_BOOK: u16 = 0x01ae;
    pub(in super::super) const NUMBER: u16 = 0x0203;
    pub(in super::super) const TEXT: u16 = 0x0204;
    pub(in super::super) const BOOLEAN_OR_ERROR: u16 = 0x0205;
    pub(in super::super) const FORMULA_TEXT: u16 = 0x0207;
    pub(in super::super) const PACKED_NUMBER: u16 = 0x027e;
    pub(in super::super) const FORMAT: u16 = 0x041e;
    pub(in super::super) const BEGIN: u16 = 0x0809;
}

pub(super) fn too_short() -> Problem {
    Problem::damaged("record")
}

fn bytes<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N], Problem> {
    data.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or_else(too_short)
}

pub(super) fn byte(data: &[u8], at: usize) -> Result<u8, Problem> {
    bytes::<1>(data, at).map(|byte| byte[0])
}

pub(super) fn short(data: &[u8], at: usize) -> Result<u16, Problem> {
    bytes(data, at).map(u16::from_le_bytes)
}

pub(super) fn long(data: &[u8], at: usize) -> Result<u32, Problem> {
    bytes(data, at).map(u32::from_le_bytes)
}

pub(super) fn number(data: &[u8], at: usize) -> Result<f64, Problem> {
    bytes(data, at).map(f64::from_le_bytes)
}

/// A record of a stream, and where its data begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) at: usize,
    pub(super) data: &'a [u8],
}

/// The record at a place of a stream; `None` where the stream ends.
pub(super) fn record_at(stream: &[u8], at: usize) -> Result<Option<Record<'_>>, Problem> {
    if at >= stream.len() {
        return Ok(None);
    }
    let (kind, length) = (short(stream, at)?, usize::from(short(stream, at + 2)?));
    let data = stream.get(at + 4..at + 4 + length).ok_or_else(too_short)?;
    Ok(Some(Record { kind, at: at + 4, data }))
}

/// The records of a stream from a place on. After an error comes nothing.
pub(super) fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Result<Record<'_>, Problem>> {
    let mut next = from;
    std::iter::from_fn(move || {
        let record = record_at(stream, next).transpose()?;
        next = match &record {
            Ok(record) => record.at + record.data.len(),
            Err(_) => stream.len(),
        };
        Some(record)
    })
}

/// How texts are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    /// Whether texts are UTF-16 or its lower halves, as since 1997.
    pub(super) is_unicode: bool,
    /// The encoding of texts that are not.
    pub(super) code_page: &'static Encoding,
}

/// The data of a record and of those that continue it.
pub(super) struct Texts<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl<'a> Texts<'a> {
    /// The data of the record whose data begin at `at`, from `skipped` bytes on.
    pub(super) fn new(stream: &'a [u8], record: Record<'a>, skipped: usize) -> Result<Texts<'a>, Problem> {
        let mut parts = vec![record.data.get(skipped..).ok_or_else(too_short)?];
        for next in records(stream, record.at + record.data.len()) {
            match next {
                Ok(next) if next.kind == record::CONTINUE => parts.push(next.data),
                // What is wrong behind is told where it is read.
                _ => break,
            }
        }
        Ok(Texts { parts, part: 0, at: 0 })
    }

    fn rest(&self) -> &'a [u8] {
        self.parts.get(self.part).map_or(&[], |part| &part[self.at..])
    }

    /// Goes on in the next record where this one is at its end.
    fn advance(&mut self) -> bool {
        while self.rest().is_empty() && self.part < self.parts.len() {
            (self.part, self.at) = (self.part + 1, 0);
        }
        self.part < self.parts.len()
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        !self.advance()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        self.advance();
        let taken = bytes(self.rest(), 0)?;
        self.at += N;
        Ok(taken)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Problem> {
        while count > 0 {
            if !self.advance() {
                return Err(too_short());
            }
            let step = count.min(self.rest().len());
            (self.at, count) = (self.at + step, count - step);
        }
        Ok(())
    }

    /// A text whose length takes two bytes.
    pub(super) fn text(&mut self, script: Script) -> Result<String, Problem> {
        let length = usize::from(u16::from_le_bytes(self.take()?));
        if script.is_unicode { self.unicode(length) } else { self.plain(length, script.code_page) }
    }

    /// A text whose length takes one byte.
    pub(super) fn short_text(&mut self, script: Script) -> Result<String, Problem> {
        let length = usize::from(self.take::<1>()?[0]);
        if script.is_unicode { self.unicode(length) } else { self.plain(length, script.code_page) }
    }

    fn plain(&mut self, length: usize, code_page: &'static Encoding) -> Result<String, Problem> {
        let mut written = Vec::new();
        while written.len() < length {
            if !self.advance() {
                return Err(too_short());
            }
            let step = (length - written.len()).min(self.rest().len());
            written.extend_from_slice(&self.rest()[..step]);
            self.at += step;
        }
        Ok(DecodedText::decode_block(written, code_page, false))
    }

    /// Characters with a flag before them, which stands again where they go on in another record; behind them
    /// what says of their looks, which is left out.
    fn unicode(&mut self, length: usize) -> Result<String, Problem> {
        if length == 0 && self.is_at_end() {
            return Ok(String::new());
        }
        let [flags] = self.take()?;
        let runs = if flags & 8 != 0 { usize::from(u16::from_le_bytes(self.take()?)) } else { 0 };
        let extension = if flags & 4 != 0 { u32::from_le_bytes(self.take()?) as usize } else { 0 };
        let mut is_wide = flags & 1 != 0;
        let mut units = Vec::new();
        while units.len() < 2 * length {
            if self.rest().is_empty() {
                if !self.advance() {
                    return Err(too_short());
                }
                is_wide = self.take::<1>()?[0] & 1 != 0;
                continue;
            }
            let wanted = length - units.len() / 2;
            if is_wide {
                let step = wanted.min(self.rest().len() / 2);
                if step == 0 {
                    return Err(too_short());
                }
                units.extend_from_slice(&self.rest()[..2 * step]);
                self.at += 2 * step;
            } else {
                let step = wanted.min(self.rest().len());
                units.extend(self.rest()[..step].iter().flat_map(|&low| [low, 0]));
                self.at += step;
            }
        }
        self.skip(4 * runs)?;
        self.skip(extension)?;
        Ok(DecodedText::decode_block(units, UTF_16LE, false))
    }
}

/// The encoding of a code page; `None` for one that nobody here can read.
pub(super) fn encoding_of(code_page: u16) -> Option<&'static Encoding> {
    let name = match code_page {
        // 1200 says that texts are UTF-16, which has no need of a code page.
        936 | 54936 | 1200 => "gb18030",
        950 => "big5",
        932 => "shift_jis",
        949 => "euc-kr",
        874 => "windows-874",
        866 => "ibm866",
        65001 => "utf-8",
        367 | 20127 | 1252 | 0x8001 => "windows-1252",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        _ => return None,
    };
    Encoding::for_label(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;
    use proptest::prelude::*;

    use super::*;

    fn stream(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let record = |(kind, data): &(u16, Vec<u8>)| {
            [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
        };
        records.iter().flat_map(record).collect()
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    const UNICODE: Script = Script { is_unicode: true, code_page: GB18030 };

    fn texts(records: &[(u16, Vec<u8>)]) -> Result<Vec<String>, Problem> {
        let stream = stream(records);
        let first = record_at(&stream, 0)?.unwrap();
        let mut texts = Texts::new(&stream, first, 0)?;
        let mut found = Vec::new();
        while !texts.is_at_end() {
            found.push(texts.text(UNICODE)?);
        }
        Ok(found)
    }

    #[test]
    fn a_text_goes_on_in_the_next_record() {
        let first = [&[4, 0, 1][..], &wide("张三")].concat();
        let (second_wide, second_low) = ([&[1][..], &wide("李四")].concat(), b"\0ab".to_vec());
        let more = [&[2, 0, 0][..], b"yz"].concat();
        let found = texts(&[(record::SHARED_TEXTS, first.clone()), (record::CONTINUE, second_wide)]).unwrap();
        assert_eq!(found, ["张三李四"]);
        let found = texts(&[(record::SHARED_TEXTS, first), (record::CONTINUE, [second_low, more].concat())]);
        assert_eq!(found.unwrap(), ["张三ab", "yz"]);
    }

    #[test]
    fn what_says_of_looks_is_left_out() {
        let rich = [&[2, 0, 8 | 4 | 1, 1, 0, 3, 0, 0, 0][..], &wide("张三"), &[9; 4], &[8; 3]].concat();
        let next = [&[1, 0, 0][..], b"x"].concat();
        let found = texts(&[(record::SHARED_TEXTS, [rich, next].concat())]).unwrap();
        assert_eq!(found, ["张三", "x"]);
    }

    proptest! {
        #[test]
        fn any_texts_survive_any_cut(
            words in proptest::collection::vec("[a-z张三𬭎𠮷]{0,9}", 1..6),
            cut in 0usize..200,
        ) {
            // Cut inside the characters of a text, the flag stands again; cut between texts, it does not.
            let mut parts = vec![Vec::new()];
            for (number, word) in words.iter().enumerate() {
                let units: Vec<u16> = word.encode_utf16().collect();
                let head = [&(units.len() as u16).to_le_bytes()[..], &[1]].concat();
                if number * 37 % 5 == cut % 5 && number > 0 {
                    parts.push(Vec::new());
                }
                let inner = cut % (units.len() + 1);
                let part = parts.last_mut().unwrap();
                part.extend(head);
                part.extend(units[..inner].iter().flat_map(|unit| unit.to_le_bytes()));
                if inner < units.len() {
                    let rest = units[inner..].iter().flat_map(|unit| unit.to_le_bytes());
                    parts.push(std::iter::once(1).chain(rest).collect());
                }
            }
            let kind = |at| if at == 0 { record::SHARED_TEXTS } else { record::CONTINUE };
            let records: Vec<(u16, Vec<u8>)> =
                parts.into_iter().enumerate().map(|(at, part)| (kind(at), part)).collect();
            prop_assert_eq!(texts(&records).unwrap(), words);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for record in records(&bytes, 0) {
                let Ok(record) = record else { break };
                if let Ok(mut texts) = Texts::new(&bytes, record, 0) {
                    while !texts.is_at_end() && texts.text(UNICODE).is_ok() {}
                }
            }
            let _ = texts(&[(record::SHARED_TEXTS, bytes.clone()), (record::CONTINUE, bytes)]);
        }
    }
}
