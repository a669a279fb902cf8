//! Why a workbook cannot be read on.
//!
//! Owns the translation of what the libraries say. Must not print a sentence: those stand in `messages`.

use std::io;

use crate::ingest::limits::excess_of;
use crate::messages::{self, Error, Excess};

/// Why the reading of a workbook ended.
#[derive(Debug)]
pub(super) enum Problem {
    /// Whoever takes the cells has enough of them.
    Enough,
    /// The file contradicts itself or ends too early.
    Damaged(String),
    /// A password is needed.
    Encrypted,
    /// It is larger than it may be.
    TooLarge(Excess),
    /// The system cannot read the file.
    System(io::Error),
    /// Something that has been put into words.
    Told(Error),
}

impl Problem {
    pub(super) fn damaged(why: impl ToString) -> Problem {
        Problem::Damaged(why.to_string())
    }

    /// The refusal of the file.
    pub(super) fn told(self, shown: &str) -> Error {
        match self {
            Problem::Enough => messages::corrupt_file(shown, "…"),
            Problem::Damaged(why) => messages::corrupt_file(shown, &why),
            Problem::Encrypted => messages::encrypted_file(shown),
            Problem::TooLarge(excess) => messages::too_large(shown, excess),
            Problem::System(why) => messages::cannot_read(shown, &why),
            Problem::Told(error) => error,
        }
    }
}

impl From<io::Error> for Problem {
    fn from(why: io::Error) -> Problem {
        match (excess_of(&why), why.kind()) {
            (Some(excess), _) => Problem::TooLarge(excess),
            (
                None,
                io::ErrorKind::InvalidInput
                | io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::NotFound
                | io::ErrorKind::Other,
            ) => Problem::damaged(why),
            (None, _) => Problem::System(why),
        }
    }
}

impl From<quick_xml::Error> for Problem {
    fn from(why: quick_xml::Error) -> Problem {
        match &why {
            quick_xml::Error::Io(inner) => match excess_of(inner) {
                Some(excess) => Problem::TooLarge(excess),
                None => Problem::damaged(inner),
            },
            _ => Problem::damaged(why),
        }
    }
}

impl From<quick_xml::events::attributes::AttrError> for Problem {
    fn from(why: quick_xml::events::attributes::AttrError) -> Problem {
        Problem::damaged(why)
    }
}

impl From<zip::result::ZipError> for Problem {
    fn from(why: zip::result::ZipError) -> Problem {
        use zip::result::ZipError;
        match why {
            ZipError::Io(inner) => inner.into(),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Problem::Encrypted,
            why => Problem::damaged(why),
        }
    }
}

impl From<calamine::XlsxError> for Problem {
    fn from(why: calamine::XlsxError) -> Problem {
        use calamine::XlsxError;
        match why {
            XlsxError::Io(inner) => inner.into(),
            XlsxError::Zip(inner) => inner.into(),
            XlsxError::Xml(inner) => inner.into(),
            XlsxError::Password => Problem::Encrypted,
            why => Problem::damaged(why),
        }
    }
}
