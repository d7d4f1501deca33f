//! Pictures: files that come with the form, or the workbook's own sheet of pictures.

use super::item::Reading;
use crate::xlsform::report::{At, Report};
use crate::xlsform::table::Row;
use crate::xlsform::words::words;
use crate::xlsform::workbook::{Sheet, Workbook};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::checklist::Picture;
use std::collections::BTreeMap;

/// Sheet on which exported workbooks carry their pictures: file name, media type, and base 64 over as many cells as it needs.
pub(crate) const SHEET: &str = "davy_pictures";
/// Bytes of a picture; it travels with the checklist to every device.
pub(crate) const MAX_PICTURE: usize = 512 * 1024;

/// Pictures by file name.
pub(super) struct Media<'a> {
    files: &'a BTreeMap<String, Vec<u8>>,
    carried: BTreeMap<String, Picture>,
}

impl<'a> Media<'a> {
    pub(super) fn new(files: &'a BTreeMap<String, Vec<u8>>, book: &Workbook, report: &mut Report) -> Self {
        let mut carried = BTreeMap::new();
        let sheet = book.sheet(SHEET);
        for (sheet, row, cells) in
            sheet.into_iter().flat_map(|sheet| sheet.rows.iter().map(move |(row, cells)| (sheet, *row, cells))).skip(1)
        {
            match of_row(cells) {
                Some((name, picture)) => drop(carried.insert(name, picture)),
                None => damaged(sheet, row, report),
            }
        }
        Self { files, carried }
    }
}

fn damaged(sheet: &Sheet, row: u32, report: &mut Report) {
    report.fault(
        At::new(&sheet.name, row, 0),
        words!("这一行不是图片", "the row is no picture"),
        words!("请删除这一行，改用文件提供图片", "delete the row, and give the picture as a file"),
    );
}

fn of_row(cells: &BTreeMap<u32, String>) -> Option<(String, Picture)> {
    let mut cells = cells.iter();
    let (_, name) = cells.next().filter(|(column, _)| **column == 0)?;
    let (_, media_type) = cells.next().filter(|(column, _)| **column == 1)?;
    let base64: String = cells.map(|(_, part)| part.trim()).collect();
    let bytes = STANDARD.decode(&base64).ok()?;
    let sound = bytes.len() <= MAX_PICTURE && media_type_of(&bytes) == Some(media_type.trim());
    sound.then(|| (name.trim().to_owned(), Picture { media_type: media_type.trim().to_owned(), base64 }))
}

/// What a picture's first bytes say that it is.
fn media_type_of(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some("image/png");
    }
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Some("image/jpeg");
    }
    (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")).then_some("image/webp")
}

impl<'a> Reading<'_, 'a> {
    /// The picture beside a question.
    pub(super) fn picture(&mut self, row: Row<'a>) -> Option<Picture> {
        let names = self.languages.text(row, "image")?;
        let name = names.zh.trim();
        if names.en.trim() != name {
            self.report.remark(
                row.at("image"),
                words!("一个问题只有一张图片，中英文都用`{name}`", "a question has one picture; `{name}` is taken for both languages"),
            );
        }
        if let Some(picture) = self.media.carried.get(name) {
            return Some(picture.clone());
        }
        let Some(bytes) = self.media.files.get(name) else {
            self.report.fault(
                row.at("image"),
                words!("图片`{name}`没有随表单一起提供", "the picture `{name}` did not come with the form"),
                words!(
                    "请提供图片所在的文件夹（--media），或清空这个单元格",
                    "give the folder of its pictures (--media), or delete the cell"
                ),
            );
            return None;
        };
        let media_type = media_type_of(bytes).filter(|_| bytes.len() <= MAX_PICTURE);
        let Some(media_type) = media_type else {
            let reason = words!(
                "图片`{name}`不是{} KiB以内的PNG、JPEG或WebP",
                "the picture `{name}` is not PNG, JPEG or WebP of at most {} KiB",
                MAX_PICTURE / 1024
            );
            let instead = words!("请把它改小，它会随检查表一起传送", "make it smaller; it travels with the checklist");
            self.report.fault(row.at("image"), reason, instead);
            return None;
        };
        Some(Picture { media_type: media_type.to_owned(), base64: STANDARD.encode(bytes) })
    }
}
