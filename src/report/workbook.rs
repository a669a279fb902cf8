//! The workbook.
use std::path::Path;

use super::{Content, Report};
use crate::messages::Error;

/// Writes the workbook.
pub(super) struct Workbook;

impl Report for Workbook {
    fn write(&self, _content: &Content<'_>, _folder: &Path) -> Result<(), Error> {
        Ok(())
    }
}
