//! Which characters a text file's bytes stand for, decided once per file.
//!
//! Owns the decision and the decoding stream. Must not split fields: 116 common characters of GB18030 hold
//! the byte of `|`, so a field is only ever cut in decoded text.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;

use super::format::is_gzip;
use super::limits::{Limits, excess_of};
use crate::messages::{self, Error};

/// Stands in decoded text where bytes could not be decoded. It is a Unicode noncharacter, so no real text has
/// it; the row that contains it is rejected.
pub(crate) const UNDECODABLE: char = '\u{fdd0}';

const SNIFF_BYTES: usize = 64 * 1024;

/// What audit.toml says of an input's encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncodingChoice {
    /// BOM; else strict UTF-8 over the first 64 KiB that hold non-ASCII; else GB18030.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// GB18030, which contains GBK and GB 2312.
    Gb18030,
}

/// Opens a text file, through gzip if it is packed.
pub(super) fn open_bytes(path: &Path, limits: &Limits) -> io::Result<Box<dyn Read + Send>> {
    Ok(plain_bytes(path, File::open(path)?, limits))
}

/// The bytes of a text file, through gzip if it is packed, counted as they are unpacked.
pub(super) fn plain_bytes(
    path: &Path,
    file: impl Read + Send + 'static,
    limits: &Limits,
) -> Box<dyn Read + Send> {
    if is_gzip(path) {
        let size = std::fs::metadata(path).map_or(0, |data| data.len());
        Box::new(limits.count_text(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)), size))
    } else {
        Box::new(file)
    }
}

/// A stream that broke off: a damaged archive, or a file that cannot be read.
pub(super) fn unreadable(shown: &str, why: &io::Error) -> Error {
    if let Some(excess) = excess_of(why) {
        return messages::too_large(shown, excess);
    }
    match why.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            messages::corrupt_file(shown, &why.to_string())
        }
        _ => messages::cannot_read(shown, why),
    }
}

/// Decides a file's encoding by the rule of [`EncodingChoice::Auto`], unless audit.toml decided it.
pub(super) fn decide(
    path: &Path,
    shown: &str,
    choice: EncodingChoice,
    limits: &Limits,
) -> Result<&'static Encoding, Error> {
    let mut bytes = open_bytes(path, limits).map_err(|why| unreadable(shown, &why))?;
    let mut block = Vec::with_capacity(SNIFF_BYTES);
    let mut is_first = true;
    loop {
        block.clear();
        let read = bytes.by_ref().take(SNIFF_BYTES as u64).read_to_end(&mut block);
        read.map_err(|why| unreadable(shown, &why))?;
        if is_first {
            if block.is_empty() {
                return Err(messages::empty_file(shown));
            }
            if let Some((encoding, _)) = Encoding::for_bom(&block) {
                return Ok(encoding);
            }
            if block.contains(&0) {
                return Err(messages::not_a_text_file(shown));
            }
            is_first = false;
        }
        match choice {
            EncodingChoice::Utf8 => return Ok(UTF_8),
            EncodingChoice::Gb18030 => return Ok(GB18030),
            EncodingChoice::Auto if block.is_empty() => return Ok(UTF_8),
            EncodingChoice::Auto => {}
        }
        if let Some(first) = block.iter().position(|byte| !byte.is_ascii()) {
            let missing = block.len() - first;
            let rest =
                bytes.by_ref().take((SNIFF_BYTES.saturating_sub(missing)) as u64).read_to_end(&mut block);
            rest.map_err(|why| unreadable(shown, &why))?;
            return Ok(if is_utf8_so_far(&block[first..]) { UTF_8 } else { GB18030 });
        }
    }
}

/// Whether bytes are UTF-8, the last character perhaps cut off.
fn is_utf8_so_far(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// Why a file's encoding may be another than that by which it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EncodingDoubt {
    /// Whether it is read as UTF-8, and may be GB18030; else the other way round.
    pub(crate) is_read_as_utf8: bool,
    /// How many places are no UTF-8, in the part that was looked at.
    pub(crate) bad: u64,
    /// The row and the byte, from 1, of the first of them.
    pub(crate) first: (u32, u64),
}

/// What the bytes with which a text begins are as UTF-8.
struct Utf8Share {
    /// How many characters beyond ASCII they hold.
    good: u64,
    /// How many places are no UTF-8.
    bad: u64,
    /// The row and the byte, from 1, of the first of them.
    first: (u32, u64),
}

impl Utf8Share {
    fn of(bytes: &[u8]) -> Utf8Share {
        let mut share = Utf8Share { good: 0, bad: 0, first: (0, 0) };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            share.good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            at += chunk.valid().len();
            let (bad, is_last) = (chunk.invalid(), at + chunk.invalid().len() == bytes.len());
            // A character that is cut off at the end is none of them.
            let is_cut_off = is_last && is_utf8_so_far(bad);
            if !bad.is_empty() && !is_cut_off {
                if share.bad == 0 {
                    let rows = bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
                    share.first = (u32::try_from(rows + 1).unwrap_or(u32::MAX), at as u64 + 1);
                }
                share.bad += 1;
            }
            at += bad.len();
        }
        share
    }

    /// Whether nobody would take it for anything but UTF-8 with a few damaged places.
    fn is_mostly_good(&self) -> bool {
        self.good >= 4 && self.good >= 9 * self.bad
    }
}

/// What speaks against the encoding by which a text is read. `would_fit` says whether the text that the other
/// encoding makes of the same bytes has the heading that this one lacks.
pub(super) fn doubt(
    path: &Path,
    encoding: &'static Encoding,
    limits: &Limits,
    would_fit: impl Fn(&str) -> bool,
) -> Option<EncodingDoubt> {
    let mut bytes = Vec::new();
    open_bytes(path, limits).ok()?.take(4 * SNIFF_BYTES as u64).read_to_end(&mut bytes).ok()?;
    if Encoding::for_bom(&bytes).is_some() {
        return None;
    }
    let share = Utf8Share::of(&bytes);
    let doubt = EncodingDoubt { is_read_as_utf8: encoding == UTF_8, bad: share.bad, first: share.first };
    if encoding == GB18030 {
        return share.is_mostly_good().then_some(doubt);
    }
    let is_doubtful = || {
        let text = DecodedText::decode_block(bytes.clone(), GB18030, true);
        let bad = text.matches(UNDECODABLE).count() as u64;
        let good = text.chars().filter(|c| !c.is_ascii()).count() as u64;
        (share.bad > 0 && good >= 9 * bad && !share.is_mostly_good()) || would_fit(&text)
    };
    (encoding == UTF_8 && is_doubtful()).then_some(doubt)
}

/// A text file as a stream of UTF-8, with [`UNDECODABLE`] for what could not be decoded.
pub(crate) struct DecodedText {
    bytes: Box<dyn Read + Send>,
    decoder: Decoder,
    input: Vec<u8>,
    input_at: usize,
    at_end: bool,
    /// The decoder has seen the end and must not be asked again.
    finished: bool,
    output: String,
    output_at: usize,
}

impl DecodedText {
    /// A stream of decoded text.
    pub(crate) fn new(bytes: Box<dyn Read + Send>, encoding: &'static Encoding) -> DecodedText {
        debug_assert!([UTF_8, GB18030, UTF_16LE, UTF_16BE].contains(&encoding));
        DecodedText {
            bytes,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: Vec::new(),
            input_at: 0,
            at_end: false,
            finished: false,
            output: String::with_capacity(SNIFF_BYTES * 2),
            output_at: 0,
        }
    }

    /// Decodes bytes that hold whole characters; a byte order mark is removed only where the file begins.
    pub(super) fn decode_block(bytes: Vec<u8>, encoding: &'static Encoding, is_first: bool) -> String {
        let has_mark = is_first && bytes.starts_with("\u{feff}".as_bytes());
        if encoding == UTF_8
            && !has_mark
            && let Ok(text) = simdutf8::basic::from_utf8(&bytes)
        {
            return text.to_owned();
        }
        let mut decoder = if is_first {
            encoding.new_decoder_with_bom_removal()
        } else {
            encoding.new_decoder_without_bom_handling()
        };
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
        let mut rest = bytes.as_slice();
        loop {
            let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
            rest = &rest[read..];
            match result {
                DecoderResult::Malformed(..) => text.push(UNDECODABLE),
                DecoderResult::OutputFull => text.reserve(rest.len() * 2 + 16),
                DecoderResult::InputEmpty => return text,
            }
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.output.clear();
        self.output_at = 0;
        while self.output.is_empty() && !self.finished {
            if self.input_at >= self.input.len() && !self.at_end {
                self.input.clear();
                self.input_at = 0;
                let read = self.bytes.by_ref().take(SNIFF_BYTES as u64).read_to_end(&mut self.input)?;
                self.at_end = read < SNIFF_BYTES;
            }
            let (result, read) = self.decoder.decode_to_string_without_replacement(
                &self.input[self.input_at..],
                &mut self.output,
                self.at_end,
            );
            self.input_at += read;
            match result {
                DecoderResult::Malformed(..) => self.output.push(UNDECODABLE),
                DecoderResult::InputEmpty if self.at_end => self.finished = true,
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }
}

impl Read for DecodedText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.output_at >= self.output.len() {
            self.refill()?;
        }
        let rest = &self.output.as_bytes()[self.output_at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.output_at += count;
        Ok(count)
    }
}

/// Encodes text as GB18030, which has a code for every character.
pub fn to_gb18030(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(bytes: &[u8], choice: EncodingChoice) -> Result<String, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, bytes).unwrap();
        let mut text = String::new();
        let limits = Limits::default();
        let encoding = decide(&path, "a.csv", choice, &limits)?;
        DecodedText::new(open_bytes(&path, &limits).unwrap(), encoding).read_to_string(&mut text).unwrap();
        let whole = DecodedText::decode_block(bytes.to_vec(), encoding, true);
        assert_eq!(text, whole, "a block is decoded as a stream is");
        Ok(text)
    }

    #[test]
    fn each_encoding_is_recognised() {
        let text = "姓名,养老金\n张三,𬭎㐂𠮷\n倈|億\n";
        let with_bom = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [text.as_bytes().to_vec(), with_bom, to_gb18030(text), utf16] {
            assert_eq!(decoded(&bytes, EncodingChoice::Auto).unwrap(), text);
        }
    }

    #[test]
    fn the_decision_waits_for_the_first_non_ascii_byte() {
        let mut text = "a,b\n".repeat(50_000);
        text.push_str("张三,李四\n");
        assert_eq!(decoded(text.as_bytes(), EncodingChoice::Auto).unwrap(), text);
        assert_eq!(decoded(&to_gb18030(&text), EncodingChoice::Auto).unwrap(), text);
    }

    #[test]
    fn a_doubt_names_the_first_bad_place() {
        let doubted = |bytes: &[u8], encoding, fits: bool| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.csv");
            std::fs::write(&path, bytes).unwrap();
            doubt(&path, encoding, &Limits::default(), |_| fits)
        };
        let text = format!("身份证号,姓名\n1,赵国栋\n{}", "2,李秀英\n".repeat(9));
        let mut damaged = text.as_bytes().to_vec();
        let at = text.find('栋').unwrap();
        damaged[at] = 0xff;
        let found = doubted(&damaged, GB18030, false).unwrap();
        // The character that lost its first byte is three bad places.
        assert_eq!((found.is_read_as_utf8, found.bad, found.first), (false, 3, (2, at as u64 + 1)));
        assert_eq!(doubted(text.as_bytes(), GB18030, false).map(|found| found.bad), Some(0));
        assert_eq!(doubted(&to_gb18030(&text), GB18030, false), None);
        assert_eq!(doubted(text.as_bytes(), UTF_8, false), None);
        let found = doubted(&to_gb18030(&text), UTF_8, false).unwrap();
        assert_eq!((found.is_read_as_utf8, found.first), (true, (1, 1)));
        // 联通 in GB 2312 is UTF-8 as well.
        assert!(doubted(&to_gb18030("联通,1\n"), UTF_8, true).is_some());
        assert_eq!(doubted(&damaged[..at - 1], UTF_8, false), None, "a character that is cut off is not bad");
        assert_eq!(doubted(b"a,b\n", GB18030, true), None);
    }

    #[test]
    fn a_bad_sequence_is_marked_and_does_not_change_the_encoding() {
        let mut bytes = to_gb18030("张三\n");
        bytes.extend(b"\xff\n");
        bytes.extend(to_gb18030("李四\n"));
        assert_eq!(decoded(&bytes, EncodingChoice::Gb18030).unwrap(), "张三\n\u{fdd0}\n李四\n");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decoded(b"", EncodingChoice::Auto).unwrap_err().code, "E102");
        assert_eq!(decoded(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", EncodingChoice::Auto).unwrap_err().code, "E103");
    }

    proptest! {
        #[test]
        fn any_text_survives_gb18030(text in "[^\u{fdd0}\u{0}\u{feff}]*") {
            // Two private-use code points share a code with a standard one since 2022 and are left out.
            prop_assume!(!text.is_empty() && !text.chars().any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c)));
            let choice = EncodingChoice::Gb18030;
            prop_assume!(Encoding::for_bom(&to_gb18030(&text)).is_none());
            prop_assert_eq!(decoded(&to_gb18030(&text), choice).unwrap(), text);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for choice in [EncodingChoice::Auto, EncodingChoice::Utf8, EncodingChoice::Gb18030] {
                let _ = decoded(&bytes, choice);
            }
        }
    }
}
