//! Writers of workbooks in every form that is read, each as small as a real program can open.
//!
//! They write what a sheet holds and nothing else: no fonts, no colours, no printer.

use std::io::{Cursor, Write};

use encoding_rs::GB18030;

/// A cell. Days are serial numbers from 1899-12-30.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Day(u32),
}

/// What a workbook holds.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
    /// First row, last row and column of cells that are merged, from 0.
    pub merges: Vec<(u32, u32, u32)>,
    pub is_1904: bool,
}

impl Sheet {
    fn cells(&self) -> impl Iterator<Item = (u32, u32, &Cell)> {
        let rows = (0u32..).zip(&self.rows);
        rows.flat_map(|(row, cells)| (0u32..).zip(cells).map(move |(column, cell)| (row, column, cell)))
            .filter(|(_, _, cell)| **cell != Cell::Empty)
    }

    /// The serial number of a day in this workbook.
    fn serial(&self, day: u32) -> u32 {
        if self.is_1904 { day - 1_462 } else { day }
    }
}

// ------------------------------------------------------------------------------------------------------ zipped

/// A zip file of parts.
pub fn zip(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // The first part of an OpenDocument file must not be compressed.
        let method = match *name {
            "mimetype" => zip::CompressionMethod::Stored,
            _ => zip::CompressionMethod::Deflated,
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn address(row: u32, column: u32) -> String {
    assert!(column < 26);
    format!("{}{}", char::from(b'A' + column as u8), row + 1)
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/><Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/><Override PartName="/xl/sharedStrings.bin" ContentType="application/vnd.ms-excel.sharedStrings"/></Types>"#;

fn relationships(targets: &[(&str, &str)]) -> Vec<u8> {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    );
    for (number, (kind, target)) in (1..).zip(targets) {
        xml.push_str(&format!(
            r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>"#
        ));
    }
    (xml + "</Relationships>").into_bytes()
}

/// The parts of an .xlsx file around the XML of its first sheet.
pub fn xlsx_parts(sheet: &Sheet, sheet_xml: &str) -> Vec<(&'static str, Vec<u8>)> {
    let workbook = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="{}"/><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        u8::from(sheet.is_1904),
        escaped(&sheet.name)
    );
    let styles = r#"<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"#;
    vec![
        ("[Content_Types].xml", CONTENT_TYPES.into()),
        ("_rels/.rels", relationships(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", workbook.into_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            relationships(&[("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]),
        ),
        ("xl/styles.xml", styles.into()),
        ("xl/worksheets/sheet1.xml", sheet_xml.to_string().into_bytes()),
    ]
}

/// The XML of a sheet whose cells are these.
pub fn sheet_xml(sheet: &Sheet) -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (row, cells) in (0u32..).zip(&sheet.rows) {
        xml.push_str(&format!("<row r=\"{}\">", row + 1));
        for (column, cell) in (0u32..).zip(cells) {
            let at = address(row, column);
            xml.push_str(&match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => {
                    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text))
                }
                Cell::Number(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
                Cell::Day(day) => format!("<c r=\"{at}\" s=\"1\"><v>{}</v></c>", sheet.serial(*day)),
            });
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData>");
    if !sheet.merges.is_empty() {
        xml.push_str(&format!("<mergeCells count=\"{}\">", sheet.merges.len()));
        for &(first, last, column) in &sheet.merges {
            xml.push_str(&format!(
                "<mergeCell ref=\"{}:{}\"/>",
                address(first, column),
                address(last, column)
            ));
        }
        xml.push_str("</mergeCells>");
    }
    xml + "</worksheet>"
}

/// An .xlsx file.
pub fn xlsx(sheet: &Sheet) -> Vec<u8> {
    zip(&xlsx_parts(sheet, &sheet_xml(sheet)))
}

/// An .ods file.
pub fn ods(sheet: &Sheet) -> Vec<u8> {
    zip(&ods_parts(sheet))
}

/// The parts of an .ods file.
pub fn ods_parts(sheet: &Sheet) -> Vec<(&'static str, Vec<u8>)> {
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="{}">"#,
        escaped(&sheet.name)
    );
    for (row, cells) in (0u32..).zip(&sheet.rows) {
        xml.push_str("<table:table-row>");
        for (column, cell) in (0u32..).zip(cells) {
            let merge = sheet.merges.iter().find(|merge| (merge.0, merge.2) == (row, column));
            let span = merge.map_or(String::new(), |(first, last, _)| {
                format!(
                    " table:number-rows-spanned=\"{}\" table:number-columns-spanned=\"1\"",
                    last - first + 1
                )
            });
            let is_covered = sheet
                .merges
                .iter()
                .any(|&(first, last, merged)| merged == column && (first + 1..=last).contains(&row));
            let tag = if is_covered { "table:covered-table-cell" } else { "table:table-cell" };
            xml.push_str(&match cell {
                Cell::Empty => format!("<{tag}/>"),
                Cell::Text(text) => format!(
                    "<{tag}{span} office:value-type=\"string\"><text:p>{}</text:p></{tag}>",
                    escaped(text)
                ),
                Cell::Number(number) => format!(
                    "<{tag}{span} office:value-type=\"float\" office:value=\"{number}\"><text:p>{number}</text:p></{tag}>"
                ),
                Cell::Day(day) => {
                    let day = day_text(*day);
                    format!(
                        "<{tag}{span} office:value-type=\"date\" office:date-value=\"{day}\"><text:p>{day}</text:p></{tag}>"
                    )
                }
            });
        }
        // As real programs end their rows.
        xml.push_str("<table:table-cell table:number-columns-repeated=\"16300\"/></table:table-row>");
    }
    xml.push_str(
        "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
    );
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#
    );
    vec![
        ("mimetype", mime.into()),
        ("META-INF/manifest.xml", manifest.into_bytes()),
        ("content.xml", xml.into_bytes()),
    ]
}

fn day_text(day: u32) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap();
    (first + chrono::Duration::days(day.into())).to_string()
}

// -------------------------------------------------------------------------------------------------------- .xlsb

/// A record of a binary workbook: its number and length in seven bits a byte.
fn xlsb_record(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    if kind < 0x80 {
        out.push(kind as u8);
    } else {
        out.extend([(kind & 0x7f) as u8 | 0x80, (kind >> 7) as u8]);
    }
    let mut length = body.len();
    loop {
        let byte = (length & 0x7f) as u8;
        length >>= 7;
        out.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    out.extend_from_slice(body);
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u32).to_le_bytes().to_vec();
    out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    out
}

/// An .xlsb file, whose texts are shared.
pub fn xlsb(sheet: &Sheet) -> Vec<u8> {
    zip(&xlsb_parts(sheet))
}

/// The parts of an .xlsb file.
pub fn xlsb_parts(sheet: &Sheet) -> Vec<(&'static str, Vec<u8>)> {
    let mut workbook = Vec::new();
    xlsb_record(&mut workbook, 0x83, &[]);
    let flags = 0x0001_0020 | u32::from(sheet.is_1904);
    xlsb_record(&mut workbook, 0x99, &[flags.to_le_bytes(), [0; 4], [0; 4]].concat());
    xlsb_record(&mut workbook, 0x8f, &[]);
    let bundle = [vec![0; 4], 1u32.to_le_bytes().to_vec(), wide("rId1"), wide(&sheet.name)].concat();
    xlsb_record(&mut workbook, 0x9c, &bundle);
    xlsb_record(&mut workbook, 0x90, &[]);
    xlsb_record(&mut workbook, 0x84, &[]);
    let (cells, texts) = xlsb_cells(sheet);
    vec![
        ("[Content_Types].xml", CONTENT_TYPES.into()),
        ("_rels/.rels", relationships(&[("officeDocument", "xl/workbook.bin")])),
        ("xl/workbook.bin", workbook),
        (
            "xl/_rels/workbook.bin.rels",
            relationships(&[
                ("worksheet", "worksheets/sheet1.bin"),
                ("styles", "styles.bin"),
                ("sharedStrings", "sharedStrings.bin"),
            ]),
        ),
        ("xl/styles.bin", xlsb_styles()),
        ("xl/sharedStrings.bin", texts),
        ("xl/worksheets/sheet1.bin", cells),
    ]
}

fn xlsb_styles() -> Vec<u8> {
    let mut out = Vec::new();
    let one = 1u32.to_le_bytes();
    xlsb_record(&mut out, 0x116, &[]);
    xlsb_record(&mut out, 0x267, &one);
    xlsb_record(&mut out, 0x2c, &[164u16.to_le_bytes().to_vec(), wide("yyyy\\-mm\\-dd")].concat());
    xlsb_record(&mut out, 0x268, &[]);
    let style = |format: u16| [&[0xff, 0xff][..], &format.to_le_bytes(), &[0; 12]].concat();
    // Two lists of styles, of which cells use the second.
    xlsb_record(&mut out, 0x272, &one);
    xlsb_record(&mut out, 0x2f, &style(164));
    xlsb_record(&mut out, 0x273, &[]);
    xlsb_record(&mut out, 0x269, &2u32.to_le_bytes());
    xlsb_record(&mut out, 0x2f, &style(0));
    xlsb_record(&mut out, 0x2f, &style(164));
    xlsb_record(&mut out, 0x26a, &[]);
    xlsb_record(&mut out, 0x117, &[]);
    out
}

/// The part of the sheet and that of its texts.
fn xlsb_cells(sheet: &Sheet) -> (Vec<u8>, Vec<u8>) {
    let (mut cells, mut items, mut count) = (Vec::new(), Vec::new(), 0u32);
    xlsb_record(&mut cells, 0x81, &[]);
    xlsb_record(&mut cells, 0x94, &[0; 16]);
    xlsb_record(&mut cells, 0x91, &[]);
    let mut last_row = None;
    for (row, column, cell) in sheet.cells() {
        if last_row != Some(row) {
            let head = [&row.to_le_bytes()[..], &[0; 4], &[0x40, 1, 0, 0, 0], &[0; 4]].concat();
            xlsb_record(&mut cells, 0, &head);
            last_row = Some(row);
        }
        let head = |style: u32| [column.to_le_bytes(), style.to_le_bytes()].concat();
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                xlsb_record(&mut items, 0x13, &[vec![0], wide(text)].concat());
                xlsb_record(&mut cells, 7, &[head(0), count.to_le_bytes().to_vec()].concat());
                count += 1;
            }
            Cell::Number(number) => {
                xlsb_record(&mut cells, 5, &[head(0), number.to_le_bytes().to_vec()].concat());
            }
            Cell::Day(day) => {
                let packed = sheet.serial(*day) << 2 | 2;
                xlsb_record(&mut cells, 2, &[head(1), packed.to_le_bytes().to_vec()].concat());
            }
        }
    }
    xlsb_record(&mut cells, 0x92, &[]);
    if !sheet.merges.is_empty() {
        xlsb_record(&mut cells, 0xb1, &(sheet.merges.len() as u32).to_le_bytes());
        for &(first, last, column) in &sheet.merges {
            xlsb_record(&mut cells, 0xb0, &[first, last, column, column].map(u32::to_le_bytes).concat());
        }
        xlsb_record(&mut cells, 0xb2, &[]);
    }
    xlsb_record(&mut cells, 0x82, &[]);
    let mut texts = Vec::new();
    xlsb_record(&mut texts, 0x9f, &[count.to_le_bytes(), count.to_le_bytes()].concat());
    texts.extend(items);
    xlsb_record(&mut texts, 0xa0, &[]);
    (cells, texts)
}

// --------------------------------------------------------------------------------------------------------- .xls

/// Which form of old workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Biff {
    /// Excel 97 to 2003: texts in UTF-16, shared.
    Eight,
    /// Excel 5 and 95: texts in the code page that is declared, if one is.
    Five(Option<u16>),
}

fn xls_record(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend((body.len() as u16).to_le_bytes());
    out.extend_from_slice(body);
}

fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The characters of a text with their length in one or two bytes.
fn xls_text(biff: Biff, text: &str, is_short: bool) -> Vec<u8> {
    let (length, characters) = match biff {
        Biff::Eight => {
            let units: Vec<u16> = text.encode_utf16().collect();
            (units.len(), [vec![1], shorts(&units)].concat())
        }
        Biff::Five(_) => {
            let bytes = GB18030.encode(text).0.into_owned();
            (bytes.len(), bytes)
        }
    };
    let head = if is_short { vec![length as u8] } else { (length as u16).to_le_bytes().to_vec() };
    [head, characters].concat()
}

/// The container around a stream of records.
pub fn container(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut container =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    container.create_stream(name).unwrap().write_all(stream).unwrap();
    container.flush().unwrap();
    container.into_inner().into_inner()
}

/// An .xls file.
pub fn xls(sheet: &Sheet, biff: Biff) -> Vec<u8> {
    let name = if biff == Biff::Eight { "/Workbook" } else { "/Book" };
    container(name, &xls_stream(sheet, biff))
}

/// The records of an .xls file.
pub fn xls_stream(sheet: &Sheet, biff: Biff) -> Vec<u8> {
    let version = if biff == Biff::Eight { 0x0600 } else { 0x0500 };
    let begin = |kind: u16| [shorts(&[version, kind, 0x0dbb, 0x07cc]), vec![0; 8]].concat();
    let texts: Vec<&str> = sheet
        .cells()
        .filter_map(|(_, _, cell)| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None })
        .collect();
    let mut stream = Vec::new();
    xls_record(&mut stream, 0x0809, &begin(5));
    match biff {
        Biff::Eight => xls_record(&mut stream, 0x42, &shorts(&[1200])),
        Biff::Five(Some(page)) => xls_record(&mut stream, 0x42, &shorts(&[page])),
        Biff::Five(None) => {}
    }
    xls_record(&mut stream, 0x22, &shorts(&[u16::from(sheet.is_1904)]));
    let format = xls_text(biff, "yyyy\\-mm\\-dd", biff != Biff::Eight);
    xls_record(&mut stream, 0x041e, &[shorts(&[164]), format].concat());
    let style_bytes = if biff == Biff::Eight { 20 } else { 16 };
    for number in 0..17 {
        // Sixteen styles come before those of cells.
        let mut style = shorts(&[0, if number == 16 { 164 } else { 0 }, 1]);
        style.resize(style_bytes, 0);
        xls_record(&mut stream, 0x00e0, &style);
    }
    let place = stream.len() + 4;
    let tab = [vec![0; 6], xls_text(biff, &sheet.name, true)].concat();
    xls_record(&mut stream, 0x0085, &tab);
    if biff == Biff::Eight {
        shared_texts(&mut stream, &texts);
    }
    xls_record(&mut stream, 0x000a, &[]);
    let first = (stream.len() as u32).to_le_bytes();
    stream[place..place + 4].copy_from_slice(&first);
    xls_record(&mut stream, 0x0809, &begin(0x10));
    xls_cells(&mut stream, sheet, biff);
    xls_record(&mut stream, 0x000a, &[]);
    stream
}

/// The texts, in as many records as they take; each text stands whole in one of them.
fn shared_texts(stream: &mut Vec<u8>, texts: &[&str]) {
    const MOST: usize = 8_000;
    let count = (texts.len() as u32).to_le_bytes();
    let (mut body, mut kind) = ([count, count].concat(), 0x00fc);
    for text in texts {
        let text = xls_text(Biff::Eight, text, false);
        if body.len() + text.len() > MOST {
            xls_record(stream, kind, &body);
            (body, kind) = (Vec::new(), 0x003c);
        }
        body.extend(text);
    }
    xls_record(stream, kind, &body);
}

fn xls_cells(stream: &mut Vec<u8>, sheet: &Sheet, biff: Biff) {
    let mut shared = 0u32;
    let (height, width) = (sheet.rows.len(), sheet.rows.iter().map(Vec::len).max().unwrap_or(0));
    match biff {
        Biff::Eight => {
            let size = [[0; 4], (height as u32).to_le_bytes()].concat();
            xls_record(stream, 0x0200, &[size, shorts(&[0, width as u16, 0])].concat());
        }
        Biff::Five(_) => xls_record(stream, 0x0200, &shorts(&[0, height as u16, 0, width as u16, 0])),
    }
    for (row, column, cell) in sheet.cells() {
        let head = |style: u16| shorts(&[row as u16, column as u16, style]);
        match cell {
            Cell::Empty => {}
            Cell::Text(text) if biff == Biff::Eight => {
                let _ = text;
                xls_record(stream, 0x00fd, &[head(15), shared.to_le_bytes().to_vec()].concat());
                shared += 1;
            }
            Cell::Text(text) => {
                xls_record(stream, 0x0204, &[head(15), xls_text(biff, text, false)].concat());
            }
            Cell::Number(number) => {
                xls_record(stream, 0x0203, &[head(15), number.to_le_bytes().to_vec()].concat());
            }
            Cell::Day(day) => {
                let packed = sheet.serial(*day) << 2 | 2;
                xls_record(stream, 0x027e, &[head(16), packed.to_le_bytes().to_vec()].concat());
            }
        }
    }
    if !sheet.merges.is_empty() {
        let mut body = shorts(&[sheet.merges.len() as u16]);
        for &(first, last, column) in &sheet.merges {
            body.extend(shorts(&[first as u16, last as u16, column as u16, column as u16]));
        }
        xls_record(stream, 0x00e5, &body);
    }
}
